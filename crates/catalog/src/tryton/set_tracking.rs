//! `tryton/set_tracking`: a parcel's number as the reference of a shipment.

use super::SYSTEM;
use super::rpc::Rpc;
use super::shipments_changed::SHIPMENT;
use crate::office;
pub use crate::office::Tracking as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (shipment, number) = input.known()?;
    let id: i64 = shipment.parse().map_err(|_| office::missing(SYSTEM.name, "shipment", shipment))?;
    Rpc::of(cx)?.write(SHIPMENT, id, json!({"reference": number})).await?;
    Ok(json!({"shipment": id, "number": number}))
}

pub fn spec() -> OperationSpec {
    SYSTEM.set_tracking("1", json!({"shipment": 1, "number": "TH01234567890"}))
}
