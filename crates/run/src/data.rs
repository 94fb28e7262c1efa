//! A value on its way through a run.

use bytes::Bytes;
use model::Value;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::sync::{Arc, OnceLock};

/// A JSON value that many steps may read. It is kept as text, as a tree, or both; the tree is made when first asked for,
/// so that a list of a hundred thousand results costs no more than its text until a step looks inside.
#[derive(Clone, Debug)]
pub struct Data(Arc<Kept>);

#[derive(Debug)]
enum Kept {
    Own {
        text: OnceLock<Bytes>,
        value: OnceLock<Arc<Value>>,
    },
    /// A field of another value, such as the body of what a trigger received.
    Part {
        of: Data,
        key: &'static str,
    },
}

static NULL: Value = Value::Null;

impl Data {
    pub fn null() -> Self {
        Self::from(Value::Null)
    }

    /// Takes JSON text as it is. Text that is not JSON reads as null; callers have checked or written it themselves.
    pub fn from_text(text: impl Into<Bytes>) -> Self {
        Self(Arc::new(Kept::Own { text: OnceLock::from(text.into()), value: OnceLock::new() }))
    }

    /// A field of this value, without copying it.
    pub fn part(&self, key: &'static str) -> Self {
        Self(Arc::new(Kept::Part { of: self.clone(), key }))
    }

    pub fn value(&self) -> &Value {
        match &*self.0 {
            Kept::Own { text, value } => value.get_or_init(|| Arc::new(parse(text.get()))),
            Kept::Part { of, key } => of.value().get(key).unwrap_or(&NULL),
        }
    }

    /// The tree, to be kept beside this.
    pub fn shared(&self) -> Arc<Value> {
        self.value();
        match &*self.0 {
            Kept::Own { value, .. } => value.get().cloned().unwrap_or_default(),
            Kept::Part { .. } => Arc::new(self.value().clone()),
        }
    }

    /// The value itself, without copying where nobody else holds it.
    pub fn into_value(self) -> Value {
        let shared = self.shared();
        drop(self);
        Arc::unwrap_or_clone(shared)
    }

    /// The JSON text, kept for the next who asks.
    pub fn text(&self) -> Bytes {
        let write = || serde_json::to_vec(self.value()).unwrap_or_default().into();
        match &*self.0 {
            Kept::Own { text, .. } => text.get_or_init(write).clone(),
            Kept::Part { .. } => write(),
        }
    }

    /// Appends the JSON text without keeping it.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        match self.known_text() {
            Some(text) => out.extend_from_slice(text),
            None => serde_json::to_writer(out, self.value()).unwrap_or(()),
        }
    }

    /// Whether the JSON text has more bytes than `limit`; of a tree that is an estimate, made without writing it.
    pub fn is_larger(&self, limit: usize) -> bool {
        self.known_text().map_or_else(|| weigh(self.value(), limit), Bytes::len) > limit
    }

    fn known_text(&self) -> Option<&Bytes> {
        match &*self.0 {
            Kept::Own { text, .. } => text.get(),
            Kept::Part { .. } => None,
        }
    }
}

/// About how many bytes of text a tree makes; stops counting beyond the limit.
fn weigh(value: &Value, limit: usize) -> usize {
    let mut left = vec![value];
    let mut bytes = 0;
    while let Some(value) = left.pop().filter(|_| bytes <= limit) {
        bytes += match value {
            Value::String(text) => text.len() + 3,
            Value::Array(list) => {
                left.extend(list);
                2
            }
            Value::Object(map) => {
                left.extend(map.values());
                map.keys().map(|key| key.len() + 4).sum::<usize>() + 2
            }
            _ => 6,
        };
    }
    bytes
}

fn parse(text: Option<&Bytes>) -> Value {
    text.and_then(|text| serde_json::from_slice(text).ok()).unwrap_or(Value::Null)
}

impl From<Value> for Data {
    fn from(value: Value) -> Self {
        Self::from(Arc::new(value))
    }
}

impl From<Arc<Value>> for Data {
    fn from(value: Arc<Value>) -> Self {
        Self(Arc::new(Kept::Own { text: OnceLock::new(), value: OnceLock::from(value) }))
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.value() == other.value()
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = self.known_text().and_then(|text| serde_json::from_slice::<&RawValue>(text).ok());
        match raw {
            Some(raw) => raw.serialize(serializer),
            None => self.value().serialize(serializer),
        }
    }
}
