//! `line_shopping/set_tracking`: another tracking number for an order that is shipped.

use super::api::{Api, order_path};
use super::{fulfil_order, words};
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};

pub type Input = fulfil_order::Input;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let path = order_path(&input.order_number, "/shipments")?;
    Api::of(cx)?.send(Method::PUT, &path, &input.body()).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line_shopping/set_tracking", "Correct a tracking number", "แก้ไขเลขพัสดุ")
        .about(
            "Puts another tracking number on an order that is shipped already.",
            "เปลี่ยนเลขพัสดุของคำสั่งซื้อที่จัดส่งแล้ว",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::order_number())
        .field(words::tracking_number())
        .field(words::tracking_url())
        .example(
            json!({"order_number": words::ORDER, "tracking_number": "TH0101ABCD0A"}),
            json!({"orderNumber": words::ORDER, "shipmentDetail": {"trackingNumber": "TH0101ABCD0A"}}),
        )
}
