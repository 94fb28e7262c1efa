//! `erpnext/set_tracking`: a parcel's number on a delivery note.

use super::SYSTEM;
use super::api::Api;
use super::shipments_changed::NOTE;
pub use crate::office::Tracking as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (shipment, number) = input.known()?;
    let api = Api::of(cx)?;
    let field = api.connection.text("tracking_field").unwrap_or("lr_no");
    let mut body = Map::from_iter([(field.to_owned(), number.into())]);
    body.extend(input.carrier().map(|carrier| ("transporter_name".into(), carrier.into())));
    api.update(NOTE, shipment, &Value::Object(body)).await?;
    Ok(json!({"shipment": shipment, "number": number}))
}

pub fn spec() -> OperationSpec {
    let output = json!({"shipment": "MAT-DN-2026-00003", "number": "TH01234567890"});
    SYSTEM.set_tracking("MAT-DN-2026-00003", output)
}
