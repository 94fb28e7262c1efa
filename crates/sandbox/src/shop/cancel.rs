//! Cancelling a whole order: a job, and nothing can take it back.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shop;
use super::mutation::{Done, needed, user_error};
use super::order::bangkok;
use super::order_node::items;
use super::query::Selection;
use super::root_query::job;
use super::schema::Refused;
use crate::chance::Chance;

const REASONS: [&str; 6] = ["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "STAFF", "OTHER"];

pub(super) fn cancel(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let (id, reason, restock) =
        (needed(field, "orderId")?, needed(field, "reason")?, needed(field, "restock")?);
    let refund = field.argument("refundMethod")["originalPaymentMethodsRefund"] == true
        || *field.argument("refund") == Value::Bool(true);
    let (reason, restock) = (reason.as_str().unwrap_or_default().to_owned(), *restock == Value::Bool(true));
    if !REASONS.contains(&reason.as_str()) {
        return Ok(Err(vec![user_error("reason", "Reason is invalid", "INVALID")]));
    }
    let id: Option<u64> = id.as_str().and_then(|gid| gid.strip_prefix("gid://shopify/Order/")?.parse().ok());
    let Some(id) = id else {
        return Ok(Err(vec![user_error("orderId", "Order does not exist", "NOT_FOUND")]));
    };
    let now = bangkok(shop.now());
    let mut back = Vec::new();
    let changed = shop.rewrite(id, |body| {
        if !body["cancelled_at"].is_null() {
            return Err(user_error(
                "orderId",
                "Cannot cancel an order that has already been canceled",
                "INVALID",
            ));
        }
        if !body["fulfillment_status"].is_null() {
            return Err(user_error("orderId", "Cannot cancel an order that has fulfillments", "INVALID"));
        }
        body["cancelled_at"] = now.clone().into();
        body["closed_at"] = now.into();
        body["cancel_reason"] = reason.to_lowercase().into();
        let paid = body["financial_status"] != "pending";
        body["financial_status"] = match (paid, refund) {
            (false, _) => "voided".into(),
            (true, true) => "refunded".into(),
            (true, false) => body["financial_status"].clone(),
        };
        for line in body["line_items"].as_array_mut().into_iter().flatten() {
            if restock {
                back.push((
                    line["sku"].as_str().unwrap_or_default().to_owned(),
                    line["current_quantity"].as_i64().unwrap_or(0),
                ));
            }
            line["fulfillable_quantity"] = 0.into();
            line["current_quantity"] = 0.into();
        }
        Ok(items(&body["line_items"]).count())
    });
    let (order, _) = match changed {
        Ok(changed) => changed,
        Err(error) => return Ok(Err(vec![error])),
    };
    shop.restock(&back);
    let said = json!({
        "reason": reason, "restock": restock, "refund": refund,
        "staffNote": field.argument("staffNote"),
    });
    shop.stand.ledger.note(shop.now(), "cancel", &id.to_string(), said);
    let body = order.json();
    shop.happened(Some(&order), "orders/cancelled", &body);
    shop.happened(Some(&order), "orders/updated", &body);
    let id = Chance::of(id, "job").uuid();
    Ok(Ok(vec![("job", job(format!("gid://shopify/Job/{id}").into()))]))
}
