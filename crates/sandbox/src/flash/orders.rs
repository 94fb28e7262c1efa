//! Orders: made, changed, cancelled.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Refused;
use super::fields::{Form, check_order, required};
use super::{Flash, Values};
use crate::courier::{Shipment, Shipments, Stage};
use crate::stand::lock;

/// Fields that prove a call and say nothing about the order.
const PROOFS: [&str; 3] = ["mchId", "nonceStr", "sign"];

pub(super) async fn create(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    let values = flash.settings.get();
    flash.signed(&body, |form| {
        check_order(form, &values)?;
        check_warehouse(form, &values)?;
        let reference = form.get("outTradeNo").map_or("", String::as_str);
        let mut shipments = lock(&flash.shipments);
        if let Some(known) = shipments.get(reference).filter(|known| known.reference == reference) {
            return Err(exists(known, &values));
        }
        let now = flash.stand.now();
        let pno = pno(shipments.next_serial());
        flash.stand.ledger.note(now, "order", reference, asked(form));
        shipments.add(Shipment::new(&pno, reference, asked(form), now));
        Ok(json!({
            "pno": pno,
            "mchId": values.mch_id,
            "outTradeNo": reference,
            "sortCode": format!("{}-A01", form.get("dstPostalCode").map_or("", String::as_str)),
            "dstStoreName": form.get("dstCityName"),
        }))
    })
}

fn exists(known: &Shipment, values: &Values) -> Refused {
    let data = if values.pno_on_repeat { json!({ "pno": known.number }) } else { Value::Null };
    Refused { data, ..Refused::new(1003, "The order exists already") }
}

fn check_warehouse(form: &Form, values: &Values) -> Result<(), Refused> {
    match form.get("warehouseNo") {
        Some(number) if *number != format!("{}_001", values.mch_id) => {
            Err(Refused::new(1007, "There is no such warehouse"))
        }
        _ => Ok(()),
    }
}

/// As `TH0101ABCD0A`: the serial in the middle makes it the only one of its kind.
fn pno(serial: u64) -> String {
    const LETTERS: [char; 20] =
        ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P', 'R', 'S', 'T', 'V', 'W', 'X', 'Z'];
    let mut rest = usize::try_from(serial).unwrap_or(usize::MAX);
    let mut letters = [LETTERS[0]; 5];
    for place in letters.iter_mut().rev() {
        *place = LETTERS[rest % LETTERS.len()];
        rest /= LETTERS.len();
    }
    format!("TH0101{}0A", String::from_iter(letters))
}

fn asked(form: &Form) -> Value {
    form.iter()
        .filter(|(name, _)| !PROOFS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The shipment of this merchant with this number.
fn held<'a>(shipments: &'a mut Shipments, pno: &str) -> Result<&'a mut Shipment, Refused> {
    shipments.get_mut(pno).filter(|shipment| shipment.number == pno).ok_or_else(Refused::no_such_order)
}

pub(super) async fn modify(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    let values = flash.settings.get();
    flash.signed(&body, |form| {
        let mut shipments = lock(&flash.shipments);
        let shipment = held(&mut shipments, required(form, "pno", 32)?)?;
        if shipment.stage() != Stage::Created {
            return Err(Refused::new(1015, "The parcel was picked up already"));
        }
        let mut whole = asked_before(shipment);
        whole.extend(form.iter().map(|(name, value)| (name.clone(), value.clone())));
        whole.remove("pno");
        check_order(&whole, &values)?;
        shipment.asked = asked(&whole);
        flash.stand.ledger.note(flash.stand.now(), "change", &shipment.number, asked(form));
        Ok(json!({ "pno": shipment.number }))
    })
}

fn asked_before(shipment: &Shipment) -> Form {
    let members = shipment.asked.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

pub(super) async fn cancel(
    State(flash): State<Arc<Flash>>,
    Path(pno): Path<String>,
    body: Bytes,
) -> Response {
    flash.signed(&body, |_| {
        let now = flash.stand.now();
        let mut shipments = lock(&flash.shipments);
        let shipment = held(&mut shipments, &pno)?;
        shipment
            .advance(Stage::Cancelled, now)
            .map_err(|_| Refused::new(1015, "The parcel was picked up, it cannot be cancelled"))?;
        flash.stand.ledger.note(now, "cancel", &pno, Value::Null);
        Ok(json!({ "pno": pno }))
    })
}

#[cfg(test)]
mod tests {
    use super::pno;

    #[test]
    fn a_number_looks_like_flashs_and_comes_once() {
        let numbers: std::collections::HashSet<_> = (1..=5_000).map(pno).collect();
        assert_eq!(numbers.len(), 5_000);
        assert_eq!(pno(1), "TH0101AAAAB0A");
    }
}
