//! `shopee/get_order`: one order with its items and packages.

use super::api::Api;
use super::order;
use crate::market::fields;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    order::one(&Api::of(cx)?, input.order_id.need("order id")?).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/get_order", "Get an order", "ดึงคำสั่งซื้อ")
        .about(
            "Reads one order with its items and packages; `lines` holds SKU, quantity and price of each item.",
            "อ่านคำสั่งซื้อหนึ่งรายการพร้อมสินค้าและพัสดุ โดย `lines` มี SKU จำนวน และราคาของแต่ละรายการ",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .example(json!({"order_id": "201218V2Y6E59M"}), order::example())
}
