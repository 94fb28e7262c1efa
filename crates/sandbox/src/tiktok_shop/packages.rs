//! Packages: searched, read, their slots and labels.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::call::{Answer, Params, page};
use super::order::{Order, Package};
use super::refused::Refused;
use super::{State, TikTokShop};

const PAGE_MAX: usize = 50;
/// A courier comes within this time.
const SLOT_SECONDS: i64 = 10_000;

pub(super) fn lost() -> Refused {
    Refused::business(21_011_001, "The package does not exist.")
}

/// The order of a package, and the package's place in it.
pub(super) fn find<'a>(state: &'a State, id: &str) -> Result<(&'a Order, usize), Refused> {
    let id: u64 = id.parse().map_err(|_| lost())?;
    let place = |order: &Order| order.packages.iter().position(|package| package.id == id);
    state.book.all().find_map(|order| Some((order, place(order)?))).ok_or_else(lost)
}

fn status(order: &Order, package: &Package) -> &'static str {
    match order.status.as_str() {
        "CANCELLED" => "CANCELLED",
        "IN_TRANSIT" => "FULFILLING",
        "DELIVERED" | "COMPLETED" => "COMPLETED",
        _ if package.shipped => "PROCESSING",
        _ => "TO_FULFILL",
    }
}

pub(super) fn search(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let window = params.page(1, PAGE_MAX)?;
    let wanted = params.body["package_status"].as_str();
    let state = shop.state();
    let all = state.book.all().flat_map(|order| order.packages.iter().map(move |package| (order, package)));
    let fits = |(order, package): &(&Order, &Package)| {
        wanted.is_none_or(|wanted| wanted == status(order, package))
            && params.within("update_time", order.updated_at.timestamp())
    };
    let row = |(order, package): (&Order, &Package)| {
        json!({
            "id": package.id.to_string(), "status": status(order, package),
            "tracking_number": package.tracking,
            "orders": [{ "id": order.id.to_string() }], "update_time": order.updated_at.timestamp(),
        })
    };
    let found: Vec<Value> = all.filter(fits).map(row).collect();
    Ok(page("packages", &found, window))
}

pub(super) fn one(shop: &Arc<TikTokShop>, id: &str) -> Answer {
    let state = shop.state();
    let (order, place) = find(&state, id)?;
    let package = &order.packages[place];
    let units: Vec<String> =
        order.units.iter().filter(|unit| unit.package == place).map(|unit| unit.id.to_string()).collect();
    Ok(json!({
        "package_id": id,
        "package_status": status(order, package),
        "tracking_number": package.tracking,
        "shipping_provider_name": package.provider,
        "shipping_type": if order.sale.overrides.own_courier { "SELLER" } else { "TIKTOK" },
        "order_line_item_ids": units,
        "orders": [{ "id": order.id.to_string() }],
        "create_time": order.sale.at.timestamp(),
        "update_time": order.updated_at.timestamp(),
    }))
}

pub(super) fn slots(shop: &Arc<TikTokShop>, id: &str) -> Answer {
    find(&shop.state(), id)?;
    let start = shop.stand.now().timestamp() + 3_600;
    Ok(json!({
        "can_pickup": true,
        "can_drop_off": true,
        "pickup_slots": [{ "start_time": start, "end_time": start + SLOT_SECONDS, "available": true }],
    }))
}

pub(super) fn document(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    params.query.get("document_type").ok_or_else(|| Refused::format("document_type is required."))?;
    let state = shop.state();
    let (order, place) = find(&state, id)?;
    let package = &order.packages[place];
    if !package.shipped {
        return Err(Refused::business(21_011_004, "The package is not shipped yet."));
    }
    Ok(json!({
        "doc_url": format!("{}/_sandbox/labels/{id}.pdf", shop.url),
        "tracking_number": package.tracking,
    }))
}

/// What a label's address gives.
pub(super) fn label() -> Response {
    ([(header::CONTENT_TYPE, "application/pdf")], "%PDF-1.4 label").into_response()
}
