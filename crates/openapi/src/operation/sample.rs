//! Field values that work, for a new node, the docs and the tests.

use super::fields::Fields;
use crate::call::{Body, BodyForm, Slot, Source};
use serde_json::{Map, Value};

/// Optional members that stand in an example that would otherwise change nothing.
const OPTIONAL_MEMBERS: usize = 3;

/// What has to be filled in, and what the document has examples of.
pub(super) fn example(fields: &Fields, body: Option<&Body>) -> Value {
    let mut wanted: Vec<&str> =
        fields.list.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    wanted.extend(fields.exemplary.iter().map(String::as_str));
    let of_body: Vec<&str> = body.map(field_names).unwrap_or_default();
    if !of_body.iter().any(|name| wanted.contains(name)) {
        wanted.extend(of_body.iter().take(OPTIONAL_MEMBERS));
    }
    let mut example = Map::new();
    for field in fields.list.iter().filter(|field| wanted.contains(&field.name.as_str())) {
        match (&field.example, field.required) {
            (Value::Null, false) => {}
            // No value of its kind could be made: it comes from the step before.
            (Value::Null, true) => {
                drop(example.insert(field.name.clone(), format!("${{input.{}}}", field.name).into()))
            }
            (value, _) => drop(example.insert(field.name.clone(), value.clone())),
        }
    }
    Value::Object(example)
}

fn field_names(body: &Body) -> Vec<&str> {
    let slots: Vec<&Slot> = match &body.form {
        BodyForm::Members(slots) => slots.iter().collect(),
        BodyForm::Whole(slot) | BodyForm::Raw(slot) => vec![slot],
        BodyForm::Form(parts) => parts.iter().map(|part| &part.slot).collect(),
        BodyForm::Multipart(parts) => parts.iter().map(|part| &part.slot).collect(),
    };
    slots
        .into_iter()
        .filter_map(|slot| match &slot.from {
            Source::Field(name) => Some(name.as_str()),
            Source::Fixed(_) => None,
        })
        .collect()
}
