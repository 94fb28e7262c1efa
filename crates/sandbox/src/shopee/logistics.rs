//! Arranging the shipment: the platform gives the number, unless the courier is the seller's own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Answer, Params, Reply};
use super::order::Order;
use super::refused::Refused;
use super::{Shopee, State};

/// The place of a package in its order; a split order needs its number.
fn place(order: &Order, package: Option<&str>) -> Result<usize, Refused> {
    let named = package.filter(|package| !package.is_empty());
    match named {
        None if order.packages.len() == 1 => Ok(0),
        None => Err(Refused::new(
            "logistics.package_number_not_exist",
            "Please request with package_number for this split order.",
        )),
        Some(named) => {
            let found = order.packages.iter().position(|package| package.number == named);
            found.ok_or_else(|| Refused::new("logistics.error_param", "package_number is wrong."))
        }
    }
}

pub(super) fn parameter(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let state = shopee.state();
    let order = state.order(params.query.text("order_sn"))?;
    let package = &order.packages[place(order, params.query.get("package_number"))?];
    if package.logistics_status != "LOGISTICS_READY" {
        return Err(Refused::parameter(
            "Shipping parameters can only be obtained when package is ready to be shipped",
        ));
    }
    if order.sale.overrides.own_courier {
        return Ok(Reply::Response(json!({ "info_needed": { "non_integrated": ["tracking_no"] } })));
    }
    let slot = json!({
        "pickup_time_id": order.ship_by().timestamp().to_string(),
        "date": order.ship_by().timestamp(),
    });
    let address = json!({
        "address_id": 2_826, "region": "TH", "address_flag": ["pickup_address"],
        "time_slot_list": [slot],
    });
    Ok(Reply::Response(json!({
        "info_needed": { "pickup": ["address_id", "pickup_time_id"], "dropoff": [] },
        "pickup": { "address_list": [address] },
        "dropoff": { "branch_list": null },
    })))
}

/// The number of a parcel's courier, from the platform or from the seller.
fn number_for(state: &mut State, own_courier: bool, body: &Value) -> Result<String, Refused> {
    if own_courier {
        let given = &body["non_integrated"];
        let number = given["tracking_number"].as_str().or(given["tracking_no"].as_str()).unwrap_or_default();
        if number.is_empty() {
            return Err(Refused::new("logistics.error_param", "non_integrated.tracking_number is required."));
        }
        return Ok(number.to_owned());
    }
    let pickup = &body["pickup"];
    let pickup = pickup["address_id"] == 2_826 && pickup["pickup_time_id"].is_string();
    if !pickup && !body["dropoff"].is_object() {
        return Err(Refused::new(
            "logistics.error_param",
            "pickup or dropoff is required as get_shipping_parameter says.",
        ));
    }
    state.tracked += 1;
    Ok(format!("TH{:013}T", 2_600_000_000_000u64 + state.tracked))
}

pub(super) fn ship(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (sn, now) = (params.text("order_sn")?, shopee.stand.now());
    let mut state = shopee.state();
    let order = state.order(sn)?;
    let place = place(order, params.body["package_number"].as_str())?;
    let ready = order.packages[place].logistics_status == "LOGISTICS_READY";
    if order.status != "READY_TO_SHIP" || !ready {
        return Err(Refused::new(
            "logistics.ship_order_only_support_ready_to_ship",
            "The package is not ready to be shipped.",
        ));
    }
    let own_courier = order.sale.overrides.own_courier;
    let tracking = number_for(&mut state, own_courier, &params.body)?;
    let order = state.order_mut(sn)?;
    order.packages[place].tracking = tracking;
    order.packages[place].logistics_status = "LOGISTICS_REQUEST_CREATED";
    order.updated_at = now;
    let (package, mut told) = (&order.packages[place], Vec::new());
    told.extend([shopee.tracking_parcel(order, package), shopee.package_parcel(order, package)]);
    let said = json!({ "package_number": package.number, "tracking_number": package.tracking });
    if order.packages.iter().all(|package| package.logistics_status == "LOGISTICS_REQUEST_CREATED") {
        order.status = "PROCESSED".to_owned();
        told.push(shopee.status_parcel(order));
    }
    drop(state);
    shopee.stand.ledger.note(now, "fulfilment", sn, said);
    shopee.announce(told);
    Ok(Reply::Response(json!({})))
}

pub(super) fn tracking(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let state = shopee.state();
    let order = state.order(params.query.text("order_sn"))?;
    let package = &order.packages[place(order, params.query.get("package_number"))?];
    let hint = if package.tracking.is_empty() { "The tracking number is being generated." } else { "" };
    Ok(Reply::Response(json!({
        "tracking_number": package.tracking, "plp_number": "",
        "first_mile_tracking_number": "", "last_mile_tracking_number": "", "hint": hint,
    })))
}

/// A file that holds the labels; none of what is not ready.
pub(super) fn download(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let Reply::Response(told) = document(shopee, params)? else { return Ok(Reply::Pdf(Vec::new())) };
    let rows = told["result_list"].as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() || rows.iter().any(|row| row["status"] != "READY") {
        return Err(Refused::parameter("Wrong parameters, detail: the document is not ready."));
    }
    Ok(Reply::Pdf(b"%PDF-1.4 label".to_vec()))
}

/// Labels are ready as soon as they are asked for, if there is a number to print.
pub(super) fn document(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let state = shopee.state();
    let list = params.body["order_list"].as_array().map_or(&[][..], Vec::as_slice);
    let row = |wanted: &Value| {
        let sn = wanted["order_sn"].as_str().unwrap_or_default();
        let tracking = state.order(sn).ok().and_then(|order| {
            let place = place(order, wanted["package_number"].as_str()).ok()?;
            Some(order.packages[place].tracking.clone()).filter(|tracking| !tracking.is_empty())
        });
        let failed = tracking.is_none();
        json!({
            "order_sn": sn,
            "package_number": wanted["package_number"],
            "status": if failed { "FAILED" } else { "READY" },
            "fail_error": if failed { "logistics.tracking_number_invalid" } else { "" },
            "fail_message": if failed { "The tracking number is not there yet." } else { "" },
        })
    };
    Ok(Reply::Response(json!({ "result_list": list.iter().map(row).collect::<Vec<_>>() })))
}
