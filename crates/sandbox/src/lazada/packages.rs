//! Packages after packing: ready to ship, packed anew, labels, and where they are.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Lazada;
use super::call::{Answer, Reply, inner};
use super::fulfil::{list, succeeded, units_of};
use super::orders::order_id;
use crate::market::Asked;
use crate::seal::base64;

pub(super) fn ready_to_ship(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let request = inner(asked, "readyToShipReq")?;
    each(lazada, &request, &["packed", "ready_to_ship"], "ready_to_ship")
}

/// Undoes the packing: the units wait again, and the number is void.
pub(super) fn repack(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let request = inner(asked, "rePackReq")?;
    each(lazada, &request, &["packed"], "pending")
}

fn each(lazada: &Arc<Lazada>, request: &Value, from: &[&str], to: &str) -> Answer {
    let packages = match list(request, "packages") {
        Ok(packages) => packages,
        Err(reply) => return Ok(reply),
    };
    let rows: Vec<Value> = packages
        .iter()
        .map(|package| {
            let package = package["package_id"].as_str().unwrap_or_default();
            let (code, message) = set(lazada, package, from, to);
            json!({ "package_id": package, "item_err_code": code, "msg": message, "retry": false })
        })
        .collect();
    Ok(succeeded(&json!({ "packages": rows })))
}

fn set(lazada: &Arc<Lazada>, package: &str, from: &[&str], to: &str) -> (&'static str, &'static str) {
    let (mut state, mut told) = (lazada.state(), Vec::new());
    let units = units_of(&state, package);
    if units.is_empty() {
        return ("600001", "package not found");
    }
    let status = |(order, unit): &(u64, u64)| Some(state.order(*order).ok()?.unit(*unit)?.status.clone());
    if units.iter().any(|unit| status(unit).is_none_or(|status| !from.contains(&status.as_str()))) {
        return ("700000", "PACKAGE_STATUS_NOT_ALLOW_TO_OP");
    }
    for (order, unit) in &units {
        told.extend(lazada.set_status(&mut state, *order, *unit, to, |unit| {
            if to == "pending" {
                unit.package.clear();
                unit.tracking.clear();
            }
        }));
    }
    drop(state);
    let kind = if to == "pending" { "repack" } else { "ready_to_ship" };
    lazada.stand.ledger.note(lazada.stand.now(), kind, package, json!({ "units": units.len() }));
    lazada.announce(told);
    ("0", "success")
}

pub(super) fn document(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let request = inner(asked, "getDocumentReq")?;
    let packages = match list(&request, "packages") {
        Ok(packages) => packages,
        Err(reply) => return Ok(reply),
    };
    let state = lazada.state();
    let known = |package: &Value| {
        package["package_id"].as_str().is_some_and(|package| !units_of(&state, package).is_empty())
    };
    if !packages.iter().all(known) {
        let message = "There are no packages that support printing!";
        return Ok(Reply::Result(json!({ "success": false, "error_code": "700040", "error_msg": message })));
    }
    Ok(succeeded(&json!({ "file": base64(b"%PDF-1.4 label"), "doc_type": "PDF" })))
}

pub(super) fn trace(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let state = lazada.state();
    let order = state.order(order_id(asked)?)?;
    let mut packages: Vec<&str> =
        order.units.iter().map(|unit| unit.package.as_str()).filter(|package| !package.is_empty()).collect();
    packages.dedup();
    let trace = |package: &&str| {
        let unit = order.units.iter().find(|unit| unit.package == **package);
        json!({
            "ofc_package_id": package,
            "tracking_number": unit.map(|unit| unit.tracking.as_str()),
            "logistic_detail_info_list": [{
                "title": unit.map(|unit| unit.status.as_str()),
                "event_time": unit.map(|unit| unit.updated_at.timestamp_millis()),
            }],
        })
    };
    let packages: Vec<Value> = packages.iter().map(trace).collect();
    Ok(Reply::Result(json!({
        "success": true,
        "module": [{ "order_id": order.id, "package_detail_info_list": packages }],
    })))
}
