//! `shopify/get_order`: an order, whole.

use super::api::{Api, gid};
use super::{documents, examples, terms};
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/get_order", "Get an order", "ดูคำสั่งซื้อ")
        .about(
            "Reads an order with its lines, addresses, taxes and totals, its parcels and its refunds.",
            "อ่านคำสั่งซื้อพร้อมรายการสินค้า ที่อยู่ ภาษี ยอดรวม พัสดุที่จัดส่ง และการคืนเงิน",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(terms::order_id())
        .example(json!({"order_id": "gid://shopify/Order/5551"}), examples::order_whole())
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let id = gid("Order", input.order_id.as_str());
    let order = api.record(&documents::order_with_parts(), json!({"id": id}), "order").await?;
    documents::whole_order(&api, order).await
}
