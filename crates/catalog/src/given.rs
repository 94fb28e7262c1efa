//! Values as people and expressions give them: a postcode that came as a number, an amount that came as a text.

use model::money::Amount;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::fmt;

/// More than any parcel or product of a shop costs.
pub const BAHT_MAX: u64 = 100_000_000;

/// A text. A number is taken with its digits, and nothing is an empty text.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(de::Error::custom("a text is expected")),
    }
}

/// A whole number from 0 on, or nothing.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let digits = text(deserializer).map_err(|_| de::Error::custom("a whole number is expected"))?;
    if digits.is_empty() {
        return Ok(None);
    }
    let whole = digits.split_once('.').map_or(digits.as_str(), |(whole, rest)| {
        if rest.bytes().all(|digit| digit == b'0') { whole } else { "" }
    });
    whole.parse().map(Some).map_err(|_| de::Error::custom(format!("\"{digits}\" is no whole number")))
}

/// An amount in baht, or nothing.
pub fn baht<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Baht>, D::Error> {
    let digits =
        text(deserializer).map_err(|_| de::Error::custom("an amount is expected, such as 267.50"))?;
    if digits.is_empty() {
        return Ok(None);
    }
    let amount = Baht::read(&digits);
    let wrong = || de::Error::custom(format!("\"{digits}\" is no amount in baht, such as 267.50"));
    amount.map(Some).ok_or_else(wrong)
}

/// An amount in Thai baht, to the satang.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Baht {
    satang: u64,
}

impl Baht {
    /// Reads `267.5`. Nothing is rounded: what is finer than a satang is no amount.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        Amount::read(text).and_then(|amount| amount.of_places(Some(2))).ok()?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let hundredths: String = fraction.chars().chain("00".chars()).take(2).collect();
        let satang = format!("{whole}{hundredths}").parse().ok()?;
        (satang <= BAHT_MAX * 100).then_some(Self { satang })
    }

    pub fn satang(self) -> u64 {
        self.satang
    }

    pub fn is_nothing(self) -> bool {
        self.satang == 0
    }

    /// As a JSON number with its digits: `590`, or `267.50`.
    pub fn json(self) -> Value {
        if self.satang.is_multiple_of(100) {
            return (self.satang / 100).into();
        }
        serde_json::from_str(&self.to_string()).unwrap_or_default()
    }
}

/// `267.50`
impl fmt::Display for Baht {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.satang / 100, self.satang % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Deserialize)]
    struct Given {
        #[serde(default, deserialize_with = "text")]
        postcode: String,
        #[serde(default, deserialize_with = "whole")]
        grams: Option<u64>,
        #[serde(default, deserialize_with = "baht")]
        cod: Option<Baht>,
    }

    fn read(value: Value) -> Result<Given, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_and_texts_are_taken_for_each_other_and_keep_their_digits() {
        let given = read(json!({"postcode": 10500, "grams": "1000.0", "cod": 267.5})).unwrap();
        assert_eq!((given.postcode.as_str(), given.grams), ("10500", Some(1_000)));
        assert_eq!(given.cod.map(|cod| cod.to_string()).as_deref(), Some("267.50"));
        let given = read(json!({"postcode": null, "grams": "", "cod": ""})).unwrap();
        assert_eq!((given.postcode.as_str(), given.grams, given.cod), ("", None, None));
        assert!(read(json!({"grams": 1.5})).is_err());
        assert!(read(json!({"cod": "267.505"})).is_err());
        assert!(read(json!({"cod": [1]})).is_err());
    }

    #[test]
    fn an_amount_is_exact_in_satang_and_in_baht() {
        for (text, satang, written, number) in [
            ("267.5", 26_750, "267.50", "267.50"),
            ("590", 59_000, "590.00", "590"),
            ("0.01", 1, "0.01", "0.01"),
            ("0007.10", 710, "7.10", "7.10"),
            ("1234567.89", 123_456_789, "1234567.89", "1234567.89"),
        ] {
            let amount = Baht::read(text).unwrap();
            assert_eq!(amount.satang(), satang);
            assert_eq!(amount.to_string(), written);
            assert_eq!(amount.json().to_string(), number);
        }
        for text in ["-1", "1.005", "1,000", "one", "100000001", ""] {
            assert_eq!(Baht::read(text), None, "{text}");
        }
    }
}
