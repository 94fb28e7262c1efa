//! `shopee/find_orders`: orders that changed in a time, or are in a state.

use super::api::Api;
use super::order;
use crate::market::{fields, mistake, text_at, window};
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
    if to.saturating_sub(from) > order::LONGEST_MS {
        return Err(mistake("Shopee lists 15 days at once", "Choose a shorter time, or ask several times."));
    }
    let limit = input.limit.within(LIMIT_MAX);
    let status = input.status.filter(|status| status != "any").unwrap_or_default();
    let (found, more) = order::numbers(&api, (from, to), &status, limit).await?;
    let more = more || found.len() > limit;
    let numbers: Vec<String> = found.iter().take(limit).map(|order| text_at(order, "/order_sn")).collect();
    let mut orders = order::details(&api, &numbers).await?;
    orders.sort_by_key(order::changed_at);
    Ok(json!({"orders": orders, "more": more}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/find_orders", "Find orders", "ค้นหาคำสั่งซื้อ")
        .about(
            "Reads orders that changed within 15 days at most, with their details and lines.",
            "อ่านคำสั่งซื้อที่เปลี่ยนแปลงในช่วงไม่เกิน 15 วัน พร้อมรายละเอียดและรายการสินค้า",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::updated_since())
        .field(fields::updated_until())
        .field(status())
        .field(fields::limit(LIMIT_MAX))
        .example(
            json!({"since": "2026-01-05T10:00:00+07:00", "status": "READY_TO_SHIP", "limit": 50}),
            json!({"orders": [order::example()], "more": false}),
        )
}

fn status() -> Field {
    let options = [
        ("any", "Any", "ทุกสถานะ"),
        ("UNPAID", "Unpaid", "ยังไม่ชำระเงิน"),
        ("READY_TO_SHIP", "To ship", "ที่ต้องจัดส่ง"),
        ("PROCESSED", "Arranged", "จัดเตรียมแล้ว"),
        ("SHIPPED", "Shipped", "จัดส่งแล้ว"),
        ("COMPLETED", "Completed", "สำเร็จ"),
        ("IN_CANCEL", "Cancellation asked for", "ผู้ซื้อขอยกเลิก"),
        ("CANCELLED", "Cancelled", "ยกเลิกแล้ว"),
        ("INVOICE_PENDING", "Waits for an invoice", "รอใบกำกับภาษี"),
    ];
    Field::choice("status", &options, "Status", "สถานะ")
        .about("Only orders in this state.", "เฉพาะคำสั่งซื้อในสถานะนี้")
        .default("any")
        .example("READY_TO_SHIP")
}
