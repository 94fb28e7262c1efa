//! `sap_business_one/stock_changed`: items whose stock moved. An item does not say so itself; the journal of the warehouse does,
//! which only a query that is kept in the company reads. It is made there when it is missing.

use super::api::Api;
use super::{SYSTEM, stock};
use crate::failure::Failure;
use crate::office::{self, Watch};
use crate::since;
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const PAGE: usize = 100;

/// A journal of moves: its number, item and warehouse.
#[derive(Clone, Copy, Debug)]
struct Journal {
    table: &'static str,
    number: &'static str,
    warehouse: &'static str,
}

const OINM: Journal = Journal { table: "OINM", number: "TransNum", warehouse: "Warehouse" };
const OIVL: Journal = Journal { table: "OIVL", number: "TransSeq", warehouse: "LocCode" };

impl Journal {
    fn of(api: &Api<'_>) -> Self {
        if api.connection.text("stock_journal") == Some("OIVL") { OIVL } else { OINM }
    }

    fn code(self, what: &str) -> String {
        format!("khlong_{}_{what}", self.table.to_lowercase())
    }

    fn queries(self) -> [(String, String); 2] {
        let Self { table, number, warehouse } = self;
        let after = format!(
            "SELECT T0.\"{number}\", T0.\"ItemCode\", T0.\"{warehouse}\" FROM {table} T0 WHERE T0.\"{number}\" > :after \
             ORDER BY T0.\"{number}\""
        );
        let last = format!("SELECT MAX(T0.\"{number}\") AS \"Last\" FROM {table} T0");
        [(self.code("after"), after), (self.code("last"), last)]
    }

    async fn ask(self, api: &Api<'_>, what: &str, given: &[(&str, String)]) -> Result<Vec<Value>, Error> {
        match api.run_query(&self.code(what), given, PAGE).await {
            Err(Failure::Absent(_)) => self.make(api).await?,
            found => return Ok(found?),
        }
        Ok(api.run_query(&self.code(what), given, PAGE).await?)
    }

    async fn make(self, api: &Api<'_>) -> Result<(), Error> {
        for (code, text) in self.queries() {
            let body = json!({"SqlCode": code, "SqlName": code, "SqlText": text});
            match api.create("SQLQueries", &body).await {
                Ok(_) | Err(Failure::Taken(_)) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(())
    }
}

pub struct StockChanged;

#[async_trait]
impl Poll for StockChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Stock.spec_from_now(
            SYSTEM,
            json!({"sku": "TEA-100", "warehouse": "01", "on_hand": 40.0, "reserved": 2.0, "free": 38, "forecast": 48, "moved": 88123}),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        _with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::new(cx.http, office::of_look(cx, SYSTEM.name)?)?;
        let journal = Journal::of(&api);
        let Some(after) = cursor.and_then(|cursor| cursor.get("entry")?.as_i64()) else {
            let last = journal.ask(&api, "last", &[]).await?;
            let last = last.first().and_then(|row| row.get("Last")?.as_i64()).unwrap_or_default();
            return Ok(Polled { cursor: json!({"entry": last}), ..Polled::default() });
        };
        let moves = journal.ask(&api, "after", &[("after", after.to_string())]).await?;
        let number = |row: &Value| row.get(journal.number).and_then(Value::as_i64);
        let reached = moves.iter().filter_map(number).max().unwrap_or(after).max(after);
        let mut latest: BTreeMap<(String, String), i64> = BTreeMap::new();
        for row in &moves {
            let place = (office::text(row, "ItemCode").into(), office::text(row, journal.warehouse).into());
            latest.insert(place, number(row).unwrap_or(after));
        }
        let deliveries = deliveries(&api, &latest).await?;
        Ok(Polled {
            deliveries,
            cursor: json!({"entry": reached}),
            more: moves.len() >= PAGE,
            ..Polled::default()
        })
    }
}

/// The quantities as they are now where something moved.
async fn deliveries(api: &Api<'_>, latest: &BTreeMap<(String, String), i64>) -> Result<Vec<Delivery>, Error> {
    let mut skus: Vec<&str> = latest.keys().map(|(sku, _)| sku.as_str()).collect();
    skus.dedup();
    let levels = stock::levels(api, &skus, None).await?;
    let mut told: Vec<(i64, Delivery)> =
        levels.into_iter().filter_map(|level| delivery(level, latest)).collect();
    told.sort_by_key(|(moved, _)| *moved);
    Ok(told.into_iter().map(|(_, delivery)| delivery).collect())
}

fn delivery(mut level: Value, latest: &BTreeMap<(String, String), i64>) -> Option<(i64, Delivery)> {
    let place = (office::text(&level, "sku").to_owned(), office::text(&level, "warehouse").to_owned());
    let moved = *latest.get(&place)?;
    level["moved"] = moved.into();
    let (sku, warehouse) = place;
    Some((moved, since::changed(&format!("{sku}/{warehouse}"), &moved.to_string(), level)))
}
