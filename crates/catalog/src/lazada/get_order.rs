//! `lazada/get_order`: one order with its rows.

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
    OperationSpec::action("lazada/get_order", "Get an order", "ดึงคำสั่งซื้อ")
        .about(
            "Reads one order with its rows (`items`) and the rows grouped by SKU, price and status (`lines`).",
            "อ่านคำสั่งซื้อหนึ่งรายการ พร้อมรายการต่อชิ้น (`items`) และรายการที่รวมตาม SKU ราคา และสถานะ (`lines`)",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::order("order_id", "260422900198363"))
        .example(json!({"order_id": "260422900198363"}), order::example())
}
