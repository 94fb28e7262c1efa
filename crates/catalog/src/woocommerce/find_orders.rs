//! `woocommerce/find_orders`: orders by their status, customer, change, or a text in them.

use super::api::Api;
use super::search::{self, pairs, text, time};
use super::{examples, terms};
use crate::values::{Limit, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub search: Text,
    #[serde(default)]
    pub status: Text,
    #[serde(default)]
    pub customer_id: Text,
    #[serde(default)]
    pub changed_after: Text,
    #[serde(default)]
    pub limit: Limit,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/find_orders", "Find orders", "ค้นหาคำสั่งซื้อ")
        .about(
            "Finds orders and gives each one whole. Without any field, the latest.",
            "ค้นหาคำสั่งซื้อและแสดงข้อมูลทั้งหมด หากไม่ระบุช่องใดเลยจะได้คำสั่งซื้อล่าสุด",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("search", FieldKind::Text, "Text", "ข้อความ")
                .about(
                    "What is in the order: a number, a name, an e-mail address, a phone number.",
                    "ข้อความที่อยู่ในคำสั่งซื้อ เช่น เลขที่ ชื่อ อีเมล หรือเบอร์โทรศัพท์",
                )
                .example("somchai@example.com"),
        )
        .field(
            Field::new("status", FieldKind::Text, "Status", "สถานะ")
                .about("One, or several separated by commas.", "หนึ่งสถานะ หรือหลายสถานะคั่นด้วยเครื่องหมายจุลภาค")
                .example("processing,on-hold"),
        )
        .field(
            Field::new("customer_id", FieldKind::Text, "Customer", "ลูกค้า")
                .about("The customer's id; guests have none.", "รหัสลูกค้า ผู้ซื้อที่ไม่ได้สมัครสมาชิกจะไม่มีรหัส")
                .example("25"),
        )
        .field(terms::changed_after())
        .field(terms::limit())
        .example(json!({"status": "processing"}), json!({"orders": [examples::order()], "more": false}))
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let after = time(&input.changed_after)?;
    let gmt = after.is_some().then(|| "true".to_owned());
    let pairs = pairs([
        ("search", text(&input.search)),
        ("status", text(&input.status)),
        ("customer", text(&input.customer_id)),
        ("modified_after", after),
        ("dates_are_gmt", gmt),
    ]);
    let (orders, more) = search::find(&Api::open(cx)?, "wc/v3/orders", &pairs, input.limit).await?;
    Ok(json!({"orders": orders, "more": more}))
}
