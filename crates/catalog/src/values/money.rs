//! Amounts of money.

use super::text;
use model::money;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Number, Value};
use std::fmt;

/// More than any parcel or product of a shop costs.
pub const BAHT_MAX: u64 = 100_000_000;

/// An amount as decimal text; nothing where it is absent or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Money(Option<String>);

impl Money {
    pub fn filled(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match text(from)? {
            text if text.is_empty() => Ok(Self(None)),
            text if money::Amount::read(&text).is_ok() => Ok(Self(Some(text))),
            _ => Err(de::Error::custom("an amount is expected, such as 590.00")),
        }
    }
}

/// An amount as decimal text, such as `590.00`, that is there and not below nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount(pub String);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = text(from).ok().filter(|text| money::Amount::read(text).is_ok());
        let amount = text.filter(|text| !text.starts_with('-') && text.parse::<Number>().is_ok());
        amount.map(Self).ok_or_else(|| de::Error::custom("an amount is expected, such as 590.00"))
    }
}

impl Amount {
    /// As a JSON number with the same digits.
    pub fn number(&self) -> Value {
        self.0.parse::<Number>().map_or(Value::Null, Value::Number)
    }
}

/// An amount in baht, or nothing.
pub fn baht<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Baht>, D::Error> {
    let digits = text(from).map_err(|_| de::Error::custom("an amount is expected, such as 267.50"))?;
    if digits.is_empty() {
        return Ok(None);
    }
    let wrong = || de::Error::custom(format!("\"{digits}\" is no amount in baht, such as 267.50"));
    Baht::read(&digits).map(Some).ok_or_else(wrong)
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
        money::Amount::read(text).and_then(|amount| amount.of_places(Some(2))).ok()?;
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
    use serde_json::{from_str, from_value, json};

    #[test]
    fn money_stays_the_text_it_was() {
        let money = |text: &str| from_str::<Money>(text).map(|money| money.0);
        assert_eq!(money("590.10").unwrap().as_deref(), Some("590.10"));
        assert_eq!(money("\"590.10\"").unwrap().as_deref(), Some("590.10"));
        assert_eq!(money("\"\"").unwrap(), None);
        assert!(money("\"1,000\"").is_err() && money("1e3").is_err());
    }

    #[test]
    fn an_amount_that_has_to_be_there_is_exact() {
        let read = |value: Value| from_value::<Amount>(value).ok();
        assert_eq!(read(json!("590.00")).unwrap().number().to_string(), "590.00");
        for wrong in [json!("-1"), json!("1,000"), json!("")] {
            assert_eq!(read(wrong), None);
        }
    }

    #[test]
    fn baht_come_as_a_number_or_a_text_or_not_at_all() {
        assert_eq!(baht(json!(267.5)).unwrap().map(|cod| cod.to_string()).as_deref(), Some("267.50"));
        assert_eq!(baht(json!("")).unwrap(), None);
        assert!(baht(json!("267.505")).is_err() && baht(json!([1])).is_err());
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
