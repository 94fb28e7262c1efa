//! `lazada/decide_cancellation`: the seller's word on a cancellation that the buyer asked for.

use super::api::Api;
use crate::market::fields;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    reverse_order_id: Id,
    #[serde(default = "yes")]
    agree: bool,
    #[serde(default)]
    reason_id: Id,
}

fn yes() -> bool {
    true
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.reverse_order_id.need("cancellation's number")?;
    let mut pairs = vec![("reverse_order_id", id.to_owned()), ("agree_cancel", input.agree.to_string())];
    pairs.extend(input.reason_id.filled().map(|reason| ("reason_code", reason.to_owned())));
    Api::of(cx)?.get("/order/reverse/cancel/seller/decide", pairs).await?;
    Ok(json!({"reverse_order_id": id, "agreed": input.agree}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/decide_cancellation", "Answer a cancellation", "ตอบคำขอยกเลิก")
        .about(
            "Agrees to a cancellation that the buyer asked for, or refuses it.",
            "ยอมรับหรือปฏิเสธคำขอยกเลิกของผู้ซื้อ",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(super::reverse_order())
        .field(fields::flag("agree", "Agree", "ยอมรับ", true).about("Off: it is refused.", "หากปิดคือปฏิเสธคำขอ"))
        .field(
            fields::text("reason_id", "Reason", "เหตุผล")
                .about("The number of a reason, for a refusal.", "หมายเลขเหตุผล หากปฏิเสธ")
                .example("0"),
        )
        .example(
            json!({"reverse_order_id": "260422900598363", "agree": true}),
            json!({"reverse_order_id": "260422900598363", "agreed": true}),
        )
}
