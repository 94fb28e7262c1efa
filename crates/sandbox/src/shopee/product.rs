//! An item of the shop; one of them comes in models.

use serde_json::{Value, json};

use crate::market::Good;
use crate::money::number;

const FIRST_ITEM: u64 = 29_000_000_000_000_001;
const FIRST_MODEL: u64 = 39_000_000_000_000_001;
/// The item whose models are the teapot and the cups.
pub(super) const TEAWARE: u64 = 29_900_000_000_000_001;
const TEAWARE_SKUS: [&str; 2] = ["TEA-107", "TEA-108"];

/// Item and model of an article; without models the latter is zero.
pub(super) fn place_of(number: u64, sku: &str) -> (u64, u64) {
    if TEAWARE_SKUS.contains(&sku) {
        (TEAWARE, FIRST_MODEL + 2 * number)
    } else {
        (FIRST_ITEM + 2 * number, 0)
    }
}

pub(super) fn ids_of(good: &Good) -> (u64, u64) {
    place_of(good.number, &good.sku)
}

/// Prices in Thailand are whole baht.
pub(super) fn whole_baht(satang: i64) -> i64 {
    (satang + 50) / 100 * 100
}

fn price_info(good: &Good) -> Value {
    let price = number(whole_baht(good.price));
    let current = number(whole_baht(good.special.unwrap_or(good.price)));
    json!([{ "currency": "THB", "original_price": price, "current_price": current }])
}

fn stock_info(good: &Good) -> Value {
    json!({
        "summary_info": { "total_reserved_stock": 0, "total_available_stock": good.stock },
        "seller_stock": [{ "location_id": "THZ", "stock": good.stock }],
    })
}

fn status(good: &Good) -> &'static str {
    if good.live { "NORMAL" } else { "UNLIST" }
}

/// One row of the list of items.
pub(super) fn row(good: &Good) -> Value {
    json!({
        "item_id": ids_of(good).0, "item_status": status(good),
        "update_time": good.changed_at.timestamp(),
    })
}

/// With models, price and stock stand there and not here.
pub(super) fn base(good: &Good) -> Value {
    let (item_id, model_id) = ids_of(good);
    let has_model = model_id != 0;
    let mut shown = json!({
        "item_id": item_id,
        "category_id": 100_629,
        "item_name": if has_model { "ชุดเครื่องชาดินเผา" } else { good.title.as_str() },
        "description": "",
        "item_sku": if has_model { "" } else { good.sku.as_str() },
        "create_time": good.changed_at.timestamp(),
        "update_time": good.changed_at.timestamp(),
        "weight": format!("{}.{:03}", good.grams / 1_000, good.grams % 1_000),
        "item_status": status(good),
        "has_model": has_model,
        "promotion_id": 0,
    });
    if !has_model {
        shown["price_info"] = price_info(good);
        shown["stock_info_v2"] = stock_info(good);
    }
    shown
}

pub(super) fn model(good: &Good, place: usize) -> Value {
    json!({
        "model_id": ids_of(good).1,
        "tier_index": [place],
        "model_name": good.title,
        "model_sku": good.sku,
        "model_status": "MODEL_NORMAL",
        "price_info": price_info(good),
        "stock_info_v2": stock_info(good),
        "promotion_id": 0,
    })
}
