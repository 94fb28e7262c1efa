//! What is kept of a record: its key, when it is of, and the fields that are compared, as bytes that sort by the key.

use crate::compare::{Compare, Verdict, folded, is_nothing, number, text, time};
use crate::config::{Config, Field, Side};
use crate::error::{Fault, told};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Key, time and fields of one record. So much is held of each run that is merged.
pub const KEPT_BYTES_MAX: usize = 256 << 10;

/// No record is of this time.
const NO_TIME: i64 = i64::MIN;
/// Ends a part of a key. A zero within a part is followed by 255, so that no part ends early and parts sort one by one.
const PART_END: [u8; 2] = [0, 1];
const ZERO: [u8; 2] = [0, 255];

/// The value of a field: one of that very name, or what the points in the name lead to.
pub fn find<'r>(record: &'r Map<String, Value>, name: &str) -> Option<&'r Value> {
    if let Some(value) = record.get(name) {
        return Some(value);
    }
    let mut parts = name.split('.');
    let first = record.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// The parts of a record's key as they are written there, and the key that records are sorted by.
pub fn key(
    config: &Config,
    side: Side,
    record: &Map<String, Value>,
) -> Result<(Vec<u8>, Vec<String>), Fault> {
    let mut bytes = Vec::new();
    let mut shown = Vec::with_capacity(config.key.len());
    for field in &config.key {
        let name = field.name(side);
        let value = find(record, name).unwrap_or(&Value::Null);
        let part = key_part(field, name, value)?;
        for byte in part.bytes() {
            match byte {
                0 => bytes.extend(ZERO),
                byte => bytes.push(byte),
            }
        }
        bytes.extend(PART_END);
        shown.push(text(value).into_owned());
    }
    Ok((bytes, shown))
}

fn key_part<'v>(field: &Field, name: &str, value: &'v Value) -> Result<Cow<'v, str>, Fault> {
    let part = match (value, &field.compare) {
        (Value::Array(_) | Value::Object(_), _) => return Err(Fault::KeyOfParts(name.to_owned())),
        (value, _) if is_nothing(value) => return Err(Fault::NoKey(name.to_owned())),
        // A number is one key however many zeros it is written with.
        (Value::Number(_), _) => match number(value) {
            Some(number) => Cow::Owned(number.to_string()),
            None => text(value),
        },
        (value, Compare::Exact) => text(value),
        (value, Compare::Text) => Cow::Owned(folded(&text(value))),
        (value, _) => match number(value) {
            Some(number) => Cow::Owned(number.to_string()),
            None => return Err(Fault::KeyNoNumber { field: name.to_owned(), text: told(&text(value)) }),
        },
    };
    if part.is_empty() { Err(Fault::NoKey(name.to_owned())) } else { Ok(part) }
}

/// A record as it was put away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    /// Milliseconds since 1970, where times were asked for.
    pub time: Option<i64>,
    pub key: Vec<String>,
    /// As JSON, in the order of the config; empty for nothing.
    fields: Vec<Vec<u8>>,
}

/// The bytes of a record that `read` reads again.
pub fn write(
    config: &Config,
    side: Side,
    line: u64,
    shown: &[String],
    record: &Map<String, Value>,
) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(64);
    bytes.extend(line.to_le_bytes());
    bytes.extend(time_of(config, side, record)?.unwrap_or(NO_TIME).to_le_bytes());
    shown.iter().for_each(|part| push(&mut bytes, part.as_bytes()));
    for field in &config.fields {
        match find(record, field.name(side)).filter(|value| !is_nothing(value)) {
            Some(value) => push(&mut bytes, value.to_string().as_bytes()),
            None => push(&mut bytes, b""),
        }
    }
    Ok(bytes)
}

fn time_of(config: &Config, side: Side, record: &Map<String, Value>) -> Result<Option<i64>, Fault> {
    let Some(times) = &config.times else { return Ok(None) };
    let name = times.field.name(side);
    match find(record, name) {
        Some(value) if !is_nothing(value) => match time(value) {
            Some(moment) => Ok(Some(moment.timestamp_millis())),
            None => Err(Fault::TimeUnreadable { field: name.to_owned(), text: told(&text(value)) }),
        },
        _ => Err(Fault::NoTime(name.to_owned())),
    }
}

fn push(to: &mut Vec<u8>, part: &[u8]) {
    // Far below four gigabytes: what is longer than a record may be is refused before it is put away.
    to.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend(part);
}

/// Of bytes that `write` has written.
pub fn read(config: &Config, bytes: &[u8]) -> Row {
    let (line, rest) = bytes.split_at(8);
    let (time, mut rest) = rest.split_at(8);
    let number = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let mut part = || {
        let (length, after) = rest.split_at(4);
        let length = u32::from_le_bytes(length.try_into().unwrap_or_default());
        let (part, after) = after.split_at(length as usize);
        rest = after;
        part
    };
    Row {
        line: number(line) as u64,
        time: Some(number(time)).filter(|time| *time != NO_TIME),
        key: config.key.iter().map(|_| String::from_utf8_lossy(part()).into_owned()).collect(),
        fields: config.fields.iter().map(|_| part().to_vec()).collect(),
    }
}

/// A field with what each side has of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its place in the config's list.
    pub field: usize,
    pub left: Value,
    pub right: Value,
    /// Whether the tolerance lets it pass.
    pub tolerated: bool,
}

/// All fields that are not the same.
pub fn differences(config: &Config, left: &Row, right: &Row) -> Vec<Difference> {
    let pairs = config.fields.iter().zip(left.fields.iter().zip(&right.fields)).enumerate();
    let different = pairs.filter(|(_, (_, (left, right)))| left != right);
    let judged = different.filter_map(|(index, (field, (left, right)))| {
        let (left, right) = (value(left), value(right));
        let verdict = field.compare.judge(&left, &right);
        let tolerated = verdict == Verdict::Tolerated;
        (verdict != Verdict::Same).then_some(Difference { field: index, left, right, tolerated })
    });
    judged.collect()
}

fn value(json: &[u8]) -> Value {
    // It was written by us: only nothing is no JSON.
    serde_json::from_slice(json).unwrap_or(Value::Null)
}
