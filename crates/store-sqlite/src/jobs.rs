//! Jobs over many runs.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Transaction, params};
use sqlx::AssertSqlSafe;
use store::decode::{JOB, JobColumns, job};
use store::{Error, JOBS_KEPT, JOBS_OPEN_MAX, JobRow, JobState, Jobs, Lease, Ms};

#[async_trait]
impl Jobs for SqliteStore {
    async fn add_job(&self, job: JobRow) -> Result<(), Error> {
        self.write(move |tx| add(tx, &job)).await
    }

    async fn jobs(&self, before: Option<i64>, limit: usize) -> Result<Vec<JobRow>, Error> {
        let sql = format!("SELECT {JOB} FROM job WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(before.unwrap_or(i64::MAX))
            .bind(limit.min(JOBS_KEPT) as i64);
        let rows: Vec<JobColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(job).collect()
    }

    async fn job(&self, id: i64) -> Result<Option<JobRow>, Error> {
        let sql = format!("SELECT {JOB} FROM job WHERE id = ?1");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(id);
        let row: Option<JobColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        row.map(job).transpose()
    }

    async fn open_jobs(&self) -> Result<Vec<JobRow>, Error> {
        let sql = format!("SELECT {JOB} FROM job WHERE state = 1 ORDER BY id");
        let mut reader = self.reader.take().await?;
        let rows: Vec<JobColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(job).collect()
    }

    /// One process holds every shard, so its lease is good.
    async fn save_job(
        &self,
        _: Lease,
        id: i64,
        progress: &str,
        state: JobState,
        at: Ms,
    ) -> Result<bool, Error> {
        let sql = "UPDATE job SET progress = ?2, state = ?3, changed_at = ?4 WHERE id = ?1 AND state = 1";
        let progress = progress.to_owned();
        self.write(move |tx| Ok(tx.execute(sql, (id, progress, state as i16, at))? == 1)).await
    }

    async fn cancel_job(&self, id: i64, at: Ms, by: &str) -> Result<bool, Error> {
        let sql = "UPDATE job SET state = ?2, changed_at = ?3, changed_by = ?4 WHERE id = ?1 AND state = 1";
        let by = by.to_owned();
        self.write(move |tx| Ok(tx.execute(sql, (id, JobState::Cancelled as i16, at, by))? == 1)).await
    }
}

fn add(tx: &Transaction<'_>, job: &JobRow) -> Result<(), Fault> {
    let known = tx.prepare_cached("SELECT 1 FROM job WHERE id = ?1")?.exists([job.id])?;
    if known {
        return Ok(());
    }
    let open: i64 = tx.query_row("SELECT count(*) FROM job WHERE state = 1", [], |row| row.get(0))?;
    if open >= JOBS_OPEN_MAX as i64 {
        return Err(store::jobs::too_many().into());
    }
    let JobRow { id, at, who, what, state, progress, changed_at, changed_by } = job;
    let sql = "INSERT INTO job (id, at, who, what, state, progress, changed_at, changed_by)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    tx.execute(sql, params![id, at, who, what, *state as i16, progress, changed_at, changed_by])?;
    let old = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state <> 1 ORDER BY id DESC LIMIT -1 OFFSET ?1)";
    tx.execute(old, [JOBS_KEPT as i64])?;
    Ok(())
}
