//! A request's body from a node's fields, and an answer as the next node sees it.

use super::request::{BodyKind, Input};
use crate::door;
use connector::Error;
use connector::http::{Answer, Call};
use serde_json::{Map, Value, json};

/// Adds the body; an absent one is no body, whatever its kind.
pub fn add<'a>(call: Call<'a>, input: &Input) -> Result<Call<'a>, Error> {
    match (&input.body_kind, &input.body) {
        (BodyKind::None, _) | (_, Value::Null) => Ok(call),
        (BodyKind::Json, body) => Ok(call.json(body)),
        (BodyKind::Text, body) => Ok(call.text(as_text(body))),
        (BodyKind::Form, Value::Object(fields)) => {
            Ok(call.form(fields.iter().map(|(name, value)| (name, as_text(value)))))
        }
        (BodyKind::Form, _) => Err(Error::Input {
            message: "a form's body must be names and values".into(),
            advice: "Give the body as an object, such as {\"name\": \"…\"}.".into(),
        }),
    }
}

/// A value as people would write it: a text without quotes, anything else as JSON.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Status, headers and body, as the node's output.
pub fn output(answer: &Answer, body: Value) -> Value {
    let mut headers = Map::with_capacity(answer.headers.len());
    for (name, value) in &answer.headers {
        // A cookie is a credential of a session that nobody continues.
        if let (false, Ok(value)) = (name == "set-cookie", value.to_str()) {
            headers.insert(name.as_str().to_owned(), value.into());
        }
    }
    json!({"status": answer.status.as_u16(), "headers": headers, "body": body})
}

/// The body by its content type: JSON, else text, else base64; nothing is null.
pub fn read(answer: &Answer) -> Result<Value, Error> {
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    let kind = answer.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") || kind.ends_with("+json") {
        return answer.json();
    }
    Ok(door::text_or_base64(&answer.body))
}

/// The target's own words about a failure, from the places where APIs put them.
pub fn message(answer: &Answer) -> Option<String> {
    const PLACES: [&str; 9] = [
        "/error/message",
        "/message",
        "/error_description",
        "/errors/0/message",
        "/errors/0/detail",
        "/errors/0",
        "/error",
        "/detail",
        "/title",
    ];
    let Ok(body) = answer.json::<Value>() else {
        return answer
            .text()
            .ok()
            .filter(|text| !text.trim().is_empty() && !text.contains('<'))
            .map(str::to_owned);
    };
    let said = PLACES.iter().find_map(|place| body.pointer(place)?.as_str());
    Some(said.map_or_else(|| body.to_string(), str::to_owned))
}
