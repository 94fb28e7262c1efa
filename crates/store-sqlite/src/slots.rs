//! What ended in each five minutes.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use rusqlite::Transaction;
use sqlx::{QueryBuilder, Sqlite};
use std::collections::BTreeMap;
use store::slots::{SLOT_ROWS_MAX, SLOTS_FORGOTTEN, first_slot_kept};
use store::{Durations, Error, FlowKey, Grain, Ms, SlotCount, SlotFilter, SlotKey, Slots, Status, decode};

#[async_trait]
impl Slots for SqliteStore {
    async fn slots(&self, which: SlotFilter, grain: Grain) -> Result<Vec<SlotCount>, Error> {
        let width = grain.width();
        let flow = if grain.by_flow { "flow" } else { "0" };
        let mut sql = QueryBuilder::new("SELECT slot / ");
        sql.push_bind(width).push(" * ").push_bind(width);
        sql.push(format!(" AS span, {flow} AS whose, status, retried, sum(runs) FROM flow_slot"));
        push_which(&mut sql, which);
        sql.push(" GROUP BY span, whose, status, retried ORDER BY span, whose, status, retried LIMIT ");
        sql.push_bind(SLOT_ROWS_MAX);
        let mut reader = self.reader.take().await?;
        let rows: Vec<decode::SlotRow> =
            sql.build_query_as().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(decode::slot).collect()
    }

    async fn durations(&self, which: SlotFilter) -> Result<BTreeMap<FlowKey, Durations>, Error> {
        let mut sql = QueryBuilder::new("SELECT flow, band, sum(runs) FROM flow_slot");
        push_which(&mut sql, which);
        sql.push(" AND status = ").push_bind(Status::Done as i16);
        sql.push(" GROUP BY flow, band ORDER BY flow, band LIMIT ").push_bind(SLOT_ROWS_MAX);
        let mut reader = self.reader.take().await?;
        let rows = sql.build_query_as().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        decode::durations(rows)
    }
}

fn push_which(sql: &mut QueryBuilder<Sqlite>, which: SlotFilter) {
    sql.push(" WHERE slot >= ").push_bind(which.first()).push(" AND slot < ").push_bind(which.end());
    if let Some(flow) = which.flow {
        sql.push(" AND flow = ").push_bind(flow);
    }
}

pub(crate) fn add(tx: &Transaction<'_>, slots: &BTreeMap<SlotKey, i64>) -> Result<(), Fault> {
    let sql =
        "INSERT INTO flow_slot (slot, flow, status, retried, band, runs) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO UPDATE SET runs = runs + excluded.runs";
    let mut add = tx.prepare_cached(sql)?;
    for (key, runs) in slots {
        add.execute((key.slot, key.flow, key.status, key.retried, key.band, runs))?;
    }
    Ok(())
}

/// Tells how many rows went; where there are some, there may be more.
pub(crate) fn forget(tx: &Transaction<'_>, now: Ms) -> Result<usize, Fault> {
    let sql = "DELETE FROM flow_slot WHERE slot < min(?1, (SELECT min(slot) FROM flow_slot) + ?2)";
    Ok(tx.prepare_cached(sql)?.execute((first_slot_kept(now), SLOTS_FORGOTTEN))?)
}
