//! `tiktok_shop/find_reasons`: the reasons for refusing a return or a cancellation.

use super::api::Api;
use crate::market::fields;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.id.need("return's or cancellation's number")?.to_owned();
    let told =
        Api::of(cx)?.get("/return_refund/202309/reject_reasons", vec![("return_or_cancel_id", id)]).await?;
    Ok(json!({"reasons": told.get("reasons").cloned().unwrap_or(told)}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/find_reasons", "Find reasons", "ดึงเหตุผลที่เลือกได้")
        .about(
            "Reads the reasons that can be given for refusing a return or a cancellation.",
            "อ่านเหตุผลที่ใช้ได้ในการปฏิเสธการคืนสินค้าหรือการยกเลิก",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            fields::text("id", "Return or cancellation", "การคืนหรือยกเลิก")
                .about("Its number, `return_id` or `cancel_id`.", "หมายเลข `return_id` หรือ `cancel_id`")
                .required()
                .example("4035633364159959000"),
        )
        .example(
            json!({"id": "4035633364159959000"}),
            json!({"reasons": [{"name": "seller_reject_apply_product_has_been_packed", "text": "Product has been packed"}]}),
        )
}
