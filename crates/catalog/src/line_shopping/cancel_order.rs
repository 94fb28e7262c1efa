//! `line_shopping/cancel_order`: a whole order.

use super::api::{Api, order_path, text};
use super::words;
use crate::values;
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const REASON_MAX: usize = 560;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "values::text")]
    order_number: String,
    #[serde(default, deserialize_with = "values::text")]
    reason: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let path = order_path(&input.order_number, "/cancel")?;
    let reason: String = input.reason.chars().take(REASON_MAX).collect();
    match api.send(Method::PUT, &path, &json!({"remarkCancel": reason})).await {
        // LINE refuses an order that is cancelled already, such as by this step's first attempt.
        Err(refused @ Error::Refused { .. }) => {
            let order = api.order(&input.order_number).await?;
            if text(&order, "orderStatus") == "CANCELED" { Ok(order) } else { Err(refused) }
        }
        answer => answer,
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line_shopping/cancel_order", "Cancel an order", "ยกเลิกคำสั่งซื้อ")
        .about(
            "Cancels a whole order. One that is cancelled already counts as done; one that is shipped is refused.",
            "ยกเลิกทั้งคำสั่งซื้อ หากยกเลิกแล้วถือว่าสำเร็จ หากจัดส่งแล้วจะถูกปฏิเสธ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::order_number())
        .field(
            Field::new("reason", FieldKind::Text, "Reason", "เหตุผล")
                .about("Shown with the order.", "แสดงในคำสั่งซื้อ")
                .required()
                .at_most(REASON_MAX as u64)
                .example("สินค้าหมด"),
        )
        .example(
            json!({"order_number": words::ORDER, "reason": "สินค้าหมด"}),
            json!({"orderNumber": words::ORDER, "orderStatus": "CANCELED", "paymentStatus": "PENDING_REFUND"}),
        )
}
