//! Pushes: the same form and the same digest as a call, the other way round.

use serde_json::{Value, json};

use super::door::digest;
use super::trace::detail;
use super::{ScansAs, Values};
use crate::courier::{Scan, Shipment};
use crate::seal;
use crate::stand::Parcel;

/// J&T has no scan for an order that was only made or cancelled, so it says nothing about it.
pub(super) fn parcel(values: &Values, shipment: &Shipment, scan: &Scan) -> Option<Parcel> {
    let content = content(values, shipment, detail(scan)?).to_string();
    let headers = vec![
        ("apiAccount", values.api_account.clone()),
        ("digest", digest(&content, &values.private_key)),
        ("timestamp", scan.at.timestamp_millis().to_string()),
    ];
    Some(Parcel {
        topic: "trace".to_owned(),
        reference: shipment.number.clone(),
        content_type: "application/x-www-form-urlencoded",
        headers,
        body: seal::write([("bizContent", content.as_str())]).into(),
    })
}

fn content(values: &Values, shipment: &Shipment, mut detail: Value) -> Value {
    detail["txlogisticid"] = json!(shipment.reference);
    let scans = match values.scans {
        ScansAs::Details => "details",
        ScansAs::Traces => "traces",
    };
    json!({ "logisticproviderid": "JNT", "billCode": shipment.number, scans: [detail] })
}
