//! Numbers: whole ones, and such as keep their digits.

use super::text;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Number, Value};

/// More pieces than any warehouse holds of one SKU.
const QUANTITY_MAX: u64 = 1_000_000_000;

/// Back offices count with places, so that `12.00` is a whole number, too.
fn whole_of(text: &str) -> Option<i64> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    whole.parse().ok().filter(|_| places.bytes().all(|digit| digit == b'0'))
}

/// A whole number from 0 on, or nothing.
pub fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let digits = text(from).map_err(|_| de::Error::custom("a whole number is expected"))?;
    if digits.is_empty() {
        return Ok(None);
    }
    let whole = whole_of(&digits).and_then(|whole| whole.try_into().ok());
    whole.map(Some).ok_or_else(|| de::Error::custom(format!("\"{digits}\" is no whole number")))
}

/// A whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole(pub i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let whole = text(from).ok().and_then(|text| whole_of(&text));
        whole.map(Self).ok_or_else(|| de::Error::custom("a whole number is expected, such as 12"))
    }
}

/// A number of pieces. `12.0` is twelve; half a piece is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity(pub u64);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let whole = text(from).ok().and_then(|text| whole_of(&text)?.try_into().ok());
        let pieces = whole.filter(|pieces| *pieces <= QUANTITY_MAX);
        pieces.map(Self).ok_or_else(|| de::Error::custom("a whole number of pieces is expected, such as 12"))
    }
}

/// How many records a step brings at most; 50 where nothing is said.
#[derive(Clone, Copy, Debug)]
pub struct Limit(Quantity);

impl Default for Limit {
    fn default() -> Self {
        Self(Quantity(50))
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let given: Option<Quantity> = Option::deserialize(from)?;
        Ok(given.map(Self).unwrap_or_default())
    }
}

impl Limit {
    /// One record at least, and what the operation can bring at most: its output says whether there are more.
    pub fn within(self, most: u64) -> usize {
        usize::try_from(self.0.0.clamp(1, most)).unwrap_or(usize::MAX)
    }
}

/// A number with its digits. Shops write money as text, so a text that is a number is one too.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Digits(pub Number);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = match Value::deserialize(from)? {
            Value::Number(number) => Some(number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.map(Self).ok_or_else(|| de::Error::custom("a number is expected, such as 535.00"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_str, from_value, json};

    #[test]
    fn a_number_is_whole_however_many_zeros_it_is_written_with() {
        let read = |text: &str| from_str::<Whole>(text).map(|whole| whole.0).ok();
        assert_eq!([read("12"), read("\"12\""), read("12.00"), read("-3")], [12, 12, 12, -3].map(Some));
        assert_eq!([read("12.5"), read("\"\""), read("null"), read("true")], [None; 4]);
        assert_eq!(whole(json!("1000.0")).unwrap(), Some(1_000));
        assert_eq!(whole(json!("")).unwrap(), None);
        assert!(whole(json!(1.5)).is_err() && whole(json!(-1)).is_err() && whole(json!([1])).is_err());
    }

    #[test]
    fn pieces_are_counted_and_half_a_piece_is_none() {
        let read = |value: Value| from_value::<Quantity>(value).map(|pieces| pieces.0).ok();
        assert_eq!([read(json!("12.00")), read(json!(0))], [Some(12), Some(0)]);
        for wrong in [json!("1.5"), json!(-1), json!(""), json!(QUANTITY_MAX + 1)] {
            assert_eq!(read(wrong), None);
        }
    }

    #[test]
    fn a_step_brings_what_it_is_told_to_within_what_it_can() {
        let read = |value: Value| from_value::<Limit>(value).map(|limit| limit.within(100)).ok();
        assert_eq!([read(json!(null)), read(json!("20")), read(json!(0))], [50, 20, 1].map(Some));
        assert_eq!([read(json!(500)), read(json!("many"))], [Some(100), None]);
    }

    #[test]
    fn a_number_keeps_its_digits() {
        let read = |text: &str| from_str::<Digits>(text).map(|number| number.0.to_string()).ok();
        assert_eq!(read("535.00").as_deref(), Some("535.00"));
        assert_eq!(read("\" 535.00 \"").as_deref(), Some("535.00"));
        assert_eq!(read("\"\""), None);
    }
}
