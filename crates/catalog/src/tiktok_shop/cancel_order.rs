//! `tiktok_shop/cancel_order`: the seller cancels an order.

use super::api::Api;
use super::order;
use crate::market::{fields, text_at};
use crate::values::{Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const OUT_OF_STOCK: &str = "seller_cancel_reason_out_of_stock";

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    reason: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let order_id = input.order_id.need("order id")?;
    let body = json!({"order_id": order_id, "cancel_reason": input.reason.filled().unwrap_or(OUT_OF_STOCK)});
    let told = Api::of(cx)?.post("/return_refund/202309/cancellations", Vec::new(), body).await?;
    Ok(json!({
        "order_id": order_id, "cancel_id": text_at(&told, "/cancel_id"), "status": text_at(&told, "/cancel_status"),
    }))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&Api::of(cx)?, order_id).await?;
    let done = matches!(order::status(&order), "CANCELLED" | "CANCEL");
    Ok(done.then(|| json!({"order_id": order_id, "cancel_id": "", "status": "CANCELLED"})))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/cancel_order", "Cancel an order", "ยกเลิกคำสั่งซื้อ")
        .about(
            "Cancels an order as a whole: in Thailand, TikTok Shop cancels no single lines.",
            "ยกเลิกคำสั่งซื้อทั้งหมด ในประเทศไทย TikTok Shop ไม่รองรับการยกเลิกบางรายการ",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "576461413038785752"))
        .field(
            fields::text("reason", "Reason", "เหตุผล")
                .about(
                    "TikTok Shop's name of the reason; empty: out of stock.",
                    "ชื่อเหตุผลตามที่ TikTok Shop กำหนด หากเว้นว่างคือสินค้าหมด",
                )
                .default(OUT_OF_STOCK)
                .example(OUT_OF_STOCK),
        )
        .example(
            json!({"order_id": "576461413038785752", "reason": OUT_OF_STOCK}),
            json!({"order_id": "576461413038785752", "cancel_id": "4035633364159959001", "status": "CANCELLATION_REQUEST_SUCCESS"}),
        )
}
