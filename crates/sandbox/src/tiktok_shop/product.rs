//! A product of the shop, with its one SKU. All ids are text.

use serde_json::{Value, json};

use super::shops::WAREHOUSE;
use crate::market::Good;
use crate::money::money;

const FIRST_PRODUCT: u64 = 1_729_382_476_000_000_001;
const FIRST_SKU: u64 = 1_729_592_969_000_000_001;

pub(super) fn product_id(number: u64) -> u64 {
    FIRST_PRODUCT + 2 * number
}

pub(super) fn sku_id(number: u64) -> u64 {
    FIRST_SKU + 2 * number
}

/// The number of the article behind a product's id.
pub(super) fn article(id: &str) -> Option<u64> {
    let offset = id.parse::<u64>().ok()?.checked_sub(FIRST_PRODUCT)?;
    offset.is_multiple_of(2).then_some(offset / 2)
}

pub(super) fn show(good: &Good) -> Value {
    json!({
        "id": product_id(good.number).to_string(),
        "title": good.title,
        "status": if good.live { "ACTIVATE" } else { "SELLER_DEACTIVATED" },
        "create_time": good.changed_at.timestamp(),
        "update_time": good.changed_at.timestamp(),
        "package_weight": { "unit": "KILOGRAM", "value": format!("{}.{:03}", good.grams / 1_000, good.grams % 1_000) },
        "sales_regions": ["TH"],
        "skus": [{
            "id": sku_id(good.number).to_string(),
            "seller_sku": good.sku,
            "price": { "currency": "THB", "tax_exclusive_price": money(good.price), "sale_price": money(good.price) },
            "inventory": [{ "warehouse_id": WAREHOUSE, "quantity": good.stock }],
            "sales_attributes": [],
        }],
    })
}
