//! `shopee/track_order`: where a package is.

use super::api::Api;
use super::package;
use crate::market::fields;
use crate::values::Id;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    package_number: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let (order_id, number) = (input.order_id.need("order id")?, input.package_number.filled());
    let tracking = package::tracking_number(&api, order_id, number).await?;
    let trace = api.get("logistics/get_tracking_info", package::named(order_id, number)).await?;
    Ok(json!({"order_id": order_id, "tracking_number": tracking, "trace": trace}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/track_order", "Track an order", "ติดตามพัสดุของคำสั่งซื้อ")
        .about(
            "Reads the tracking number of a package and what the courier reported.",
            "อ่านเลขพัสดุและสถานะที่ขนส่งรายงาน",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .field(super::package_number())
        .example(
            json!({"order_id": "201218V2Y6E59M"}),
            json!({
                "order_id": "201218V2Y6E59M", "tracking_number": "TH02742637123B",
                "trace": {"logistics_status": "LOGISTICS_PICKUP_DONE", "tracking_info": [
                    {"update_time": 1767600000, "description": "Picked up", "logistics_status": "PICKED_UP"}
                ]}
            }),
        )
}
