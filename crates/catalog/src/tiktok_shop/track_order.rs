//! `tiktok_shop/track_order`: where the parcels of an order are.

use super::api::Api;
use crate::market::fields;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let order_id = input.order_id.need("order id")?;
    let trace =
        Api::of(cx)?.get(&format!("/fulfillment/202309/orders/{order_id}/tracking"), Vec::new()).await?;
    Ok(json!({"order_id": order_id, "trace": trace}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/track_order", "Track an order", "ติดตามพัสดุของคำสั่งซื้อ")
        .about("Reads what the courier reported of an order's parcels.", "อ่านสถานะพัสดุของคำสั่งซื้อจากขนส่ง")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::order("order_id", "576461413038785752"))
        .example(
            json!({"order_id": "576461413038785752"}),
            json!({"order_id": "576461413038785752", "trace": {"tracking": [
                {"description": "Picked up", "update_time_millis": 1767600000000u64}
            ]}}),
        )
}
