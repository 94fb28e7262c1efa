//! Cancelling, by the seller and at the buyer's wish.

use std::sync::Arc;

use serde_json::json;

use super::call::{Answer, Reply, ids};
use super::fulfil::units_of;
use super::order::OPEN;
use super::orders::order_id;
use super::refused::Refused;
use super::{Lazada, State};
use crate::market::Asked;

/// The reasons a seller may give; the first one means that there is no stock.
const REASONS: [(&str, &str); 3] =
    [("15", "Out of stock"), ("21", "Pricing error"), ("10", "Sourcing delay")];

/// What is cancelled: a packed package goes whole.
fn wanted(state: &State, asked: &Asked) -> Result<(u64, Vec<u64>), Refused> {
    let order_id = order_id(asked)?;
    let mut units = ids(asked, "order_item_id_list")?;
    let order = state.order(order_id)?;
    for unit in units.clone() {
        let found = order
            .unit(unit)
            .ok_or_else(|| Refused::service("123", format!("E0123: invalid trade order lines {unit}")))?;
        units.extend(units_of(state, &found.package).into_iter().map(|(_, unit)| unit));
    }
    units.sort_unstable();
    units.dedup();
    Ok((order_id, units))
}

fn cancellable(state: &State, order: u64, units: &[u64]) -> bool {
    let open = |unit: &u64| {
        let unit = state.order(order).ok().and_then(|order| order.unit(*unit));
        unit.is_some_and(|unit| OPEN.contains(&unit.status.as_str()))
    };
    !units.is_empty() && units.iter().all(open)
}

pub(super) fn validate(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let state = lazada.state();
    let (order, units) = wanted(&state, asked)?;
    if !cancellable(&state, order, &units) {
        let tip = "The order can not be cancelled in its current status";
        return Ok(Reply::Data(json!({ "tip_type": "error", "tip_content": tip, "reason_options": [] })));
    }
    let reasons: Vec<_> =
        REASONS.iter().map(|(id, name)| json!({ "reason_id": id, "reason_name": name })).collect();
    Ok(Reply::Data(json!({ "tip_type": "warn", "tip_content": "", "reason_options": reasons })))
}

pub(super) fn create(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let reason = asked.get("reason_id").and_then(|id| REASONS.iter().find(|(known, _)| *known == id));
    let (reason_id, reason) =
        *reason.ok_or_else(|| Refused::service("104", "E0104: reason is empty or invalid"))?;
    let told = {
        let mut state = lazada.state();
        let (order, units) = wanted(&state, asked)?;
        if !cancellable(&state, order, &units) {
            return Err(Refused::service("123", format!("E0123: invalid trade order lines {units:?}")));
        }
        let said = json!({ "units": units, "reason_id": reason_id });
        lazada.stand.ledger.note(lazada.stand.now(), "cancel", &order.to_string(), said);
        let mut told = Vec::new();
        for unit in units {
            let parcel = lazada
                .set_status(&mut state, order, unit, "canceled", |unit| unit.reason = reason.to_owned());
            told.extend(parcel);
            if reason_id != "10" {
                empty_shelf(&mut state, order, unit);
            }
        }
        told
    };
    lazada.announce(told);
    Ok(Reply::Data(json!({ "tip_type": "warn", "tip_content": "" })))
}

/// Who says that there is no stock, or that the price is wrong, has none to sell from then on.
fn empty_shelf(state: &mut State, order: u64, unit: u64) {
    let sku = state.order(order).ok().and_then(|order| Some(order.sku_of(order.unit(unit)?).to_owned()));
    if let Some(good) = sku.and_then(|sku| state.shelf.get_mut(&sku)) {
        good.stock = 0;
    }
}

/// The seller's answer to a buyer who wants to cancel.
pub(super) fn decide(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let wanted: u64 = asked.number("reverse_order_id", 0).unwrap_or(0);
    let agreed = asked.text("agree_cancel") == "true";
    let now = lazada.stand.now();
    let mut told = Vec::new();
    {
        let mut state = lazada.state();
        let found = state.book.all_mut().find_map(|order| {
            let reverse = order
                .reverse
                .iter_mut()
                .find(|reverse| reverse.id == wanted && reverse.request == "CANCEL")?;
            (reverse.status == "REQUEST_INITIATE").then_some(())?;
            reverse.status = if agreed { "CANCEL_SUCCESS" } else { "REQUEST_REJECT" };
            reverse.updated_at = now;
            Some((order.id, reverse.unit))
        });
        let missing = || Refused::service("105", "E0105: reverse order id is empty or invalid");
        let (order, unit) = found.ok_or_else(missing)?;
        if agreed {
            let why = "Buyer asked to cancel".to_owned();
            told.extend(lazada.set_status(&mut state, order, unit, "canceled", |unit| unit.reason = why));
        }
        let kept = state.order(order)?;
        if let Some(reverse) = kept.reverse.iter().find(|reverse| reverse.id == wanted) {
            let word = if agreed { "CANCEL_SUCCESS" } else { "CANCEL_REJECT" };
            told.push(lazada.reversal(kept, reverse, word));
        }
        lazada.stand.ledger.note(
            now,
            "cancel",
            &order.to_string(),
            json!({ "reverse_order_id": wanted, "agreed": agreed }),
        );
    }
    lazada.announce(told);
    Ok(Reply::Data(json!(null)))
}
