//! `line_shopping/mark_paid`: the money of a COD order has come in.

use super::api::{Api, order_path, text};
use super::words;
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "crate::values::text")]
    order_number: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let path = order_path(&input.order_number, "/mark-as-paid")?;
    match api.send(Method::POST, &path, &Value::Null).await {
        Err(refused @ Error::Refused { .. }) => {
            let order = api.order(&input.order_number).await?;
            if text(&order, "paymentStatus") == "PAID" { Ok(order) } else { Err(refused) }
        }
        answer => answer,
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line_shopping/mark_paid", "Mark a COD order as paid", "บันทึกว่าได้รับเงินปลายทางแล้ว")
        .about(
            "Completes a cash-on-delivery order once its money is in. It has to be shipped before.",
            "ปิดคำสั่งซื้อแบบเก็บเงินปลายทางเมื่อได้รับเงินแล้ว ต้องจัดส่งก่อน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::order_number())
        .example(
            json!({"order_number": words::ORDER}),
            json!({"orderNumber": words::ORDER, "orderStatus": "COMPLETED", "paymentStatus": "PAID"}),
        )
}
