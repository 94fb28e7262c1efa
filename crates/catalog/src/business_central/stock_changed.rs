//! `business_central/stock_changed`: items whose stock moved. An item does not say so itself; the item ledger does, whose entries are
//! numbered and never changed.

use super::api::Api;
use super::{SYSTEM, stock};
use crate::odata::Query;
use crate::office::{self, Watch};
use crate::since;
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const LEDGER: &str = "itemLedgerEntries";
const FIELDS: &str = "entryNumber,itemNumber";
const PAGE: usize = 200;

pub struct StockChanged;

#[async_trait]
impl Poll for StockChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Stock.spec_from_now(
            SYSTEM,
            json!({"sku": "TEA-100", "name": "ชาเขียว 100 g", "warehouse": null, "on_hand": 40, "reserved": null, "free": 40,
                   "forecast": null, "moved": 3215}),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        _with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::open(cx.http, office::of_look(cx, SYSTEM.name)?).await?;
        let Some(after) = cursor.and_then(|cursor| cursor.get("entry")?.as_i64()) else {
            let query = Query {
                entity: LEDGER,
                select: FIELDS,
                order: "entryNumber desc",
                most: 1,
                ..Query::default()
            };
            let last = api.list(&query).await?.first().map(number).unwrap_or_default();
            return Ok(Polled { cursor: json!({"entry": last}), ..Polled::default() });
        };
        let filter = format!("entryNumber gt {after}");
        let query = Query {
            entity: LEDGER,
            select: FIELDS,
            filter,
            order: "entryNumber",
            most: PAGE,
            ..Query::default()
        };
        let entries = api.list(&query).await?;
        let reached = entries.iter().map(number).max().unwrap_or(after).max(after);
        let latest: BTreeMap<&str, i64> =
            entries.iter().map(|row| (office::text(row, "itemNumber"), number(row))).collect();
        let skus: Vec<&str> = latest.keys().copied().filter(|sku| !sku.is_empty()).collect();
        let mut levels = stock::levels(&api, &skus).await?;
        let moved = |level: &Value| latest.get(office::text(level, "sku")).copied().unwrap_or_default();
        levels.sort_by_key(moved);
        let delivery = |mut level: Value| {
            let (sku, moved) = (office::text(&level, "sku").to_owned(), moved(&level));
            level["moved"] = moved.into();
            since::changed(&sku, &moved.to_string(), level)
        };
        let deliveries = levels.into_iter().map(delivery).collect();
        Ok(Polled {
            deliveries,
            cursor: json!({"entry": reached}),
            more: entries.len() >= PAGE,
            ..Polled::default()
        })
    }
}

fn number(row: &Value) -> i64 {
    row.get("entryNumber").and_then(Value::as_i64).unwrap_or_default()
}
