//! Orders: made, looked up, cancelled.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Refused;
use super::door::Asked;
use super::fields::{check_order, required, text};
use super::{Jt, Repeat};
use crate::courier::{Shipment, Shipments, Stage};
use crate::stand::lock;

/// The first number; a parcel's is this and its serial.
const FIRST_BILL_CODE: u64 = 600_000_000_000;
/// Orders of one look-up.
const LOOK_UP_MAX: usize = 100;

pub(super) async fn add(State(jt): State<Arc<Jt>>, headers: HeaderMap, body: Bytes) -> Response {
    jt.signed(&headers, &body, |asked, values| {
        let reference = check_order(asked, values)?;
        let mut shipments = lock(&jt.shipments);
        match (shipments.get(&reference), values.repeat) {
            (Some(known), Repeat::Same) => return Ok(made(known)),
            (Some(_), Repeat::Refuse) => return Err(Refused::bad("txlogisticId exists already")),
            (Some(_), Repeat::New) | (None, _) => {}
        }
        let now = jt.stand.now();
        let bill_code = (FIRST_BILL_CODE + shipments.next_serial()).to_string();
        let shipment = Shipment::new(&bill_code, &reference, without_password(asked), now);
        jt.stand.ledger.note(now, "order", &reference, shipment.asked.clone());
        let answer = made(&shipment);
        shipments.add(shipment);
        Ok(answer)
    })
}

fn made(shipment: &Shipment) -> Value {
    let postcode = shipment.asked["receiver"]["postCode"].as_str().unwrap_or_default();
    json!({
        "billCode": shipment.number,
        "txlogisticId": shipment.reference,
        "sortingCode": format!("{postcode}-C"),
        "thirdSortingCode": "001",
    })
}

fn without_password(asked: &Asked) -> Value {
    asked
        .iter()
        .filter(|(name, _)| *name != "password")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<Asked>()
        .into()
}

/// By `txlogisticId` or `billCode`, one or a list; unknown ones are left out.
pub(super) async fn get(State(jt): State<Arc<Jt>>, headers: HeaderMap, body: Bytes) -> Response {
    jt.signed(&headers, &body, |asked, _| {
        let mut names = names(asked, "txlogisticId");
        names.extend(self::names(asked, "billCode"));
        if names.is_empty() || names.len() > LOOK_UP_MAX {
            return Err(Refused::bad(format!("from 1 to {LOOK_UP_MAX} of txlogisticId or billCode")));
        }
        let shipments = lock(&jt.shipments);
        Ok(names.iter().filter_map(|name| shipments.get(name)).map(found).collect())
    })
}

fn names(asked: &Asked, name: &str) -> Vec<String> {
    match asked.get(name) {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

fn found(shipment: &Shipment) -> Value {
    let mut found = made(shipment);
    found["orderStatus"] = match shipment.stage() {
        Stage::Created => json!("100"),
        Stage::Cancelled => json!("104"),
        _ => json!("103"),
    };
    found["codInfo"] = shipment.asked["codInfo"].clone();
    found
}

/// By the courier's number or the sender's own.
pub(super) fn held<'a>(shipments: &'a mut Shipments, asked: &Asked) -> Result<&'a mut Shipment, Refused> {
    let name = match text(asked, "billCode") {
        name if name.is_empty() => text(asked, "txlogisticId"),
        name => name,
    };
    shipments.get_mut(&name).ok_or_else(|| Refused::bad("the order does not exist"))
}

pub(super) async fn cancel(State(jt): State<Arc<Jt>>, headers: HeaderMap, body: Bytes) -> Response {
    jt.signed(&headers, &body, |asked, _| {
        let reason = required(asked, "reason", 300)?;
        let now = jt.stand.now();
        let mut shipments = lock(&jt.shipments);
        let shipment = held(&mut shipments, asked)?;
        shipment
            .advance(Stage::Cancelled, now)
            .map_err(|_| Refused::bad("the parcel was picked up, the order cannot be cancelled"))?;
        jt.stand.ledger.note(now, "cancel", &shipment.reference, json!(reason));
        Ok(json!({ "billCode": shipment.number, "txlogisticId": shipment.reference }))
    })
}
