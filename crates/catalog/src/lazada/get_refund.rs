//! `lazada/get_refund`: one cancellation, return or refund.

use super::api::Api;
use super::refund;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    reverse_order_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let id = input.reverse_order_id.need("return's number")?;
    let data =
        api.get("/order/reverse/return/detail/list", vec![("reverse_order_id", id.to_owned())]).await?;
    Ok(refund::in_baht(&api, data, "reverseOrderLineDTOList"))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/get_refund", "Get a return or refund", "ดึงการคืนสินค้าหรือคืนเงิน")
        .about(
            "Reads one cancellation, return or refund with its lines; `refund` of a line is the amount in baht.",
            "อ่านการยกเลิก คืนสินค้า หรือคืนเงินหนึ่งรายการ โดย `refund` ของแต่ละรายการคือจำนวนเงินเป็นบาท",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(super::reverse_order())
        .example(
            json!({"reverse_order_id": "260422900598363"}),
            json!({
                "reverse_order_id": 260422900598363u64, "trade_order_id": 260422900198363u64, "request_type": "RETURN",
                "reverseOrderLineDTOList": [{
                    "reverse_order_line_id": 260422900698363u64, "reverse_status": "REQUEST_INITIATE",
                    "seller_sku_id": "ABC-1", "refund_amount": 59000, "refund": "590.00"
                }]
            }),
        )
}
