//! One store for several processes, with leases that end when a test says so.

use async_trait::async_trait;
use bytes::Bytes;
use model::{ConnectionName, FlowId, NodeId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{
    Accepted, Accounts, AuditEntry, Batch, Committed, Connections, Control, DayCount, Epoch, Error, EventId,
    FlowKey, FlowRow, FlowState, FlowTotals, Flows, Held, Joined, Journal, Lease, LoadedRun, Ms, News,
    OpenRun, RunDetailRow, RunFilter, RunId, RunQueries, RunSummaryRow, SHARDS, SaveFlow, Schedules,
    SealedConnection, Session, Settings, Shard, Shards, Store, StoreSize, Token, User, VersionKey,
    VersionRow, WorkerRow,
};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Short, so that a test does not wait long for a process to notice; it ends nothing by itself.
const TTL: Duration = Duration::from_millis(400);

/// What several processes share. Each gets a handle of its own, as it would open a connection of its own.
pub struct Shared {
    inner: Arc<dyn Store>,
    table: Mutex<Table>,
    /// No lease ends in the middle of a commit.
    committing: tokio::sync::Mutex<()>,
    changed: Notify,
    ttl: Duration,
}

#[derive(Default)]
struct Table {
    nodes: BTreeSet<u16>,
    /// When each was last heard of, for leases that end by themselves.
    renewed: BTreeMap<u16, Instant>,
    last_node: u16,
    owners: BTreeMap<Shard, (u16, Epoch)>,
    epochs: BTreeMap<Shard, Epoch>,
    cut: BTreeSet<u16>,
    shards: HashMap<RunId, Shard>,
    /// Runs in the order of their commits, and who accepted them.
    accepted: Vec<(RunId, u16)>,
    controls: Vec<Control>,
    answers: HashMap<i64, Bytes>,
    generation: i64,
    refused: usize,
    renewals: BTreeMap<u16, usize>,
}

impl Shared {
    pub fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Self::with_leases_of(TTL, inner)
    }

    /// With leases of this length, which end when `end_leases` is asked for it.
    pub fn with_leases_of(ttl: Duration, inner: Arc<dyn Store>) -> Arc<Self> {
        let (table, committing) = (Mutex::default(), tokio::sync::Mutex::default());
        Arc::new(Self { inner, table, committing, changed: Notify::new(), ttl })
    }

    /// Ends the leases of those that were not heard of for so long.
    pub async fn end_leases(&self) {
        let is_over = |renewed: Option<&Instant>| renewed.is_none_or(|at| at.elapsed() > self.ttl);
        let over: Vec<u16> = {
            let table = self.table();
            table.nodes.iter().copied().filter(|node| is_over(table.renewed.get(node))).collect()
        };
        for node in over {
            self.expire(node).await;
        }
    }

    /// Everybody was heard of a moment ago: to be called in a runtime whose time is another.
    pub fn begin_time(&self) {
        let mut table = self.table();
        table.renewed = table.nodes.iter().map(|node| (*node, Instant::now())).collect();
    }

    /// A process's way to the store.
    pub fn process(self: &Arc<Self>) -> Arc<dyn Store> {
        Arc::new(Process { shared: self.clone(), inner: self.inner.clone(), node: Mutex::default() })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This process hears nothing any more and cannot renew, as if it were stopped; what it writes still arrives.
    pub fn cut(&self, node: u16) {
        self.table().cut.insert(node);
    }

    /// Its leases have run out.
    pub async fn expire(&self, node: u16) {
        let _turn = self.committing.lock().await;
        self.table().remove(node);
        self.changed.notify_waiters();
    }

    /// A flow or a connection was changed by some process.
    pub fn publish(&self) {
        self.table().generation += 1;
        self.changed.notify_waiters();
    }

    /// Nodes that live, oldest first.
    pub fn nodes(&self) -> Vec<u16> {
        self.table().nodes.iter().copied().collect()
    }

    pub fn shards_of(&self, node: u16) -> usize {
        self.table().owners.values().filter(|(owner, _)| *owner == node).count()
    }

    /// How often a process has renewed its leases.
    pub fn renewals(&self, node: u16) -> usize {
        self.table().renewals.get(&node).copied().unwrap_or(0)
    }

    /// What runs were told and have not answered.
    pub fn told_left(&self) -> usize {
        self.table().controls.len()
    }

    /// Answers that nobody has taken.
    pub fn answers_left(&self) -> usize {
        self.table().answers.len()
    }

    pub fn owner_of(&self, run: RunId) -> Option<u16> {
        let table = self.table();
        let shard = table.shards.get(&run)?;
        table.owners.get(shard).map(|(node, _)| *node)
    }

    /// Rows that came too late and were not written.
    pub fn refused(&self) -> usize {
        self.table().refused
    }
}

impl Table {
    fn remove(&mut self, node: u16) {
        self.nodes.remove(&node);
        self.owners.retain(|_, (owner, _)| *owner != node);
    }

    fn share(&self) -> usize {
        usize::from(SHARDS).div_ceil(self.nodes.len().max(1))
    }

    fn renew(&mut self, node: u16, give_back: &[Shard]) -> Held {
        *self.renewals.entry(node).or_default() += 1;
        self.nodes.insert(node);
        self.renewed.insert(node, Instant::now());
        self.owners.retain(|shard, (owner, _)| *owner != node || !give_back.contains(shard));
        let share = self.share();
        let mut held = self.owners.values().filter(|(owner, _)| *owner == node).count();
        for shard in 0..SHARDS {
            if held < share && !self.owners.contains_key(&shard) {
                let epoch = self.epochs.entry(shard).or_default();
                *epoch += 1;
                self.owners.insert(shard, (node, *epoch));
                held += 1;
            }
        }
        let mine = self.owners.iter().filter(|(_, (owner, _))| *owner == node);
        let leases = mine.map(|(shard, (_, epoch))| Lease { shard: *shard, epoch: *epoch }).collect();
        Held { leases, share }
    }

    /// Takes what is not the sender's out of a batch; gives the shards that it lost.
    fn fence(&mut self, node: u16, batch: &mut Batch) -> Vec<Shard> {
        let held = |lease: &Lease| self.owners.get(&lease.shard) == Some(&(node, lease.epoch));
        let lost: Vec<Shard> =
            batch.leases.iter().filter(|lease| !held(lease)).map(|lease| lease.shard).collect();
        let keeps = |run: RunId| self.shards.get(&run).is_none_or(|shard| !lost.contains(shard));
        let count = |batch: &Batch| batch.records.len() + batch.parks.len() + batch.finishes.len();
        let before = count(batch);
        batch.records.retain(|record| keeps(record.run));
        batch.parks.retain(|(run, _)| keeps(*run));
        batch.finishes.retain(|finish| keeps(finish.run.id));
        batch.crashes.retain(|(run, _)| keeps(*run));
        self.refused += before - count(batch);
        lost
    }
}

struct Process {
    shared: Arc<Shared>,
    inner: Arc<dyn Store>,
    node: Mutex<u16>,
}

impl Process {
    /// Nothing keeps its questions from the store.
    async fn before(&self, _method: &str) -> Result<(), Error> {
        Ok(())
    }

    fn node(&self) -> u16 {
        *self.node.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for Process {
    async fn commit(&self, mut batch: Batch) -> Result<Committed, Error> {
        let _turn = self.shared.committing.lock().await;
        let lost = self.shared.table().fence(self.node(), &mut batch);
        let runs: Vec<(RunId, Shard)> =
            batch.accepts.iter().map(|accept| (accept.run.id, accept.run.shard)).collect();
        let controls = std::mem::take(&mut batch.controls);
        let committed = self.inner.commit(batch).await?;
        let mut table = self.shared.table();
        let mut turns = Vec::new();
        for ((run, shard), accepted) in runs.into_iter().zip(&committed.accepts) {
            turns.push(table.accepted.len() as i64 + 1);
            if *accepted == Accepted::New {
                table.shards.insert(run, shard);
                table.accepted.push((run, self.node()));
            }
        }
        let is_open = |told: &Control| table.shards.contains_key(&told.run);
        let controls: Vec<Control> = controls.into_iter().filter(is_open).collect();
        table.controls.extend(controls);
        drop(table);
        self.shared.changed.notify_waiters();
        Ok(Committed { lost, turns, ..committed })
    }

    async fn last_id(&self) -> Result<i64, Error> {
        self.inner.last_id().await
    }

    async fn load_run(&self, run: RunId) -> Result<Option<LoadedRun>, Error> {
        self.inner.load_run(run).await
    }

    async fn expire(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        self.inner.expire(now, limit).await
    }
}

#[async_trait]
impl Shards for Process {
    async fn join(&self, _: &str, _: &str) -> Result<Joined, Error> {
        let mut table = self.shared.table();
        table.last_node += 1;
        let node = table.last_node;
        table.nodes.insert(node);
        table.renewed.insert(node, Instant::now());
        *self.node.lock().unwrap_or_else(PoisonError::into_inner) = node;
        Ok(Joined { node, ttl: self.shared.ttl })
    }

    async fn renew(&self, node: u16, give_back: &[Shard]) -> Result<Held, Error> {
        let mut table = self.shared.table();
        if table.cut.contains(&node) {
            return Err(Error::Deadline);
        }
        Ok(table.renew(node, give_back))
    }

    async fn leave(&self, node: u16) -> Result<(), Error> {
        self.shared.table().remove(node);
        Ok(())
    }

    async fn workers(&self) -> Result<Vec<WorkerRow>, Error> {
        let row = |node| WorkerRow {
            node,
            name: format!("process {node}"),
            version: "test".into(),
            joined_at: 0,
            shards: self.shared.shards_of(node),
        };
        Ok(self.shared.nodes().into_iter().map(row).collect())
    }

    async fn runs_of(&self, shards: &[Shard], after: i64, limit: usize) -> Result<Vec<OpenRun>, Error> {
        let mut runs = self.inner.runs_of(shards, 0, usize::MAX >> 1).await?;
        let table = self.shared.table();
        let turn = |run| table.accepted.iter().position(|(accepted, _)| *accepted == run);
        for open in &mut runs {
            open.turn = turn(open.run.id).map_or(0, |turn| turn as i64 + 1);
        }
        runs.retain(|open| open.turn > after);
        runs.sort_by_key(|open| open.turn);
        runs.truncate(limit);
        Ok(runs)
    }

    async fn news(
        &self,
        node: u16,
        shards: &[Shard],
        since: i64,
        heard: &[i64],
        _: usize,
    ) -> Result<News, Error> {
        let (theirs, mut news) = {
            let table = self.shared.table();
            if table.cut.contains(&node) {
                return Err(Error::Deadline);
            }
            let is_ours = |run: &RunId| table.shards.get(run).is_some_and(|shard| shards.contains(shard));
            let since = usize::try_from(since).unwrap_or(0);
            let theirs = table.accepted.iter().skip(since);
            let theirs = theirs.filter(|(run, by)| *by != node && is_ours(run)).map(|(run, _)| *run);
            let is_new = |control: &&Control| is_ours(&control.run) && !heard.contains(&control.id);
            let controls = table.controls.iter().filter(is_new).cloned();
            let cursor = i64::try_from(table.accepted.len()).unwrap_or(0);
            let (controls, generation) = (controls.collect(), table.generation);
            (theirs.collect::<Vec<_>>(), News { controls, generation, cursor, ..News::default() })
        };
        if !theirs.is_empty() {
            news.runs = self.runs_of(shards, 0, usize::MAX).await?;
            news.runs.retain(|open| theirs.contains(&open.run.id));
        }
        Ok(news)
    }

    async fn hint(&self) -> Result<(), Error> {
        self.shared.changed.notified().await;
        Ok(())
    }

    async fn shard_of_run(&self, run: RunId) -> Result<Option<Shard>, Error> {
        self.inner.shard_of_run(run).await
    }

    async fn tell(&self, control: Control) -> Result<(), Error> {
        self.shared.table().controls.push(control);
        self.shared.changed.notify_waiters();
        Ok(())
    }

    async fn answer(&self, control: i64, answer: Option<Bytes>) -> Result<(), Error> {
        let mut table = self.shared.table();
        table.controls.retain(|one| one.id != control);
        table.answers.extend(answer.map(|answer| (control, answer)));
        drop(table);
        self.shared.changed.notify_waiters();
        Ok(())
    }

    async fn take_answers(&self, controls: &[i64]) -> Result<Vec<(i64, Bytes)>, Error> {
        let mut table = self.shared.table();
        Ok(controls.iter().filter_map(|control| table.answers.remove_entry(control)).collect())
    }
}

crate::pass_on::pass_on_the_rest!(Process);
