//! Ids that may stand in an address.

use super::{parts, text};
use crate::market::mistake;
use connector::Error;
use serde::{Deserialize, Deserializer, de};
use serde_json::Number;
use std::fmt;

/// Longer than any marketplace's ids.
const ID_CHARS_MAX: usize = 64;
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
    pub fn filled(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|id| !id.is_empty())
    }

    /// The id, where the operation cannot do without.
    pub fn need(&self, what: &str) -> Result<&str, Error> {
        self.filled().ok_or_else(|| mistake(format!("the {what} is empty"), "Open the node and fill it in."))
    }

    /// The id as a JSON number with all of its digits, for vendors whose ids are numbers.
    pub fn number(&self) -> Result<Number, Error> {
        let digits = self.filled().filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
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
        let id = text(from).ok().and_then(|text| Self::read(&text));
        id.ok_or_else(|| de::Error::custom("an id is expected, such as 123456"))
    }
}

/// Several ids: a list of them, or a text with commas between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids(pub Vec<Id>);

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let parts = parts(from)?;
        if parts.len() > IDS_MAX {
            return Err(de::Error::custom(format!("more than {IDS_MAX} ids")));
        }
        let ids: Option<Vec<Id>> = parts.iter().map(|part| Id::read(part)).collect();
        let ids = ids.ok_or_else(|| de::Error::custom("a list of ids is expected, such as [1, 2]"))?;
        Ok(Self(ids.into_iter().filter(|id| id.filled().is_some()).collect()))
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
        self.0.iter().filter_map(Id::filled).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value, json};

    #[test]
    fn an_id_keeps_its_digits_and_leads_nowhere_else() {
        let read = |value: Value| from_value::<Id>(value).ok();
        let exact = read(serde_json::from_str("260422900198363001").unwrap()).unwrap();
        assert_eq!(exact.to_string(), "260422900198363001");
        assert_eq!(exact.number().unwrap().to_string(), "260422900198363001");
        for wrong in ["../x", "a/b", "a?b", "a&b", "ก"] {
            assert_eq!(read(json!(wrong)), None, "{wrong}");
        }
        assert!(read(json!("201218V2Y6E59M")).unwrap().number().is_err());
    }

    #[test]
    fn ids_come_as_a_list_or_as_a_text_with_commas() {
        let read = |value: Value| from_value::<Ids>(value).ok();
        let two = Ids(vec![Id("1".into()), Id("2".into())]);
        assert_eq!(read(json!([1, "2"])), Some(two.clone()));
        assert_eq!(read(json!("1, 2")), Some(two));
        assert_eq!(read(json!("")), Some(Ids::default()));
        assert_eq!(read(json!(vec!["1"; IDS_MAX + 1])), None);
    }
}
