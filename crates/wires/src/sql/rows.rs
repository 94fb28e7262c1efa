//! Rows on their way into a flow: bounded, with the digits they had.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value};

/// Bytes of rows that one step takes, as JSON about.
pub const BYTES_MAX: usize = 8 << 20;

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub rows: usize,
    pub bytes: usize,
}

impl Most {
    pub fn rows(rows: usize) -> Self {
        Self { rows, bytes: BYTES_MAX }
    }
}

/// What was read. There may be more than was taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub rows: Vec<Map<String, Value>>,
    pub more: bool,
}

/// Takes rows until there are enough.
pub struct Gathering {
    names: Vec<String>,
    most: Most,
    bytes: usize,
    pub found: Found,
}

impl Gathering {
    pub fn new(names: impl IntoIterator<Item = String>, most: Most) -> Self {
        Self { names: told_apart(names), most, bytes: 0, found: Found::default() }
    }

    /// Takes one; false says that there was no room for it, and that nothing else is to be read.
    pub fn take(&mut self, values: Vec<Value>) -> bool {
        let bytes: usize =
            values.iter().map(size).sum::<usize>() + self.names.iter().map(String::len).sum::<usize>();
        let first = self.found.rows.is_empty();
        if self.found.rows.len() >= self.most.rows || (self.bytes + bytes > self.most.bytes && !first) {
            self.found.more = true;
            return false;
        }
        self.bytes += bytes;
        self.found.rows.push(self.names.iter().cloned().zip(values).collect());
        true
    }
}

/// Two columns of one name are two fields.
fn told_apart(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut apart: Vec<String> = Vec::new();
    for name in names {
        let taken = |name: &String, apart: &[String]| apart.contains(name);
        let mut other = name.clone();
        let mut number = 2;
        while taken(&other, &apart) {
            other = format!("{name}_{number}");
            number += 1;
        }
        apart.push(other);
    }
    apart
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 3,
        Value::Number(number) => number.as_str().len() + 1,
        Value::Array(list) => list.iter().map(size).sum::<usize>() + 2,
        Value::Object(map) => map.iter().map(|(name, value)| name.len() + 4 + size(value)).sum::<usize>() + 2,
        Value::Null | Value::Bool(_) => 5,
    }
}

/// A number with the digits it has; a text where JSON knows no such number, as infinity.
pub fn number(text: &str) -> Value {
    serde_json::from_str::<Number>(text).map_or_else(|_| text.into(), Value::Number)
}

pub fn double(value: f64) -> Value {
    Number::from_f64(value).map_or_else(|| value.to_string().into(), Value::Number)
}

pub fn bytes(value: &[u8]) -> Value {
    STANDARD.encode(value).into()
}

/// Bytes that were written in base64.
pub fn read_bytes(value: &Value) -> Result<Option<Vec<u8>>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => {
            STANDARD.decode(text.trim()).map(Some).map_err(|_| "bytes are written in base64".into())
        }
        _ => Err("bytes are written in base64".into()),
    }
}

/// A decimal number without an exponent: whether it is below zero, its digits, and how many of them are behind the point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub text: String,
    pub precision: usize,
    pub scale: usize,
}

impl Decimal {
    /// Of a JSON number; nothing where it has an exponent, which only binary numbers have here.
    pub fn read(number: &Number) -> Option<Self> {
        let text = number.as_str();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |digits: &str| digits.chars().all(|digit| digit.is_ascii_digit());
        if !plain(whole) || !plain(part) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        Some(Self { text: text.to_owned(), precision: (whole.len() + part.len()).max(1), scale: part.len() })
    }

    /// All of its digits as one number.
    pub fn unscaled(&self) -> Option<i128> {
        self.text.replace('.', "").parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_taken_until_there_are_enough() {
        let names = || ["id", "name", "id"].map(str::to_owned);
        let row = |id: u8| vec![json!(id), json!("ก"), json!(id + 1)];
        let mut two = Gathering::new(names(), Most::rows(2));
        assert!(two.take(row(1)) && two.take(row(2)) && !two.take(row(3)));
        assert_eq!(Value::from(two.found.rows[0].clone()), json!({"id": 1, "name": "ก", "id_2": 2}));
        assert!(two.found.more);
        let mut small = Gathering::new(names(), Most { rows: 9, bytes: 10 });
        assert!(small.take(row(1)) && !small.take(row(2)), "one row always fits");
    }

    #[test]
    fn digits_stay_as_they_are() {
        for text in ["9007199254740993", "-0.10", "12345678901234567890.123456789", "0"] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("NaN"), json!("NaN"));
        assert_eq!(double(f64::INFINITY), json!("inf"));
        let decimal = |text: &str| Decimal::read(&serde_json::from_str(text).expect("a number"));
        let ten = decimal("-10.50").expect("a decimal");
        assert_eq!((ten.precision, ten.scale, ten.unscaled()), (4, 2, Some(-1050)));
        assert_eq!(decimal("0.05").map(|small| (small.precision, small.scale)), Some((2, 2)));
        assert_eq!(decimal("1e3"), None);
    }
}
