//! Which path is answered by what. Every endpoint has its own version, and knows no other.

use std::sync::Arc;

use super::call::{Answer, Params};
use super::refused::Refused;
use super::{TikTokShop, cancel, events, fulfil, orders, packages, products, returns, shops, split, stock};

pub(super) fn route(shop: &Arc<TikTokShop>, method: &str, path: &[&str], params: &Params) -> Answer {
    match path.first().copied() {
        Some("product") => product(shop, method, &path[1..], params),
        Some("order") => order(shop, method, &path[1..], params),
        Some("fulfillment") => fulfillment(shop, method, &path[1..], params),
        Some("return_refund") => return_refund(shop, method, &path[1..], params),
        _ => other(shop, method, path, params),
    }
}

fn other(shop: &Arc<TikTokShop>, method: &str, path: &[&str], params: &Params) -> Answer {
    match (method, path) {
        ("GET", ["authorization", "202309", "shops"]) => shops::list(shop),
        ("GET", ["event", "202309", "webhooks"]) => events::list(shop),
        ("PUT", ["event", "202309", "webhooks"]) => events::set(shop, params),
        ("DELETE", ["event", "202309", "webhooks"]) => events::remove(shop, params),
        ("GET", ["logistics", "202309", "warehouses"]) => shops::warehouses(),
        ("GET", ["logistics", "202309", "delivery_options", _, "shipping_providers"]) => shops::providers(),
        _ => Err(Refused::path()),
    }
}

fn product(shop: &Arc<TikTokShop>, method: &str, path: &[&str], params: &Params) -> Answer {
    match (method, path) {
        ("POST", ["202309", "products"]) => products::create(shop, params),
        ("POST", ["202502", "products", "search"]) => products::search(shop, params),
        ("POST", ["202309", "products", "activate"]) => products::switch(shop, params, true),
        ("POST", ["202309", "products", "deactivate"]) => products::switch(shop, params, false),
        ("GET", ["202309", "products", id]) => products::one(shop, id),
        ("PUT", ["202309", "products", id]) => products::edit(shop, id, params),
        ("POST", ["202309", "products", id, "partial_edit"]) => products::edit(shop, id, params),
        ("POST", ["202309", "products", id, "prices", "update"]) => stock::prices(shop, id, params),
        ("POST", ["202309", "products", id, "inventory", "update"]) => stock::inventory(shop, id, params),
        ("POST", ["202309", "inventory", "search"]) => stock::search(shop, params),
        ("POST", ["202309", "images", "upload"]) => products::image(),
        _ => Err(Refused::path()),
    }
}

fn order(shop: &Arc<TikTokShop>, method: &str, path: &[&str], params: &Params) -> Answer {
    match (method, path) {
        ("POST", ["202309", "orders", "search"]) => orders::search(shop, params),
        ("GET", ["202507" | "202309", "orders"]) => orders::detail(shop, params),
        ("GET", ["202407", "orders", id, "price_detail"]) => orders::price_detail(shop, id),
        ("POST", ["202406", "orders", "external_orders"]) => orders::external(shop, params),
        _ => Err(Refused::path()),
    }
}

fn fulfillment(shop: &Arc<TikTokShop>, method: &str, path: &[&str], params: &Params) -> Answer {
    match (method, path) {
        ("POST", ["202309", "packages", "search"]) => packages::search(shop, params),
        ("POST", ["202309", "packages", "ship"]) => fulfil::ship_many(shop, params),
        ("GET", ["202309", "packages", id]) => packages::one(shop, id),
        ("GET", ["202309", "packages", id, "handover_time_slots"]) => packages::slots(shop, id),
        ("GET", ["202309", "packages", id, "shipping_documents"]) => packages::document(shop, id, params),
        ("POST", ["202309", "packages", id, "ship"]) => fulfil::ship(shop, id, params),
        ("POST", ["202309", "packages", id, "shipping_info", "update"]) => fulfil::correct(shop, id, params),
        ("POST", ["202309", "orders", id, "shipping_info", "update"]) => {
            fulfil::correct_order(shop, id, params)
        }
        ("GET", ["202309", "orders", "split_attributes"]) => split::attributes(shop, params),
        ("POST", ["202309", "orders", id, "split"]) => split::split(shop, id, params),
        _ => Err(Refused::path()),
    }
}

fn return_refund(shop: &Arc<TikTokShop>, method: &str, path: &[&str], params: &Params) -> Answer {
    match (method, path) {
        ("POST", ["202309", "cancellations"]) => cancel::create(shop, params),
        ("POST", ["202309", "cancellations", "search"]) => cancel::search(shop, params),
        ("POST", ["202309", "cancellations", id, "approve"]) => cancel::decide(shop, id, params, true),
        ("POST", ["202309", "cancellations", id, "reject"]) => cancel::decide(shop, id, params, false),
        ("GET", ["202309", "reject_reasons"]) => returns::reject_reasons(),
        ("GET", ["202309", "orders", id, "aftersale_eligibility"]) => returns::eligibility(shop, id),
        ("POST", ["202309", "refunds", "calculate"]) => returns::calculate(shop, params),
        ("POST", ["202309", "returns"]) => returns::create(shop, params),
        ("POST", ["202309", "returns", "search"]) => returns::search(shop, params),
        ("POST", ["202309", "returns", id, "approve"]) => returns::approve(shop, id, params),
        ("POST", ["202309", "returns", id, "reject"]) => returns::reject(shop, id, params),
        _ => Err(Refused::path()),
    }
}
