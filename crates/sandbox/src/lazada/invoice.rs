//! The number of the tax invoice, which the seller writes to a unit.

use std::sync::Arc;

use serde_json::json;

use super::Lazada;
use super::call::{Answer, Reply, ids};
use super::refused::Refused;
use crate::market::Asked;
use crate::seal::base64;

const NUMBER_LENGTH_MAX: usize = 100;

fn not_packed() -> Refused {
    Refused::service("34", "E034: Order Item must be packed. Please call SetStatusToReadyToShip before")
}

pub(super) fn set_number(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let wanted: u64 = asked.number("order_item_id", 0).unwrap_or(0);
    let number = asked.get("invoice_number").filter(|number| number.len() <= NUMBER_LENGTH_MAX);
    let number = number.ok_or_else(|| Refused::missing("invoice_number"))?;
    let (mut state, now) = (lazada.state(), lazada.stand.now());
    let unit = state.book.all_mut().find_map(|order| order.unit_mut(wanted));
    let unit =
        unit.ok_or_else(|| Refused::service("20", format!("E020: \"{wanted}\" Invalid Order Item IDs")))?;
    if unit.package.is_empty() {
        return Err(not_packed());
    }
    unit.invoice = number.to_owned();
    unit.updated_at = now;
    lazada.stand.ledger.note(now, "invoice", &wanted.to_string(), json!({ "invoice_number": number }));
    Ok(Reply::Data(json!({ "order_item_id": wanted, "invoice_number": number })))
}

pub(super) fn document(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let kind = asked.text("doc_type");
    if !["invoice", "shippingLabel", "carrierManifest"].contains(&kind) {
        return Err(Refused::service("32", format!("E032: Document type \"{kind}\" is not valid")));
    }
    let wanted = ids(asked, "order_item_ids")?;
    let state = lazada.state();
    for id in wanted {
        let unit = state.book.all().find_map(|order| order.unit(id));
        let unit = unit.ok_or_else(|| Refused::service("35", format!("E035: \"{id}\" was not found")))?;
        if unit.package.is_empty() {
            return Err(not_packed());
        }
    }
    let document =
        json!({ "file": base64(b"<html></html>"), "mime_type": "text/html", "document_type": kind });
    Ok(Reply::Data(json!({ "document": document })))
}
