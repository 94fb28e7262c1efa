//! JSON to Rhai and back.

use crate::{
    digits::{Digits, number_in, number_out},
    error::{Error, Which},
};
use rhai::{Array, Dynamic, ImmutableString, Map};
use rust_decimal::Decimal;
use serde_json::Value;

/// Which parts of a value a script mentions: what it does not mention is not converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    All,
    Members(Vec<(Box<str>, Wanted)>),
}

impl Wanted {
    pub(crate) fn nothing() -> Self {
        Self::Members(Vec::new())
    }

    /// Every path that is wanted with everything below it.
    pub(crate) fn paths(&self) -> Vec<Vec<&str>> {
        match self {
            Self::All => vec![Vec::new()],
            Self::Members(members) => {
                let mut paths = Vec::new();
                for (name, wanted) in members {
                    for mut path in wanted.paths() {
                        path.insert(0, &**name);
                        paths.push(path);
                    }
                }
                paths
            }
        }
    }

    /// Adds the part at `path`; the shorter path wins, because it holds the longer.
    pub(crate) fn add(&mut self, path: &[&str]) {
        let Self::Members(members) = self else { return };
        let Some((first, rest)) = path.split_first() else {
            *self = Self::All;
            return;
        };
        let at = members.iter().position(|(name, _)| **name == **first).unwrap_or_else(|| {
            members.push(((*first).into(), Self::nothing()));
            members.len() - 1
        });
        members[at].1.add(rest);
    }
}

/// Converts what is wanted of a value.
pub(crate) fn into_script(value: &Value, wanted: &Wanted, nesting: usize) -> Result<Dynamic, Error> {
    match (value, wanted) {
        (Value::Object(object), Wanted::Members(members)) => {
            let nesting = deeper(nesting)?;
            let mut map = Map::new();
            for (name, wanted) in members {
                if let Some(member) = object.get(&**name) {
                    map.insert((&**name).into(), into_script(member, wanted, nesting)?);
                }
            }
            Ok(Dynamic::from_map(map))
        }
        _ => whole_into_script(value, nesting),
    }
}

pub(crate) fn whole_into_script(value: &Value, nesting: usize) -> Result<Dynamic, Error> {
    Ok(match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(yes) => (*yes).into(),
        Value::Number(number) => number_in(number),
        Value::String(text) => ImmutableString::from(text.as_str()).into(),
        Value::Array(items) => {
            let nesting = deeper(nesting)?;
            let items: Result<Array, Error> =
                items.iter().map(|item| whole_into_script(item, nesting)).collect();
            Dynamic::from_array(items?)
        }
        Value::Object(members) => {
            let nesting = deeper(nesting)?;
            let mut map = Map::new();
            for (name, member) in members {
                map.insert(name.as_str().into(), whole_into_script(member, nesting)?);
            }
            Dynamic::from_map(map)
        }
    })
}

/// Converts a result. Functions and ranges are no data and are refused.
pub(crate) fn into_json(value: Dynamic, nesting: usize) -> Result<Value, Error> {
    let value = value.flatten();
    if let Some(scalar) = scalar_into_json(&value) {
        return Ok(scalar);
    }
    if value.is_map() {
        let nesting = deeper(nesting)?;
        let map = value.try_cast::<Map>().unwrap_or_default();
        let mut members = serde_json::Map::with_capacity(map.len());
        for (name, member) in map {
            members.insert(name.into(), into_json(member, nesting)?);
        }
        return Ok(Value::Object(members));
    }
    if value.is_array() {
        let nesting = deeper(nesting)?;
        let list = value.into_array().unwrap_or_default();
        let mut items = Vec::with_capacity(list.len());
        for item in list {
            items.push(into_json(item, nesting)?);
        }
        return Ok(Value::Array(items));
    }
    Err(Error::NotData { what: not_data(&value) })
}

fn scalar_into_json(value: &Dynamic) -> Option<Value> {
    if value.is_unit() {
        return Some(Value::Null);
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Some(Value::String(text.as_str().to_owned()));
    }
    if let Ok(int) = value.as_int() {
        return Some(Value::from(int));
    }
    if let Some(decimal) = value.read_lock::<Decimal>() {
        return Some(number_out(decimal.to_string()));
    }
    if let Ok(yes) = value.as_bool() {
        return Some(Value::Bool(yes));
    }
    if let Ok(letter) = value.as_char() {
        return Some(Value::String(letter.to_string()));
    }
    value.read_lock::<Digits>().map(|digits| number_out(digits.to_string()))
}

fn not_data(value: &Dynamic) -> &'static str {
    if value.is_fnptr() {
        "a function"
    } else if value.is_blob() {
        "raw bytes"
    } else {
        "a range or another thing that JSON has no form for"
    }
}

fn deeper(nesting: usize) -> Result<usize, Error> {
    nesting.checked_sub(1).ok_or(Error::Limit { which: Which::Nesting, limit: 0, line: 0, column: 0 })
}
