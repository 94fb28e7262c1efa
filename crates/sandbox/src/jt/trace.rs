//! Where a parcel is, in J&T's own scans.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::Jt;
use super::answer::Refused;
use super::fields::required;
use crate::clock::in_thailand;
use crate::courier::{Scan, Shipment, Stage};
use crate::stand::lock;

const BILL_CODE_MAX: usize = 30;

/// The names are Thailand's; the codes beside them are likely ones, as no document of Thailand lists them.
pub(super) fn word(stage: Stage) -> Option<(&'static str, u32)> {
    match stage {
        Stage::Created | Stage::Cancelled => None,
        Stage::PickedUp => Some(("รับพัสดุ", 10)),
        Stage::InTransit => Some(("สแกนนำส่งพัสดุ", 20)),
        Stage::OutForDelivery => Some(("สแกนนำจ่ายพัสดุ", 94)),
        Stage::Delivered => Some(("เซ็นรับพัสดุ", 100)),
        Stage::Problem => Some(("สแกนพัสดุมีปัญหา", 110)),
        Stage::Returning => Some(("สแกนพัสดุตีกลับ", 172)),
        Stage::Returned => Some(("เซ็นรับพัสดุตีกลับ", 173)),
    }
}

/// One `billCode`; a number that J&T does not know has no scans.
pub(super) async fn trace(State(jt): State<Arc<Jt>>, headers: HeaderMap, body: Bytes) -> Response {
    jt.signed(&headers, &body, |asked, _| {
        let bill_code = required(asked, "billCode", BILL_CODE_MAX)?;
        let shipments = lock(&jt.shipments);
        let shipment = shipments.get(&bill_code).filter(|shipment| shipment.number == bill_code);
        let shipment = shipment.ok_or_else(|| Refused::bad("the billCode does not exist"))?;
        Ok(json!({ "billCode": shipment.number, "details": details(shipment) }))
    })
}

/// Newest first.
fn details(shipment: &Shipment) -> Vec<Value> {
    shipment.scans().iter().rev().filter_map(detail).collect()
}

pub(super) fn detail(scan: &Scan) -> Option<Value> {
    let (name, code) = word(scan.stage)?;
    Some(json!({
        "scanTime": in_thailand(scan.at).format("%Y-%m-%d %H:%M:%S").to_string(),
        "scanType": name,
        "scanTypeCode": code.to_string(),
        "desc": format!("{name} (สีลม)"),
    }))
}
