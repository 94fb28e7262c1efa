//! `tiktok_shop/decide_cancellation`: the seller's word on a cancellation that the buyer asked for.

use super::api::Api;
use super::search::CANCELLATIONS;
use crate::market::{fields, text_at};
use crate::values::{Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    cancel_id: Id,
    #[serde(default = "yes")]
    agree: bool,
    #[serde(default)]
    reason: Text,
}

fn yes() -> bool {
    true
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.cancel_id.need("cancellation's number")?;
    let base = format!("/return_refund/202309/cancellations/{id}");
    let api = Api::of(cx)?;
    if input.agree {
        api.post(&format!("{base}/approve"), Vec::new(), json!({})).await?;
    } else {
        let body = json!({"reject_reason": input.reason.as_str()});
        api.post(&format!("{base}/reject"), Vec::new(), body).await?;
    }
    Ok(output(id, input.agree))
}

/// One that does not wait any more was answered.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let id = input.cancel_id.need("cancellation's number")?;
    let found = CANCELLATIONS.one(&Api::of(cx)?, "cancel_ids", id).await?;
    let waits = text_at(&found, "/cancel_status").ends_with("PENDING");
    Ok((!waits).then(|| output(id, input.agree)))
}

fn output(id: &str, agreed: bool) -> Value {
    json!({"cancel_id": id, "agreed": agreed})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/decide_cancellation", "Answer a cancellation", "ตอบคำขอยกเลิก")
        .about(
            "Agrees to a cancellation that the buyer asked for, or refuses it.",
            "ยอมรับหรือปฏิเสธคำขอยกเลิกของผู้ซื้อ",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(
            fields::text("cancel_id", "Cancellation", "การยกเลิก")
                .about("Its number, `cancel_id`.", "หมายเลข `cancel_id`")
                .required()
                .example("4035633364159959001"),
        )
        .field(fields::flag("agree", "Agree", "ยอมรับ", true).about("Off: it is refused.", "หากปิดคือปฏิเสธคำขอ"))
        .field(super::reject_reason())
        .example(
            json!({"cancel_id": "4035633364159959001", "agree": true}),
            json!({"cancel_id": "4035633364159959001", "agreed": true}),
        )
}
