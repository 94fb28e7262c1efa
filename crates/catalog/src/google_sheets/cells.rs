//! Values in cells. What is written is taken as it is; what is read keeps its digits.

use connector::Error;
use serde_json::{Number, Value};

/// More digits than a cell keeps of a number.
const DIGITS_MAX: usize = 15;
/// As much as a cell holds.
const CELL_CHARS_MAX: usize = 50_000;

/// A value as a cell takes it. Nothing leaves the cell as it is, and a number that would lose digits is written as a text.
pub fn cell(name: &str, value: &Value) -> Result<Value, Error> {
    match value {
        Value::Null | Value::Bool(_) => Ok(value.clone()),
        Value::Number(number) if fits(number) => Ok(value.clone()),
        Value::Number(number) => Ok(number.to_string().into()),
        Value::String(text) if text.chars().count() <= CELL_CHARS_MAX => Ok(value.clone()),
        Value::String(_) => Err(wrong(name, "is longer than a cell holds")),
        Value::Array(_) | Value::Object(_) => Err(wrong(name, "is a list or an object")),
    }
}

fn fits(number: &Number) -> bool {
    let text = number.to_string();
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let whole = !mantissa.contains('.');
    let kept = digits.trim_start_matches('0');
    let kept = if whole { kept.trim_end_matches('0') } else { kept };
    kept.len() <= DIGITS_MAX
}

fn wrong(name: &str, why: &str) -> Error {
    Error::Input {
        message: format!("the value for \"{}\" {why}", connector::http::shorten(name)),
        advice: "Give a text, a number, true or false; turn others into texts in the node before.".into(),
    }
}

/// What a cell says, as keys are compared: `7` and `"7"` are the same.
pub fn said(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_digit_is_lost_on_the_way_into_a_cell() {
        let written = |text: &str| cell("n", &serde_json::from_str(text).unwrap()).unwrap().to_string();
        assert_eq!(written("267.50"), "267.50");
        assert_eq!(written("820982911946154508"), r#""820982911946154508""#);
        assert_eq!(written("1000000000000000000"), "1000000000000000000");
        assert_eq!(written(r#""0812345678""#), r#""0812345678""#);
        assert_eq!(written("null"), "null");
        assert!(cell("n", &json!([1])).is_err() && cell("n", &json!({})).is_err());
        assert!(cell("n", &json!("ก".repeat(CELL_CHARS_MAX + 1))).is_err());
    }

    #[test]
    fn keys_are_compared_by_what_they_say() {
        assert_eq!(said(&json!(7)), said(&json!(" 7 ")));
        assert_ne!(said(&json!("007")), said(&json!(7)));
    }
}
