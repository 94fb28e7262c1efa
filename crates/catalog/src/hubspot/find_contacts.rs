//! `hubspot/find_contacts`: contacts by one property.

use super::api::Api;
use crate::values::{self, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const FOUND_MAX: u64 = 100;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "email")]
    pub property: String,
    pub value: Text,
    #[serde(default)]
    pub properties: Option<String>,
    #[serde(default = "most")]
    pub limit: u64,
}

fn email() -> String {
    "email".into()
}

fn most() -> u64 {
    10
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let filter =
        json!({"propertyName": input.property.trim(), "operator": "EQ", "value": input.value.as_str()});
    let body = json!({
        "filterGroups": [{"filters": [filter]}], "properties": properties(input.properties.as_deref(), "lastmodifieddate"),
        "limit": input.limit.clamp(1, FOUND_MAX), "after": "0",
    });
    let answer = Api::of(cx)?.objects("contacts", &["search"], &body).await?;
    let contacts = values::rows(&answer, "/results", "HubSpot")?;
    Ok(json!({"contacts": contacts, "total": answer.get("total")}))
}

/// The properties that are wanted, and the time of the last change always.
pub fn properties(given: Option<&str>, changed: &str) -> Vec<String> {
    let given = given.filter(|text| !text.trim().is_empty()).unwrap_or(PROPERTIES);
    let names = given.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != changed);
    names.take(200).map(str::to_owned).chain([changed.to_owned()]).collect()
}

const PROPERTIES: &str = "email,firstname,lastname,phone,address,city,zip,khlong_external_id";

pub fn properties_field() -> Field {
    Field::new("properties", FieldKind::Text, "Properties", "property ที่อ่าน")
        .about("Which properties are read, with commas between.", "property ที่ต้องการอ่าน คั่นด้วยจุลภาค")
        .default(PROPERTIES)
        .example(PROPERTIES)
        .advanced()
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("hubspot/find_contacts", "Find contacts", "ค้นหาผู้ติดต่อ")
        .about("Finds contacts by the value of one property.", "ค้นหาผู้ติดต่อจากค่าของ property หนึ่งรายการ")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("property", FieldKind::Text, "Property", "property")
                .about("Which property is compared.", "property ที่ใช้เทียบ")
                .default("email")
                .example("email"),
        )
        .field(
            Field::new("value", FieldKind::Text, "Value", "ค่า")
                .about("What it has to be.", "ค่าที่ต้องตรงกัน")
                .required()
                .example("somchai@example.com"),
        )
        .field(properties_field())
        .field(
            Field::new("limit", FieldKind::Number, "At most", "ไม่เกิน")
                .about("How many contacts at most.", "จำนวนผู้ติดต่อสูงสุด")
                .at_least(1)
                .at_most(FOUND_MAX)
                .default(10)
                .example(10),
        )
        .example(
            json!({"value": "somchai@example.com"}),
            json!({"contacts": [{"id": "512", "properties": {"email": "somchai@example.com", "firstname": "สมชาย"}}], "total": 1}),
        )
}
