//! `tiktok_shop/get_refund`: one return or refund.

use super::api::Api;
use super::returns_changed::example;
use super::search::RETURNS;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    return_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    RETURNS.one(&Api::of(cx)?, "return_ids", input.return_id.need("return's number")?).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/get_refund", "Get a return or refund", "ดึงการคืนสินค้าหรือคืนเงิน")
        .about(
            "Reads one return or refund with its lines and amount.",
            "อ่านการคืนสินค้าหรือคืนเงินหนึ่งรายการ พร้อมรายการและจำนวนเงิน",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(super::return_id())
        .example(json!({"return_id": "4035633364159959000"}), example())
}
