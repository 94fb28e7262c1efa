//! `/orders`: the pull by time of update, one order, its cancellation and what it earns.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::LineShopping;
use super::call::{Answer, Params, page};
use super::order::Order;
use super::refused::Refused;
use crate::money::short;

const REMARK_LENGTH_MAX: usize = 560;
/// In hundredths of a percent of what the buyer pays.
const TRANSACTION_FEE: i64 = 250;
const WITHHELD_TAX: i64 = 300;

fn moment(params: &Params, name: &str) -> Result<Option<DateTime<Utc>>, Refused> {
    let read = |text: &str| DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    params
        .query
        .get(name)
        .map(read)
        .transpose()
        .map_err(|_| Refused::bad(format!("{name} is a time in ISO 8601.")))
}

pub(super) fn list(line: &Arc<LineShopping>, params: &Params) -> Answer {
    let (start, end) = (moment(params, "startAt")?, moment(params, "endAt")?);
    let asked = |name: &str| params.query.get(name);
    let (order, payment, shipment) = (asked("orderStatus"), asked("paymentStatus"), asked("shipmentStatus"));
    let is = |wanted: Option<&str>, had: &str| wanted.is_none_or(|wanted| wanted == had);
    let state = line.state();
    let fits = |found: &&Order| {
        let at = found.updated_at.timestamp();
        start.is_none_or(|start| at >= start.timestamp())
            && end.is_none_or(|end| at <= end.timestamp())
            && is(order, found.status)
            && is(payment, found.payment)
            && is(shipment, found.shipment)
    };
    let mut found: Vec<&Order> = state.book.all().filter(fits).collect();
    if asked("sortBy") == Some("UPDATED_AT") {
        found.sort_by_key(|order| order.updated_at);
    }
    if asked("orderBy") != Some("ASC") {
        found.reverse();
    }
    page(params, &found, |order| order.row())
}

pub(super) fn one(line: &Arc<LineShopping>, number: &str) -> Answer {
    Ok((StatusCode::OK, line.state().order(number)?.detail()))
}

/// The whole order, and only before anything has left.
pub(super) fn cancel(line: &Arc<LineShopping>, number: &str, params: &Params) -> Answer {
    let remark = params.body["remarkCancel"].as_str().unwrap_or_default();
    if remark.chars().count() > REMARK_LENGTH_MAX {
        return Err(Refused::bad("remarkCancel has at most 560 characters."));
    }
    let detail = line.change(number, |order| {
        if order.status != "FINALIZED" || order.shipment == "SHIPPED_ALL" {
            return Err(Refused::conflict("The order can not be cancelled in its status."));
        }
        order.remark_cancel = remark.to_owned();
        order.status = "CANCELED";
        order.shipment = "NO_SHIPMENT";
        order.payment = if order.payment == "PAID" { "PENDING_REFUND" } else { "NO_PAYMENT" };
        Ok(())
    })?;
    line.stand.ledger.note(line.stand.now(), "cancel", number, params.body.clone());
    Ok((StatusCode::OK, detail))
}

pub(super) fn settlement(line: &Arc<LineShopping>, number: &str) -> Answer {
    let state = line.state();
    let order = state.order(number)?;
    let share = |rate: i64, of: i64| (of * rate + 5_000) / 10_000;
    let total = order.sale.total();
    let fee = share(TRANSACTION_FEE, total);
    let (vat, withheld) = ((fee * 7 + 50) / 100, share(WITHHELD_TAX, fee));
    let refunded = order.payment == "REFUND" || order.sale.overrides.partial_refund;
    Ok((
        StatusCode::OK,
        json!({
            "orderNumber": order.number,
            "settlementDetail": { "status": if refunded { "REFUNDED" } else { "SETTLED" } },
            "orderIncomeDetail": {
                "totalPayByBuyer": short(total),
                "totalPayByPlatForm": short(0),
                "transactionFee": short(fee),
                "serviceFee": short(0),
                "vatAmount": short(vat),
                "WHT": short(withheld),
                "orderIncome": short(total - fee - vat + withheld),
            },
        }),
    ))
}
