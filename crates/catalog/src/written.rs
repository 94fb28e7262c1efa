//! Values as systems write them: numbers as texts, and texts as numbers.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Number, Value};

/// A number with its digits. Shops write money as text, so a text that is a number is one too.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Decimal(pub Number);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match Value::deserialize(deserializer)? {
            Value::Number(number) => Some(number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.map(Decimal).ok_or_else(|| de::Error::custom("a number is expected, such as 535.00"))
    }
}

/// A text that some systems write as a number, such as a customer's id or a postcode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name(pub String);

impl Name {
    /// What it says, unless that is nothing.
    pub fn filled(&self) -> Option<&str> {
        Some(self.0.trim()).filter(|text| !text.is_empty())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(de::Error::custom("a text is expected")),
        }
    }
}

/// The filled one of an optional name.
pub fn filled(name: Option<&Name>) -> Option<&str> {
    name.and_then(Name::filled)
}
