//! A store that fails when a test wants it to.

use async_trait::async_trait;
use bytes::Bytes;
use model::{ConnectionName, FlowId, NodeId};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use store::{
    Accounts, AuditEntry, Batch, Committed, Connections, Control, DayCount, Error, EventId, FlowKey, FlowRow,
    FlowState, FlowTotals, Flows, Held, Joined, Journal, LoadedRun, Ms, News, OpenRun, RunDetailRow,
    RunFilter, RunId, RunQueries, RunSummaryRow, SaveFlow, Schedules, SealedConnection, Session, Settings,
    Shard, Shards, Store, StoreSize, Token, User, VersionKey, VersionRow, WorkerRow,
};
use tokio::sync::watch;

/// On which side of the failing commit the store stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    /// The commit is on disk, and nobody is told.
    After,
}

/// What meets each call of a store, for tests that leave it to chance. It may take its time, or never come back.
#[async_trait]
pub trait Weather: Send + Sync {
    /// Before a call; an error is all that the caller gets.
    async fn before(&self, method: &'static str) -> Result<(), Error>;

    /// After a commit is done; an error keeps that from the caller.
    async fn after_commit(&self) -> Result<(), Error>;
}

/// Passes everything on to another store, until it fails; from then on every commit fails.
pub struct FlakyStore {
    inner: Arc<dyn Store>,
    weather: Option<Arc<dyn Weather>>,
    fails: Option<(usize, When)>,
    commits: AtomicUsize,
    failed: AtomicBool,
    full: AtomicBool,
    away: AtomicBool,
    /// Commits until the store is full.
    fills: AtomicUsize,
    /// Commits that were sent away because it was full.
    sent_away: AtomicUsize,
    refused: Mutex<Option<RunId>>,
    fails_next: Mutex<Option<&'static str>>,
    held: watch::Sender<Option<&'static str>>,
    expiry_held: watch::Sender<bool>,
}

impl FlakyStore {
    /// Fails at this commit, counted from 0; `None` never does.
    pub fn new(inner: Arc<dyn Store>, fails: Option<(usize, When)>) -> Arc<Self> {
        Arc::new(Self::of(inner, None, fails))
    }

    /// A store in the hands of chance.
    pub fn under(weather: Arc<dyn Weather>, inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self::of(inner, Some(weather), None))
    }

    fn of(inner: Arc<dyn Store>, weather: Option<Arc<dyn Weather>>, fails: Option<(usize, When)>) -> Self {
        Self {
            inner,
            weather,
            fails,
            commits: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            full: AtomicBool::new(false),
            away: AtomicBool::new(false),
            fills: AtomicUsize::new(usize::MAX),
            sent_away: AtomicUsize::new(0),
            refused: Mutex::new(None),
            fails_next: Mutex::new(None),
            held: watch::Sender::new(None),
            expiry_held: watch::Sender::new(false),
        }
    }

    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    pub fn commits(&self) -> usize {
        self.commits.load(Ordering::SeqCst)
    }

    pub fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    /// Cannot be reached, as a database that restarts.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Takes so many commits more, and is full then.
    pub fn fill_after(&self, commits: usize) {
        self.fills.store(self.commits() + commits, Ordering::SeqCst);
    }

    /// There is space again, however it was lost.
    pub fn set_roomy(&self) {
        self.fills.store(usize::MAX, Ordering::SeqCst);
        self.set_full(false);
    }

    pub fn sent_away(&self) -> usize {
        self.sent_away.load(Ordering::SeqCst)
    }

    /// Takes nothing about this run, as if it broke a rule of the store.
    pub fn refuse(&self, run: Option<RunId>) {
        *self.refused.lock().expect("nobody panics with it") = run;
    }

    /// The next such question gets no answer in time.
    pub fn fail_next(&self, question: &'static str) {
        *self.fails_next.lock().expect("nobody panics with it") = Some(question);
    }

    /// Such a question takes as long as this is so.
    pub fn hold(&self, question: Option<&'static str>) {
        self.held.send_replace(question);
    }

    /// Removing old runs takes as long as this is so.
    pub fn hold_expiry(&self, held: bool) {
        self.expiry_held.send_replace(held);
    }

    fn is_full(&self) -> bool {
        self.full.load(Ordering::SeqCst) || self.commits() >= self.fills.load(Ordering::SeqCst)
    }

    fn refuses(&self, batch: &Batch) -> bool {
        let refused = *self.refused.lock().expect("nobody panics with it");
        let about = |run: RunId| Some(run) == refused;
        batch.records.iter().any(|record| about(record.run))
            || batch.finishes.iter().any(|finish| about(finish.run.id))
            || batch.parks.iter().any(|(run, _)| about(*run))
    }

    async fn before(&self, method: &'static str) -> Result<(), Error> {
        if self.fails_next.lock().expect("nobody panics with it").take_if(|next| *next == method).is_some() {
            return Err(Error::Deadline);
        }
        self.held.subscribe().wait_for(|held| *held != Some(method)).await.ok();
        match &self.weather {
            Some(weather) => self.noting(weather.before(method).await),
            None => Ok(()),
        }
    }

    async fn after_commit(&self) -> Result<(), Error> {
        match &self.weather {
            Some(weather) => self.noting(weather.after_commit().await),
            None => Ok(()),
        }
    }

    /// A write that failed is the last one.
    fn noting(&self, met: Result<(), Error>) -> Result<(), Error> {
        if matches!(met, Err(Error::Io(_))) {
            self.failed.store(true, Ordering::SeqCst);
        }
        met
    }

    fn broken() -> Error {
        Error::Io("pulled out".into())
    }
}

#[async_trait]
impl Journal for FlakyStore {
    async fn commit(&self, batch: Batch) -> Result<Committed, Error> {
        if self.has_failed() {
            return Err(Self::broken());
        }
        if self.is_full() {
            self.sent_away.fetch_add(1, Ordering::SeqCst);
            return Err(Error::Full);
        }
        if self.away.load(Ordering::SeqCst) {
            return Err(Error::Unavailable("away".into()));
        }
        if self.refuses(&batch) {
            return Err(Error::Conflict("refused".into()));
        }
        self.before("commit").await?;
        let number = self.commits.fetch_add(1, Ordering::SeqCst);
        let fails = self.fails.filter(|(at, _)| *at == number).map(|(_, when)| when);
        self.failed.store(fails.is_some(), Ordering::SeqCst);
        match fails {
            None => {
                let committed = self.inner.commit(batch).await?;
                self.after_commit().await?;
                Ok(committed)
            }
            Some(When::Before) => Err(Self::broken()),
            Some(When::After) => {
                self.inner.commit(batch).await?;
                Err(Self::broken())
            }
        }
    }

    async fn last_id(&self) -> Result<i64, Error> {
        self.before("last_id").await?;
        self.inner.last_id().await
    }

    async fn load_run(&self, run: RunId) -> Result<Option<LoadedRun>, Error> {
        self.before("load_run").await?;
        self.inner.load_run(run).await
    }

    async fn expire(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        self.expiry_held.subscribe().wait_for(|held| !held).await.ok();
        self.inner.expire(now, limit).await
    }
}

crate::pass_on::pass_on!(FlakyStore, Shards {
    fn join(name: &str, version: &str) -> Joined;
    fn renew(node: u16, give_back: &[Shard]) -> Held;
    fn leave(node: u16) -> ();
    fn workers() -> Vec<WorkerRow>;
    fn runs_of(shards: &[Shard], after: i64, limit: usize) -> Vec<OpenRun>;
    fn news(node: u16, shards: &[Shard], since: i64, heard: &[i64], limit: usize) -> News;
    fn hint() -> ();
    fn shard_of_run(run: RunId) -> Option<Shard>;
    fn tell(control: Control) -> ();
    fn answer(control: i64, answer: Option<Bytes>) -> ();
    fn take_answers(controls: &[i64]) -> Vec<(i64, Bytes)>;
});

crate::pass_on::pass_on_the_rest!(FlakyStore);
