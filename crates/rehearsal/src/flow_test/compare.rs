//! What differs between a value that is expected and the one that was found.

use model::Value;
use serde_json::{Map, Number};

/// Of one case no more are told: who mends the first of them finds the others afterwards.
pub const DIFFERENCES_MAX: usize = 10;
/// Longer values are told by their beginning.
const SHOWN_CHARS_MAX: usize = 160;

/// Something that is not as a case says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// JSON pointer into the case.
    pub at: String,
    pub message: String,
}

#[derive(Debug, Default)]
pub(super) struct Differences {
    pub told: Vec<Difference>,
    /// How many are not told.
    pub more: usize,
}

impl Differences {
    pub fn add(&mut self, at: impl Into<String>, message: impl Into<String>) {
        if self.told.len() >= DIFFERENCES_MAX {
            self.more += 1;
            return;
        }
        self.told.push(Difference { at: at.into(), message: message.into() });
    }
}

/// Where in a case, for programs and in words.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub pointer: String,
    /// What is looked at, and the path in it.
    pub what: String,
    pub path: String,
}

impl Place {
    pub fn new(pointer: String, what: String) -> Self {
        Self { pointer, what, path: String::new() }
    }

    fn member(&self, name: &str) -> Self {
        let pointer = format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1"));
        let path = match self.path.is_empty() {
            true => name.to_owned(),
            false => format!("{}.{name}", self.path),
        };
        Self { pointer, path, what: self.what.clone() }
    }

    fn entry(&self, index: usize) -> Self {
        let (pointer, path) = (format!("{}/{index}", self.pointer), format!("{}[{index}]", self.path));
        Self { pointer, path, what: self.what.clone() }
    }

    fn words(&self) -> String {
        match self.path.is_empty() {
            true => self.what.clone(),
            false => format!("{}: {}", self.what, self.path),
        }
    }
}

/// Compares what is written with what is there: of an object the members that are written, of a list every element.
pub(super) fn compare(expected: &Value, found: Option<&Value>, at: &Place, out: &mut Differences) {
    match (expected, found) {
        (Value::Null, None) => {}
        (expected, None) => {
            out.add(&at.pointer, format!("{} is missing; expected {}", at.words(), shown(expected)));
        }
        (Value::Object(expected), Some(Value::Object(found))) => members(expected, found, at, out),
        (Value::Array(expected), Some(Value::Array(found))) => entries(expected, found, at, out),
        (expected, Some(found)) if !is_same(expected, found) => {
            let message = format!("{}: expected {}, found {}", at.words(), shown(expected), shown(found));
            out.add(&at.pointer, message);
        }
        _ => {}
    }
}

fn members(expected: &Map<String, Value>, found: &Map<String, Value>, at: &Place, out: &mut Differences) {
    for (name, expected) in expected {
        compare(expected, found.get(name), &at.member(name), out);
    }
}

fn entries(expected: &[Value], found: &[Value], at: &Place, out: &mut Differences) {
    if expected.len() != found.len() {
        let of = |count: usize| if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
        let message = format!("{}: expected {}, found {}", at.words(), of(expected.len()), of(found.len()));
        out.add(&at.pointer, message);
    }
    for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
        compare(expected, Some(found), &at.entry(index), out);
    }
}

fn is_same(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Number(expected), Value::Number(found)) => Decimal::of(expected) == Decimal::of(found),
        _ => expected == found,
    }
}

/// A number by its value, however it is written: `10.0` is `10.00` is `1e1`.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    /// Without zeros at either end.
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn of(number: &Number) -> Self {
        let text = number.to_string();
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, &*text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        // Nobody writes an exponent that does not fit; two of those are the same only if they are written so.
        let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or(i64::MAX / 2);
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{part}");
        let digits = all.trim_end_matches('0');
        let exponent =
            exponent.saturating_sub(part.len() as i64).saturating_add((all.len() - digits.len()) as i64);
        match digits.trim_start_matches('0') {
            "" => Self { negative: false, digits: String::new(), exponent: 0 },
            digits => Self { negative, digits: digits.to_owned(), exponent },
        }
    }
}

/// A value as people read it, with no more than they want to.
pub(super) fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => return "nothing (null)".into(),
        value => value.to_string(),
    };
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Value {
        serde_json::from_str(text).expect("a number")
    }

    #[test]
    fn numbers_are_the_same_by_their_value() {
        for (one, other) in
            [("10.0", "10.00"), ("1e1", "10"), ("0", "-0.00"), ("1200", "1.2E+3"), ("0.10", "1e-1")]
        {
            assert!(is_same(&number(one), &number(other)), "{one} is {other}");
        }
        for (one, other) in [
            ("10", "1"),
            ("9007199254740993", "9007199254740992"),
            ("1", "-1"),
            ("0.1", "0.10000000000000001"),
        ] {
            assert!(!is_same(&number(one), &number(other)), "{one} is not {other}");
        }
    }
}
