//! `sap_business_one/set_tracking`: a parcel's number on a delivery note.

use super::SYSTEM;
use super::api::{Api, numbered};
use super::shipments_changed::{NOTES, TRACKING};
use crate::office;
pub use crate::office::Tracking as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (shipment, number) = input.known()?;
    let entry: i64 =
        shipment.parse().map_err(|_| office::missing(SYSTEM.name, "delivery note with the id", shipment))?;
    let api = Api::of(cx)?;
    let field = api.connection.text("tracking_field").unwrap_or(TRACKING);
    let mut body = Map::from_iter([(field.to_owned(), number.into())]);
    let carrier = api.connection.text("carrier_field").zip(input.carrier());
    body.extend(carrier.map(|(field, carrier)| (field.to_owned(), carrier.into())));
    api.update(&numbered(NOTES, entry), &Value::Object(body)).await?;
    Ok(json!({"shipment": shipment, "number": number}))
}

pub fn spec() -> OperationSpec {
    SYSTEM.set_tracking("6101", json!({"shipment": "6101", "number": "TH01234567890"}))
}
