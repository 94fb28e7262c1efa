//! `odoo/stock_changed`: products whose stock has changed.
//!
//! Free quantities are computed and have no time of change of their own; what is watched is the quant that a move writes.

use super::changes::{self, Kind, hints};
use super::lookup::WAREHOUSE;
use super::record::{self, Row};
use super::rpc::Rpc;
use super::{order::RecordId, stock};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled, decode};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub struct StockChanged;

const QUANT: [&str; 4] = ["id", "product_id", "location_id", "write_date"];

#[async_trait]
impl Poll for StockChanged {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let walk = changes::start(cx, with, cursor)?;
        let warehouse: RecordId = decode(with.get("warehouse").cloned().unwrap_or_default())?;
        let rpc = Rpc::of_look(cx).await?;
        let only = vec![json!(["location_id.usage", "=", "internal"])];
        let page = changes::page(
            &rpc,
            &Kind { model: "stock.quant", fields: &QUANT, only, page: changes::PAGE },
            &walk,
        )
        .await?;
        let changed = latest(&page.rows);
        let ids: Vec<i64> = changed.keys().copied().collect();
        let levels = stock::levels(&rpc, json!([["id", "in", ids]]), warehouse.0, ids.len()).await?;
        let mut deliveries: Vec<Delivery> =
            levels.into_iter().filter_map(|level| delivery(level, &changed)).collect();
        deliveries.sort_by(|one, other| {
            one.head
                .get("version")
                .map(Value::to_string)
                .cmp(&other.head.get("version").map(Value::to_string))
        });
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }

    hints!();
}

/// When the stock of each product changed last.
fn latest(quants: &[Row]) -> BTreeMap<i64, String> {
    let mut latest: BTreeMap<i64, String> = BTreeMap::new();
    for quant in quants {
        let Some(product) = record::link(quant, "product_id") else { continue };
        let written = record::text(quant, "write_date");
        let kept = latest.entry(product).or_default();
        if kept.as_str() < written {
            *kept = written.to_owned();
        }
    }
    latest
}

fn delivery(mut level: Map<String, Value>, changed: &BTreeMap<i64, String>) -> Option<Delivery> {
    let id = level.get("product_id").and_then(Value::as_i64)?;
    let version = changed.get(&id)?;
    level.insert("changed_at".into(), version.as_str().into());
    Some(since::changed(&id.to_string(), version, Value::Object(level)))
}

fn spec() -> OperationSpec {
    OperationSpec::trigger("odoo/stock_changed", "Stock changed", "สต็อกเปลี่ยนแปลง")
        .about(
            "Starts for each product whose stock moved or was reserved, with its quantities as they are now.",
            "เริ่มเมื่อสต็อกของสินค้าเคลื่อนไหวหรือถูกจอง พร้อมจำนวนล่าสุด",
        )
        .connection(Need::Required)
        .field(words::every())
        .field(words::since())
        .field(
            Field::new("warehouse", FieldKind::Record(WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
                .about(
                    "The quantities of this warehouse. Empty: of all together.",
                    "จำนวนของคลังนี้ หากเว้นว่างจะรวมทุกคลัง",
                )
                .example(1),
        )
        .field(changes::path_field())
        .example(
            json!({"every": "1m", "warehouse": 1}),
            json!({
                "product_id": 31, "sku": "TEA-100", "name": "ชาเขียว 100 g", "free": 38, "on_hand": 40, "forecast": 38,
                "changed_at": "2026-11-20 03:11:09"
            }),
        )
}
