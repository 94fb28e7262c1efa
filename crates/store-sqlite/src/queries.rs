//! Questions that people ask about runs.

use crate::blob::{self, Kind};
use crate::fault::Fault;
use crate::history::{Days, REACH, REACH_ORDER, Reach, files_with};
use crate::reader::snapshot;
use crate::row::{self, SUMMARY_ENDED, SUMMARY_OPEN};
use crate::search::Asking;
use crate::store::SqliteStore;
use async_trait::async_trait;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use store::{
    DAY_MS, DayCount, Error, EventId, FlowKey, FlowTotals, Ms, RunDetailRow, RunFilter, RunId, RunQueries,
    RunSummaryRow, SUMMARIES_MAX, StoreSize, decode,
};

#[async_trait]
impl RunQueries for SqliteStore {
    async fn runs(&self, filter: RunFilter) -> Result<Vec<RunSummaryRow>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        Ok(Asking::new(&filter).ask(&mut at_once, &self.days).await?)
    }

    async fn summaries(&self, runs: &[RunId]) -> Result<Vec<RunSummaryRow>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        Ok(summaries(&mut at_once, &self.days, &runs[..runs.len().min(SUMMARIES_MAX)]).await?)
    }

    async fn run_detail(&self, run: RunId) -> Result<Option<RunDetailRow>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        Ok(detail(&mut at_once, &self.days, run).await?)
    }

    async fn retries(&self, event: EventId) -> Result<Vec<RunSummaryRow>, Error> {
        let mut reader = self.reader.take().await?;
        let mut at_once = snapshot(&mut reader).await?;
        Ok(retries(&mut at_once, &self.days, event).await?)
    }

    async fn flow_totals(&self) -> Result<Vec<(FlowKey, FlowTotals)>, Error> {
        let sql = "SELECT flow, done, failed, cancelled, open, last_run_at, last_status FROM flow_total ORDER BY flow";
        let mut reader = self.reader.take().await?;
        let rows: Vec<decode::TotalsRow> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(decode::totals).collect()
    }

    async fn days(&self, since: Ms) -> Result<Vec<DayCount>, Error> {
        let sql = "SELECT flow, day, status, runs FROM flow_day WHERE day >= ?1 ORDER BY day, flow, status";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(since.div_euclid(DAY_MS));
        let rows: Vec<decode::DayRow> = query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(decode::day).collect()
    }

    async fn size(&self) -> Result<StoreSize, Error> {
        let bytes = |path| std::fs::metadata(path).map_or(0, |data| data.len());
        Ok(StoreSize {
            bytes: bytes(self.place.file()) + self.days.bytes() + self.blobs.bytes(),
            wal_bytes: bytes(self.place.log()),
            free_disk_bytes: self.place.free_bytes(),
        })
    }

    async fn ping(&self) -> Result<(), Error> {
        let mut reader = self.reader.take().await?;
        sqlx::query("SELECT 1").execute(&mut *reader).await.map_err(Fault::Read)?;
        Ok(())
    }
}

/// What a condition holds for, of the runs that have ended and lie in this file.
async fn ended(
    connection: &mut SqliteConnection,
    which: impl FnOnce(&mut QueryBuilder<Sqlite>),
) -> Result<Vec<RunSummaryRow>, Fault> {
    let mut sql = QueryBuilder::new(format!("SELECT {SUMMARY_ENDED} FROM run_hist WHERE "));
    which(&mut sql);
    let rows = sql.build().fetch_all(connection).await?;
    rows.iter().map(row::summary).collect()
}

async fn open(
    hot: &mut SqliteConnection,
    which: impl FnOnce(&mut QueryBuilder<Sqlite>),
) -> Result<Vec<RunSummaryRow>, Fault> {
    let mut sql = QueryBuilder::new(format!("SELECT {SUMMARY_OPEN} FROM run WHERE "));
    which(&mut sql);
    let rows = sql.build().fetch_all(hot).await?;
    rows.iter().map(row::summary).collect()
}

fn among(sql: &mut QueryBuilder<Sqlite>, runs: &[RunId]) {
    let mut ids = sql.push("id IN (").separated(", ");
    for run in runs {
        ids.push_bind(*run);
    }
    sql.push(")");
}

fn later(sql: &mut QueryBuilder<Sqlite>, event: EventId) {
    sql.push("event = ").push_bind(event).push(" AND id <> event");
}

async fn summaries(
    hot: &mut SqliteConnection,
    days: &Days,
    runs: &[RunId],
) -> Result<Vec<RunSummaryRow>, Fault> {
    let mut found = open(hot, |sql| among(sql, runs)).await?;
    found.append(&mut ended(hot, |sql| among(sql, runs)).await?);
    let mut missing: Vec<RunId> = runs.to_vec();
    missing.retain(|run| !found.iter().any(|row| row.id == *run));
    let (question, files) = (days.ask(), files_around(hot, &missing).await?);
    for reach in files {
        if missing.is_empty() {
            break;
        }
        let Some(mut day) = question.open(reach.file).await? else { continue };
        let here = ended(&mut day, |sql| among(sql, &missing)).await?;
        missing.retain(|run| !here.iter().any(|row| row.id == *run));
        found.extend(here);
    }
    found.sort_by_key(|run| run.id);
    found.dedup_by_key(|run| run.id);
    Ok(found)
}

/// The files that reach over any of these runs.
async fn files_around(hot: &mut SqliteConnection, runs: &[RunId]) -> Result<Vec<Reach>, Fault> {
    let (Some(first), Some(last)) = (runs.iter().min(), runs.iter().max()) else { return Ok(Vec::new()) };
    let mut sql = QueryBuilder::new(REACH);
    sql.push("first_id <= ").push_bind(*last).push(" AND last_id >= ").push_bind(*first).push(REACH_ORDER);
    files_with(hot, sql).await
}

async fn retries(
    hot: &mut SqliteConnection,
    days: &Days,
    event: EventId,
) -> Result<Vec<RunSummaryRow>, Fault> {
    let mut found = open(hot, |sql| later(sql, event)).await?;
    found.append(&mut ended(hot, |sql| later(sql, event)).await?);
    let mut sql = QueryBuilder::new(REACH);
    sql.push("first_later <= ")
        .push_bind(event)
        .push(" AND last_later >= ")
        .push_bind(event)
        .push(REACH_ORDER);
    let question = days.ask();
    for reach in files_with(hot, sql).await? {
        if let Some(mut day) = question.open(reach.file).await? {
            found.append(&mut ended(&mut day, |sql| later(sql, event)).await?);
        }
    }
    found.sort_by_key(|run| run.id);
    found.dedup_by_key(|run| run.id);
    Ok(found)
}

async fn detail(hot: &mut SqliteConnection, days: &Days, run: RunId) -> Result<Option<RunDetailRow>, Fault> {
    let is_open = format!("SELECT {SUMMARY_OPEN}, x'' AS doc FROM run WHERE id = ");
    let has_ended = format!("SELECT {SUMMARY_ENDED}, doc FROM run_hist WHERE id = ");
    for sql in [is_open, has_ended.clone()] {
        if let Some(detail) = detail_in(hot, sql, run).await? {
            return Ok(Some(detail));
        }
    }
    let question = days.ask();
    for reach in files_around(hot, &[run]).await? {
        if let Some(mut day) = question.open(reach.file).await?
            && let Some(detail) = detail_in(&mut day, has_ended.clone(), run).await?
        {
            return Ok(Some(detail));
        }
    }
    Ok(None)
}

async fn detail_in(
    connection: &mut SqliteConnection,
    sql: String,
    run: RunId,
) -> Result<Option<RunDetailRow>, Fault> {
    let mut sql = QueryBuilder::<Sqlite>::new(sql);
    let Some(row) = sql.push_bind(run).build().fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let summary = row::summary(&row)?;
    let doc = blob::get(connection, row.try_get("doc")?, run, Kind::Doc, 0).await?;
    let event = row::event(connection, summary.event).await?;
    Ok(Some(RunDetailRow { summary, doc, event }))
}
