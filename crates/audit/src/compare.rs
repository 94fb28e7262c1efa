//! Whether two values of one field are the same, and how much of a difference is let pass.

use crate::decimal::Decimal;
use crate::moment;
use chrono::TimeDelta;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Longer is no spell that two clocks of one business differ by.
const SECONDS_MAX: i64 = 366 * 86_400;

/// How two values of a field are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Compare {
    /// The same text, or the same number however it is written.
    #[default]
    Exact,
    /// Numbers, at most so much apart.
    Number(Decimal),
    /// Numbers, apart by at most so many hundredths of the larger one.
    Percent(Decimal),
    /// Amounts rounded to the satang, at most so many apart.
    Satang(Decimal),
    /// Texts, whatever their case, spaces, invisible letters and spellings of Thai that look the same.
    Text,
    /// Moments, at most so far apart.
    Time(TimeDelta),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Same,
    /// Not the same, and let pass.
    Tolerated,
    Different,
}

impl Compare {
    /// Nothing is an absent value, `null` and an empty text: a table cannot tell them apart.
    pub fn judge(&self, left: &Value, right: &Value) -> Verdict {
        if is_exactly(left, right) {
            return Verdict::Same;
        }
        match self {
            Self::Exact => Some(false),
            Self::Number(_) | Self::Percent(_) | Self::Satang(_) => match (number(left), number(right)) {
                (Some(left), Some(right)) if left == right => return Verdict::Same,
                (Some(left), Some(right)) => self.lets_numbers_pass(&left, &right),
                _ => None,
            },
            Self::Text => match (is_nothing(left), is_nothing(right)) {
                (false, false) => Some(folded(&text(left)) == folded(&text(right))),
                _ => None,
            },
            Self::Time(most) => match (time(left), time(right)) {
                (Some(left), Some(right)) if left == right => return Verdict::Same,
                (Some(left), Some(right)) => Some((left - right).abs() <= *most),
                _ => None,
            },
        }
        // What cannot be read as what it should be is different from all but itself.
        .map_or(Verdict::Different, |passes| if passes { Verdict::Tolerated } else { Verdict::Different })
    }

    fn lets_numbers_pass(&self, left: &Decimal, right: &Decimal) -> Option<bool> {
        let (apart, most) = match self {
            Self::Number(most) => (left.distance(right)?, Cow::Borrowed(most)),
            Self::Percent(percent) => {
                let larger = if left.cmp_size(right).is_lt() { right } else { left };
                (left.distance(right)?, Cow::Owned(larger.times(percent).shifted(-2)))
            }
            Self::Satang(most) => {
                (left.rounded(2).distance(&right.rounded(2))?.shifted(2), Cow::Borrowed(most))
            }
            _ => return None,
        };
        Some(apart.cmp_size(&most).is_le())
    }
}

/// What a table would write in an empty cell.
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// A text in the one form that all are in which are let pass for each other.
pub fn folded(text: &str) -> String {
    let lower = model::thai::normalise(&model::money::arabic_digits(text)).to_lowercase();
    lower.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// A number, or a text that people read as one.
pub fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Decimal::of_json(number.as_str()),
        Value::String(text) => Decimal::of_text(text),
        _ => None,
    }
}

pub fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

pub fn time(value: &Value) -> Option<moment::Moment> {
    value.as_str().and_then(moment::read)
}

/// The same without any tolerance. One system has a number where another, or a table, has it as a text.
fn is_exactly(left: &Value, right: &Value) -> bool {
    match (left, right) {
        _ if is_nothing(left) || is_nothing(right) => is_nothing(left) && is_nothing(right),
        (Value::Number(one), Value::Number(other)) => {
            let read = |number: &serde_json::Number| Decimal::of_json(number.as_str());
            one.as_str() == other.as_str() || read(one).is_some_and(|one| read(other) == Some(one))
        }
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            Decimal::of_json(text).is_some_and(|text| Decimal::of_json(number.as_str()) == Some(text))
        }
        (Value::Bool(yes), Value::String(text)) | (Value::String(text), Value::Bool(yes)) => {
            *text == yes.to_string()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_exactly(one, other))
        }
        (Value::Object(one), Value::Object(other)) => has_all_of(one, other) && has_all_of(other, one),
        _ => left == right,
    }
}

fn has_all_of(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    other.iter().all(|(name, value)| is_exactly(one.get(name).unwrap_or(&Value::Null), value))
}

/// Why a text says nothing of how to compare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no tolerance; write exact, number, a number such as 0.01, a percentage such as 1%, money, \
     so many satang such as 25satang, text, time, or a spell such as 60s, 5m, 2h, 1d"
)]
pub struct Unknown(pub String);

impl FromStr for Compare {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let unknown = || Unknown(text.to_owned());
        let amount = |text: &str| Decimal::of_json(text).filter(|number| !number.is_negative());
        Ok(match text {
            "exact" => Self::Exact,
            "number" => Self::Number(Decimal::ZERO),
            "money" => Self::Satang(Decimal::ZERO),
            "text" => Self::Text,
            "time" => Self::Time(TimeDelta::zero()),
            _ => match (text.strip_suffix('%'), text.strip_suffix("satang")) {
                (Some(percent), _) => Self::Percent(amount(percent).ok_or_else(unknown)?),
                (_, Some(satang)) => Self::Satang(amount(satang).ok_or_else(unknown)?),
                _ => match amount(text) {
                    Some(most) => Self::Number(most),
                    None => Self::Time(spell(text).ok_or_else(unknown)?),
                },
            },
        })
    }
}

/// `90s`, `15m`, `2h` or `1d`.
pub fn spell(text: &str) -> Option<TimeDelta> {
    let (number, seconds) = match text.split_at_checked(text.len().checked_sub(1)?)? {
        (number, "s") => (number, 1),
        (number, "m") => (number, 60),
        (number, "h") => (number, 3_600),
        (number, "d") => (number, 86_400),
        _ => return None,
    };
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| number.parse::<i64>().ok()?.checked_mul(seconds)).flatten()?;
    (seconds <= SECONDS_MAX).then(|| TimeDelta::try_seconds(seconds)).flatten()
}

impl fmt::Display for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => write!(f, "exact"),
            Self::Number(most) if *most == Decimal::ZERO => write!(f, "number"),
            Self::Number(most) => write!(f, "{most}"),
            Self::Percent(most) => write!(f, "{most}%"),
            Self::Satang(most) if *most == Decimal::ZERO => write!(f, "money"),
            Self::Satang(most) => write!(f, "{most}satang"),
            Self::Text => write!(f, "text"),
            Self::Time(most) if most.is_zero() => write!(f, "time"),
            Self::Time(most) => write!(f, "{}s", most.num_seconds()),
        }
    }
}
