//! Who the seller is, and from where he ships.

use std::sync::Arc;

use serde_json::json;

use super::Lazada;
use super::call::{Answer, Reply, inner};
use crate::market::Asked;

pub(super) fn about(lazada: &Arc<Lazada>, _: &Asked) -> Answer {
    Ok(Reply::Data(json!({
        "seller_id": lazada.keys.seller_id.parse::<u64>().ok(),
        "short_code": "TH1K2J3",
        "name": "Khlong Tea",
        "name_company": "Khlong Tea Co., Ltd.",
        "email": "shop@example.com",
        "location": "Thailand",
        "status": "ACTIVE",
        "verified": true,
        "cb": false,
        "marketplaceEaseMode": false,
    })))
}

/// `addressTypes` is needed, and is a list.
pub(super) fn warehouses(_: &Arc<Lazada>, asked: &Asked) -> Answer {
    inner(asked, "addressTypes")?;
    module()
}

/// The older call asks for nothing.
pub(super) fn older_warehouses(_: &Arc<Lazada>, _: &Asked) -> Answer {
    module()
}

fn module() -> Answer {
    let warehouse =
        json!({ "code": "dropshipping", "name": "คลังสินค้าหลัก", "status": "ACTIVE", "default": true });
    Ok(Reply::Result(json!({ "success": true, "module": [warehouse] })))
}
