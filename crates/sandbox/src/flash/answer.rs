//! How Flash answers: always status 200, and a code in the body.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why Flash does not do what it was asked.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    pub code: u32,
    pub message: String,
    pub data: Value,
}

impl Refused {
    pub(super) fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: Value::Null }
    }

    pub(super) fn bad_value(message: impl Into<String>) -> Self {
        Self::new(1000, message)
    }

    pub(super) fn no_such_order() -> Self {
        Self::new(1006, "The order does not exist")
    }
}

/// The envelope; `as_text` writes every number in it as a text, as some of Flash's answers do.
pub(super) fn respond(answer: Result<Value, Refused>, as_text: bool) -> Response {
    let mut envelope = match answer {
        Ok(data) => json!({ "code": 1, "message": "success", "data": data }),
        Err(refused) => {
            json!({ "code": refused.code, "message": refused.message, "data": refused.data })
        }
    };
    if as_text {
        numbers_to_text(&mut envelope);
    }
    Json(envelope).into_response()
}

fn numbers_to_text(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Array(list) => list.iter_mut().for_each(numbers_to_text),
        Value::Object(members) => members.values_mut().for_each(numbers_to_text),
        _ => {}
    }
}
