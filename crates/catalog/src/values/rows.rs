//! The records in an answer.
//!
//! What is no list is no answer. Taken for "nothing", it would move a trigger past what it never saw, or let an order be made
//! that is there already.

use connector::Error;
use serde_json::Value;

/// The records in the list at a place, which has to be there.
pub fn rows<'v>(answer: &'v Value, pointer: &str, host: &str) -> Result<&'v [Value], Error> {
    match answer.pointer(pointer) {
        Some(Value::Array(rows)) => Ok(rows),
        _ => Err(no_list(pointer, host)),
    }
}

/// The same of a system that leaves an empty list out.
pub fn rows_or_none<'v>(answer: &'v Value, pointer: &str, host: &str) -> Result<&'v [Value], Error> {
    match answer.pointer(pointer) {
        None | Some(Value::Null) if answer.is_object() => Ok(&[]),
        _ => rows(answer, pointer, host),
    }
}

/// The same where each of them is an object.
pub fn records<'v>(answer: &'v Value, pointer: &str, host: &str) -> Result<&'v [Value], Error> {
    let rows = rows(answer, pointer, host)?;
    if rows.iter().all(Value::is_object) {
        return Ok(rows);
    }
    Err(Error::Unreadable { host: host.to_owned(), message: "what the answer lists are no records".into() })
}

fn no_list(pointer: &str, host: &str) -> Error {
    let place = pointer.trim_start_matches('/');
    let message = match place {
        "" => "the answer is no list".to_owned(),
        place => format!("the answer holds no list \"{place}\""),
    };
    Error::Unreadable { host: host.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_list_is_not_taken_for_none() {
        let good = json!({"data": {"orders": [1]}});
        assert_eq!(rows(&good, "/data/orders", "h"), Ok(&[json!(1)][..]));
        assert_eq!(rows_or_none(&json!({"data": null}), "/data", "h"), Ok(&[][..]));
        assert_eq!(rows_or_none(&json!({}), "/data", "h"), Ok(&[][..]));
        for wrong in [json!({"data": 7}), json!({"data": {"a": 1}}), json!([]), json!("x"), json!(null)] {
            assert!(rows(&wrong, "/data", "h").is_err(), "{wrong}");
            assert!(rows_or_none(&wrong, "/data", "h").is_err(), "{wrong}");
        }
        assert!(rows(&json!({}), "/data", "h").is_err());
        assert_eq!(records(&json!([{"id": 1}]), "", "h"), Ok(&[json!({"id": 1})][..]));
        assert!(records(&json!([[]]), "", "h").is_err());
        assert_eq!(rows(&json!([]), "", "h"), Ok(&[][..]));
    }
}
