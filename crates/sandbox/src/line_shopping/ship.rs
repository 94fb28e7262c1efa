//! Shipping: one tracking number, set once and corrected after; money on delivery.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::LineShopping;
use super::call::{Answer, Params};
use super::refused::Refused;

const LENGTH_MAX: usize = 200;

/// Number and address of the tracking.
fn tracking(body: &Value) -> Result<(String, String), Refused> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (number, url) = (text("trackingNumber"), text("trackingUrl"));
    if number.is_empty() || number.chars().count() > LENGTH_MAX || url.chars().count() > LENGTH_MAX {
        return Err(Refused::bad(
            "trackingNumber is needed; it and trackingUrl have at most 200 characters.",
        ));
    }
    Ok((number, url))
}

pub(super) fn mark_as_ship(line: &Arc<LineShopping>, number: &str, params: &Params) -> Answer {
    let (tracking_number, tracking_url) = tracking(&params.body)?;
    let detail = line.change(number, |order| {
        if order.shipment == "SHIPPED_ALL" {
            return Err(Refused::conflict("The order is shipped already."));
        }
        if order.shipment != "SHIPMENT_READY" {
            return Err(Refused::conflict("The order is not ready to be shipped."));
        }
        (order.tracking_number, order.tracking_url) = (tracking_number, tracking_url);
        order.shipment = "SHIPPED_ALL";
        if order.payment == "PAID" {
            order.status = "COMPLETED";
        }
        Ok(())
    })?;
    line.leave_the_shelf(number);
    line.stand.ledger.note(line.stand.now(), "fulfilment", number, params.body.clone());
    Ok((StatusCode::OK, detail))
}

pub(super) fn correct(line: &Arc<LineShopping>, number: &str, params: &Params) -> Answer {
    let (tracking_number, tracking_url) = tracking(&params.body)?;
    let detail = line.change(number, |order| {
        if order.shipment != "SHIPPED_ALL" {
            return Err(Refused::conflict("The order is not shipped yet."));
        }
        (order.tracking_number, order.tracking_url) = (tracking_number, tracking_url);
        Ok(())
    })?;
    line.stand.ledger.note(line.stand.now(), "tracking", number, params.body.clone());
    Ok((StatusCode::OK, detail))
}

/// Only cash on delivery, and only after shipping.
pub(super) fn mark_as_paid(line: &Arc<LineShopping>, number: &str) -> Answer {
    let now = line.stand.now();
    let detail = line.change(number, |order| {
        if !order.is_cod() || order.shipment != "SHIPPED_ALL" || order.payment != "PENDING" {
            return Err(Refused::conflict("The order can not be marked as paid in its status."));
        }
        (order.payment, order.status, order.paid_at) = ("PAID", "COMPLETED", Some(now));
        Ok(())
    })?;
    line.stand.ledger.note(now, "paid", number, Value::Null);
    Ok((StatusCode::OK, detail))
}

pub(super) fn label(line: &Arc<LineShopping>, number: &str, params: &Params) -> Answer {
    if !["A4", "THERMAL"].contains(&params.body["size"].as_str().unwrap_or_default()) {
        return Err(Refused::bad("size is A4 or THERMAL."));
    }
    line.state().order(number)?;
    Ok((StatusCode::OK, json!(b"%PDF-1.4 label".as_slice())))
}
