//! `shopee/get_refund`: one return or refund, and what the seller may do about it.

use super::api::Api;
use super::refund;
use crate::market::fields;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    return_id: Id,
    #[serde(default)]
    with_solutions: bool,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let id = input.return_id.need("return's number")?;
    let mut record = refund::one(&api, id).await?;
    if input.with_solutions {
        let told = api.get("returns/get_available_solutions", vec![("return_sn", id.to_owned())]).await?;
        if let Some(record) = record.as_object_mut() {
            record.insert("solutions".into(), told);
        }
    }
    Ok(record)
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/get_refund", "Get a return or refund", "ดึงการคืนสินค้าหรือคืนเงิน")
        .about(
            "Reads one return or refund with its items, amount and state.",
            "อ่านการคืนสินค้าหรือคืนเงินหนึ่งรายการ พร้อมสินค้า จำนวนเงิน และสถานะ",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(super::return_id())
        .field(fields::flag("with_solutions", "With what can be offered", "พร้อมข้อเสนอที่ทำได้", false).about(
            "Reads `solutions`, too: what the seller may offer.",
            "อ่าน `solutions` ด้วย คือข้อเสนอที่ผู้ขายทำได้",
        ))
        .example(json!({"return_id": "2212080000001"}), refund::example())
}
