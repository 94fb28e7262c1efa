//! What a waking run asks, and the way to the writer.

use crate::fault::Fault;
use crate::row;
use crate::store::PostgresStore;
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use store::{Batch, Committed, Error, EventRow, Journal, LoadedRun, Ms, Record, RunId};

#[async_trait]
impl Journal for PostgresStore {
    async fn commit(&self, batch: Batch) -> Result<Committed, Error> {
        self.writer.commit(batch).await
    }

    async fn last_id(&self) -> Result<i64, Error> {
        let sql = "SELECT greatest((SELECT max(id) FROM run), (SELECT max(id) FROM run_hist),
                                   (SELECT max(id) FROM event), 0)";
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(sql).fetch_one(&mut *reader).await.map_err(Fault::Sql)?)
    }

    async fn load_run(&self, run: RunId) -> Result<Option<LoadedRun>, Error> {
        Ok(self.load(run).await?)
    }

    async fn expire(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        Ok(self.expire_runs(now, limit).await?)
    }
}

impl PostgresStore {
    /// Two statements, but only the run's holder loads it, and nobody else can change it meanwhile.
    async fn load(&self, id: RunId) -> Result<Option<LoadedRun>, Fault> {
        let sql = format!(
            "SELECT {}, {} FROM run LEFT JOIN event ON event.id = run.event WHERE run.id = $1",
            row::RUN,
            row::EVENT
        );
        let mut reader = self.reader().await?;
        let found = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *reader).await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let run = row::run(&found)?;
        let Some(event) = row::event(&found)? else {
            return Err(Fault::unreadable(format!("run {id} has lost its event {}", run.event)));
        };
        let sql = "SELECT seq, at, body FROM journal WHERE run = $1 ORDER BY seq";
        let rows: Vec<(i32, Ms, Vec<u8>)> = sqlx::query_as(sql).bind(id).fetch_all(&mut *reader).await?;
        let record =
            |(seq, at, body): (i32, Ms, Vec<u8>)| Record { run: id, seq: seq as u32, at, body: body.into() };
        let EventRow { trigger, received_at, head, body, .. } = event;
        let records = rows.into_iter().map(record).collect();
        Ok(Some(LoadedRun { run, trigger, received_at, head, body, records }))
    }
}
