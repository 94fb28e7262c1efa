//! Shipping a package: with TikTok's courier, who brings the number, or with the seller's own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Answer, Params};
use super::packages::find;
use super::refused::Refused;
use super::shops::PROVIDERS;
use super::{State, TikTokShop};
use crate::stand::Parcel;

const PACKAGES_MAX: usize = 50;

fn shipped_already() -> Refused {
    Refused::business(11_006_021, "The package is already shipped.")
}

pub(super) fn ship(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let told = ship_one(shop, &mut shop.state(), id, &params.body)?;
    shop.announce(told);
    Ok(json!({ "warnings": [] }))
}

/// Those that fail stand in the errors, inside a good answer.
pub(super) fn ship_many(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let list = params.body["packages"].as_array().filter(|list| (1..=PACKAGES_MAX).contains(&list.len()));
    let list = list.ok_or_else(|| Refused::format(format!("packages has 1 to {PACKAGES_MAX} entries.")))?;
    let (mut told, mut errors) = (Vec::new(), Vec::new());
    {
        let mut state = shop.state();
        for package in list {
            let id = package["id"].as_str().unwrap_or_default();
            match ship_one(shop, &mut state, id, package) {
                Ok(parcels) => told.extend(parcels),
                Err(refused) => {
                    let shown = refused.show("");
                    errors.push(json!({
                        "code": shown["code"], "message": shown["message"],
                        "detail": { "package_id": id },
                    }));
                }
            }
        }
    }
    shop.announce(told);
    Ok(json!({ "errors": errors }))
}

fn ship_one(shop: &TikTokShop, state: &mut State, id: &str, body: &Value) -> Result<Vec<Parcel>, Refused> {
    let (order, place) = find(state, id)?;
    if order.packages[place].shipped {
        return Err(shipped_already());
    }
    if !["AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"].contains(&order.status.as_str()) {
        return Err(Refused::business(21_011_003, "The order is not to be shipped in its status."));
    }
    let (order_id, own_courier) = (order.id.to_string(), order.sale.overrides.own_courier);
    let (tracking, provider) = if own_courier { own(body)? } else { courier(state, body)? };
    let now = shop.stand.now();
    let order = state.order_mut(&order_id)?;
    let package = &mut order.packages[place];
    (package.tracking, package.provider, package.shipped) = (tracking, provider, true);
    let said = json!({ "package_id": id, "tracking_number": package.tracking, "provider": package.provider });
    let all = order.packages.iter().all(|package| package.shipped);
    order.status = if all { "AWAITING_COLLECTION" } else { "PARTIALLY_SHIPPING" }.to_owned();
    order.updated_at = now;
    shop.stand.ledger.note(now, "fulfilment", &order_id, said);
    Ok(vec![shop.status_parcel(order), shop.package_parcel(order, place)])
}

/// Number and courier as the seller gives them.
fn own(body: &Value) -> Result<(String, String), Refused> {
    let given = &body["self_shipment"];
    let number = given["tracking_number"].as_str().filter(|number| !number.is_empty());
    let provider = PROVIDERS.iter().find(|(id, _)| given["shipping_provider_id"] == *id);
    match (number, provider) {
        (Some(number), Some((_, name))) => Ok((number.to_owned(), (*name).to_owned())),
        _ => Err(Refused::business(
            21_011_021,
            "self_shipment needs a tracking_number and a known shipping_provider_id.",
        )),
    }
}

/// Number and courier as TikTok gives them.
fn courier(state: &mut State, body: &Value) -> Result<(String, String), Refused> {
    match body["handover_method"].as_str() {
        Some("PICKUP") if body["pickup_slot"]["start_time"].is_u64() => {}
        Some("DROP_OFF") => {}
        _ => {
            return Err(Refused::business(
                21_011_022,
                "handover_method is PICKUP with a pickup_slot, or DROP_OFF.",
            ));
        }
    }
    state.tracked += 1;
    Ok((format!("TTH{:012}", state.tracked), "J&T Express".to_owned()))
}

pub(super) fn correct(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let (tracking, provider) = own(&json!({ "self_shipment": params.body }))?;
    let (mut state, now) = (shop.state(), shop.stand.now());
    let (order, place) = find(&state, id)?;
    if !order.sale.overrides.own_courier || !order.packages[place].shipped {
        return Err(Refused::business(21_011_023, "The number of this package can not be changed."));
    }
    let order_id = order.id.to_string();
    let order = state.order_mut(&order_id)?;
    (order.packages[place].tracking, order.packages[place].provider) = (tracking, provider);
    order.updated_at = now;
    shop.stand.ledger.note(now, "tracking", &order_id, params.body.clone());
    Ok(json!({}))
}

pub(super) fn correct_order(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let package = shop.state().order(id)?.packages.first().map(|package| package.id.to_string());
    correct(shop, &package.unwrap_or_default(), params)
}
