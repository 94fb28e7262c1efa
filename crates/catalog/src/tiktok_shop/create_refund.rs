//! `tiktok_shop/create_refund`: the seller gives money back for lines of an order.

use super::api::Api;
use crate::market::{fields, text_at};
use crate::values::{Amount, Id, Ids, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    order_line_item_ids: Ids,
    amount: Amount,
    #[serde(default)]
    currency: Text,
    reason: Text,
    #[serde(default)]
    kind: Text,
}

/// The key of this step as TikTok Shop takes it: the same for every attempt.
pub fn key(step_key: &str) -> String {
    hex::encode(Sha256::digest(step_key.as_bytes()))
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let order_id = input.order_id.need("order id")?;
    input.order_line_item_ids.need("lines of the order")?;
    let body = json!({
        "order_id": order_id,
        "return_type": input.kind.filled().unwrap_or("REFUND"),
        "return_reason": input.reason.as_str(),
        "order_line_item_ids": input.order_line_item_ids.texts(),
        "refund_total": input.amount.0,
        "currency": input.currency.filled().unwrap_or("THB"),
    });
    let pairs = vec![("idempotency_key", key(cx.step_key))];
    let told = Api::of(cx)?.post("/return_refund/202309/returns", pairs, body).await?;
    Ok(json!({
        "order_id": order_id, "return_id": text_at(&told, "/return_id"), "status": text_at(&told, "/return_status"),
    }))
}

pub fn spec() -> OperationSpec {
    let kinds = [
        ("REFUND", "Refund only", "คืนเงินอย่างเดียว"),
        ("RETURN_AND_REFUND", "Return and refund", "คืนสินค้าและคืนเงิน"),
    ];
    OperationSpec::action("tiktok_shop/create_refund", "Refund an order", "คืนเงินคำสั่งซื้อ")
        .about(
            "Gives money back for lines of an order, in full or in part. The step's own key keeps it from being done twice.",
            "คืนเงินให้รายการของคำสั่งซื้อ ทั้งหมดหรือบางส่วน คีย์ของขั้นตอนกันไม่ให้คืนซ้ำ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::order("order_id", "576461413038785752"))
        .field(
            fields::ids("order_line_item_ids", "Units", "รายการต่อชิ้น", json!(["576461413038851288"]))
                .about("The ids of the order's rows, as a list.", "รหัสแถวของคำสั่งซื้อ เป็นลิสต์")
                .required(),
        )
        .field(fields::money("amount", "Amount", "จำนวนเงิน").about("How much is given back.", "จำนวนเงินที่คืน").required().example("100.00"))
        .field(super::currency())
        .field(
            fields::text("reason", "Reason", "เหตุผล")
                .about("TikTok Shop's name of the reason.", "ชื่อเหตุผลตามที่ TikTok Shop กำหนด")
                .required()
                .example("ecom_order_delivered_refund_reason_missing_product"),
        )
        .field(
            Field::choice("kind", &kinds, "Kind", "ประเภท")
                .about("Whether the goods come back.", "สินค้าถูกส่งคืนหรือไม่")
                .default("REFUND")
                .example("REFUND"),
        )
        .example(
            json!({
                "order_id": "576461413038785752", "order_line_item_ids": ["576461413038851288"], "amount": "100.00",
                "reason": "ecom_order_delivered_refund_reason_missing_product"
            }),
            json!({"order_id": "576461413038785752", "return_id": "4035633364159959000", "status": "RETURN_OR_REFUND_REQUEST_SUCCESS"}),
        )
}
