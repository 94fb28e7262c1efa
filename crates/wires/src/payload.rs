//! Bodies: what a message brings, and what one is sent with, by the type of its content.

use crate::failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use connector::{Body, Error, nesting};
use serde_json::{Value, json};

/// A message that is larger is no event, and none is sent.
pub const BYTES_MAX: usize = 8 << 20;
pub const JSON: &str = "application/json";

/// The type of a body that names none.
pub fn json_type() -> String {
    JSON.into()
}

/// JSON is opened, text is text, and all else is base64 with its type. Without a type it is whichever it can be. JSON that is
/// nested too deep would be taken and then fail in its first script.
pub fn opened(bytes: &Bytes, content_type: Option<&str>) -> Result<Body, String> {
    if bytes.len() > BYTES_MAX {
        return Err(format!("the message has {} bytes; {BYTES_MAX} are taken at most", bytes.len()));
    }
    let flat = |body| match nesting::is_deeper(bytes, nesting::JSON_LEVELS_MAX) {
        true => Err(nesting::too_deep()),
        false => Ok(body),
    };
    match content_type.map(kind_of) {
        Some(Kind::Json) => Body::json(bytes)
            .map_err(|error| format!("the message is said to be JSON: {error}"))
            .and_then(flat),
        Some(Kind::Text) => Ok(text_or_base64(bytes, content_type)),
        Some(Kind::Other) => Ok(base64_of(bytes, content_type)),
        None => Body::json(bytes).map_or_else(|_| Ok(text_or_base64(bytes, None)), flat),
    }
}

/// What goes out: JSON as it is; of another type a text as it is, and what is neither text nor JSON from base64.
pub fn written(body: &Value, content_type: &str) -> Result<Vec<u8>, Error> {
    let bytes = match (kind_of(content_type), body) {
        (Kind::Text, Value::String(text)) => text.clone().into_bytes(),
        (Kind::Other, Value::String(text)) => {
            STANDARD.decode(text.trim()).map_err(|_| not_base64(content_type))?
        }
        (Kind::Other, _) => return Err(not_base64(content_type)),
        (Kind::Json | Kind::Text, body) => body.to_string().into_bytes(),
    };
    if bytes.len() > BYTES_MAX {
        let message = format!("the message has {} bytes; {BYTES_MAX} are sent at most", bytes.len());
        return Err(failure::input(message, "Send less at once, or the address of what is to be read."));
    }
    Ok(bytes)
}

/// Text as a broker takes it that takes nothing else: a text as it is, all else as JSON.
pub fn as_text(body: &Value) -> String {
    body.as_str().map_or_else(|| body.to_string(), str::to_owned)
}

fn not_base64(content_type: &str) -> Error {
    failure::input(
        format!("a body of the type {content_type} is written in base64"),
        "Encode the body, or name a type that is text or JSON.",
    )
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Json,
    Text,
    Other,
}

fn kind_of(content_type: &str) -> Kind {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        JSON | "text/json" => Kind::Json,
        json if json.ends_with("+json") => Kind::Json,
        "application/xml" | "application/x-www-form-urlencoded" => Kind::Text,
        text if text.starts_with("text/") || text.ends_with("+xml") => Kind::Text,
        _ => Kind::Other,
    }
}

/// A key or a header: text as it is, all else in base64.
pub fn plain(bytes: &Bytes) -> Value {
    text_or_base64(bytes, None).into_value()
}

fn text_or_base64(bytes: &Bytes, content_type: Option<&str>) -> Body {
    match std::str::from_utf8(bytes) {
        Ok(text) => Body::Value(text.into()),
        Err(_) => base64_of(bytes, content_type),
    }
}

fn base64_of(bytes: &Bytes, content_type: Option<&str>) -> Body {
    let content_type = content_type.unwrap_or("application/octet-stream");
    Body::Value(json!({"content_type": content_type, "base64": STANDARD.encode(bytes)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(bytes: &[u8], content_type: Option<&str>) -> Result<Value, String> {
        opened(&Bytes::copy_from_slice(bytes), content_type).map(Body::into_value)
    }

    #[test]
    fn a_body_is_opened_by_its_type() {
        let order = br#"{"id":9007199254740993,"total":"10.50"}"#;
        let opened = opens(order, Some("application/json; charset=utf-8")).expect("JSON");
        assert_eq!(opened.to_string().as_bytes(), order);
        assert_eq!(opens(order, Some("application/vnd.shop+json")), Ok(opened.clone()));
        assert_eq!(opens(order, None), Ok(opened));
        assert_eq!(opens("สวัสดี".as_bytes(), Some("text/plain")), Ok("สวัสดี".into()));
        assert_eq!(opens(b"ready", None), Ok("ready".into()));
        assert_eq!(opens(b"<a/>", Some("application/xml")), Ok("<a/>".into()));
        let binary = json!({"content_type": "image/png", "base64": "iVBO"});
        assert_eq!(opens(b"\x89PN", Some("image/png")), Ok(binary));
        let unknown = json!({"content_type": "application/octet-stream", "base64": "//4="});
        assert_eq!(opens(b"\xff\xfe", None), Ok(unknown));
    }

    #[test]
    fn what_is_said_to_be_json_and_is_not_is_no_event_and_neither_is_too_much() {
        assert!(opens(b"{", Some(JSON)).is_err());
        assert!(opens(&vec![b' '; BYTES_MAX + 1], None).is_err());
    }

    #[test]
    fn json_that_no_script_could_take_is_no_event() {
        let nested = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat().into_bytes();
        for content_type in [Some(JSON), None] {
            assert!(opens(&nested(nesting::JSON_LEVELS_MAX), content_type).is_ok());
            let why = opens(&nested(nesting::JSON_LEVELS_MAX + 1), content_type).expect_err("too deep");
            assert_eq!(why, nesting::too_deep());
        }
        let text = "[".repeat(nesting::JSON_LEVELS_MAX + 1);
        assert_eq!(opens(text.as_bytes(), None), Ok(text.as_str().into()), "it is no JSON");
    }

    #[test]
    fn a_body_is_written_by_its_type() {
        let order = json!({"id": 1});
        assert_eq!(written(&order, JSON), Ok(br#"{"id":1}"#.to_vec()));
        assert_eq!(written(&json!("a"), JSON), Ok(br#""a""#.to_vec()));
        assert_eq!(written(&json!("a"), "text/plain"), Ok(b"a".to_vec()));
        assert_eq!(written(&json!("iVBO"), "image/png"), Ok(b"\x89PN".to_vec()));
        assert!(written(&order, "image/png").is_err());
        assert!(written(&json!("no base64!"), "image/png").is_err());
    }
}
