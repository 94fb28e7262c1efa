//! Returns and refunds: read by time, started and decided by the seller.

use std::sync::Arc;

use serde_json::{Value, json};

use super::TikTokShop;
use super::call::{Answer, Params, page, texts};
use super::order::{Claim, Kind, Order};
use super::refused::Refused;
use crate::money::{money, satang};

const PAGE: std::ops::RangeInclusive<usize> = 10..=50;
const PENDING: &str = "RETURN_OR_REFUND_REQUEST_PENDING";
/// Only this status is money paid back.
const DONE: &str = "RETURN_OR_REFUND_REQUEST_COMPLETE";
const KEY_LENGTH_MAX: usize = 255;

pub(super) fn reject_reasons() -> Answer {
    Ok(json!({ "reasons": [
        { "name": "reverse_reject_request_reason_1", "text": "The item is not damaged" },
        { "name": "seller_reject_apply_package_reached", "text": "The parcel is on its way" },
    ] }))
}

pub(super) fn search(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let window = params.page(*PAGE.start(), *PAGE.end())?;
    let orders = texts(&params.body["order_ids"]);
    let state = shop.state();
    let all = state.book.all().flat_map(|order| order.claims.iter().map(move |claim| (order, claim)));
    let found: Vec<Value> = all
        .filter(|(order, claim)| {
            claim.kind == Kind::Return
                && (orders.is_empty() || orders.contains(&order.id.to_string().as_str()))
                && params.within("update_time", claim.updated_at.timestamp())
                && params.within("create_time", claim.at.timestamp())
        })
        .map(|(order, claim)| show(order, claim))
        .collect();
    Ok(page("return_orders", &found, window))
}

fn show(order: &Order, claim: &Claim) -> Value {
    let unit = |id: &u64| {
        let unit = order.units.iter().find(|unit| unit.id == *id);
        let line = unit.and_then(|unit| order.line_of(unit));
        json!({
            "order_line_item_id": id.to_string(),
            "seller_sku": line.map(|line| line.sku.as_str()),
            "refund_amount": { "currency": "THB", "refund_total": unit.map(|unit| money(unit.paid)) },
        })
    };
    json!({
        "return_id": claim.id.to_string(),
        "order_id": order.id.to_string(),
        "return_type": "REFUND",
        "return_status": claim.status,
        "return_reason": claim.reason,
        "return_reason_text": "แตกเสียหาย",
        "refund_amount": { "currency": "THB", "refund_total": money(claim.amount) },
        "return_line_items": claim.units.iter().map(unit).collect::<Vec<_>>(),
        "create_time": claim.at.timestamp(),
        "update_time": claim.updated_at.timestamp(),
    })
}

pub(super) fn eligibility(shop: &Arc<TikTokShop>, id: &str) -> Answer {
    let state = shop.state();
    let order = state.order(id)?;
    let eligible = ["IN_TRANSIT", "DELIVERED", "COMPLETED"].contains(&order.status.as_str());
    let unit = |unit: &super::order::Unit| {
        json!({
            "order_line_item_id": unit.id.to_string(), "refund_eligible": eligible,
        })
    };
    Ok(json!({ "order_id": id, "sku_eligibility": order.units.iter().map(unit).collect::<Vec<_>>() }))
}

/// The units that are named, or all of them.
fn units(order: &Order, body: &Value) -> Result<Vec<u64>, Refused> {
    let named = texts(&body["order_line_item_ids"]);
    let found =
        order.units.iter().filter(|unit| named.is_empty() || named.contains(&unit.id.to_string().as_str()));
    let found: Vec<u64> = found.map(|unit| unit.id).collect();
    if !named.is_empty() && found.len() != named.len() {
        return Err(Refused::business(25_001_020, "A line item does not belong to the order."));
    }
    Ok(found)
}

pub(super) fn calculate(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let state = shop.state();
    let order = state.order(params.text("order_id")?)?;
    let units = units(order, &params.body)?;
    let total: i64 = order.units.iter().filter(|unit| units.contains(&unit.id)).map(|unit| unit.paid).sum();
    Ok(json!({ "refund_amount": { "currency": "THB", "refund_total": money(total) } }))
}

/// The same key starts the same return once.
pub(super) fn create(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let (id, now) = (params.text("order_id")?, shop.stand.now());
    let key = params.query.get("idempotency_key").unwrap_or_default().to_owned();
    if key.len() > KEY_LENGTH_MAX {
        return Err(Refused::format("idempotency_key has at most 255 characters."));
    }
    let (told, claim) = {
        let mut state = shop.state();
        if let Some(claim) = state.returns_by_key.get(&key).filter(|_| !key.is_empty()) {
            return Ok(json!({ "return_id": claim.to_string(), "return_status": DONE }));
        }
        let order = state.order_mut(id)?;
        let units = units(order, &params.body)?;
        let place = order.claim(Kind::Return, DONE, units, params.text("return_reason")?, now);
        let most = order.claims[place].amount;
        let amount = satang(&params.body["refund_total"]).unwrap_or(most);
        if !(1..=most).contains(&amount) {
            order.claims.pop();
            return Err(Refused::business(25_001_021, "refund_total is more than what was paid."));
        }
        order.claims[place].amount = amount;
        order.updated_at = now;
        let (parcel, claim) = (shop.claim_parcel(order, place), order.claims[place].id);
        state.remember(key, claim);
        (vec![parcel], claim)
    };
    shop.stand.ledger.note(now, "refund", id, params.body.clone());
    shop.announce(told);
    Ok(json!({ "return_id": claim.to_string(), "return_status": DONE }))
}

pub(super) fn approve(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let decision = params.text("decision")?;
    let partial = satang(&params.body["partial_refund"]["amount"]);
    decide(shop, id, &params.body, |claim| {
        match (decision, partial) {
            ("APPROVE_REFUND" | "APPROVE_RECEIVED_PACKAGE", _) => claim.status = DONE,
            ("APPROVE_RETURN", _) => claim.status = "AWAITING_BUYER_SHIP",
            ("OFFER_PARTIAL_REFUND", Some(amount)) if (1..claim.amount).contains(&amount) => {
                (claim.status, claim.amount) = (DONE, amount); // the buyer agrees at once here
            }
            _ => return Err(Refused::business(25_001_022, "The decision or the amount is invalid.")),
        }
        Ok(())
    })
}

pub(super) fn reject(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    params.text("reject_reason")?;
    decide(shop, id, &params.body, |claim| {
        claim.status = "REFUND_OR_RETURN_REQUEST_REJECT";
        Ok(())
    })
}

fn decide(
    shop: &Arc<TikTokShop>,
    id: &str,
    said: &Value,
    change: impl FnOnce(&mut Claim) -> Result<(), Refused>,
) -> Answer {
    let now = shop.stand.now();
    let (parcel, order_id) = {
        let mut state = shop.state();
        let (order_id, place) = state.claim(id, Kind::Return)?;
        let order = state.order_mut(&order_id)?;
        let claim = &mut order.claims[place];
        if claim.status != PENDING && claim.status != "AWAITING_BUYER_SHIP" {
            return Err(Refused::business(25_001_023, "The return is decided already."));
        }
        change(claim)?;
        claim.updated_at = now;
        order.updated_at = now;
        (shop.claim_parcel(order, place), order_id)
    };
    shop.stand.ledger.note(now, "refund", &order_id, said.clone());
    shop.announce(vec![parcel]);
    Ok(json!({}))
}
