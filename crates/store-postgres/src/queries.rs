//! Questions that people ask about runs.
//!
//! Each is one statement, or several of which the later ones are allowed to be newer: a question must not leave an open
//! transaction behind when its asker goes away.

use crate::fault::Fault;
use crate::row::{self, SUMMARY_ENDED, SUMMARY_OPEN};
use crate::search::Asking;
use crate::store::PostgresStore;
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row};
use store::{
    DAY_MS, DayCount, Error, EventId, FlowKey, FlowTotals, Ms, RunDetailRow, RunFilter, RunId, RunQueries,
    RunSummaryRow, SUMMARIES_MAX, StoreSize, decode,
};

#[async_trait]
impl RunQueries for PostgresStore {
    async fn runs(&self, filter: RunFilter) -> Result<Vec<RunSummaryRow>, Error> {
        let mut reader = self.reader().await?;
        Ok(Asking::new(&filter).ask(&mut reader).await?)
    }

    async fn summaries(&self, runs: &[RunId]) -> Result<Vec<RunSummaryRow>, Error> {
        let runs = &runs[..runs.len().min(SUMMARIES_MAX)];
        Ok(self.some("id = ANY($1)", |query| query.bind(runs)).await?)
    }

    async fn run_detail(&self, run: RunId) -> Result<Option<RunDetailRow>, Error> {
        Ok(self.detail(run).await?)
    }

    async fn retries(&self, event: EventId) -> Result<Vec<RunSummaryRow>, Error> {
        Ok(self.some("event = $1 AND id <> event", |query| query.bind(event)).await?)
    }

    async fn flow_totals(&self) -> Result<Vec<(FlowKey, FlowTotals)>, Error> {
        let sql =
            "SELECT flow, sum(done)::bigint, sum(failed)::bigint, sum(cancelled)::bigint, sum(open)::bigint,
                          max(last_run_at), (array_agg(last_status ORDER BY last_ended_at DESC NULLS LAST))[1]
                   FROM flow_total GROUP BY flow ORDER BY flow";
        let mut reader = self.reader().await?;
        let rows: Vec<decode::TotalsRow> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(decode::totals).collect()
    }

    async fn days(&self, since: Ms) -> Result<Vec<DayCount>, Error> {
        let sql = "SELECT flow, day, status, sum(runs)::bigint FROM flow_day WHERE day >= $1
                   GROUP BY day, flow, status ORDER BY day, flow, status";
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(sql).bind(since.div_euclid(DAY_MS));
        let rows: Vec<decode::DayRow> = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(decode::day).collect()
    }

    /// How full its disk is only the database's machine knows.
    async fn size(&self) -> Result<StoreSize, Error> {
        let sql = "SELECT pg_database_size(current_database())";
        let mut reader = self.reader().await?;
        let bytes: i64 = sqlx::query_scalar(sql).fetch_one(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(StoreSize { bytes: bytes.unsigned_abs(), wal_bytes: 0, free_disk_bytes: u64::MAX })
    }

    async fn ping(&self) -> Result<(), Error> {
        let mut reader = self.reader().await?;
        sqlx::query("SELECT 1").execute(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(())
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

impl PostgresStore {
    /// Open and ended runs of one kind, in order.
    async fn some<'q>(
        &self,
        which: &str,
        bind: impl FnOnce(Query<'q>) -> Query<'q>,
    ) -> Result<Vec<RunSummaryRow>, Fault> {
        let sql = format!(
            "SELECT {SUMMARY_OPEN} FROM run WHERE {which} UNION ALL
             SELECT {SUMMARY_ENDED} FROM run_hist WHERE {which} ORDER BY id"
        );
        let mut reader = self.reader().await?;
        let rows = bind(sqlx::query(AssertSqlSafe(sql))).fetch_all(&mut *reader).await?;
        rows.iter().map(row::summary).collect()
    }

    /// A run that ends between the two looks is found by the second.
    async fn detail(&self, run: RunId) -> Result<Option<RunDetailRow>, Fault> {
        let event = row::EVENT;
        let open = format!(
            "SELECT run.*, ''::bytea AS doc, {event}
             FROM (SELECT {SUMMARY_OPEN} FROM run WHERE id = $1) AS run LEFT JOIN event ON event.id = run.event"
        );
        let ended = format!(
            "SELECT run.*, {event} FROM (SELECT {SUMMARY_ENDED}, doc FROM run_hist WHERE id = $1) AS run
             LEFT JOIN event ON event.id = run.event"
        );
        let mut reader = self.reader().await?;
        for sql in [open, ended] {
            let found = sqlx::query(AssertSqlSafe(sql)).bind(run).fetch_optional(&mut *reader).await?;
            if let Some(row) = found {
                return Ok(Some(detail(&row)?));
            }
        }
        Ok(None)
    }
}

fn detail(row: &PgRow) -> Result<RunDetailRow, Fault> {
    let doc = row.try_get::<Vec<u8>, _>("doc")?.into();
    Ok(RunDetailRow { summary: row::summary(row)?, doc, event: row::event(row)? })
}
