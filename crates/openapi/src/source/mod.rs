//! The text of a document, JSON or YAML, as one value.

mod scalar;
mod yaml;

use crate::limits::{DOCUMENT_BYTES_MAX, VALUES_MAX};
use crate::problem::{self, Problem};
use serde_json::Value;

pub(crate) fn read(text: &str) -> Result<Value, Problem> {
    if text.len() > DOCUMENT_BYTES_MAX {
        return Err(problem::TOO_LARGE.at("", &[&(DOCUMENT_BYTES_MAX >> 20).to_string()]));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().chars().next() {
        None => Err(problem::EMPTY.at("", &[])),
        Some('<') => Err(problem::WEB_PAGE.at("", &[])),
        Some('{' | '[') => json(text),
        Some(_) => yaml::read(text),
    }
}

/// Values are counted before any is made: a list of zeros takes fifty times its text.
fn json(text: &str) -> Result<Value, Problem> {
    if values(text) > VALUES_MAX {
        return Err(too_many());
    }
    serde_json::from_str(text).map_err(|error| {
        let at = format!("line {}, column {}", error.line(), error.column());
        problem::NOT_JSON.at(at, &[&without_place(&error.to_string())])
    })
}

/// The parser says the place itself, which stands in front already.
fn without_place(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// How many values there are at most: each but the first has a sign in front of it that stands in no text.
fn values(text: &str) -> usize {
    let (mut inside, mut escaped, mut count) = (false, false, 1);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b',' | b':' | b'[' | b'{' if !inside => count += 1,
            _ => {}
        }
    }
    count
}

fn too_many() -> Problem {
    problem::TOO_MANY_VALUES.at("", &[&VALUES_MAX.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_zeros_is_refused_before_it_fills_the_memory() {
        let text = format!("[{}0]", "0,".repeat(VALUES_MAX));
        assert_eq!(read(&text).map_err(|problem| problem.code), Err("too-many-values".into()));
    }

    #[test]
    fn signs_in_texts_are_no_values() {
        assert_eq!(values(r#"{"a,b:[{\"": "]},"}"#), 3);
    }

    #[test]
    fn ids_and_prices_keep_their_digits_in_both_forms() {
        let json = read(r#"{"id": 900719925474099312345, "price": 267.50}"#).expect("JSON");
        let yaml = read("id: 900719925474099312345\nprice: 267.50\n").expect("YAML");
        assert_eq!(json, yaml);
        assert_eq!(yaml["price"].to_string(), "267.50");
    }
}
