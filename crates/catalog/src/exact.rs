//! Values as scripts and other systems write them, taken without losing a digit: numbers as texts, and texts as numbers.

use model::money;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// A text, which may be written as a number, such as an id beyond 2^53. What is absent or `null` is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(Self::default()),
            Value::String(text) => Ok(text.as_str().into()),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(de::Error::custom("a text is expected")),
        }
    }
}

/// A text that has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(from)?;
        match text.filled() {
            Some(filled) => Ok(Self(filled.to_owned())),
            None => Err(de::Error::custom("an id is expected, and there is none")),
        }
    }
}

/// An amount of money as decimal text; nothing where it is absent or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Money(Option<String>);

impl Money {
    pub fn given(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(from)?;
        let Some(filled) = text.filled() else { return Ok(Self(None)) };
        match money::Amount::read(filled) {
            Ok(_) => Ok(Self(Some(filled.to_owned()))),
            Err(_) => Err(de::Error::custom("an amount is expected, such as 590.00")),
        }
    }
}

/// A whole number. Back offices count with places, so that `12.00` is one, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole(pub i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(from)?;
        let (whole, places) = text.as_str().split_once('.').unwrap_or((text.as_str(), ""));
        let number = whole.parse().ok().filter(|_| places.bytes().all(|digit| digit == b'0'));
        number.map(Self).ok_or_else(|| de::Error::custom("a whole number is expected, such as 12"))
    }
}

/// A field whose form was left empty says what its absence says.
pub fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn an_id_beyond_what_a_float_holds_keeps_its_digits() {
        let id: Id = serde_json::from_str("820982911946154508").unwrap();
        assert_eq!(id.as_str(), "820982911946154508");
        assert!(from_value::<Id>(json!("  ")).is_err() && from_value::<Id>(json!(null)).is_err());
    }

    #[test]
    fn money_stays_the_text_it_was() {
        let money = |text: &str| serde_json::from_str::<Money>(text).map(|money| money.0);
        assert_eq!(money("590.10").unwrap().as_deref(), Some("590.10"));
        assert_eq!(money("\"590.10\"").unwrap().as_deref(), Some("590.10"));
        assert_eq!(money("\"\"").unwrap(), None);
        assert!(money("\"1,000\"").is_err() && money("1e3").is_err());
    }

    #[test]
    fn a_quantity_is_whole_however_many_zeros_it_is_written_with() {
        let whole = |text: &str| serde_json::from_str::<Whole>(text).map(|whole| whole.0).ok();
        assert_eq!([whole("12"), whole("\"12\""), whole("12.00"), whole("-3")], [12, 12, 12, -3].map(Some));
        assert_eq!([whole("12.5"), whole("\"\""), whole("null"), whole("true")], [None; 4]);
    }
}
