//! Products, variants and inventory items, as their ids connect them: here each product has one variant.

use serde_json::{Value, json};

use crate::market::{Good, article_number};
use crate::money::money;

const FIRST_PRODUCT: u64 = 9_100_000_000_000_000;
const FIRST_VARIANT: u64 = 9_300_000_000_000_000;
const FIRST_INVENTORY_ITEM: u64 = 9_500_000_000_000_000;
/// The one place that goods are kept.
pub(super) const LOCATION: &str = "gid://shopify/Location/124656943";

pub(super) fn product_id(number: u64) -> u64 {
    FIRST_PRODUCT + number
}

pub(super) fn variant_id(number: u64) -> u64 {
    FIRST_VARIANT + number
}

pub(super) fn inventory_item_id(number: u64) -> u64 {
    FIRST_INVENTORY_ITEM + number
}

/// Product and variant of an order's line.
pub(super) fn ids_of_sku(sku: &str) -> (u64, u64) {
    let number = article_number(sku);
    (product_id(number), variant_id(number))
}

pub(super) fn variant_id_of(id: u64) -> String {
    format!("gid://shopify/ProductVariant/{id}")
}

/// The article behind `gid://shopify/<kind>/<id>`.
pub(super) fn number_of(gid: &Value, kind: &str) -> Option<u64> {
    let id = gid.as_str()?.strip_prefix("gid://shopify/")?.strip_prefix(kind)?.strip_prefix('/')?;
    let first = match kind {
        "Product" => FIRST_PRODUCT,
        "ProductVariant" => FIRST_VARIANT,
        "InventoryItem" => FIRST_INVENTORY_ITEM,
        _ => return None,
    };
    id.parse::<u64>().ok()?.checked_sub(first)
}

/// The payload of `products/update`.
pub(super) fn product_body(good: &Good) -> Value {
    let variant = json!({
        "id": variant_id(good.number),
        "product_id": product_id(good.number),
        "inventory_item_id": inventory_item_id(good.number),
        "sku": good.sku,
        "title": "Default Title",
        "price": money(good.price),
        "compare_at_price": good.special.map(money),
        "inventory_quantity": good.stock,
        "inventory_management": "shopify",
    });
    json!({
        "id": product_id(good.number),
        "admin_graphql_api_id": format!("gid://shopify/Product/{}", product_id(good.number)),
        "title": good.title,
        "status": if good.live { "active" } else { "draft" },
        "vendor": "Khlong Tea",
        "updated_at": good.changed_at.to_rfc3339(),
        "variants": [variant],
    })
}
