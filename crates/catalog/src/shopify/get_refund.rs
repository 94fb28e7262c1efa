//! `shopify/get_refund`: a refund with its lines and its money.

use super::api::{Api, gid, plain};
use super::{documents, examples};
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub refund_id: Filled,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/get_refund", "Get a refund", "ดูการคืนเงิน")
        .about("Reads a refund with its lines and payments.", "อ่านการคืนเงินพร้อมรายการสินค้าและการชำระเงิน")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("refund_id", FieldKind::Text, "Refund", "การคืนเงิน")
                .about(
                    "The refund's id: the number in a webhook, or the one that begins with gid://.",
                    "รหัสการคืนเงิน คือตัวเลขที่มากับเว็บฮุค หรือรหัสที่ขึ้นต้นด้วย gid://",
                )
                .required()
                .example("gid://shopify/Refund/929"),
        )
        .example(json!({"refund_id": "gid://shopify/Refund/929"}), examples::refund_read())
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = gid("Refund", input.refund_id.as_str());
    Api::open(cx)?.record(&documents::refund(), json!({"id": id}), "refund").await.map(plain)
}
