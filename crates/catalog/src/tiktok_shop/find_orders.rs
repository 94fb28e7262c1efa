//! `tiktok_shop/find_orders`: orders that changed in a time, or are in a state.

use super::api::Api;
use super::order;
use crate::market::{fields, window};
use crate::values::{Limit, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT_MAX: u64 = 500;

#[derive(Debug, Deserialize)]
pub struct Input {
    since: String,
    #[serde(default)]
    until: Text,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    limit: Limit,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let (from, to) = window::asked(cx.http.source().now(), &input.since, &input.until)?;
    let limit = input.limit.within(LIMIT_MAX);
    let mut filter = json!({"update_time_ge": order::secs(from), "update_time_lt": order::secs(to) + 1});
    if let Some(status) = input.status.filter(|status| !status.is_empty() && status != "any") {
        filter["order_status"] = status.into();
    }
    let (mut orders, mut after) = (Vec::new(), Some(String::new()));
    while let Some(at) = after.take().filter(|_| orders.len() <= limit) {
        let (page, next) = order::page(&api, filter.clone(), &at).await?;
        orders.extend(page);
        after = next;
    }
    let more = after.is_some() || orders.len() > limit;
    orders.truncate(limit);
    Ok(json!({"orders": orders, "more": more}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/find_orders", "Find orders", "ค้นหาคำสั่งซื้อ")
        .about(
            "Reads orders that changed in a time, the earliest change first, with their rows and lines.",
            "อ่านคำสั่งซื้อที่เปลี่ยนแปลงในช่วงเวลา เรียงจากการเปลี่ยนแปลงแรกสุด พร้อมรายการสินค้า",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::updated_since())
        .field(fields::updated_until())
        .field(status())
        .field(fields::limit(LIMIT_MAX))
        .example(
            json!({"since": "2026-01-05T10:00:00+07:00", "status": "AWAITING_SHIPMENT", "limit": 50}),
            json!({"orders": [order::example()], "more": false}),
        )
}

fn status() -> Field {
    let options = [
        ("any", "Any", "ทุกสถานะ"),
        ("UNPAID", "Unpaid", "ยังไม่ชำระเงิน"),
        ("ON_HOLD", "On hold", "พักไว้"),
        ("AWAITING_SHIPMENT", "To ship", "รอจัดส่ง"),
        ("PARTIALLY_SHIPPING", "Shipped in part", "จัดส่งบางส่วน"),
        ("AWAITING_COLLECTION", "To be collected", "รอเข้ารับ"),
        ("IN_TRANSIT", "On the way", "กำลังขนส่ง"),
        ("DELIVERED", "Delivered", "ส่งถึงแล้ว"),
        ("COMPLETED", "Completed", "สำเร็จ"),
        ("CANCELLED", "Cancelled", "ยกเลิกแล้ว"),
    ];
    Field::choice("status", &options, "Status", "สถานะ")
        .about("Only orders in this state.", "เฉพาะคำสั่งซื้อในสถานะนี้")
        .default("any")
        .example("AWAITING_SHIPMENT")
}
