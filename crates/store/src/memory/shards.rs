//! One process holds everything.

use super::{MemoryStore, Open};
use crate::{
    Control, Error, Held, Joined, Lease, News, OpenRun, RunId, SHARDS, Shard, Shards, WorkerRow, all_shards,
    shards,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

#[async_trait]
impl Shards for MemoryStore {
    async fn join(&self, _: &str, _: &str) -> Result<Joined, Error> {
        Ok(Joined { node: 0, ttl: Duration::MAX })
    }

    async fn renew(&self, _: u16, _: &[Shard]) -> Result<Held, Error> {
        let leases = all_shards().into_iter().map(|shard| Lease { shard, epoch: 1 }).collect();
        Ok(Held { leases, share: usize::from(SHARDS) })
    }

    async fn leave(&self, _: u16) -> Result<(), Error> {
        Ok(())
    }

    async fn workers(&self) -> Result<Vec<WorkerRow>, Error> {
        Ok(Vec::new())
    }

    async fn runs_of(&self, shards: &[Shard], after: i64, limit: usize) -> Result<Vec<OpenRun>, Error> {
        let open = |open: &Open| OpenRun {
            turn: open.run.id,
            run: open.run.clone(),
            wake_at: open.wake_at,
            begun: !open.records.is_empty(),
            crashes: open.crashes,
        };
        let state = self.state();
        let later = state.open.range(after.saturating_add(1)..).map(|(_, run)| run);
        Ok(later.filter(|run| shards.contains(&run.run.shard)).map(open).take(limit).collect())
    }

    async fn news(&self, _: u16, _: &[Shard], _: i64, _: &[i64], _: usize) -> Result<News, Error> {
        Ok(News::default())
    }

    async fn hint(&self) -> Result<(), Error> {
        std::future::pending().await
    }

    async fn shard_of_run(&self, run: RunId) -> Result<Option<Shard>, Error> {
        Ok(self.state().open.get(&run).map(|open| open.run.shard))
    }

    async fn tell(&self, control: Control) -> Result<(), Error> {
        Err(shards::held_by_nobody_else(control.run))
    }

    async fn answer(&self, _: i64, _: Option<Bytes>) -> Result<(), Error> {
        Ok(())
    }

    async fn take_answers(&self, _: &[i64]) -> Result<Vec<(i64, Bytes)>, Error> {
        Ok(Vec::new())
    }
}
