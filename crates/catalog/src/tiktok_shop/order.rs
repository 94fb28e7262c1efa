//! Orders as TikTok Shop keeps them: one row per unit.

use super::api::{Api, Pairs, VENDOR};
use crate::market::lines::Lines;
use crate::market::{list, text_at};
use crate::values;
use connector::Error;
use serde_json::{Value, json};

/// Orders on one page of the search.
pub const PAGE: usize = 100;
const SEARCH: &str = "/order/202309/orders/search";
const DETAIL: &str = "/order/202507/orders";

const LINES: Lines<'_> = Lines {
    same: &[
        ("sku", "seller_sku"),
        ("sku_id", "sku_id"),
        ("product_id", "product_id"),
        ("name", "product_name"),
        ("variant", "sku_name"),
        ("price", "sale_price"),
        ("original_price", "original_price"),
        ("status", "display_status"),
        ("package_id", "package_id"),
    ],
    id: "id",
    ids: "line_item_ids",
};

/// Seconds since 1970.
pub fn secs(ms: i64) -> i64 {
    ms.div_euclid(1_000)
}

/// One page of orders, the earliest change first, and where the next begins.
pub async fn page(api: &Api<'_>, filter: Value, after: &str) -> Result<(Vec<Value>, Option<String>), Error> {
    let mut pairs: Pairs = vec![
        ("page_size", PAGE.to_string()),
        ("sort_field", "update_time".to_owned()),
        ("sort_order", "ASC".to_owned()),
    ];
    if !after.is_empty() {
        pairs.push(("page_token", after.to_owned()));
    }
    let found = api.post(SEARCH, pairs, filter).await?;
    let orders: Vec<Value> =
        values::rows_or_none(&found, "/orders", VENDOR)?.iter().map(with_lines).collect();
    let next =
        Some(text_at(&found, "/next_page_token")).filter(|next| !next.is_empty() && !orders.is_empty());
    Ok((orders, next))
}

pub async fn one(api: &Api<'_>, order_id: &str) -> Result<Value, Error> {
    let found = api.get(DETAIL, vec![("ids", order_id.to_owned())]).await?;
    list(&found, "/orders").first().map(with_lines).ok_or_else(|| Error::Refused {
        message: format!("TikTok Shop has no order {order_id} in this shop"),
        advice: "Check the number, and that it belongs to this shop.".into(),
    })
}

/// Adds `lines`: rows alike in SKU, price, state and package, with how many they are.
fn with_lines(order: &Value) -> Value {
    let mut whole = order.as_object().cloned().unwrap_or_default();
    whole.insert("lines".into(), LINES.of(list(order, "/line_items")));
    whole.into()
}

pub fn changed_at(order: &Value) -> i64 {
    order.get("update_time").and_then(Value::as_i64).unwrap_or_default()
}

pub fn status(order: &Value) -> &str {
    order.get("status").and_then(Value::as_str).unwrap_or_default()
}

/// The packages of an order, each once.
pub fn packages(order: &Value) -> Vec<String> {
    let listed = list(order, "/packages").iter().map(|package| text_at(package, "/id"));
    let of_rows = list(order, "/line_items").iter().map(|row| text_at(row, "/package_id"));
    let mut ids: Vec<String> = Vec::new();
    for id in listed.chain(of_rows).filter(|id| !id.is_empty()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// An order as examples show it.
pub fn example() -> Value {
    json!({
        "id": "576461413038785752", "status": "AWAITING_SHIPMENT", "create_time": 1767583270, "update_time": 1767583300,
        "is_cod": false, "shipping_type": "TIKTOK",
        "payment": {"currency": "THB", "sub_total": "590.00", "shipping_fee": "38.00", "total_amount": "628.00"},
        "recipient_address": {"name": "S**i", "phone_number": "(+66)8*****12"},
        "packages": [{"id": "1152921504606846976"}],
        "line_items": [{"id": "576461413038851288", "seller_sku": "ABC-1", "sale_price": "590.00"}],
        "lines": [{
            "sku": "ABC-1", "sku_id": "1729592969712207013", "name": "Green tea", "variant": "100 g", "price": "590.00",
            "status": "AWAITING_SHIPMENT", "package_id": "1152921504606846976", "quantity": 1,
            "line_item_ids": ["576461413038851288"]
        }]
    })
}
