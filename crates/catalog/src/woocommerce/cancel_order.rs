//! `woocommerce/cancel_order`: cancels an order; the store restocks its goods and pays nothing back.

use super::api::{Api, order};
use super::terms;
use super::update_order_status::{brief, set};
use crate::values::{Filled, or_default};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    #[serde(default, deserialize_with = "or_default")]
    pub even_if_completed: bool,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/cancel_order", "Cancel an order", "ยกเลิกคำสั่งซื้อ")
        .about(
            "Cancels an order, unless it is cancelled already. The store restocks the goods; paying back is another step.",
            "ยกเลิกคำสั่งซื้อ เว้นแต่ถูกยกเลิกไปแล้ว ร้านจะคืนสต็อกให้ ส่วนการคืนเงินเป็นอีกขั้นตอนหนึ่ง",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(
            Field::new("even_if_completed", FieldKind::Bool, "Even if completed", "แม้เสร็จสมบูรณ์แล้ว")
                .about(
                    "Off: an order that is completed or refunded is left as it is, and the step fails.",
                    "หากปิด คำสั่งซื้อที่เสร็จสมบูรณ์หรือคืนเงินแล้วจะคงเดิม และขั้นตอนจะล้มเหลว",
                )
                .default(false)
                .example(false),
        )
        .example(
            json!({"order_id": "727"}),
            json!({"id": 727, "number": "727", "status": "cancelled", "already": false}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let id = input.order_id.as_str();
    let found = api.get(&order(id)?, &[]).await?;
    let status = found.get("status").and_then(Value::as_str).unwrap_or_default();
    let (mut told, already) = match status {
        "cancelled" => (brief(&found), true),
        "completed" | "refunded" if !input.even_if_completed => {
            return Err(Error::Refused {
                message: format!("order {id} is {status}"),
                advice: "Refund it, or let the node cancel completed orders as well.".into(),
            });
        }
        _ => (set(&api, id, "cancelled").await?, false),
    };
    told["already"] = already.into();
    Ok(told)
}
