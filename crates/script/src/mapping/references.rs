//! What a mapping reads that is not in its run: cross-references. It names the keys that it needs, somebody else asks for them,
//! and with their answers it maps. So it stays pure, and whoever runs it can remember what it read.

use super::failure::Failure;
use crate::path::as_text;
use model::mapping::Xref;
use model::xref::{Found, ID_CHARS_MAX, Key};
use serde_json::Value;
use std::collections::BTreeMap;

/// The answers to the keys that have been asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct References(BTreeMap<Key, Found>);

impl References {
    pub const NONE: Self = Self(BTreeMap::new());

    pub fn get(&self, key: &Key) -> Option<&Found> {
        self.0.get(key)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<(Key, Found)> for References {
    fn extend<T: IntoIterator<Item = (Key, Found)>>(&mut self, answers: T) {
        self.0.extend(answers);
    }
}

/// What a mapping comes to: its value, or the keys without whose answers there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Mapped {
    Value(Value),
    /// None of them twice, in order.
    Asks(Vec<Key>),
}

/// What the cross-references have for a value; nothing where they have nothing.
pub(super) fn find(xref: &Xref, value: &Value, known: &References) -> Result<Option<Value>, Failure> {
    if value.is_array() || value.is_object() {
        return Err(Failure::value(
            value,
            "is no id",
            "Choose one value of it, such as ${input.customer.id}.",
        ));
    }
    let id = as_text(value);
    let id = id.trim();
    // Nothing has such an id.
    if id.is_empty() || id.chars().count() > ID_CHARS_MAX {
        return Ok(None);
    }
    let (entity, system) = (xref.entity.clone(), xref.system.clone());
    let key = Key { entity, system, way: xref.way, id: id.to_owned() };
    match known.get(&key) {
        None => Err(Failure::unasked(key)),
        Some(Found::Nothing) => Ok(None),
        Some(Found::One(other)) => Ok(Some(Value::from(other.as_str()))),
        Some(Found::Several(many)) => Err(Failure::several(&key, *many)),
    }
}
