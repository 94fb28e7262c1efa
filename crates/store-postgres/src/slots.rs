//! What ended in each five minutes. Counts have parts here, and are added up.

use crate::fault::Fault;
use crate::store::PostgresStore;
use async_trait::async_trait;
use sqlx::{Postgres, QueryBuilder};
use std::collections::BTreeMap;
use store::slots::{SLOT_ROWS_MAX, SLOTS_FORGOTTEN, first_slot_kept};
use store::{Durations, Error, FlowKey, Grain, Ms, SlotCount, SlotFilter, Slots, Status, decode};

#[async_trait]
impl Slots for PostgresStore {
    async fn slots(&self, which: SlotFilter, grain: Grain) -> Result<Vec<SlotCount>, Error> {
        let width = grain.width();
        let flow = if grain.by_flow { "flow" } else { "0::bigint" };
        let mut sql = QueryBuilder::new("SELECT slot / ");
        sql.push_bind(width).push(" * ").push_bind(width);
        sql.push(format!(", {flow}, status, retried, sum(runs)::bigint FROM flow_slot"));
        push_which(&mut sql, which);
        sql.push(" GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ").push_bind(SLOT_ROWS_MAX);
        let mut reader = self.reader().await?;
        let rows: Vec<decode::SlotRow> =
            sql.build_query_as().fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(decode::slot).collect()
    }

    async fn durations(&self, which: SlotFilter) -> Result<BTreeMap<FlowKey, Durations>, Error> {
        let mut sql = QueryBuilder::new("SELECT flow, band, sum(runs)::bigint FROM flow_slot");
        push_which(&mut sql, which);
        sql.push(" AND status = ").push_bind(Status::Done as i16);
        sql.push(" GROUP BY flow, band ORDER BY flow, band LIMIT ").push_bind(SLOT_ROWS_MAX);
        let mut reader = self.reader().await?;
        let rows = sql.build_query_as().fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        decode::durations(rows)
    }
}

fn push_which(sql: &mut QueryBuilder<Postgres>, which: SlotFilter) {
    sql.push(" WHERE slot >= ").push_bind(which.first()).push(" AND slot < ").push_bind(which.end());
    if let Some(flow) = which.flow {
        sql.push(" AND flow = ").push_bind(flow);
    }
}

impl PostgresStore {
    /// Tells how many rows went; where there are some, there may be more.
    pub(crate) async fn forget_slots(&self, now: Ms) -> Result<u64, Fault> {
        let sql = "DELETE FROM flow_slot WHERE slot < least($1, (SELECT min(slot) FROM flow_slot) + $2)";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(first_slot_kept(now)).bind(SLOTS_FORGOTTEN);
        Ok(query.execute(&mut *desk).await?.rows_affected())
    }
}
