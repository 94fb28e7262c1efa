//! Texts.

use super::IDS_MAX;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::fmt;

/// What a value says: a text without the space around it, a number with its digits, nothing where there is nothing.
fn said(value: Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text. A number is taken with its digits, and nothing is an empty text.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    said(Value::deserialize(from)?).ok_or_else(|| de::Error::custom("a text is expected"))
}

/// A text that some systems write as a number, such as a postcode, a SKU, or an id beyond 2^53. Empty where none was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(String);

impl Text {
    /// What it says, unless that is nothing.
    pub fn filled(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.is_empty())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.trim().to_owned())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text(from).map(Self)
    }
}

/// The filled one of an optional text.
pub fn filled(text: Option<&Text>) -> Option<&str> {
    text.and_then(Text::filled)
}

/// A text that has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled(String);

impl Filled {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Filled {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match text(from)? {
            text if text.is_empty() => Err(de::Error::custom("an id is expected, and there is none")),
            text => Ok(Self(text)),
        }
    }
}

/// Several texts: a list of them, or one alone. Empty ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let texts = match Value::deserialize(from)? {
            Value::Array(list) => list.into_iter().map(said).collect(),
            one => said(one).map(|text| vec![text]),
        };
        let mut texts: Vec<String> = texts.ok_or_else(|| de::Error::custom("a list of texts is expected"))?;
        texts.retain(|text| !text.is_empty());
        if texts.len() > IDS_MAX {
            return Err(de::Error::custom(format!("more than {IDS_MAX} texts")));
        }
        Ok(Self(texts))
    }
}

/// Several numbers or ids: a list of them, or one text with commas, spaces or line ends between.
pub fn parts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let apart = |text: String| {
        let parts = text.split([',', ' ', '\n', '\r', '\t']).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let parts = match Value::deserialize(from)? {
        Value::Array(list) => list.into_iter().map(said).collect(),
        one => said(one).map(apart),
    };
    parts.ok_or_else(|| de::Error::custom("a list is expected, such as [1, 2], or a text with commas"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn numbers_are_taken_for_texts_and_keep_their_digits() {
        let read = |value: Value| from_value::<Text>(value).ok().map(|text| text.to_string());
        let long = serde_json::from_str("820982911946154508").unwrap();
        assert_eq!(read(long).as_deref(), Some("820982911946154508"));
        assert_eq!(read(json!(" 10500 ")).as_deref(), Some("10500"));
        assert_eq!(read(json!(null)).as_deref(), Some(""));
        assert_eq!([read(json!(true)), read(json!([1])), read(json!({}))], [None, None, None]);
    }

    #[test]
    fn what_has_to_be_there_is_there() {
        let filled = |value: Value| from_value::<Filled>(value).map(|text| text.0).ok();
        assert_eq!(filled(json!(7)).as_deref(), Some("7"));
        assert_eq!([filled(json!("  ")), filled(json!(null))], [None, None]);
    }

    #[test]
    fn several_come_as_a_list_or_in_one_text() {
        let texts = |value: Value| from_value::<Texts>(value).map(|texts| texts.0).ok();
        assert_eq!(texts(json!(["a, b", 2, ""])), Some(vec!["a, b".into(), "2".into()]));
        assert_eq!(texts(json!("a, b")), Some(vec!["a, b".into()]));
        assert_eq!(texts(json!([["a"]])), None);
        assert_eq!(texts(vec!["x"; IDS_MAX + 1].into()), None, "none is dropped without a word");
        assert_eq!(parts(json!("TH1, TH2\nTH3")).ok(), parts(json!(["TH1", "TH2", "TH3"])).ok());
        assert!(parts(json!({})).is_err());
    }
}
