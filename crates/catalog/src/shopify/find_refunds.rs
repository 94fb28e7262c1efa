//! `shopify/find_refunds`: what was refunded of an order, or of all orders since a time.

use super::api::{Api, gid, plain};
use super::search::{self, Search};
use super::{documents, examples, terms};
use crate::since;
use crate::values::{Limit, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub order_id: Text,
    #[serde(default)]
    pub changed_after: Text,
    #[serde(default)]
    pub limit: Limit,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/find_refunds", "Find refunds", "ค้นหาการคืนเงิน")
        .about(
            "The refunds of one order, or of the orders that changed since a time.",
            "การคืนเงินของคำสั่งซื้อหนึ่ง หรือของคำสั่งซื้อที่เปลี่ยนแปลงตั้งแต่เวลาหนึ่ง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("order_id", FieldKind::Text, "Order", "คำสั่งซื้อ")
                .about("The order's id. Empty: all orders.", "รหัสคำสั่งซื้อ หากเว้นว่างจะค้นทุกคำสั่งซื้อ")
                .example("gid://shopify/Order/5551"),
        )
        .field(terms::changed_after())
        .field(terms::limit().about(
            "How many orders are looked at; the newest come first.",
            "จำนวนคำสั่งซื้อที่ตรวจดู โดยรายการใหม่สุดมาก่อน",
        ))
        .example(
            json!({"order_id": "gid://shopify/Order/5551"}),
            json!({"refunds": [examples::refund_read()], "more": false}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    if let Some(id) = input.order_id.filled() {
        let document = documents::refunds_of_order();
        let order = api.record(&document, json!({"id": gid("Order", id)}), "order").await?;
        return Ok(json!({"refunds": refunds_of(order), "more": false}));
    }
    let search = Search::default().changed_after(&input.changed_after)?;
    let document = documents::refunded_orders();
    let (orders, more) = search::find(&api, &document, "orders", &search, input.limit).await?;
    let from = input.changed_after.filled().and_then(since::read_iso).unwrap_or(i64::MIN);
    let is_since = |refund: &Value| {
        let at = refund.get("createdAt").and_then(Value::as_str).and_then(since::read_iso);
        at.is_none_or(|at| at >= from)
    };
    let refunds: Vec<Value> = orders.into_iter().flat_map(refunds_of).filter(is_since).collect();
    Ok(json!({"refunds": refunds, "more": more}))
}

/// The refunds of an order as they were read.
pub fn refunds_of(order: Value) -> Vec<Value> {
    match plain(order).get_mut("refunds").map(Value::take) {
        Some(Value::Array(refunds)) => refunds,
        _ => Vec::new(),
    }
}
