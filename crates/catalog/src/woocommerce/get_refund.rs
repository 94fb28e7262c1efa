//! `woocommerce/get_refund`: a refund of an order.

use super::api::{Api, number, order};
use super::{examples, terms};
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    pub refund_id: Filled,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/get_refund", "Get a refund", "ดูการคืนเงิน")
        .about("Reads a refund with its lines and taxes.", "อ่านการคืนเงินพร้อมรายการสินค้าและภาษี")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(
            Field::new("refund_id", FieldKind::Text, "Refund", "การคืนเงิน")
                .about(
                    "The refund's id, as the order's refunds name it.",
                    "รหัสการคืนเงินตามที่แสดงใน refunds ของคำสั่งซื้อ",
                )
                .required()
                .example("726"),
        )
        .example(json!({"order_id": "727", "refund_id": "726"}), examples::refund())
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (order, refund) = (order(input.order_id.as_str())?, number(input.refund_id.as_str())?);
    Api::open(cx)?.get(&format!("{order}/refunds/{refund}"), &[]).await
}
