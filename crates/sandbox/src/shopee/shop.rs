//! The shop itself, its warehouse, and the partner behind it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};

fn flat(value: Value) -> Answer {
    let Value::Object(fields) = value else { return Ok(Reply::Flat(Map::new())) };
    Ok(Reply::Flat(fields))
}

/// The consent ends after a year at most; this says when.
pub(super) fn info(shopee: &Arc<Shopee>, _: &Params) -> Answer {
    let now = shopee.stand.now().timestamp();
    flat(json!({
        "shop_name": "Khlong Tea",
        "region": "TH",
        "status": "NORMAL",
        "is_cb": false,
        "auth_time": now,
        "expire_time": now + 365 * 86_400,
    }))
}

pub(super) fn warehouses(_: &Arc<Shopee>, _: &Params) -> Answer {
    Ok(Reply::Response(json!([{
        "warehouse_id": 1_001, "warehouse_name": "คลังสินค้าหลัก", "location_id": "THZ", "region": "TH",
        "address_id": 2_826, "holiday_mode_state": 0,
    }])))
}

pub(super) fn by_partner(shopee: &Arc<Shopee>, _: &Params) -> Answer {
    let now = shopee.stand.now().timestamp();
    let shop = json!({
        "shop_id": shopee.keys.shop_id, "region": "TH", "auth_time": now,
        "expire_time": now + 365 * 86_400,
    });
    flat(json!({ "authed_shop_list": [shop], "more": false }))
}

pub(super) fn ip_ranges(_: &Arc<Shopee>, _: &Params) -> Answer {
    flat(json!({ "ip_list": ["127.0.0.1/32"] }))
}
