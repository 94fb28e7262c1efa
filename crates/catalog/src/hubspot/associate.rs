//! `hubspot/associate`: a deal belongs to a contact, and the like.

use super::api::Api;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const OBJECTS: [(&str, &str, &str); 4] = [
    ("contacts", "Contact", "ผู้ติดต่อ"),
    ("companies", "Company", "บริษัท"),
    ("deals", "Deal", "ดีล"),
    ("line_items", "Line item", "รายการสินค้า"),
];

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "deals")]
    pub from: String,
    pub from_id: Text,
    #[serde(default = "contacts")]
    pub to: String,
    pub to_id: Text,
}

fn deals() -> String {
    "deals".into()
}

fn contacts() -> String {
    "contacts".into()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (from, to) = (input.from_id.as_str(), input.to_id.as_str());
    let path = ["crm", "v4", "objects", &input.from, from, "associations", "default", &input.to, to];
    Api::of(cx)?.put(&path).await?;
    Ok(json!({"from_id": from, "to_id": to}))
}

pub fn spec() -> OperationSpec {
    let id = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th).required();
    OperationSpec::action("hubspot/associate", "Link two records", "เชื่อมโยงข้อมูล")
        .about(
            "Links two records, such as a deal and its contact. A link that is there stays as it is.",
            "เชื่อมโยงข้อมูลสองรายการ เช่น ดีลกับผู้ติดต่อ หากเชื่อมโยงแล้วจะคงเดิม",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::choice("from", &OBJECTS, "From", "จาก")
                .about("What is linked.", "ประเภทข้อมูลต้นทาง")
                .default("deals")
                .example("deals"),
        )
        .field(
            id("from_id", "Its id", "ไอดีต้นทาง")
                .about("HubSpot's id of it.", "ไอดีของข้อมูลต้นทางใน HubSpot")
                .example("9001"),
        )
        .field(
            Field::choice("to", &OBJECTS, "To", "ถึง")
                .about("What it is linked to.", "ประเภทข้อมูลปลายทาง")
                .default("contacts")
                .example("contacts"),
        )
        .field(
            id("to_id", "Its id", "ไอดีปลายทาง")
                .about("HubSpot's id of it.", "ไอดีของข้อมูลปลายทางใน HubSpot")
                .example("512"),
        )
        .example(
            json!({"from": "deals", "from_id": "9001", "to": "contacts", "to_id": "512"}),
            json!({"from_id": "9001", "to_id": "512"}),
        )
}
