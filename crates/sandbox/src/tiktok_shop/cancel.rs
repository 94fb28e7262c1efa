//! Cancelling: by the seller the whole order, or as the answer to a buyer's wish.

use std::sync::Arc;

use serde_json::{Value, json};

use super::TikTokShop;
use super::call::{Answer, Params, page};
use super::order::{Claim, Kind, Order};
use super::refused::Refused;

const PAGE_MAX: usize = 50;
const OPEN: [&str; 4] = ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"];
const DONE: &str = "CANCELLATION_REQUEST_COMPLETE";

pub(super) fn create(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let (id, reason, now) = (params.text("order_id")?, params.text("cancel_reason")?, shop.stand.now());
    if params.body["skus"].is_array() || params.body["order_line_item_ids"].is_array() {
        return Err(Refused::business(25_001_012, "Only whole orders can be cancelled in this market."));
    }
    let (told, claim) = {
        let mut state = shop.state();
        let order = state.order_mut(id)?;
        if !OPEN.contains(&order.status.as_str()) {
            return Err(Refused::business(25_001_010, "The order can not be cancelled in its status."));
        }
        let units = order.units.iter().map(|unit| unit.id).collect();
        let place = order.claim(Kind::Cancellation, DONE, units, reason, now);
        let claim = order.claims[place].id;
        let mut told = shop.set_status(&mut state, id, "CANCELLED")?;
        told.push(shop.claim_parcel(state.order(id)?, place));
        (told, claim)
    };
    shop.stand.ledger.note(now, "cancel", id, params.body.clone());
    shop.announce(told);
    Ok(json!({ "cancel_id": claim.to_string(), "cancel_status": DONE }))
}

pub(super) fn search(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let window = params.page(1, PAGE_MAX)?;
    let state = shop.state();
    let all = state.book.all().flat_map(|order| order.claims.iter().map(move |claim| (order, claim)));
    let found: Vec<Value> = all
        .filter(|(_, claim)| {
            claim.kind == Kind::Cancellation && params.within("update_time", claim.updated_at.timestamp())
        })
        .map(|(order, claim)| show(order, claim))
        .collect();
    Ok(page("cancellations", &found, window))
}

fn show(order: &Order, claim: &Claim) -> Value {
    json!({
        "cancel_id": claim.id.to_string(),
        "order_id": order.id.to_string(),
        "cancel_type": if claim.status == DONE { "CANCEL" } else { "BUYER_CANCEL" },
        "cancel_status": claim.status,
        "cancel_reason": claim.reason,
        "create_time": claim.at.timestamp(),
        "update_time": claim.updated_at.timestamp(),
        "refund_amount": { "currency": "THB", "refund_total": crate::money::money(claim.amount) },
        "cancel_line_items": claim.units.iter().map(|unit| json!({
            "order_line_item_id": unit.to_string(),
        })).collect::<Vec<_>>(),
    })
}

pub(super) fn decide(shop: &Arc<TikTokShop>, id: &str, params: &Params, agreed: bool) -> Answer {
    let now = shop.stand.now();
    if !agreed {
        params.text("reject_reason")?;
    }
    let (told, order_id) = {
        let mut state = shop.state();
        let (order_id, place) = state.claim(id, Kind::Cancellation)?;
        let order = state.order_mut(&order_id)?;
        let claim = &mut order.claims[place];
        if claim.status != "CANCELLATION_REQUEST_PENDING" {
            return Err(Refused::business(25_001_011, "The cancellation is decided already."));
        }
        claim.status = if agreed { DONE } else { "CANCELLATION_REQUEST_CANCEL" };
        claim.updated_at = now;
        let mut told = if agreed { shop.set_status(&mut state, &order_id, "CANCELLED")? } else { Vec::new() };
        told.push(shop.claim_parcel(state.order(&order_id)?, place));
        (told, order_id)
    };
    shop.stand.ledger.note(now, "cancel", &order_id, json!({ "cancel_id": id, "agreed": agreed }));
    shop.announce(told);
    Ok(json!({}))
}
