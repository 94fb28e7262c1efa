//! `tiktok_shop/find_refunds`: returns and refunds that changed in a time.

use super::api::Api;
use super::order;
use super::returns_changed::example;
use super::search::RETURNS;
use crate::market::{fields, window};
use crate::values::{Id, Limit, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT_MAX: u64 = 300;

#[derive(Debug, Deserialize)]
pub struct Input {
    since: String,
    #[serde(default)]
    until: Text,
    #[serde(default)]
    order_id: Id,
    #[serde(default)]
    limit: Limit,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (from, to) = window::asked(cx.http.source().now(), &input.since, &input.until)?;
    let limit = input.limit.within(LIMIT_MAX);
    let mut filter = json!({"update_time_ge": order::secs(from), "update_time_lt": order::secs(to) + 1});
    if let Some(order_id) = input.order_id.filled() {
        filter["order_ids"] = json!([order_id]);
    }
    let (mut found, more) = RETURNS.all(&Api::of(cx)?, &filter, limit).await?;
    let more = more || found.len() > limit;
    found.truncate(limit);
    Ok(json!({"refunds": found, "more": more}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/find_refunds", "Find returns and refunds", "ค้นหาการคืนสินค้าและคืนเงิน")
        .about(
            "Reads returns and refunds that changed in a time, or those of one order.",
            "อ่านการคืนสินค้าและคืนเงินที่เปลี่ยนแปลงในช่วงเวลา หรือของคำสั่งซื้อหนึ่งรายการ",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::updated_since())
        .field(fields::updated_until())
        .field(
            fields::text("order_id", "Order", "คำสั่งซื้อ")
                .about("Only those of this order.", "เฉพาะของคำสั่งซื้อนี้")
                .example("576461413038785752"),
        )
        .field(fields::limit(LIMIT_MAX))
        .example(
            json!({"since": "2026-01-05T10:00:00+07:00"}),
            json!({"refunds": [example()], "more": false}),
        )
}
