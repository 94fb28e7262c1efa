//! `flash/estimate_rate`: what a parcel would cost.

use super::api::{Api, number};
use super::create_shipment::size;
use super::{COURIER, address};
use crate::parcel::{self, Parcel};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    parcel: Parcel,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let parcel = input.parcel.ready()?;
    let mut fields = address::from(&parcel.sender);
    fields.extend(address::to(&parcel.recipient));
    fields.extend(size(&parcel));
    fields.extend([("weight", parcel.grams().to_string()), ("expressCategory", "1".to_owned())]);
    Ok(output(Api::of(cx)?.call("/open/v1/orders/estimate_rate", fields).await?))
}

/// Flash counts in satang.
fn output(data: Value) -> Value {
    let satang = data.get("estimatePrice").and_then(number).filter(|satang| *satang >= 0);
    let price = satang.map(|satang| format!("{}.{:02}", satang / 100, satang % 100));
    json!({"courier": COURIER, "price": price, "currency": "THB", "raw": data})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flash/estimate_rate", "Estimate the price", "ประเมินค่าส่ง")
        .about("Asks what a parcel would cost, in baht; nothing is booked.", "สอบถามค่าส่งเป็นบาท โดยไม่สร้างพัสดุ")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(parcel::field())
        .example(json!({"parcel": parcel::example()}), output(json!({"estimatePrice": 3800})))
}
