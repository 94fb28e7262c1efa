//! The body, in the form that the document says.

use super::value::{self, as_text, field_name};
use super::{encode, multipart, styled};
use crate::call::{Body, BodyForm, FormPart, Kind, Slot};
use crate::node::join;
use crate::problem::{self, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

pub(super) struct Sent {
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// Nothing where no field is filled in and the system does not need a body.
pub(super) fn body(body: &Body, fields: &Map<String, Value>) -> Result<Option<Sent>, Problem> {
    let sent = |bytes: Vec<u8>| Sent { content_type: body.content_type.clone(), bytes };
    let bytes = match &body.form {
        BodyForm::Members(slots) => Some(members(slots, fields)?)
            .filter(|members| body.required || !members.is_empty())
            .map(|members| json(&members.into())),
        BodyForm::Whole(slot) => value::of_body(slot, fields)?.map(|value| json(&value)),
        BodyForm::Form(parts) => Some(form(parts, fields)?)
            .filter(|text| body.required || !text.is_empty())
            .map(String::into_bytes),
        BodyForm::Multipart(parts) => return multipart::multipart(parts, fields, body.required),
        BodyForm::Raw(slot) => value::of_body(slot, fields)?.map(|value| bytes(slot, &value)).transpose()?,
    };
    Ok(bytes.map(sent))
}

fn json(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn members(slots: &[Slot], fields: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let mut members = Map::new();
    for slot in slots {
        if let Some(value) = value::of_body(slot, fields)? {
            members.insert(slot.name.clone(), value);
        }
    }
    Ok(members)
}

fn form(parts: &[FormPart], fields: &Map<String, Value>) -> Result<String, Problem> {
    let mut pairs = Vec::new();
    for FormPart { slot, style, explode } in parts {
        if let Some(value) = value::of_parameter(slot, fields)? {
            pairs.extend(styled::pairs(&slot.name, *style, *explode, &value, encode::in_form));
        }
    }
    Ok(pairs.join("&"))
}

/// The bytes of a text, or those that base64 stands for.
pub(super) fn bytes(slot: &Slot, value: &Value) -> Result<Vec<u8>, Problem> {
    let encoded = value.get("base64").filter(|_| slot.kind == Kind::Bytes);
    let Some(encoded) = encoded else { return Ok(as_text(value).into_bytes()) };
    let decoded = encoded.as_str().and_then(|text| STANDARD.decode(text.trim()).ok());
    decoded.ok_or_else(|| {
        let name = field_name(slot);
        problem::NOT_BASE64.at(join("", name), &[name])
    })
}
