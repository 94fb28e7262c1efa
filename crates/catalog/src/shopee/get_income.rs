//! `shopee/get_income`: what the seller gets of an order.

use super::api::Api;
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
    let order_id = input.order_id.need("order id")?;
    Api::of(cx)?.get("payment/get_escrow_detail", vec![("order_sn", order_id.to_owned())]).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/get_income", "Get an order's income", "ดึงรายได้ของคำสั่งซื้อ")
        .about(
            "Reads the money of an order: fees, vouchers, and what the seller gets.",
            "อ่านรายการเงินของคำสั่งซื้อ: ค่าธรรมเนียม โค้ดส่วนลด และรายได้ของผู้ขาย",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .example(
            json!({"order_id": "201218V2Y6E59M"}),
            json!({"order_sn": "201218V2Y6E59M", "order_income": {"escrow_amount": 540.5, "commission_fee": 35.4}}),
        )
}
