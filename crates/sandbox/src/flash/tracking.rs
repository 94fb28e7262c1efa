//! Where a parcel is: Flash's states, actions and routes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::Flash;
use super::answer::Refused;
use super::fields::required;
use crate::courier::{Scan, Shipment, Stage};
use crate::stand::lock;

const PNOS_MAX: usize = 500;

/// What Flash says about a stage. 4, 6 and 7 differ between its sources; the text says which is meant.
pub(super) struct Word {
    pub state: u32,
    pub text: &'static str,
    pub action: &'static str,
    pub message: &'static str,
}

pub(super) fn word(stage: Stage) -> Word {
    let (state, text, action, message) = match stage {
        Stage::Created => (0, "Pending", "CREATED", "The order was made"),
        Stage::PickedUp => (1, "Picked up", "RECEIVED", "The parcel was picked up"),
        Stage::InTransit => (2, "In transit", "SHIPMENT_WAREHOUSE_SCAN", "The parcel is on its way"),
        Stage::OutForDelivery => {
            (3, "Out for delivery", "DELIVERY_TICKET_CREATION_SCAN", "The courier has it")
        }
        Stage::Delivered => (5, "Delivered", "DELIVERY_CONFIRM", "The parcel was delivered"),
        Stage::Problem => (6, "Problem", "DIFFICULTY_HANDOVER", "The customer could not be reached"),
        Stage::Returning => {
            (2, "In transit", "SHIPMENT_WAREHOUSE_SCAN", "The parcel goes back to its sender")
        }
        Stage::Returned => (7, "Returned", "DELIVERY_CONFIRM", "The parcel is back with its sender"),
        Stage::Cancelled => (9, "Cancelled", "CANCEL", "The order was cancelled"),
    };
    Word { state, text, action, message }
}

pub(super) async fn routes(
    State(flash): State<Arc<Flash>>,
    Path(pno): Path<String>,
    body: Bytes,
) -> Response {
    flash.signed(&body, |_| {
        let shipments = lock(&flash.shipments);
        let shipment = shipments.get(&pno).filter(|shipment| shipment.number == pno);
        shipment.map(show).ok_or_else(Refused::no_such_order)
    })
}

/// Unknown numbers are left out.
pub(super) async fn routes_batch(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    flash.signed(&body, |form| {
        let pnos = required(form, "pnos", PNOS_MAX)?;
        let shipments = lock(&flash.shipments);
        let found = pnos.split(',').filter_map(|pno| shipments.get(pno.trim()));
        Ok(found.map(show).collect())
    })
}

/// The newest route comes first; an order that nobody has picked up has none.
fn show(shipment: &Shipment) -> Value {
    let now = word(shipment.stage());
    let moved = shipment.scans().iter().rev().filter(|scan| scan.stage != Stage::Created);
    let routes: Vec<Value> = moved.map(route).collect();
    json!({ "pno": shipment.number, "state": now.state, "stateText": now.text, "routes": routes })
}

fn route(scan: &Scan) -> Value {
    let word = word(scan.stage);
    json!({ "routedAt": scan.at.timestamp(), "routeAction": word.action, "message": word.message })
}
