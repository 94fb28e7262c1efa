//! `jt/cancel_shipment`: a parcel that is not picked up yet.

use super::api::{Api, object};
use super::{COURIER, order};
use crate::parcel::{check_reference, words};
use crate::values;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "values::text")]
    tracking_number: String,
    #[serde(deserialize_with = "values::text")]
    reference: String,
    #[serde(default, deserialize_with = "values::text")]
    reason: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let number = &input.tracking_number;
    words::check_number(number)?;
    check_reference(&input.reference)?;
    let reason = if input.reason.is_empty() {
        "ยกเลิกโดยร้านค้า"
    } else {
        &input.reason
    };
    let content = object([("txlogisticId", &input.reference), ("billCode", number), ("reason", reason)]);
    let api = Api::of(cx)?;
    match api.call("/order/cancelOrder", content).await {
        Ok(data) => Ok(words::cancelled(COURIER, number, data)),
        Err(refused @ Error::Refused { .. }) => {
            let order = order::find(&api, &input.reference).await?.filter(order::is_cancelled);
            order.map(|order| words::cancelled(COURIER, number, order)).ok_or(refused)
        }
        Err(error) => Err(error),
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("jt/cancel_shipment", "Cancel a shipment", "ยกเลิกพัสดุ")
        .about(
            "Cancels a parcel before it is picked up. One that is cancelled already counts as done.",
            "ยกเลิกพัสดุก่อนเข้ารับ หากยกเลิกแล้วถือว่าสำเร็จ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::tracking_number("600000000001"))
        .field(
            Field::new("reference", FieldKind::Text, "Reference", "เลขอ้างอิง")
                .about("What the parcel was made with.", "เลขอ้างอิงที่ใช้สร้างพัสดุ")
                .required()
                .at_most(50)
                .example("SHOPIFY-1001-1"),
        )
        .field(words::reason())
        .example(
            json!({"tracking_number": "600000000001", "reference": "SHOPIFY-1001-1", "reason": "ลูกค้ายกเลิก"}),
            words::cancelled(
                COURIER,
                "600000000001",
                json!({"billCode": "600000000001", "txlogisticId": "SHOPIFY-1001-1"}),
            ),
        )
}
