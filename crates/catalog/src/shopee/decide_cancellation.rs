//! `shopee/decide_cancellation`: the seller's word on a cancellation that the buyer asked for.

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
    #[serde(default = "yes")]
    agree: bool,
}

fn yes() -> bool {
    true
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let order_id = input.order_id.need("order id")?;
    let operation = if input.agree { "ACCEPT" } else { "REJECT" };
    let body = json!({"order_sn": order_id, "operation": operation});
    Api::of(cx)?.post("order/handle_buyer_cancellation", body).await?;
    Ok(output(order_id, input.agree))
}

/// While the buyer waits for an answer, the order says so.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&Api::of(cx)?, order_id).await?;
    Ok((order::status(&order) != "IN_CANCEL").then(|| output(order_id, input.agree)))
}

fn output(order_id: &str, agreed: bool) -> Value {
    json!({"order_id": order_id, "agreed": agreed})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/decide_cancellation", "Answer a cancellation", "ตอบคำขอยกเลิก")
        .about(
            "Agrees to a cancellation that the buyer asked for, or refuses it.",
            "ยอมรับหรือปฏิเสธคำขอยกเลิกของผู้ซื้อ",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .field(fields::flag("agree", "Agree", "ยอมรับ", true).about("Off: it is refused.", "หากปิดคือปฏิเสธคำขอ"))
        .example(
            json!({"order_id": "201218V2Y6E59M", "agree": true}),
            json!({"order_id": "201218V2Y6E59M", "agreed": true}),
        )
}
