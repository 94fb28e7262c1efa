//! `shopee/decide_refund`: the seller's word on a return or refund.

use super::api::Api;
use super::refund;
use crate::market::{fields, mistake};
use crate::values::{Amount, Id, Text, Texts};
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
    solution: Text,
    #[serde(default)]
    reason_id: Id,
    #[serde(default)]
    comment: Text,
    #[serde(default)]
    email: Text,
    #[serde(default)]
    images: Texts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    #[default]
    Agree,
    Offer,
    AcceptOffer,
    Dispute,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.return_id.need("return's number")?;
    let (path, body) = told(&input, id)?;
    Api::of(cx)?.post(path, body).await?;
    Ok(json!({"return_id": id, "decided": true}))
}

/// Agreeing and disputing change the state; an offer does not always, so a person looks after a lost answer.
pub fn effect(input: &Value) -> EffectRule {
    match input.get("decision").and_then(Value::as_str) {
        Some("offer" | "accept_offer") => EffectRule::Ask,
        _ => EffectRule::Probe,
    }
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let id = input.return_id.need("return's number")?;
    let record = refund::one(&Api::of(cx)?, id).await?;
    let done = match input.decision {
        Decision::Dispute => matches!(refund::status(&record), "SELLER_DISPUTE" | "JUDGING"),
        _ => matches!(refund::status(&record), "ACCEPTED" | "CLOSED"),
    };
    Ok(done.then(|| json!({"return_id": id, "decided": true})))
}

fn told(input: &Input, id: &str) -> Result<(&'static str, Value), Error> {
    Ok(match input.decision {
        Decision::Agree => ("returns/confirm", json!({"return_sn": id})),
        Decision::AcceptOffer => ("returns/accept_offer", json!({"return_sn": id})),
        Decision::Offer => {
            let solution = input.solution.filled().unwrap_or("REFUND");
            let mut body = json!({"return_sn": id, "proposed_solution": solution});
            if let Some(amount) = &input.amount {
                body["proposed_adjusted_refund_amount"] = amount.number();
            }
            ("returns/offer", body)
        }
        Decision::Dispute => ("returns/dispute", dispute(input, id)?),
    })
}

fn dispute(input: &Input, id: &str) -> Result<Value, Error> {
    let email =
        input.email.filled().ok_or_else(|| mistake("a dispute needs an e-mail address", "Fill it in."))?;
    Ok(json!({
        "return_sn": id, "email": email, "dispute_reason_id": input.reason_id.number()?,
        "dispute_text_reason": input.comment.as_str(), "image": input.images.0,
    }))
}

pub fn spec() -> OperationSpec {
    let decisions = [
        ("agree", "Agree in full", "ยอมรับทั้งหมด"),
        ("offer", "Offer something else", "เสนอทางเลือกอื่น"),
        ("accept_offer", "Accept the buyer's offer", "ยอมรับข้อเสนอของผู้ซื้อ"),
        ("dispute", "Dispute", "โต้แย้ง"),
    ];
    let solutions = [("REFUND", "Refund", "คืนเงิน"), ("RETURN_REFUND", "Return and refund", "คืนสินค้าและคืนเงิน")];
    OperationSpec::action("shopee/decide_refund", "Answer a return or refund", "ตอบคำขอคืนสินค้าหรือคืนเงิน")
        .about(
            "Agrees to a return in full, offers a part of the amount, which the buyer has to accept, or disputes it.",
            "ยอมรับการคืนทั้งหมด เสนอคืนเงินบางส่วนซึ่งผู้ซื้อต้องยอมรับ หรือโต้แย้ง",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(super::return_id())
        .field(
            Field::choice("decision", &decisions, "Decision", "การตัดสินใจ")
                .about("What the seller says. After a lost answer to an offer a person decides.", "คำตอบของผู้ขาย หากไม่ได้รับคำตอบของข้อเสนอจะให้คนตัดสินใจ")
                .default("agree")
                .example("offer"),
        )
        .field(
            Field::choice("solution", &solutions, "Offer", "ข้อเสนอ")
                .about("What is offered.", "สิ่งที่เสนอ")
                .default("REFUND")
                .example("REFUND"),
        )
        .field(fields::money("amount", "Amount", "จำนวนเงิน").about("How much is offered.", "จำนวนเงินที่เสนอ").example("100.00"))
        .field(
            fields::text("reason_id", "Reason", "เหตุผล")
                .about("The number of a reason, for a dispute.", "หมายเลขเหตุผล สำหรับการโต้แย้ง")
                .example("1"),
        )
        .field(
            fields::text("comment", "Comment", "คำอธิบาย")
                .about("For a dispute.", "สำหรับการโต้แย้ง")
                .at_most(1_000)
                .example("The goods came back empty."),
        )
        .field(
            fields::text("email", "E-mail", "อีเมล")
                .about("Where Shopee writes to about a dispute.", "อีเมลที่ Shopee ใช้ติดต่อเรื่องการโต้แย้ง")
                .example("shop@example.com"),
        )
        .field(
            fields::ids("images", "Pictures", "รูปภาพ", json!(["https://example.com/box.jpg"]))
                .about("Addresses of pictures at Shopee, for a dispute, as a list.", "ที่อยู่รูปภาพใน Shopee สำหรับการโต้แย้ง เป็นลิสต์"),
        )
        .example(
            json!({"return_id": "2212080000001", "decision": "offer", "solution": "REFUND", "amount": "100.00"}),
            json!({"return_id": "2212080000001", "decided": true}),
        )
}
