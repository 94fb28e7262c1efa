//! `shopify/get_customer`: a customer, as far as the app may see them.

use super::api::{Api, gid, plain};
use super::{documents, examples};
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub customer_id: Filled,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/get_customer", "Get a customer", "ดูข้อมูลลูกค้า")
        .about(
            "Reads a customer. Names and addresses are empty where Shopify has not approved the app for them.",
            "อ่านข้อมูลลูกค้า ชื่อและที่อยู่จะว่างหาก Shopify ยังไม่อนุมัติให้แอปเข้าถึง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("customer_id", FieldKind::Text, "Customer", "ลูกค้า")
                .about(
                    "The customer's id: the number in a webhook, or the one that begins with gid://.",
                    "รหัสลูกค้า คือตัวเลขที่มากับเว็บฮุค หรือรหัสที่ขึ้นต้นด้วย gid://",
                )
                .required()
                .example("gid://shopify/Customer/8891"),
        )
        .example(json!({"customer_id": "gid://shopify/Customer/8891"}), examples::customer_read())
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = gid("Customer", input.customer_id.as_str());
    Api::open(cx)?.record(&documents::customer(), json!({"id": id}), "customer").await.map(plain)
}
