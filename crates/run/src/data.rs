//! A value on its way through a run.

use bytes::Bytes;
use model::Value;
use std::sync::{Arc, OnceLock};

/// A JSON value that many steps may read. It is kept as text, as a tree, or both; the tree is made when first asked for,
/// so that a list of a hundred thousand results costs no more than its text until a step looks inside.
#[derive(Clone, Debug)]
pub struct Data(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    text: OnceLock<Bytes>,
    value: OnceLock<Value>,
}

impl Data {
    pub fn null() -> Self {
        Self::from(Value::Null)
    }

    /// Takes JSON text as it is. Text that is not JSON reads as null; callers have checked or written it themselves.
    pub fn from_text(text: impl Into<Bytes>) -> Self {
        let kept = Kept::default();
        kept.text.get_or_init(|| text.into());
        Self(Arc::new(kept))
    }

    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| {
            let text = self.0.text.get().map_or(&b"null"[..], |text| text);
            serde_json::from_slice(text).unwrap_or(Value::Null)
        })
    }

    /// The JSON text; made once where the value came as a tree.
    pub fn text(&self) -> &Bytes {
        self.0.text.get_or_init(|| serde_json::to_vec(self.value()).unwrap_or_default().into())
    }

    /// The value itself, without copying where nobody else holds it.
    pub fn into_value(self) -> Value {
        self.value();
        match Arc::try_unwrap(self.0) {
            Ok(kept) => kept.value.into_inner().unwrap_or(Value::Null),
            Err(shared) => Data(shared).value().clone(),
        }
    }

    /// Appends the JSON text without keeping it.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        match self.0.text.get() {
            Some(text) => out.extend_from_slice(text),
            None => serde_json::to_writer(out, self.value()).unwrap_or(()),
        }
    }
}

impl From<Value> for Data {
    fn from(value: Value) -> Self {
        let kept = Kept::default();
        kept.value.get_or_init(|| value);
        Self(Arc::new(kept))
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.value() == other.value()
    }
}
