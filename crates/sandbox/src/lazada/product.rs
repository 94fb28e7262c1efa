//! A product of the seller, with its one SKU.

use serde_json::{Value, json};

use crate::market::Good;
use crate::money::{money, number};

const FIRST_ITEM_ID: u64 = 9_260_422_000_000_001;
const FIRST_SKU_ID: u64 = 9_265_001_000_000_001;

pub(super) fn item_id(number: u64) -> u64 {
    FIRST_ITEM_ID + 2 * number
}

pub(super) fn sku_id(number: u64) -> u64 {
    FIRST_SKU_ID + 2 * number
}

/// The number of the article behind an item's id.
pub(super) fn article(item_id: u64) -> Option<u64> {
    let offset = item_id.checked_sub(FIRST_ITEM_ID)?;
    offset.is_multiple_of(2).then_some(offset / 2)
}

/// `260422_TH-5001`
pub(super) fn shop_sku(number: u64) -> String {
    format!("{}_TH-{}", item_id(number), sku_id(number))
}

pub(super) fn show(good: &Good) -> Value {
    let changed = good.changed_at.timestamp_millis().to_string();
    json!({
        "item_id": item_id(good.number),
        "primary_category": 10_002_019,
        "status": if good.live { "Active" } else { "InActive" },
        "created_time": changed,
        "updated_time": changed,
        "attributes": { "name": good.title, "brand": "No Brand", "description": "" },
        "images": [],
        "skus": [show_sku(good)],
    })
}

/// The quantity is all there is, the sellable one is without what open orders withhold.
fn show_sku(good: &Good) -> Value {
    json!({
        "SkuId": sku_id(good.number),
        "SellerSku": good.sku,
        "ShopSku": shop_sku(good.number),
        "Status": if good.live { "active" } else { "inactive" },
        "price": number(good.price),
        "special_price": number(good.special.unwrap_or(0)),
        "quantity": good.stock + good.reserved,
        "Available": good.stock,
        "package_weight": format!("{}.{:03}", good.grams / 1_000, good.grams % 1_000),
        "Url": format!("https://www.lazada.co.th/products/i{}.html", item_id(good.number)),
        "multiWarehouseInventories": [{
            "warehouseCode": "dropshipping",
            "totalQuantity": good.stock + good.reserved,
            "quantity": good.stock + good.reserved,
            "sellableQuantity": good.stock,
            "occupyQuantity": good.reserved,
            "withholdQuantity": 0,
        }],
        "special_price_text": good.special.map(money),
    })
}
