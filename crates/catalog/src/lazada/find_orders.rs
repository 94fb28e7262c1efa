//! `lazada/find_orders`: orders that changed in a time, or are in a state.

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
    let status = input.status.filter(|status| !status.is_empty() && status != "any");
    let mut heads: Vec<Value> = Vec::new();
    let mut more = true;
    while more && heads.len() <= limit {
        let filter = status.iter().map(|status| ("status", status.clone())).collect();
        let page = order::page(&api, from, to, heads.len(), filter).await?;
        more = page.len() >= order::PAGE;
        heads.extend(page);
    }
    let more = more || heads.len() > limit;
    heads.truncate(limit);
    Ok(json!({"orders": order::with_items(&api, heads).await?, "more": more}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/find_orders", "Find orders", "ค้นหาคำสั่งซื้อ")
        .about(
            "Reads orders that changed in a time, the earliest change first, each with its rows and lines.",
            "อ่านคำสั่งซื้อที่เปลี่ยนแปลงในช่วงเวลา เรียงจากการเปลี่ยนแปลงแรกสุด พร้อมรายการสินค้า",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::updated_since())
        .field(fields::updated_until())
        .field(status())
        .field(fields::limit(LIMIT_MAX))
        .example(
            json!({"since": "2026-01-05T10:00:00+07:00", "status": "pending", "limit": 50}),
            json!({"orders": [order::example()], "more": false}),
        )
}

fn status() -> Field {
    let options = [
        ("any", "Any", "ทุกสถานะ"),
        ("unpaid", "Unpaid", "ยังไม่ชำระเงิน"),
        ("pending", "To pack", "รอแพ็ก"),
        ("topack", "To pack (new flow)", "รอแพ็ก (ขั้นตอนใหม่)"),
        ("packed", "Packed", "แพ็กแล้ว"),
        ("toship", "To ship", "รอจัดส่ง"),
        ("ready_to_ship", "Ready to ship", "พร้อมส่ง"),
        ("shipped", "Shipped", "จัดส่งแล้ว"),
        ("delivered", "Delivered", "ส่งถึงแล้ว"),
        ("failed", "Delivery failed", "ส่งไม่สำเร็จ"),
        ("canceled", "Cancelled", "ยกเลิกแล้ว"),
        ("returned", "Returned", "คืนสินค้าแล้ว"),
    ];
    Field::choice("status", &options, "Status", "สถานะ")
        .about("Only orders with a row in this state.", "เฉพาะคำสั่งซื้อที่มีรายการอยู่ในสถานะนี้")
        .default("any")
        .example("pending")
}
