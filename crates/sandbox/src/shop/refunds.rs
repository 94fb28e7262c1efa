//! Refunds: pieces taken back, and money given back. Without a transaction no money moves.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shop;
use super::mutation::{Done, UserError, needed, user_error};
use super::order::bangkok;
use super::order_node::{items, order_node};
use super::order_parts::refund;
use super::query::Selection;
use super::schema::Refused;
use crate::money::{money, satang, vat_within};

/// The place of refunds in the room of an order's ids.
const REFUND: u64 = 900;
/// Refunds of one order.
const REFUNDS_MAX: usize = 40;
const RESTOCK: [&str; 4] = ["RETURN", "CANCEL", "NO_RESTOCK", "LEGACY_RESTOCK"];

pub(super) fn create(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let input = needed(field, "input")?;
    Ok(book(shop, input))
}

fn book(shop: &Arc<Shop>, input: &Value) -> Done {
    let lost = || vec![user_error("input.orderId", "Order does not exist", "NOT_FOUND")];
    let id = input["orderId"].as_str().and_then(|gid| gid.strip_prefix("gid://shopify/Order/")?.parse().ok());
    let id = id.ok_or_else(lost)?;
    let now = bangkok(shop.now());
    let mut back = Vec::new();
    let changed = shop.rewrite(id, |body| {
        let lines = lines(body, input, &mut back)?;
        let amount = amount(body, input)?;
        let place = body["refunds"].as_array().map_or(0, Vec::len);
        if place >= REFUNDS_MAX {
            return Err(user_error("input", "The order has too many refunds", "INVALID"));
        }
        let refund_id = id + REFUND + 2 * place as u64;
        let made = json!({
            "id": refund_id,
            "admin_graphql_api_id": format!("gid://shopify/Refund/{refund_id}"),
            "order_id": id,
            "created_at": now,
            "note": input["note"],
            "total": money(amount),
            "refund_line_items": lines,
            "transactions": input["transactions"],
        });
        if let Some(list) = body["refunds"].as_array_mut() {
            list.push(made.clone());
        }
        settle(body);
        Ok(made)
    });
    let (order, made) = changed.map_err(|error| vec![error])?;
    shop.restock(&back);
    shop.stand.ledger.note(shop.now(), "refund", &id.to_string(), input.clone());
    shop.happened(Some(&order), "refunds/create", &made);
    shop.happened(Some(&order), "orders/updated", &order.json());
    Ok(vec![("refund", refund(&made, &order.json())), ("order", order_node(&order))])
}

/// As if the merchant had paid back one unit of the first line before the order was sent.
pub(super) fn refund_one_unit(body: &mut Value) {
    let line = &body["line_items"][0];
    let (amount, gid) = (unit_price(line), line["admin_graphql_api_id"].clone());
    let input = json!({ "refundLineItems": [{ "lineItemId": gid, "quantity": 1, "restockType": "RETURN" }] });
    let Ok(lines) = lines(body, &input, &mut Vec::new()) else { return };
    let id = body["id"].as_u64().unwrap_or(0) + REFUND;
    body["refunds"] = json!([{
        "id": id,
        "admin_graphql_api_id": format!("gid://shopify/Refund/{id}"),
        "order_id": body["id"],
        "created_at": body["updated_at"],
        "note": "damaged",
        "total": money(amount),
        "refund_line_items": lines,
        "transactions": [],
    }]);
    settle(body);
}

/// Takes the pieces out of the order, and tells which of them go back on the shelf.
fn lines(body: &mut Value, input: &Value, back: &mut Vec<(String, i64)>) -> Result<Vec<Value>, UserError> {
    let mut lines = Vec::new();
    for (place, given) in items(&input["refundLineItems"]).enumerate() {
        let at = |name: &str| format!("input.refundLineItems.{place}.{name}");
        let id: Option<u64> =
            given["lineItemId"].as_str().and_then(|gid| gid.rsplit('/').next()?.parse().ok());
        let list = body["line_items"].as_array_mut();
        let line = list.and_then(|list| list.iter_mut().find(|line| line["id"].as_u64() == id));
        let line =
            line.ok_or_else(|| user_error(&at("lineItemId"), "Line item does not exist", "NOT_FOUND"))?;
        let (current, quantity) =
            (line["current_quantity"].as_i64().unwrap_or(0), given["quantity"].as_i64().unwrap_or(0));
        if !(1..=current).contains(&quantity) {
            let message = "Quantity cannot refund more items than were purchased";
            return Err(user_error(&at("quantity"), message, "INVALID"));
        }
        let restock = given["restockType"].as_str().unwrap_or("NO_RESTOCK");
        if !RESTOCK.contains(&restock) {
            return Err(user_error(&at("restockType"), "Restock type is invalid", "INVALID"));
        }
        line["current_quantity"] = (current - quantity).into();
        let fulfillable = line["fulfillable_quantity"].as_i64().unwrap_or(0);
        line["fulfillable_quantity"] = fulfillable.min(current - quantity).into();
        let sku = line["sku"].as_str().unwrap_or_default().to_owned();
        lines.push(json!({
            "line_item_id": line["id"], "sku": sku, "quantity": quantity,
            "restock_type": restock.to_lowercase(),
            "location_id": given["locationId"], "subtotal": money(unit_price(line) * quantity),
        }));
        if restock != "NO_RESTOCK" {
            back.push((sku, quantity));
        }
    }
    Ok(lines)
}

/// What one piece of a line came to, after its share of the order's discount.
fn unit_price(line: &Value) -> i64 {
    let quantity = line["quantity"].as_i64().unwrap_or(1).max(1);
    let discount: i64 = items(&line["discount_allocations"]).filter_map(|part| satang(&part["amount"])).sum();
    (satang(&line["price"]).unwrap_or(0) * quantity - discount) / quantity
}

/// The sum of the transactions; more than was paid is never given back.
fn amount(body: &Value, input: &Value) -> Result<i64, UserError> {
    let mut amount = 0;
    for (place, given) in items(&input["transactions"]).enumerate() {
        let at = |name: &str| format!("input.transactions.{place}.{name}");
        if given["kind"] != "REFUND" {
            return Err(user_error(&at("kind"), "Kind is REFUND", "INVALID"));
        }
        let one = satang(&given["amount"]).filter(|one| *one >= 0);
        amount += one.ok_or_else(|| user_error(&at("amount"), "Amount is not a number", "INVALID"))?;
    }
    let before: i64 = items(&body["refunds"]).filter_map(|refund| satang(&refund["total"])).sum();
    if before + amount > satang(&body["total_price"]).unwrap_or(0) {
        let message = "Refund amount cannot be greater than the total amount received";
        return Err(user_error("input.transactions", message, "INVALID"));
    }
    Ok(amount)
}

/// Writes what is left of the order's sums, and whether any money is.
fn settle(body: &mut Value) {
    let (mut subtotal, mut tax) = (0, 0);
    for line in items(&body["line_items"]) {
        let left = unit_price(line) * line["current_quantity"].as_i64().unwrap_or(0);
        subtotal += left;
        tax += vat_within(left);
    }
    let shipping = satang(&body["total_shipping_price_set"]["shop_money"]["amount"]).unwrap_or(0);
    let total = subtotal + shipping;
    body["current_subtotal_price"] = money(subtotal).into();
    body["current_total_tax"] = money(tax + vat_within(shipping)).into();
    body["current_total_price"] = money(total).into();
    body["current_total_price_set"]["shop_money"]["amount"] = money(total).into();
    let refunded: i64 = items(&body["refunds"]).filter_map(|refund| satang(&refund["total"])).sum();
    let paid = satang(&body["total_price"]).unwrap_or(0);
    if refunded > 0 {
        body["financial_status"] = if refunded >= paid { "refunded" } else { "partially_refunded" }.into();
    }
}
