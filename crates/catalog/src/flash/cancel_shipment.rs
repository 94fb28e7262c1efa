//! `flash/cancel_shipment`: a parcel that is not picked up yet.

use super::COURIER;
use super::api::Api;
use super::track;
use crate::parcel::track::Status;
use crate::parcel::words::{self, One};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};

pub type Input = One;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let number = &input.tracking_number;
    words::check_number(number)?;
    let api = Api::of(cx)?;
    match api.call(&format!("/open/v1/orders/{number}/cancel"), Vec::new()).await {
        Ok(data) => Ok(words::cancelled(COURIER, number, data)),
        Err(refused @ Error::Refused { .. }) => done(&api, number).await?.ok_or(refused),
        Err(error) => Err(error),
    }
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    words::check_number(&input.tracking_number)?;
    done(&Api::of(cx)?, &input.tracking_number).await
}

/// Whether it is cancelled already.
async fn done(api: &Api<'_>, number: &str) -> Result<Option<Value>, Error> {
    let shipment = track::one(api, number).await?.map(|(_, shipment)| shipment);
    let cancelled = shipment.filter(|shipment| shipment["status"] == Status::Cancelled.name());
    Ok(cancelled.map(|_| words::cancelled(COURIER, number, Value::Null)))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flash/cancel_shipment", "Cancel a shipment", "ยกเลิกพัสดุ")
        .about(
            "Cancels a parcel before it is picked up. One that is cancelled already counts as done.",
            "ยกเลิกพัสดุก่อนเข้ารับ หากยกเลิกแล้วถือว่าสำเร็จ",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(words::tracking_number("TH0101ABCD0A"))
        .example(
            json!({"tracking_number": "TH0101ABCD0A"}),
            words::cancelled(COURIER, "TH0101ABCD0A", Value::Null),
        )
}
