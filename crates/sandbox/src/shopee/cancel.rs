//! Cancelling, by the seller and at the buyer's wish.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Answer, Params, Reply};
use super::refused::Refused;
use super::{Shopee, State};
use crate::stand::Parcel;

/// Where nothing has left the house yet.
const OPEN: [&str; 3] = ["UNPAID", "READY_TO_SHIP", "PROCESSED"];

pub(super) fn cancel(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (sn, reason) = (params.text("order_sn")?, params.text("cancel_reason")?);
    if !["OUT_OF_STOCK", "CUSTOMER_REQUEST"].contains(&reason) {
        return Err(Refused::parameter("Wrong parameters, detail: cancel_reason."));
    }
    let told = {
        let mut state = shopee.state();
        let order = state.order_mut(sn)?;
        if !OPEN.contains(&order.status.as_str()) {
            return Err(Refused::new("error_status", "The order can not be cancelled in its status."));
        }
        order.cancel_reason = reason.to_owned();
        match params.body["partial_cancel_item_list"].as_array() {
            Some(items) => partly(shopee, &mut state, sn, items)?,
            None => {
                if reason == "OUT_OF_STOCK" && params.body["item_list"].as_array().is_none_or(Vec::is_empty) {
                    return Err(Refused::parameter(
                        "Wrong parameters, detail: item_list is required for OUT_OF_STOCK.",
                    ));
                }
                shopee.set_status(&mut state, sn, "CANCELLED")?
            }
        }
    };
    shopee.stand.ledger.note(shopee.stand.now(), "cancel", sn, params.body.clone());
    shopee.announce(told);
    Ok(Reply::Response(json!({ "update_time": shopee.stand.now().timestamp() })))
}

/// Takes pieces out of an order that waits; the last piece takes the order with it.
fn partly(shopee: &Shopee, state: &mut State, sn: &str, items: &[Value]) -> Result<Vec<Parcel>, Refused> {
    let wrong = || Refused::parameter("Wrong parameters, detail: partial_cancel_item_list.");
    let order = state.order_mut(sn)?;
    if order.status != "READY_TO_SHIP" || items.is_empty() {
        return Err(Refused::new("error_status", "The order does not support partial cancellation."));
    }
    let mut after = order.taken_out.clone();
    let mut back = Vec::new();
    for item in items {
        let place = order.place(item).ok_or_else(wrong)?;
        let quantity = item["model_quantity"].as_i64().filter(|quantity| *quantity > 0).ok_or_else(wrong)?;
        after[place] += quantity;
        if after[place] > order.sale.lines[place].quantity {
            return Err(wrong());
        }
        back.push((order.sale.lines[place].sku.clone(), quantity));
    }
    let all = order.sale.lines.iter().zip(&after).all(|(line, taken)| line.quantity == *taken);
    if all {
        return shopee.set_status(state, sn, "CANCELLED");
    }
    order.taken_out = after;
    order.updated_at = shopee.stand.now();
    let told = vec![shopee.status_parcel(order)];
    back.iter().for_each(|(sku, pieces)| state.take(sku, -pieces));
    Ok(told)
}

pub(super) fn decide(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (sn, operation) = (params.text("order_sn")?, params.text("operation")?);
    let status = match operation {
        "ACCEPT" => "CANCELLED",
        "REJECT" => "READY_TO_SHIP",
        _ => return Err(Refused::parameter("Wrong parameters, detail: operation is ACCEPT or REJECT.")),
    };
    let told = {
        let mut state = shopee.state();
        if state.order(sn)?.status != "IN_CANCEL" {
            return Err(Refused::new("error_status", "The buyer has not asked to cancel."));
        }
        shopee.set_status(&mut state, sn, status)?
    };
    shopee.stand.ledger.note(shopee.stand.now(), "cancel", sn, json!({ "operation": operation }));
    shopee.announce(told);
    Ok(Reply::Response(json!({ "update_time": shopee.stand.now().timestamp() })))
}
