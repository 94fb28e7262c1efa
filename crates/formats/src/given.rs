//! Fields as forms and expressions give them.

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// A field whose form was left empty says what its absence says.
pub fn or_default<'de, D: Deserializer<'de>, T: de::DeserializeOwned + Default>(
    from: D,
) -> Result<T, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(T::default()),
        Value::String(text) if text.is_empty() => Ok(T::default()),
        value => serde_json::from_value(value).map_err(de::Error::custom),
    }
}

/// A text. A number is taken with its digits, and nothing is an empty text.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        _ => Err(de::Error::custom("a text is expected")),
    }
}

/// A text without the spaces around it.
pub fn trimmed<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from).map(|text| text.trim().to_owned())
}
