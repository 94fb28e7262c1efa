//! The value of a field as it is sent: of the kind that the document says, whatever an expression made of it.

use crate::call::{Kind, Slot, Source};
use crate::node::join;
use crate::problem::{self, Problem};
use serde_json::{Map, Number, Value};

/// A value as people would write it: a text without quotes, anything else as JSON.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The name of the field that a value comes from.
pub(super) fn field_name(slot: &Slot) -> &str {
    match &slot.from {
        Source::Field(name) => name,
        Source::Fixed(_) => &slot.name,
    }
}

/// What is sent in the body; nothing where nothing is. Null is sent where it is given and the document allows it.
pub(super) fn of_body(slot: &Slot, fields: &Map<String, Value>) -> Result<Option<Value>, Problem> {
    let Some(given) = given(slot, fields) else {
        let usual = (!slot.otherwise.is_null()).then(|| slot.otherwise.clone());
        return Ok(usual.or(slot.always.then_some(Value::Null)));
    };
    match given {
        Value::Null => Ok(Some(Value::Null)),
        given => as_kind(slot, given).map(Some),
    }
}

/// What is sent outside of the body, where null is nothing, and one value may stand for a list of one.
pub(super) fn of_parameter(slot: &Slot, fields: &Map<String, Value>) -> Result<Option<Value>, Problem> {
    let usual = (!slot.otherwise.is_null()).then_some(&slot.otherwise);
    let Some(value) = given(slot, fields).filter(|given| !given.is_null()).or(usual) else { return Ok(None) };
    match (slot.kind, value) {
        (Kind::List, Value::String(_) | Value::Number(_) | Value::Bool(_)) => Ok(Some(value.clone())),
        _ => as_kind(slot, value).map(Some),
    }
}

fn given<'a>(slot: &'a Slot, fields: &'a Map<String, Value>) -> Option<&'a Value> {
    match &slot.from {
        Source::Fixed(value) => Some(value),
        Source::Field(name) => fields.get(name).filter(|value| slot.nullable || !value.is_null()),
    }
}

/// Numbers and truths become texts with the digits that they have, and texts become numbers where they are some.
fn as_kind(slot: &Slot, value: &Value) -> Result<Value, Problem> {
    let same = match (slot.kind, value) {
        (Kind::Json, _)
        | (Kind::Text | Kind::Bytes, Value::String(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::Bool, Value::Bool(_))
        | (Kind::List, Value::Array(_))
        | (Kind::Object, Value::Object(_)) => return Ok(value.clone()),
        (Kind::Bytes, Value::Object(file)) if file.contains_key("base64") => return Ok(value.clone()),
        (Kind::Text | Kind::Bytes, Value::Number(_) | Value::Bool(_)) => {
            Some(Value::String(value.to_string()))
        }
        (Kind::Number, Value::String(text)) => number(text).map(Value::Number),
        (Kind::Bool, Value::String(text)) => text.trim().parse().ok().map(Value::Bool),
        _ => None,
    };
    same.ok_or_else(|| {
        let name = field_name(slot);
        let mut problem = problem::WRONG_KIND.at(join("", name), &[name, wanted(slot.kind)[0], is(value)[0]]);
        problem.message.th =
            problem::WRONG_KIND.at("", &[name, wanted(slot.kind)[1], is(value)[1]]).message.th;
        problem
    })
}

fn number(text: &str) -> Option<Number> {
    serde_json::from_str(text.trim()).ok()
}

fn wanted(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Text => ["a text", "ข้อความ"],
        Kind::Number => ["a number", "ตัวเลข"],
        Kind::Bool => ["true or false", "true หรือ false"],
        Kind::List => ["a list", "รายการ"],
        Kind::Object => ["an object", "ออบเจ็กต์"],
        Kind::Json => ["JSON", "JSON"],
        Kind::Bytes => ["a text or {\"base64\": …}", "ข้อความ หรือ {\"base64\": …}"],
    }
}

fn is(value: &Value) -> [&'static str; 2] {
    match value {
        Value::Null => ["nothing", "ค่าว่าง"],
        Value::Bool(_) => ["true or false", "true หรือ false"],
        Value::Number(_) => ["a number", "ตัวเลข"],
        Value::String(_) => ["another text", "ข้อความอื่น"],
        Value::Array(_) => ["a list", "รายการ"],
        Value::Object(_) => ["an object", "ออบเจ็กต์"],
    }
}
