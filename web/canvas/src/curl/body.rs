//! What is sent, and as what.

use super::options::Said;
use super::plain;
use model::Value;
use serde_json::Map;

/// What curl says that data are, where nobody says otherwise.
const FORM: &str = "application/x-www-form-urlencoded";

/// Puts the body and its kind into the fields. The header that says the kind is left out where the kind says it.
pub fn add(said: &mut Said, with: &mut Map<String, Value>) {
    if said.data.is_empty() {
        return;
    }
    let text = said.data.join(if said.json { "" } else { "&" });
    let content_type =
        said.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone());
    let kind = content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let json = || serde_json::from_str::<Value>(&text).ok();
    let body = match kind.split(';').next().unwrap_or_default().trim() {
        _ if said.json => json().map(Body::Json),
        "application/json" => json().map(Body::Json),
        "" => json().filter(|json| !json.is_number()).map(Body::Json).or_else(|| form(&text).map(Body::Form)),
        FORM => form(&text).map(Body::Form),
        _ => None,
    };
    match body {
        Some(Body::Json(value)) => {
            without_kind(said);
            with.insert("body".into(), plain_all(value));
        }
        Some(Body::Form(fields)) => {
            without_kind(said);
            with.insert("body_kind".into(), "form".into());
            with.insert("body".into(), plain_all(fields.into()));
        }
        None => {
            if content_type.is_none() {
                said.headers.push(("content-type".into(), FORM.into()));
            }
            with.insert("body_kind".into(), "text".into());
            with.insert("body".into(), plain(&text).into());
        }
    }
}

enum Body {
    Json(Value),
    Form(Map<String, Value>),
}

fn without_kind(said: &mut Said) {
    said.headers.retain(|(name, _)| name != "content-type");
}

/// Names and values; nothing where it is no form, or a name is there twice, which fields cannot hold.
fn form(text: &str) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=')?;
        let name = decoded(name)?;
        if name.is_empty() || fields.insert(name, decoded(value)?.into()).is_some() {
            return None;
        }
    }
    Some(fields)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text.bytes();
    while let Some(byte) = left.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(left.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// As deep as JSON is read: some hundred levels.
fn plain_all(value: Value) -> Value {
    match value {
        Value::String(text) => plain(&text).into(),
        Value::Array(entries) => entries.into_iter().map(plain_all).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, field)| (name, plain_all(field))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(text: &str, kind: Value, body: Value, headers: Value) {
        let with = read(text).expect("a command").with;
        let of = |name: &str| with.get(name).cloned().unwrap_or_default();
        assert_eq!((of("body_kind"), of("body"), of("headers")), (kind, body, headers), "{text}");
    }

    #[test]
    fn data_are_a_form_unless_they_are_something_else() {
        check(
            "curl http://h -d name=%E0%B8%8A%E0%B8%B2+x -d n=1",
            json!("form"),
            json!({"name": "ชา x", "n": "1"}),
            Value::Null,
        );
        check("curl http://h -d '{\"n\": 1}'", Value::Null, json!({"n": 1}), Value::Null);
        // A name that is there twice cannot be a field.
        let kind = json!({"content-type": "application/x-www-form-urlencoded"});
        check("curl http://h -d a=1 -d a=2", json!("text"), json!("a=1&a=2"), kind);
        check(
            "curl http://h -H 'content-type: text/csv' -d 'a,b'",
            json!("text"),
            json!("a,b"),
            json!({"content-type": "text/csv"}),
        );
    }

    #[test]
    fn json_that_is_none_is_sent_as_the_text_it_is() {
        check(
            "curl http://h -H 'content-type: application/json' --data-raw '{oops'",
            json!("text"),
            json!("{oops"),
            json!({"content-type": "application/json"}),
        );
    }
}
