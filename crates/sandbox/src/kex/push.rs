//! Pushes: unsigned, so that only the secret of the address protects them.

use serde_json::{Value, json};

use super::{PushForm, Values};
use crate::clock::in_thailand;
use crate::courier::{Scan, Shipment, Stage};
use crate::seal;
use crate::stand::Parcel;

/// The code that a stage has unless a setting says otherwise.
pub(super) fn code(stage: Stage) -> Option<&'static str> {
    match stage {
        Stage::Created | Stage::Cancelled => None,
        Stage::PickedUp => Some("010"),
        Stage::InTransit => Some("030"),
        Stage::OutForDelivery => Some("045"),
        Stage::Delivered => Some("POD"),
        Stage::Problem => Some("060"),
        Stage::Returning => Some("070"),
        Stage::Returned => Some("075"),
    }
}

fn text(stage: Stage) -> &'static str {
    match stage {
        Stage::Created => "Shipment information received",
        Stage::PickedUp => "Shipment picked up",
        Stage::InTransit => "Shipment in transit",
        Stage::OutForDelivery => "Shipment out for delivery",
        Stage::Delivered => "Delivery successful",
        Stage::Problem => "Delivery unsuccessful",
        Stage::Returning => "Shipment returning to sender",
        Stage::Returned => "Shipment returned to sender",
        Stage::Cancelled => "Shipment cancelled",
    }
}

/// A stage without a code is not pushed.
pub(super) fn parcel(values: &Values, shipment: &Shipment, scan: &Scan) -> Option<Parcel> {
    let code = values.codes.get(&scan.stage)?;
    let said = said(code, shipment, scan).to_string();
    let (content_type, body) = match values.push_form {
        PushForm::Json => ("application/json", said),
        PushForm::FormKey => ("application/x-www-form-urlencoded", seal::write([(said.as_str(), "")])),
    };
    let (topic, reference) = (code.clone(), shipment.number.clone());
    Some(Parcel { topic, reference, content_type, headers: Vec::new(), body: body.into() })
}

fn said(code: &str, shipment: &Shipment, scan: &Scan) -> Value {
    let time = in_thailand(scan.at).format("%Y-%m-%d %H:%M:%S").to_string();
    let status = json!({
        "con_no": shipment.number,
        "status_code": code,
        "status_desc": text(scan.stage),
        "status_date": time,
        "update_date": time,
        "ref_no": shipment.asked["ref_no"],
        "location": "สีลม",
    });
    json!({ "req": { "status": status } })
}
