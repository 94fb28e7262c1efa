//! Takes old runs away, a little at a time, so that the writer is never kept for long.

use crate::blob::{self, Kind};
use crate::fault::Fault;
use crate::history::FileKey;
use crate::slots;
use crate::store::SqliteStore;
use rusqlite::Transaction;
use sqlx::AssertSqlSafe;
use std::time::{Duration, Instant};
use store::{DAY_MS, Error, EventId, Ms, RunId, Status, ids};

/// A sender that repeats a delivery does so within days; after this time it would be a new event.
const DELIVERIES_KEPT: Ms = 30 * DAY_MS;
/// Their index is in no order of time, so each costs a page.
const DELIVERIES_CHUNK: usize = 1_000;
/// Files removed by one expiry.
const FILES_MAX: i64 = 8;
/// How long one deletion may keep other commits waiting.
const TURN: Duration = Duration::from_millis(10);
/// Free pages are given back to the disk only where they are many and a large part of the file; the rest is reused.
const FREE_PAGES_KEPT: i64 = 4_096;
const PAGES_CHUNK: i64 = 2_048;
/// Chunks given back by one expiry.
const CHUNKS_MAX: usize = 16;

impl SqliteStore {
    pub(crate) async fn expire_runs(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        let mut gone = self.expire_files(now).await?;
        if gone >= limit {
            return Ok(gone);
        }
        gone += self.expire_hot(now, limit - gone).await?;
        while self.write(move |tx| forget_deliveries(tx, now)).await? == DELIVERIES_CHUNK {}
        while self.write(move |tx| slots::forget(tx, now)).await? > 0 {}
        self.forget_claims(now).await?;
        self.write(forget_crashes).await?;
        for _ in 0..CHUNKS_MAX {
            if !self.give_back().await? {
                break;
            }
        }
        Ok(gone)
    }

    /// Whole files, each as soon as all in it is past its retention: the time this takes does not grow with the runs.
    async fn expire_files(&self, now: Ms) -> Result<usize, Error> {
        let old = self.old_files(now).await?;
        let runs = old.iter().map(|(_, runs)| usize::try_from(*runs).unwrap_or(0)).sum();
        if !old.is_empty() {
            self.archiver.remove(old.into_iter().map(|(file, _)| FileKey(file)).collect()).await?;
        }
        Ok(runs)
    }

    /// With how many runs there are in each. As with runs in the hot file, nothing goes of a flow that nobody knows.
    async fn old_files(&self, now: Ms) -> Result<Vec<(i64, i64)>, Error> {
        let sql = "SELECT p.file, sum(p.runs) FROM history_part AS p LEFT JOIN flow AS f ON f.key = p.flow GROUP BY p.file
                   HAVING count(f.key) = count(*)
                      AND max(p.last_finished + iif(p.status = 1, f.keep_done, f.keep_failed)) < ?1
                   ORDER BY p.file LIMIT ?2";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(now).bind(FILES_MAX);
        Ok(query.fetch_all(&mut *reader).await.map_err(Fault::Read)?)
    }

    /// Runs that no file of a day holds yet, one by one.
    async fn expire_hot(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        let old = self.old_runs(now, limit).await?;
        let mut gone = 0;
        while gone < old.len() {
            let rest = old[gone..].to_vec();
            gone += self.write(move |tx| remove_some(tx, &rest)).await?;
        }
        Ok(gone)
    }

    /// Found on a read connection, so that the search keeps nobody waiting.
    async fn old_runs(&self, now: Ms, limit: usize) -> Result<Vec<(RunId, EventId)>, Error> {
        let mut reader = self.reader.take().await?;
        let mut old: Vec<(RunId, EventId)> = Vec::new();
        for (status, keep) in OUTCOMES {
            let sql = old_runs_sql(status, keep);
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(ids::EPOCH_MS);
            let rows = query.bind((limit - old.len()) as i64).fetch_all(&mut *reader).await;
            old.append(&mut rows.map_err(Fault::Read)?);
        }
        Ok(old)
    }

    /// Shrinks the file by a chunk where much of it is free.
    async fn give_back(&self) -> Result<bool, Error> {
        self.writer
            .call(|writer| {
                let count = |what: &str| {
                    writer.connection().pragma_query_value(None, what, |row| row.get::<_, i64>(0))
                };
                let free = count("freelist_count").map_err(Fault::Write)?;
                let pages = count("page_count").map_err(Fault::Write)?;
                if free <= FREE_PAGES_KEPT || free < pages / 4 {
                    return Ok(false);
                }
                let give = PAGES_CHUNK.min(free - FREE_PAGES_KEPT);
                writer.write(|tx| {
                    // Each step frees one page.
                    let mut vacuum = tx.prepare(&format!("PRAGMA incremental_vacuum({give})"))?;
                    let mut freed = vacuum.query([])?;
                    while freed.next()?.is_some() {}
                    Ok(true)
                })
            })
            .await
    }
}

/// Which of a flow's two retentions each outcome has: what went wrong is kept for whoever asks why.
const OUTCOMES: [(Status, &str); 3] =
    [(Status::Done, "keep_done"), (Status::Failed, "keep_failed"), (Status::Cancelled, "keep_failed")];

/// A run cannot have ended before its id was minted, which lets the index stop at the first young id.
fn old_runs_sql(status: Status, keep: &str) -> String {
    let status = status as i16;
    format!(
        "SELECT h.id, h.event FROM flow CROSS JOIN run_hist AS h INDEXED BY run_hist_flow
         ON h.flow = flow.key AND h.status = {status}
            AND h.id < (max(0, ?1 - flow.{keep} - ?2) << {shift}) AND h.finished_at < ?1 - flow.{keep}
         LIMIT ?3",
        shift = ids::TIME_SHIFT,
    )
}

/// Removes runs and what only they need until the turn is over; tells how many.
pub(crate) fn remove_some(tx: &Transaction<'_>, old: &[(RunId, EventId)]) -> Result<usize, Fault> {
    let until = Instant::now() + TURN;
    for (done, (run, event)) in old.iter().enumerate() {
        if done > 0 && Instant::now() >= until {
            return Ok(done);
        }
        remove(tx, *run, *event)?;
    }
    Ok(old.len())
}

fn remove(tx: &Transaction<'_>, run: RunId, event: EventId) -> Result<(), Fault> {
    tx.prepare_cached("DELETE FROM run_hist WHERE id = ?1")?.execute([run])?;
    blob::remove(tx, run, Kind::Doc)?;
    if !has_runs(tx, event)? {
        tx.prepare_cached("DELETE FROM event WHERE id = ?1")?.execute([event])?;
        blob::remove(tx, event, Kind::Event)?;
    }
    Ok(())
}

/// Whether any run still refers to the event: its first, whose number it shares, or a later one.
fn has_runs(tx: &Transaction<'_>, event: EventId) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM run WHERE id = ?1 AND event = ?1
               UNION ALL SELECT 1 FROM run_hist WHERE id = ?1 AND event = ?1
               UNION ALL SELECT 1 FROM run WHERE event = ?1 AND id <> event
               UNION ALL SELECT 1 FROM run_hist WHERE event = ?1 AND id <> event";
    Ok(tx.prepare_cached(sql)?.exists([event])?)
}

/// Tells how many; a full chunk means that there may be more.
fn forget_deliveries(tx: &Transaction<'_>, now: Ms) -> Result<usize, Fault> {
    let sql = "DELETE FROM dedupe WHERE event IN (SELECT event FROM dedupe WHERE event < ?1 ORDER BY event LIMIT ?2)";
    Ok(tx.prepare_cached(sql)?.execute((ids::first_at(now - DELIVERIES_KEPT), DELIVERIES_CHUNK as i64))?)
}

/// Of runs that ended without having come to rest, as those that a newer one replaced.
fn forget_crashes(tx: &Transaction<'_>) -> Result<(), Fault> {
    tx.prepare_cached("DELETE FROM crash WHERE run NOT IN (SELECT id FROM run)")?.execute([])?;
    Ok(())
}
