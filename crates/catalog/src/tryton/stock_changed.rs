//! `tryton/stock_changed`: products whose stock moved. A quantity has no time of its own; what is watched is the move that was done.

use super::changes::{self, version};
use super::rpc::Rpc;
use super::{SYSTEM, stock};
use crate::office::Watch;
use crate::since;
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const MOVE: &str = "stock.move";
const FIELDS: [&str; 4] = ["id", "product", "create_date", "write_date"];

pub struct StockChanged;

#[async_trait]
impl Poll for StockChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Stock.spec(
            SYSTEM,
            json!({"product_id": 1, "sku": "TEA-100", "name": "[TEA-100] ชาเขียว 100 g", "on_hand": 38.0, "free": 38.0, "warehouse": null,
                   "changed_at": "2026-11-20T03:11:09.120394Z"}),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let rpc = Rpc::of_look(cx)?;
        let done = [json!(["state", "=", "done"])];
        let moves = changes::of(&rpc, cx, with, cursor, MOVE, &done).await?;
        let mut deliveries = Vec::new();
        if !moves.ids.is_empty() {
            let latest = latest(&rpc.read(MOVE, &moves.ids, &FIELDS).await?);
            let ids: Vec<i64> = latest.keys().copied().collect();
            let domain = json!([["id", "in", ids], ["active", "in", [true, false]]]);
            let levels = stock::levels(&rpc, domain, None, ids.len()).await?;
            deliveries = levels.into_iter().filter_map(|level| delivery(level, &latest)).collect();
        }
        Ok(Polled { deliveries, cursor: moves.cursor, more: moves.more, ..Polled::default() })
    }
}

/// When each product moved last.
fn latest(moves: &[Value]) -> BTreeMap<i64, String> {
    let mut latest: BTreeMap<i64, String> = BTreeMap::new();
    for moved in moves {
        let Some(product) = moved.get("product").and_then(Value::as_i64) else { continue };
        let kept = latest.entry(product).or_default();
        if kept.as_str() < version(moved) {
            *kept = version(moved).to_owned();
        }
    }
    latest
}

fn delivery(mut level: Value, latest: &BTreeMap<i64, String>) -> Option<Delivery> {
    let product = level.get("product_id").and_then(Value::as_i64)?;
    let version = latest.get(&product)?;
    level["changed_at"] = version.as_str().into();
    Some(since::changed(&product.to_string(), version, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_move_of_a_product_names_its_change() {
        let moved = |product: i64, time: &str| json!({"id": 1, "product": product, "create_date": "2026-01-01T00:00:00.000000Z", "write_date": time});
        let two = latest(&[moved(1, "2026-11-20T03:11:09.000000Z"), moved(1, "2026-11-20T03:11:08.000000Z")]);
        assert_eq!(two[&1], "2026-11-20T03:11:09.000000Z");
    }
}
