//! `shopee/find_refunds`: returns and refunds that changed in a time.

use super::api::Api;
use super::{order, refund};
use crate::market::{fields, mistake, window};
use crate::values::{Limit, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT_MAX: u64 = 300;

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
    let (from, to) = window::asked(cx.http.source().now(), &input.since, &input.until)?;
    if to.saturating_sub(from) > order::LONGEST_MS {
        return Err(mistake("Shopee lists 15 days at once", "Choose a shorter time, or ask several times."));
    }
    let limit = input.limit.within(LIMIT_MAX);
    let status = input.status.filter(|status| status != "any").unwrap_or_default();
    let (mut found, more) = refund::all(&Api::of(cx)?, (from, to), &status, limit).await?;
    let more = more || found.len() > limit;
    found.truncate(limit);
    Ok(json!({"refunds": found, "more": more}))
}

pub fn spec() -> OperationSpec {
    let options = [
        ("any", "Any", "ทุกสถานะ"),
        ("REQUESTED", "Asked for", "ผู้ซื้อขอคืน"),
        ("PROCESSING", "In progress", "กำลังดำเนินการ"),
        ("ACCEPTED", "Agreed", "ยอมรับแล้ว"),
        ("JUDGING", "Shopee decides", "Shopee กำลังตัดสิน"),
        ("SELLER_DISPUTE", "Disputed", "ผู้ขายโต้แย้ง"),
        ("CANCELLED", "Taken back", "ผู้ซื้อถอนคำขอ"),
        ("CLOSED", "Closed", "ปิดแล้ว"),
    ];
    OperationSpec::action("shopee/find_refunds", "Find returns and refunds", "ค้นหาการคืนสินค้าและคืนเงิน")
        .about(
            "Reads returns and refunds that changed within 15 days at most.",
            "อ่านการคืนสินค้าและคืนเงินที่เปลี่ยนแปลงในช่วงไม่เกิน 15 วัน",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::updated_since())
        .field(fields::updated_until())
        .field(
            Field::choice("status", &options, "Status", "สถานะ")
                .about("Only those in this state.", "เฉพาะที่อยู่ในสถานะนี้")
                .default("any")
                .example("REQUESTED"),
        )
        .field(fields::limit(LIMIT_MAX))
        .example(
            json!({"since": "2026-01-05T10:00:00+07:00", "status": "REQUESTED"}),
            json!({"refunds": [refund::example()], "more": false}),
        )
}
