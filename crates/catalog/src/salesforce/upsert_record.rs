//! `salesforce/upsert_record`: a record is made, or brought up to date, by its external id.

use super::api::Api;
use super::soql;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "contact")]
    pub object: String,
    pub external_id: Text,
    pub fields: Map<String, Value>,
    #[serde(default)]
    pub only_update: bool,
}

pub fn contact() -> String {
    "Contact".into()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let (object, field) = (soql::name(&input.object)?, soql::name(api.external_field())?);
    let id = input.external_id.filled().ok_or_else(|| Error::Input {
        message: "the record has no external id".into(),
        advice: "Fill it in the node before, then retry.".into(),
    })?;
    let mut fields = input.fields;
    // Salesforce takes it from the address and refuses it in the body.
    fields.shift_remove(field);
    let query: &[(&str, &str)] = if input.only_update { &[("updateOnly", "true")] } else { &[] };
    let answer = api.patch(&["sobjects", object, field, id], query, &Value::Object(fields)).await?;
    // Releases before v46 answer an update with nothing at all.
    let said: Value = if answer.status == 204 { json!({"created": false}) } else { answer.json()? };
    let created = said.get("created").cloned().unwrap_or_else(|| (answer.status.as_u16() == 201).into());
    Ok(json!({"id": said.get("id"), "external_id": id, "created": created}))
}

pub fn object() -> Field {
    Field::new("object", FieldKind::Text, "Object", "อ็อบเจกต์")
        .about("Salesforce's name of the object.", "ชื่ออ็อบเจกต์ของ Salesforce")
        .default("Contact")
        .example("Contact")
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("salesforce/upsert_record", "Make or update a record", "สร้างหรืออัปเดตข้อมูล")
        .about(
            "Makes a record, or brings the one with this external id up to date.",
            "สร้างข้อมูลใหม่ หรืออัปเดตข้อมูลที่มี external id นี้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(object())
        .field(
            Field::new("external_id", FieldKind::Text, "External id", "external id")
                .about("The shop's number of it.", "รหัสของร้าน")
                .required()
                .example("shopify:8891"),
        )
        .field(
            Field::new("fields", FieldKind::Json, "Fields", "ฟิลด์")
                .about("An object with Salesforce's names of the fields.", "อ็อบเจกต์ที่ใช้ชื่อฟิลด์ของ Salesforce")
                .required()
                .example("${nodes.map}"),
        )
        .field(
            Field::new("only_update", FieldKind::Bool, "Only update", "อัปเดตเท่านั้น")
                .about("Never makes a new record.", "ไม่สร้างข้อมูลใหม่")
                .default(false)
                .example(false)
                .advanced(),
        )
        .example(
            json!({"object": "Contact", "external_id": "shopify:8891", "fields": {"FirstName": "สมชาย", "LastName": "ใจดี", "Email": "somchai@example.com"}}),
            json!({"id": "003xx0000004TmiAAE", "external_id": "shopify:8891", "created": true}),
        )
}
