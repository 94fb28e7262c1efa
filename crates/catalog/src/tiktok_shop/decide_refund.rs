//! `tiktok_shop/decide_refund`: the seller's word on a return or refund.

use super::api::Api;
use super::create_refund::key;
use crate::market::{fields, mistake};
use crate::values::{Amount, Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    return_id: Id,
    #[serde(default)]
    decision: Decision,
    #[serde(default)]
    amount: Option<Amount>,
    #[serde(default)]
    currency: Text,
    #[serde(default)]
    reason: Text,
    #[serde(default)]
    comment: Text,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    #[default]
    ApproveRefund,
    ApproveReturn,
    ApproveReceivedPackage,
    OfferPartialRefund,
    RejectRefund,
    RejectReturn,
    RejectReceivedPackage,
}

impl Decision {
    /// The end of the path, and the word for it there.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::ApproveRefund => ("approve", "APPROVE_REFUND"),
            Self::ApproveReturn => ("approve", "APPROVE_RETURN"),
            Self::ApproveReceivedPackage => ("approve", "APPROVE_RECEIVED_PACKAGE"),
            Self::OfferPartialRefund => ("approve", "OFFER_PARTIAL_REFUND"),
            Self::RejectRefund => ("reject", "REJECT_REFUND"),
            Self::RejectReturn => ("reject", "REJECT_RETURN"),
            Self::RejectReceivedPackage => ("reject", "REJECT_RECEIVED_PACKAGE"),
        }
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.return_id.need("return's number")?;
    let (verb, word) = input.decision.told();
    let mut body = json!({"decision": word});
    if verb == "reject" {
        body["reject_reason"] = input.reason.as_str().into();
        if let Some(comment) = input.comment.filled() {
            body["comment"] = comment.into();
        }
    }
    if input.decision == Decision::OfferPartialRefund {
        let amount =
            input.amount.ok_or_else(|| mistake("an offer needs an amount", "Fill in the amount."))?;
        let currency = input.currency.filled().unwrap_or("THB");
        body["partial_refund"] = json!({"currency": currency, "amount": amount.0});
    }
    let pairs = vec![("idempotency_key", key(cx.step_key))];
    Api::of(cx)?.post(&format!("/return_refund/202309/returns/{id}/{verb}"), pairs, body).await?;
    Ok(json!({"return_id": id, "decision": word}))
}

pub fn spec() -> OperationSpec {
    let decisions = [
        ("approve_refund", "Agree to the refund", "ยอมรับการคืนเงิน"),
        ("approve_return", "Agree to the return", "ยอมรับการคืนสินค้า"),
        ("approve_received_package", "The goods came back", "ได้รับสินค้าคืนแล้ว"),
        ("offer_partial_refund", "Offer a part", "เสนอคืนเงินบางส่วน"),
        ("reject_refund", "Refuse the refund", "ปฏิเสธการคืนเงิน"),
        ("reject_return", "Refuse the return", "ปฏิเสธการคืนสินค้า"),
        ("reject_received_package", "Refuse what came back", "ปฏิเสธสินค้าที่คืนมา"),
    ];
    OperationSpec::action("tiktok_shop/decide_refund", "Answer a return or refund", "ตอบคำขอคืนสินค้าหรือคืนเงิน")
        .about(
            "Agrees to a return or refund, offers a part of the amount, or refuses. The step's own key keeps it from being \
             done twice.",
            "ยอมรับการคืนสินค้าหรือคืนเงิน เสนอคืนบางส่วน หรือปฏิเสธ คีย์ของขั้นตอนกันไม่ให้ทำซ้ำ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(super::return_id())
        .field(
            Field::choice("decision", &decisions, "Decision", "การตัดสินใจ")
                .about("What the seller says.", "คำตอบของผู้ขาย")
                .default("approve_refund")
                .example("offer_partial_refund"),
        )
        .field(fields::money("amount", "Amount", "จำนวนเงิน").about("How much is offered.", "จำนวนเงินที่เสนอ").example("100.00"))
        .field(super::currency())
        .field(super::reject_reason())
        .field(
            fields::text("comment", "Comment", "คำอธิบาย")
                .about("For a refusal.", "ใช้เมื่อปฏิเสธ")
                .at_most(500)
                .example("The seal was broken."),
        )
        .example(
            json!({"return_id": "4035633364159959000", "decision": "offer_partial_refund", "amount": "100.00"}),
            json!({"return_id": "4035633364159959000", "decision": "OFFER_PARTIAL_REFUND"}),
        )
}
