//! One process holds everything: the folder is locked while it is open.

use crate::fault::Fault;
use crate::row;
use crate::store::SqliteStore;
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{AssertSqlSafe, Row};
use std::time::Duration;
use store::{
    Control, Epoch, Error, Held, Joined, Lease, News, OpenRun, RunId, SHARDS, Shard, Shards, WorkerRow,
    all_shards,
};

/// Nobody else can take what this process holds.
const TTL: Duration = Duration::MAX;
const EPOCH: Epoch = 1;

#[async_trait]
impl Shards for SqliteStore {
    async fn join(&self, _: &str, _: &str) -> Result<Joined, Error> {
        Ok(Joined { node: 0, ttl: TTL })
    }

    async fn renew(&self, _: u16, _: &[Shard]) -> Result<Held, Error> {
        let leases = all_shards().into_iter().map(|shard| Lease { shard, epoch: EPOCH }).collect();
        Ok(Held { leases, share: usize::from(SHARDS) })
    }

    async fn leave(&self, _: u16) -> Result<(), Error> {
        Ok(())
    }

    async fn workers(&self) -> Result<Vec<WorkerRow>, Error> {
        Ok(Vec::new())
    }

    async fn runs_of(&self, shards: &[Shard], after: i64, limit: usize) -> Result<Vec<OpenRun>, Error> {
        let all = shards.len() == usize::from(SHARDS);
        let numbers = shards.iter().map(Shard::to_string).collect::<Vec<_>>().join(", ");
        let some = if all { String::new() } else { format!("AND shard IN ({numbers})") };
        let begun = "EXISTS (SELECT 1 FROM journal AS j WHERE j.run = run.id) AS begun";
        let crashes = "ifnull((SELECT times FROM crash WHERE crash.run = run.id), 0) AS crashes";
        let sql = format!(
            "SELECT {}, {begun}, {crashes} FROM run WHERE id > ?1 {some} ORDER BY id LIMIT ?2",
            row::RUN
        );
        let mut reader = self.reader.take().await?;
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(limit as i64);
        let rows = query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        let open = |row| {
            let run = row::run(row)?;
            // Ids are minted in the order of commits here.
            let (begun, crashes) = (row.try_get("begun")?, row.try_get("crashes")?);
            Ok(OpenRun { turn: run.id, run, wake_at: row.try_get("wake_at")?, begun, crashes })
        };
        Ok(rows.iter().map(open).collect::<Result<_, Fault>>()?)
    }

    async fn news(&self, _: u16, _: &[Shard], _: i64, _: &[i64], _: usize) -> Result<News, Error> {
        Ok(News::default())
    }

    async fn hint(&self) -> Result<(), Error> {
        std::future::pending().await
    }

    async fn shard_of_run(&self, run: RunId) -> Result<Option<Shard>, Error> {
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_scalar("SELECT shard FROM run WHERE id = ?1").bind(run);
        Ok(query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?)
    }

    async fn tell(&self, control: Control) -> Result<(), Error> {
        Err(store::shards::held_by_nobody_else(control.run))
    }

    async fn answer(&self, _: i64, _: Option<Bytes>) -> Result<(), Error> {
        Ok(())
    }

    async fn take_answers(&self, _: &[i64]) -> Result<Vec<(i64, Bytes)>, Error> {
        Ok(Vec::new())
    }
}
