//! `hubspot/upsert_deal`: deals are made or brought up to date, such as one for each order.

use super::upsert;
pub use super::upsert::Input;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    upsert::run(cx, "deals", input).await
}

pub fn spec() -> OperationSpec {
    let record = json!({"khlong_external_id": "SHOPIFY-1001", "dealname": "SHOPIFY-1001", "amount": "1070.00",
        "pipeline": "default", "dealstage": "closedwon"});
    OperationSpec::action("hubspot/upsert_deal", "Make or update deals", "สร้างหรืออัปเดตดีล")
        .about(
            "Makes deals, or brings those with the same unique property up to date; up to 100 at once.",
            "สร้างดีล หรืออัปเดตดีลที่มี property ไม่ซ้ำตรงกัน ครั้งละไม่เกิน 100 รายการ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("records", FieldKind::Json, "Deals", "ดีล")
                .about("One deal or a list, each with HubSpot's names of its properties.", "ดีลหนึ่งรายการหรือหลายรายการ ใช้ชื่อ property ของ HubSpot")
                .required()
                .example("${nodes.map}"),
        )
        .field(upsert::id_property())
        .field(upsert::on_failure())
        .example(
            json!({"records": [record]}),
            json!({"records": [{"id": "9001", "external_id": "SHOPIFY-1001", "created": true}], "failed": []}),
        )
}
