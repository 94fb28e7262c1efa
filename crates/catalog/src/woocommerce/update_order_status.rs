//! `woocommerce/update_order_status`: an order gets another status.

use super::api::{Api, order};
use super::lookup::STATUS;
use super::terms;
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    pub status: Filled,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/update_order_status", "Set an order's status", "เปลี่ยนสถานะคำสั่งซื้อ")
        .about(
            "Sets the status. The store does what belongs to it: it tells the customer, and counts stock.",
            "เปลี่ยนสถานะคำสั่งซื้อ โดยร้านจะทำสิ่งที่เกี่ยวข้องเอง เช่น แจ้งลูกค้าและปรับสต็อก",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(
            Field::new("status", FieldKind::Record(STATUS.into()), "Status", "สถานะ")
                .about(
                    "One of the store's: pending, processing, on-hold, completed, cancelled, refunded, failed, or a plugin's.",
                    "สถานะของร้าน ได้แก่ pending, processing, on-hold, completed, cancelled, refunded, failed หรือสถานะจากปลั๊กอิน",
                )
                .required()
                .example("completed"),
        )
        .example(json!({"order_id": "727", "status": "completed"}), output("727", "completed"))
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    set(&Api::open(cx)?, input.order_id.as_str(), input.status.as_str()).await
}

/// Sets a status, and tells what came of it.
pub async fn set(api: &Api<'_>, id: &str, status: &str) -> Result<Value, Error> {
    let told = api.put(&order(id)?, &json!({"status": status.trim_start_matches("wc-")})).await?;
    Ok(brief(&told))
}

/// What is told of an order that was changed.
pub fn brief(order: &Value) -> Value {
    json!({"id": order.get("id"), "number": order.get("number"), "status": order.get("status")})
}

fn output(number: &str, status: &str) -> Value {
    json!({"id": 727, "number": number, "status": status})
}
