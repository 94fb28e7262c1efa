//! `lazada/decide_refund`: the seller's word on a return or refund.

use super::api::{Api, Pairs};
use crate::market::fields;
use crate::values::{Id, Ids, Text, Texts};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    reverse_order_id: Id,
    reverse_order_line_ids: Ids,
    #[serde(default)]
    decision: Decision,
    #[serde(default)]
    reason_id: Id,
    #[serde(default)]
    comment: Text,
    #[serde(default)]
    images: Texts,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    #[default]
    AgreeReturn,
    RefuseReturn,
    AgreeRefund,
    RefuseRefund,
    InstantRefund,
    ConfirmDelivery,
    AgreeOnlyRefund,
    DisputeOnlyRefund,
}

const RETURNS: &str = "/order/reverse/return/update";
const ONLY_REFUNDS: &str = "/order/reverse/onlyrefund/seller/decide";

impl Decision {
    /// Where it is told, and by which word.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::AgreeReturn => (RETURNS, "agreeReturn"),
            Self::RefuseReturn => (RETURNS, "refuseReturn"),
            Self::AgreeRefund => (RETURNS, "agreeRefund"),
            Self::RefuseRefund => (RETURNS, "refuseRefund"),
            Self::InstantRefund => (RETURNS, "instantRefund"),
            Self::ConfirmDelivery => (RETURNS, "confirmDelivery"),
            Self::AgreeOnlyRefund => (ONLY_REFUNDS, "agreeRefund"),
            Self::DisputeOnlyRefund => (ONLY_REFUNDS, "startDispute"),
        }
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.reverse_order_id.need("return's number")?.to_owned();
    input.reverse_order_line_ids.need("lines of the return")?;
    let (path, action) = input.decision.told();
    let answer = Api::of(cx)?.get(path, pairs(&input, path, action)?).await?;
    Ok(json!({"reverse_order_id": id, "action": action, "answer": answer}))
}

fn pairs(input: &Input, path: &str, action: &str) -> Result<Pairs, Error> {
    let lines = json!(input.reverse_order_line_ids.numbers()?).to_string();
    let mut pairs: Pairs = vec![
        ("action", action.to_owned()),
        ("reverse_order_id", input.reverse_order_id.to_string()),
        ("reverse_order_item_ids", lines),
    ];
    pairs.extend(input.reason_id.filled().map(|reason| ("reason_id", reason.to_owned())));
    pairs.extend(input.comment.filled().map(|comment| ("comment", comment.to_owned())));
    if !input.images.0.is_empty() {
        let name = |at: usize| format!("image-{}", at + 1);
        let images = input.images.0.iter().enumerate();
        pairs.push(match path {
            ONLY_REFUNDS => {
                let list: Vec<Value> =
                    images.map(|(at, url)| json!({"file_name": name(at), "file_url": url})).collect();
                ("image_info_list", json!(list).to_string())
            }
            _ => {
                let list: Vec<Value> =
                    images.map(|(at, url)| json!({"name": name(at), "url": url})).collect();
                ("image_info", json!(list).to_string())
            }
        });
    }
    Ok(pairs)
}

pub fn spec() -> OperationSpec {
    let decisions = [
        ("agree_return", "Agree to the return", "ยอมรับการคืนสินค้า"),
        ("refuse_return", "Refuse the return", "ปฏิเสธการคืนสินค้า"),
        ("agree_refund", "Agree to the refund", "ยอมรับการคืนเงิน"),
        ("refuse_refund", "Refuse the refund", "ปฏิเสธการคืนเงิน"),
        ("instant_refund", "Refund at once", "คืนเงินทันที"),
        ("confirm_delivery", "The goods came back", "ได้รับสินค้าคืนแล้ว"),
        ("agree_only_refund", "Agree to a refund without return", "ยอมรับการคืนเงินโดยไม่คืนสินค้า"),
        ("dispute_only_refund", "Dispute a refund without return", "โต้แย้งการคืนเงินโดยไม่คืนสินค้า"),
    ];
    OperationSpec::action("lazada/decide_refund", "Answer a return or refund", "ตอบคำขอคืนสินค้าหรือคืนเงิน")
        .about(
            "Agrees to a return or refund, refuses it, or says that the goods came back. A refusal needs a reason, a \
             comment and, for refunds, a picture, and takes one line at a time.",
            "ยอมรับหรือปฏิเสธการคืนสินค้าหรือคืนเงิน หรือแจ้งว่าได้รับสินค้าคืน การปฏิเสธต้องมีเหตุผล คำอธิบาย \
             และรูปภาพสำหรับการคืนเงิน โดยทำได้ครั้งละหนึ่งรายการ",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(super::reverse_order())
        .field(
            fields::ids("reverse_order_line_ids", "Lines", "รายการ", json!([260422900698363u64]))
                .about("The ids of the return's lines, as a list.", "รหัสรายการของการคืนสินค้า เป็นลิสต์")
                .required(),
        )
        .field(
            Field::choice("decision", &decisions, "Decision", "การตัดสินใจ")
                .about("What the seller says.", "คำตอบของผู้ขาย")
                .default("agree_return")
                .example("agree_return"),
        )
        .field(
            fields::text("reason_id", "Reason", "เหตุผล")
                .about("For a refusal; \"Find reasons\" reads them.", "ใช้เมื่อปฏิเสธ ดูได้จาก \"ดึงเหตุผลที่เลือกได้\"")
                .example("10000021"),
        )
        .field(
            fields::text("comment", "Comment", "คำอธิบาย")
                .about("For a refusal.", "ใช้เมื่อปฏิเสธ")
                .at_most(500)
                .example("The seal was broken."),
        )
        .field(
            fields::ids("images", "Pictures", "รูปภาพ", json!(["https://example.com/box.jpg"]))
                .about("Addresses of pictures, as a list.", "ที่อยู่ของรูปภาพ เป็นลิสต์"),
        )
        .example(
            json!({
                "reverse_order_id": "260422900598363", "reverse_order_line_ids": [260422900698363u64],
                "decision": "agree_return"
            }),
            json!({"reverse_order_id": "260422900598363", "action": "agreeReturn", "answer": {}}),
        )
}
