//! Values at names with points between, in one object.

use serde_json::{Map, Value};

pub(super) fn put(object: &mut Map<String, Value>, names: &[String], value: Value) {
    if let Some((last, parents)) = names.split_last()
        && let Some(object) = descend(object, parents)
    {
        object.insert(last.clone(), value);
    }
}

/// The object that a value would be in, with nothing in it yet.
pub(super) fn open(object: &mut Map<String, Value>, names: &[String]) {
    if let Some((_, parents)) = names.split_last() {
        descend(object, parents);
    }
}

/// A reader has made sure that no line gives a value where another gives an object.
fn descend<'o>(object: &'o mut Map<String, Value>, names: &[String]) -> Option<&'o mut Map<String, Value>> {
    names.iter().try_fold(object, |object, name| {
        object.entry(name.clone()).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
    })
}
