//! Fields as flows bring them: ids and amounts come as text from one system and as numbers from the next.

use super::mistake;
use connector::Error;
use model::money;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Number, Value};
use std::fmt;

/// Longer than any marketplace's ids.
const ID_CHARS_MAX: usize = 64;
/// More pieces than any warehouse holds of one SKU.
const QUANTITY_MAX: u64 = 1_000_000_000;
/// Records that one step names.
pub const IDS_MAX: usize = 1_000;

/// A record's id: letters, digits, `-` and `_`, so that it can stand in an address. Empty where none was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        (text.len() <= ID_CHARS_MAX && text.chars().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The id, where one was given.
    pub fn given(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|id| !id.is_empty())
    }

    /// The id, where the operation cannot do without.
    pub fn need(&self, what: &str) -> Result<&str, Error> {
        self.given().ok_or_else(|| mistake(format!("the {what} is empty"), "Open the node and fill it in."))
    }

    /// The id as a JSON number with all of its digits, for vendors whose ids are numbers.
    pub fn number(&self) -> Result<Number, Error> {
        let digits = self.given().filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse::<u64>().ok()).map(Number::from);
        number.ok_or_else(|| mistake(format!("\"{self}\" is not a number"), "This id is made of digits."))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        id_of(&Value::deserialize(from)?)
            .ok_or_else(|| de::Error::custom("an id is expected, such as 123456"))
    }
}

fn id_of(value: &Value) -> Option<Id> {
    match value {
        Value::Null => Some(Id::default()),
        Value::String(text) => Id::read(text),
        Value::Number(number) => Id::read(&number.to_string()),
        _ => None,
    }
}

/// Several ids: a list of them, or a text with commas between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids(pub Vec<Id>);

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let ids: Option<Vec<Id>> = match Value::deserialize(from)? {
            Value::Array(list) => list.iter().map(id_of).collect(),
            Value::String(text) => text.split(',').map(Id::read).collect(),
            one => id_of(&one).map(|id| vec![id]),
        };
        let ids = ids.ok_or_else(|| de::Error::custom("a list of ids is expected, such as [1, 2]"))?;
        if ids.len() > IDS_MAX {
            return Err(de::Error::custom(format!("more than {IDS_MAX} ids")));
        }
        Ok(Self(ids.into_iter().filter(|id| id.given().is_some()).collect()))
    }
}

impl Ids {
    pub fn need(&self, what: &str) -> Result<&[Id], Error> {
        if self.0.is_empty() {
            return Err(mistake(format!("there are no {what}"), "Open the node and name one at least."));
        }
        Ok(&self.0)
    }

    pub fn numbers(&self) -> Result<Vec<Number>, Error> {
        self.0.iter().map(Id::number).collect()
    }

    pub fn texts(&self) -> Vec<&str> {
        self.0.iter().filter_map(Id::given).collect()
    }
}

/// A text that some systems write as a number, such as a SKU. Empty where none was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(Self::default()),
            Value::String(text) => Ok(Self(text.trim().to_owned())),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(de::Error::custom("a text is expected")),
        }
    }
}

impl Text {
    pub fn given(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.is_empty())
    }
}

/// Several texts: a list of them, or one alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let texts = match Value::deserialize(from)? {
            Value::Array(list) => list.iter().map(super::text_of).collect(),
            one => vec![super::text_of(&one)],
        };
        Ok(Self(texts.into_iter().filter(|text| !text.trim().is_empty()).take(IDS_MAX).collect()))
    }
}

/// An amount of money as decimal text, such as `590.00`. It never becomes a binary number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount(pub String);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = super::text_of(&Value::deserialize(from)?);
        let amount = Some(text.trim()).filter(|text| money::Amount::read(text).is_ok());
        let amount = amount.filter(|text| !text.starts_with('-') && text.parse::<Number>().is_ok());
        amount
            .map(|text| Self(text.to_owned()))
            .ok_or_else(|| de::Error::custom("an amount is expected, such as 590.00"))
    }
}

impl Amount {
    /// As a JSON number with the same digits.
    pub fn number(&self) -> Value {
        self.0.parse::<Number>().map_or(Value::Null, Value::Number)
    }
}

/// A number of pieces. `12.0` is twelve; half a piece is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity(pub u64);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = super::text_of(&Value::deserialize(from)?);
        let whole = match text.trim().split_once('.') {
            Some((whole, places)) if places.bytes().all(|digit| digit == b'0') => whole,
            Some(_) => "",
            None => text.trim(),
        };
        let number = whole.parse::<u64>().ok().filter(|number| *number <= QUANTITY_MAX);
        number.map(Self).ok_or_else(|| de::Error::custom("a whole number of pieces is expected, such as 12"))
    }
}

/// How many records a step brings at most.
#[derive(Clone, Copy, Debug)]
pub struct Limit(Quantity);

impl Default for Limit {
    fn default() -> Self {
        Self(Quantity(50))
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(Self::default()),
            given => Quantity::deserialize(given).map(Self).map_err(de::Error::custom),
        }
    }
}

impl Limit {
    pub fn within(self, most: u64) -> usize {
        usize::try_from(self.0.0.clamp(1, most)).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read<T: de::DeserializeOwned>(value: Value) -> Option<T> {
        serde_json::from_value(value).ok()
    }

    #[test]
    fn an_id_keeps_its_digits_and_leads_nowhere_else() {
        let exact = read::<Id>(serde_json::from_str("260422900198363001").unwrap()).unwrap();
        assert_eq!(exact.to_string(), "260422900198363001");
        assert_eq!(exact.number().unwrap().to_string(), "260422900198363001");
        for wrong in ["../x", "a/b", "a?b", "a&b", "ก"] {
            assert_eq!(read::<Id>(json!(wrong)), None, "{wrong}");
        }
        assert!(read::<Id>(json!("201218V2Y6E59M")).unwrap().number().is_err());
    }

    #[test]
    fn ids_come_as_a_list_or_as_a_text_with_commas() {
        let two = Ids(vec![Id("1".into()), Id("2".into())]);
        assert_eq!(read::<Ids>(json!([1, "2"])), Some(two.clone()));
        assert_eq!(read::<Ids>(json!("1, 2")), Some(two));
        assert_eq!(read::<Ids>(json!("")), Some(Ids::default()));
    }

    #[test]
    fn a_quantity_is_whole_and_an_amount_is_exact() {
        assert_eq!(read::<Quantity>(json!("12.00")), Some(Quantity(12)));
        assert_eq!(read::<Quantity>(json!(0)), Some(Quantity(0)));
        for wrong in [json!("1.5"), json!(-1), json!("")] {
            assert_eq!(read::<Quantity>(wrong), None);
        }
        let price = read::<Amount>(json!("590.00")).unwrap();
        assert_eq!(price.number().to_string(), "590.00");
        for wrong in [json!("-1"), json!("1,000"), json!("")] {
            assert_eq!(read::<Amount>(wrong), None);
        }
    }
}
