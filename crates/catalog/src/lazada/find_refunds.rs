//! `lazada/find_refunds`: cancellations, returns and refunds that changed in a time.

use super::api::{Api, Pairs};
use super::refund;
use crate::market::{fields, window};
use crate::values::{Id, Limit, Text};
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
    order_id: Id,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    limit: Limit,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let span = window::asked(cx.http.source().now(), &input.since, &input.until)?;
    let mut filter: Pairs =
        input.order_id.filled().map(|id| ("trade_order_id", id.to_owned())).into_iter().collect();
    let kind = input.kind.filter(|kind| !kind.is_empty() && kind != "any");
    filter.extend(kind.map(|kind| ("request_type_list", json!([kind]).to_string())));
    let limit = input.limit.within(LIMIT_MAX);
    let mut found: Vec<Value> = Vec::new();
    let mut page = 1;
    while found.len() <= limit {
        let rows = refund::page(&api, span, page, &filter).await?;
        page += 1;
        if rows.is_empty() {
            break;
        }
        found.extend(rows);
    }
    let more = found.len() > limit;
    found.truncate(limit);
    Ok(json!({"refunds": found, "more": more}))
}

pub fn spec() -> OperationSpec {
    let kinds = [
        ("any", "Any", "ทุกประเภท"),
        ("CANCEL", "Cancellations", "การยกเลิก"),
        ("RETURN", "Returns", "การคืนสินค้า"),
        ("ONLY_REFUND", "Refunds without a return", "คืนเงินโดยไม่คืนสินค้า"),
    ];
    OperationSpec::action("lazada/find_refunds", "Find returns and refunds", "ค้นหาการคืนสินค้าและคืนเงิน")
        .about(
            "Reads cancellations, returns and refunds that changed in a time; `refund` of a line is the amount in baht.",
            "อ่านการยกเลิก คืนสินค้า และคืนเงินที่เปลี่ยนแปลงในช่วงเวลา โดย `refund` ของแต่ละรายการคือจำนวนเงินเป็นบาท",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::updated_since())
        .field(fields::updated_until())
        .field(
            fields::text("order_id", "Order", "คำสั่งซื้อ")
                .about("Only those of this order.", "เฉพาะของคำสั่งซื้อนี้")
                .example("260422900198363"),
        )
        .field(
            Field::choice("kind", &kinds, "Kind", "ประเภท")
                .about("What the buyer asked for.", "สิ่งที่ผู้ซื้อขอ")
                .default("any")
                .example("RETURN"),
        )
        .field(fields::limit(LIMIT_MAX))
        .example(
            json!({"since": "2026-01-05T10:00:00+07:00", "kind": "RETURN"}),
            json!({"refunds": [refund::example()], "more": false}),
        )
}
