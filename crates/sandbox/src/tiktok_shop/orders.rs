//! The pull: orders by time with an opaque token, their details, their prices, and our own number for them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::TikTokShop;
use super::call::{Answer, Params, page};
use super::order::{Order, STATUSES};
use super::refused::Refused;
use crate::money::money;

const PAGE_MAX: usize = 100;
const ORDERS_MAX: usize = 50;
/// Orders that are tied to our numbers at once.
const EXTERNAL_MAX: usize = 100;

pub(super) fn search(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let window = params.page(1, PAGE_MAX)?;
    let by_update = match params.query.get("sort_field").unwrap_or("create_time") {
        "update_time" => true,
        "create_time" => false,
        _ => return Err(Refused::format("sort_field is create_time or update_time.")),
    };
    let status = params.body["order_status"].as_str();
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(Refused::format("order_status is unknown."));
    }
    let state = shop.state();
    let fits = |order: &&Order| {
        status.is_none_or(|status| status == order.status)
            && params.within("update_time", order.updated_at.timestamp())
            && params.within("create_time", order.sale.at.timestamp())
    };
    let mut found: Vec<&Order> = state.book.all().filter(fits).collect();
    if by_update {
        found.sort_by_key(|order| order.updated_at);
    }
    if params.query.get("sort_order") != Some("ASC") {
        found.reverse();
    }
    let found: Vec<Value> = found.into_iter().map(Order::show).collect();
    Ok(page("orders", &found, window))
}

pub(super) fn detail(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let wanted = params.query.list("ids");
    if !(1..=ORDERS_MAX).contains(&wanted.len()) {
        return Err(Refused::format(format!("ids has 1 to {ORDERS_MAX} ids.")));
    }
    let state = shop.state();
    let orders: Vec<Value> = wanted.iter().filter_map(|id| state.order(id).ok()).map(Order::show).collect();
    if orders.is_empty() { Err(Refused::order()) } else { Ok(json!({ "orders": orders })) }
}

pub(super) fn price_detail(shop: &Arc<TikTokShop>, id: &str) -> Answer {
    let state = shop.state();
    let order = state.order(id)?;
    let unit = |unit: &super::order::Unit| {
        json!({
            "id": unit.id.to_string(), "currency": "THB", "sku_list_price": money(unit.price),
            "sku_sale_price": money(unit.paid), "subtotal_deduction_seller": money(unit.price - unit.paid),
            "subtotal_deduction_platform": "0", "total": money(unit.paid),
        })
    };
    let sale = &order.sale;
    Ok(json!({
        "currency": "THB",
        "sku_list_price": money(sale.items()),
        "subtotal_deduction_seller": money(sale.discount()),
        "subtotal_deduction_platform": "0",
        "subtotal": money(sale.items() - sale.discount()),
        "shipping_sale_price": money(sale.shipping),
        "total": money(sale.total()),
        "line_items": order.units.iter().map(unit).collect::<Vec<_>>(),
    }))
}

pub(super) fn external(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let list = params.body["orders"].as_array().filter(|list| (1..=EXTERNAL_MAX).contains(&list.len()));
    let list = list.ok_or_else(|| Refused::format(format!("orders has 1 to {EXTERNAL_MAX} entries.")))?;
    let (state, now) = (shop.state(), shop.stand.now());
    let mut errors = Vec::new();
    for given in list {
        let id = given["id"].as_str().unwrap_or_default();
        match state.order(id) {
            Ok(_) => shop.stand.ledger.note(now, "external", id, given["external_order"].clone()),
            Err(_) => errors.push(json!({
                "code": 25_001_001, "message": "The order does not exist.",
                "detail": { "order_id": id },
            })),
        }
    }
    Ok(json!({ "errors": errors }))
}
