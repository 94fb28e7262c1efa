//! Packing: the platform chooses the courier and gives the tracking number.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Answer, Reply, id, inner};
use super::{Lazada, State};
use crate::market::Asked;
use crate::stand::Parcel;

/// Orders or packages of one call.
pub(super) const BATCH_MAX: usize = 20;

pub(super) fn succeeded(data: &Value) -> Reply {
    Reply::Result(json!({ "data": data, "success": true, "error_code": "", "error_msg": "" }))
}

fn failed(code: &str, message: &str) -> Reply {
    Reply::Result(json!({ "success": false, "error_code": code, "error_msg": message }))
}

/// The objects of a request's list, or what is wrong with it.
pub(super) fn list(request: &Value, name: &str) -> Result<Vec<Value>, Reply> {
    let list = request[name].as_array().cloned().unwrap_or_default();
    match list.len() {
        0 => Err(failed("700017", "PARAM_IS_NULL")),
        1..=BATCH_MAX => Ok(list),
        _ => Err(failed("700022", "BATCH_SIZE_OUT_OF_LIMIT")),
    }
}

pub(super) fn providers(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let request = inner(asked, "getShipmentProvidersReq")?;
    let orders = match list(&request, "orders") {
        Ok(orders) => orders,
        Err(reply) => return Ok(reply),
    };
    let state = lazada.state();
    if orders.iter().any(|order| id(&order["order_id"]).is_none_or(|id| state.order(id).is_err())) {
        return Ok(failed("700021", "ORDER_NOT_FOUND"));
    }
    Ok(succeeded(
        &json!({ "platform_default": 1, "shipment_providers": [], "shipping_allocate_type": "TFS" }),
    ))
}

pub(super) fn pack(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let request = inner(asked, "packReq")?;
    if request["delivery_type"] != "dropship" || request["shipping_allocate_type"] != "TFS" {
        return Ok(failed("700004", "PARAM_ILLEGAL"));
    }
    let orders = match list(&request, "pack_order_list") {
        Ok(orders) => orders,
        Err(reply) => return Ok(reply),
    };
    let (mut told, mut packed) = (Vec::new(), Vec::new());
    {
        let mut state = lazada.state();
        for order in &orders {
            packed.push(pack_one(lazada, &mut state, order, &mut told));
        }
    }
    lazada.announce(told);
    Ok(succeeded(&json!({ "pack_order_list": packed })))
}

/// The units of one order that are named go into one parcel; the others stay for another.
fn pack_one(lazada: &Lazada, state: &mut State, order: &Value, told: &mut Vec<Parcel>) -> Value {
    let order_id = id(&order["order_id"]).unwrap_or(0);
    let units: Vec<u64> = order["order_item_list"].as_array().into_iter().flatten().filter_map(id).collect();
    let fits = |unit: &u64| {
        state.order(order_id).ok().and_then(|order| order.unit(*unit)).map(|unit| unit.status == "pending")
    };
    let all_fit = units.iter().all(|unit| fits(unit) == Some(true)) && !units.is_empty();
    if !all_fit {
        let rows = units.iter().map(|unit| match fits(unit) {
            None => row(*unit, "700025", "ORDER_ITEM_NOT_FOUND", None),
            Some(_) => row(*unit, "700026", "FO_ITEM_NOT_ALLOW_TO_PACK", None),
        });
        return json!({ "order_id": order_id, "order_item_list": rows.collect::<Vec<_>>() });
    }
    state.packed += 1;
    let (package, tracking) = (format!("FP{:012}", state.packed), format!("TH340{:08}V0A", state.packed));
    for unit in &units {
        told.extend(lazada.set_status(state, order_id, *unit, "packed", |unit| {
            unit.package.clone_from(&package);
            unit.tracking.clone_from(&tracking);
        }));
    }
    let said = json!({ "package_id": package, "tracking_number": tracking, "order_item_list": units });
    lazada.stand.ledger.note(lazada.stand.now(), "fulfilment", &order_id.to_string(), said);
    let rows = units.iter().map(|unit| row(*unit, "0", "success", Some((&package, &tracking))));
    json!({ "order_id": order_id, "order_item_list": rows.collect::<Vec<_>>() })
}

fn row(unit: u64, code: &str, message: &str, parcel: Option<(&str, &str)>) -> Value {
    let (package, tracking) = parcel.unwrap_or_default();
    json!({
        "order_item_id": unit,
        "msg": message,
        "item_err_code": code,
        "tracking_number": tracking,
        "shipment_provider": if package.is_empty() { "" } else { "Flash Express" },
        "package_id": package,
        "retry": false,
    })
}

/// Every unit of a package, with its order.
pub(super) fn units_of(state: &State, package: &str) -> Vec<(u64, u64)> {
    let orders = state.book.all();
    let units = orders.flat_map(|order| order.units.iter().map(move |unit| (order.id, unit)));
    units
        .filter(|(_, unit)| !package.is_empty() && unit.package == package)
        .map(|(order, unit)| (order, unit.id))
        .collect()
}
