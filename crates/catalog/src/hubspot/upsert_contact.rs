//! `hubspot/upsert_contact`: contacts are made or brought up to date.

use super::upsert;
pub use super::upsert::Input;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    upsert::run(cx, "contacts", input).await
}

pub fn spec() -> OperationSpec {
    let record = json!({"khlong_external_id": "shopify:8891", "email": "somchai@example.com", "firstname": "สมชาย",
        "lastname": "ใจดี", "phone": "+66810000001"});
    OperationSpec::action("hubspot/upsert_contact", "Make or update contacts", "สร้างหรืออัปเดตผู้ติดต่อ")
        .about(
            "Makes contacts, or brings those with the same unique property up to date; up to 100 at once.",
            "สร้างผู้ติดต่อ หรืออัปเดตผู้ติดต่อที่มี property ไม่ซ้ำตรงกัน ครั้งละไม่เกิน 100 ราย",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("records", FieldKind::Json, "Contacts", "ผู้ติดต่อ")
                .about(
                    "One contact or a list, each with HubSpot's names of its properties.",
                    "ผู้ติดต่อหนึ่งรายหรือหลายราย ใช้ชื่อ property ของ HubSpot",
                )
                .required()
                .example("${nodes.map}"),
        )
        .field(upsert::id_property())
        .field(upsert::on_failure())
        .example(
            json!({"records": [record]}),
            json!({"records": [{"id": "512", "external_id": "shopify:8891", "created": true}], "failed": []}),
        )
}
