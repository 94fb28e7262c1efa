//! Jobs over many runs.

use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use crate::text::text;
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use store::decode::{JOB, JobColumns, job};
use store::{Error, JOBS_KEPT, JOBS_OPEN_MAX, JobRow, JobState, Jobs, Lease, Ms};

#[async_trait]
impl Jobs for PostgresStore {
    async fn add_job(&self, job: JobRow) -> Result<(), Error> {
        self.change(Add(job)).await
    }

    async fn jobs(&self, before: Option<i64>, limit: usize) -> Result<Vec<JobRow>, Error> {
        let sql = format!("SELECT {JOB} FROM job WHERE id < $1 ORDER BY id DESC LIMIT $2");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(before.unwrap_or(i64::MAX))
            .bind(limit.min(JOBS_KEPT) as i64);
        let rows: Vec<JobColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(job).collect()
    }

    async fn job(&self, id: i64) -> Result<Option<JobRow>, Error> {
        let sql = format!("SELECT {JOB} FROM job WHERE id = $1");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(id);
        let row: Option<JobColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        row.map(job).transpose()
    }

    async fn open_jobs(&self) -> Result<Vec<JobRow>, Error> {
        let sql = format!("SELECT {JOB} FROM job WHERE state = 1 ORDER BY id");
        let mut reader = self.reader().await?;
        let rows: Vec<JobColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(job).collect()
    }

    async fn save_job(
        &self,
        lease: Lease,
        id: i64,
        progress: &str,
        state: JobState,
        at: Ms,
    ) -> Result<bool, Error> {
        let sql = "WITH held AS MATERIALIZED (SELECT 1 FROM shard WHERE id = $5 AND epoch = $6 FOR SHARE)
                   UPDATE job SET progress = $2, state = $3, changed_at = $4 FROM held WHERE id = $1 AND state = 1";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(id).bind(text(progress)).bind(state as i16).bind(at);
        let query = query.bind(lease.shard as i16).bind(lease.epoch);
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn cancel_job(&self, id: i64, at: Ms, by: &str) -> Result<bool, Error> {
        let sql = "UPDATE job SET state = $2, changed_at = $3, changed_by = $4 WHERE id = $1 AND state = 1";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(id).bind(JobState::Cancelled as i16).bind(at).bind(text(by));
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }
}

struct Add(JobRow);

impl Change<()> for Add {
    async fn make(self, connection: &mut PgConnection) -> Result<(), Fault> {
        let JobRow { id, at, who, what, state, progress, changed_at, changed_by } = self.0;
        // One is put down at a time, so that their number has a bound.
        connection.execute("LOCK TABLE job IN SHARE ROW EXCLUSIVE MODE").await?;
        let sql =
            "SELECT (SELECT count(*) FROM job WHERE state = 1), EXISTS (SELECT 1 FROM job WHERE id = $1)";
        let (open, known): (i64, bool) = sqlx::query_as(sql).bind(id).fetch_one(&mut *connection).await?;
        if !known && open >= JOBS_OPEN_MAX as i64 {
            return Err(store::jobs::too_many().into());
        }
        let sql = "INSERT INTO job (id, at, who, what, state, progress, changed_at, changed_by)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
        let query = sqlx::query(sql).bind(id).bind(at).bind(text(&who)).bind(text(&what)).bind(state as i16);
        query
            .bind(text(&progress))
            .bind(changed_at)
            .bind(text(&changed_by))
            .execute(&mut *connection)
            .await?;
        let old =
            "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state <> 1 ORDER BY id DESC OFFSET $1)";
        sqlx::query(old).bind(JOBS_KEPT as i64).execute(connection).await?;
        Ok(())
    }
}
