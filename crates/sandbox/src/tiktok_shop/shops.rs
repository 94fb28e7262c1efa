//! The shop itself: its cipher, its warehouse, its couriers.

use std::sync::Arc;

use serde_json::json;

use super::TikTokShop;
use super::call::Answer;

/// The one warehouse that goods are sold from.
pub(super) const WAREHOUSE: &str = "7068517275539719942";
/// Couriers a seller may choose himself.
pub(super) const PROVIDERS: [(&str, &str); 3] = [
    ("6617675021119438849", "Flash Express"),
    ("6617675021119438850", "Thailand Post"),
    ("6617675021119438851", "KEX Express"),
];

pub(super) fn list(shop: &Arc<TikTokShop>) -> Answer {
    Ok(json!({ "shops": [{
        "id": shop.keys.shop_id,
        "name": "Khlong Tea",
        "region": "TH",
        "seller_type": "LOCAL",
        "cipher": shop.keys.shop_cipher,
        "code": "THLC000001",
    }] }))
}

pub(super) fn warehouses() -> Answer {
    Ok(json!({ "warehouses": [{
        "id": WAREHOUSE,
        "name": "คลังสินค้าหลัก",
        "type": "SALES_WAREHOUSE",
        "sub_type": "DOMESTIC_WAREHOUSE",
        "effect_status": "ENABLED",
        "is_default": true,
    }] }))
}

pub(super) fn providers() -> Answer {
    let provider = |(id, name): &(&str, &str)| json!({ "id": id, "name": name });
    Ok(json!({ "shipping_providers": PROVIDERS.iter().map(provider).collect::<Vec<_>>() }))
}
