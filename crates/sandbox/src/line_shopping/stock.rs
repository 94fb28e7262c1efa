//! Prices and stock: an absolute figure for a variant, more or less for an inventory.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::LineShopping;
use super::call::{Answer, Params};
use super::product::{Held, ids_of, inventory_of};
use super::products::{one, skus_of};
use super::refused::Refused;
use crate::money::satang;

const AMOUNT_MAX: i64 = 99_999;

/// A discount that is not sent back is lost.
pub(super) fn prices(line: &Arc<LineShopping>, id: &str, params: &Params) -> Answer {
    let (body, now) = (&params.body, line.stand.now());
    let discount = satang(&body["instantDiscount"]).filter(|discount| *discount >= 0);
    let discount = discount.ok_or_else(|| Refused::bad("instantDiscount is needed."))?;
    {
        let mut state = line.state();
        let skus = skus_of(&state, id)?;
        for given in body["variants"].as_array().into_iter().flatten() {
            let price = satang(&given["price"]).filter(|price| *price > discount);
            let price = price
                .ok_or_else(|| Refused::bad("price is more than the discount, with at most 2 decimals."))?;
            let wanted = given["id"].as_u64();
            let sku =
                skus.iter().find(|sku| state.shelf.get(sku).is_some_and(|good| ids_of(good).1 == wanted));
            let good =
                sku.and_then(|sku| state.shelf.get_mut(sku)).ok_or_else(|| Refused::not_found("variant"))?;
            (good.price, good.changed_at) = (price, now);
            line.stand.ledger.note(now, "price", &good.sku, given.clone());
        }
        for sku in &skus {
            if let Some(good) = state.shelf.get_mut(sku) {
                good.special = (discount > 0).then_some(good.price - discount);
            }
        }
    }
    one(line, id)
}

/// `{"id":123,"onHandNumber":12}`: absolute. A variant without an id has only its inventory.
pub(super) fn variant(line: &Arc<LineShopping>, id: &str, params: &Params) -> Answer {
    let (body, now) = (&params.body, line.stand.now());
    let wanted = body["id"].as_u64().ok_or_else(|| Refused::bad("id is needed."))?;
    let on_hand = body["onHandNumber"].as_i64().filter(|number| (0..=AMOUNT_MAX).contains(number));
    let on_hand = on_hand.ok_or_else(|| Refused::bad("onHandNumber is from 0 to 99999."))?;
    {
        let mut state = line.state();
        let skus = skus_of(&state, id)?;
        let sku =
            skus.iter().find(|sku| state.shelf.get(sku).is_some_and(|good| ids_of(good).1 == Some(wanted)));
        let good =
            sku.and_then(|sku| state.shelf.get_mut(sku)).ok_or_else(|| Refused::not_found("variant"))?;
        (good.stock, good.changed_at) = (on_hand, now);
        line.stand.ledger.note(now, "stock", &good.sku, body.clone());
    }
    one(line, id)
}

/// `adjust` sets a new level here; the vendor's own text says both that and that it adds.
pub(super) fn inventory(line: &Arc<LineShopping>, id: &str, what: &str, params: &Params) -> Answer {
    let (id, now): (u64, _) = (id.parse().map_err(|_| Refused::not_found("inventory"))?, line.stand.now());
    let least = if what == "adjust" { 0 } else { 1 };
    let amount = params.body["amount"].as_i64().filter(|amount| (least..=AMOUNT_MAX).contains(amount));
    let amount = amount.ok_or_else(|| Refused::bad(format!("amount is from {least} to {AMOUNT_MAX}.")))?;
    let mut state = line.state();
    let sku = state.shelf.all().find(|good| inventory_of(good) == id).map(|good| good.sku.clone());
    let held = Held::of(&state);
    let good =
        sku.and_then(|sku| state.shelf.get_mut(&sku)).ok_or_else(|| Refused::not_found("inventory"))?;
    let stock = match what {
        "increase" => good.stock + amount,
        "decrease" => good.stock - amount,
        "adjust" => amount,
        _ => return Err(Refused::not_found("path")),
    };
    if stock < 0 {
        return Err(Refused::conflict("There are not so many on hand."));
    }
    (good.stock, good.changed_at) = (stock, now);
    let said: Value = json!({ "inventoryId": id, "action": what, "amount": amount, "onHandNumber": stock });
    line.stand.ledger.note(now, "stock", &good.sku, said);
    Ok((StatusCode::OK, held.figures(good).show()))
}
