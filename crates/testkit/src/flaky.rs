//! A store that fails when a test wants it to.

use async_trait::async_trait;
use model::{ConnectionName, FlowId, NodeId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use store::{
    Accounts, AuditEntry, Batch, Committed, Connections, DayCount, Error, EventId, FlowKey, FlowRow,
    FlowState, FlowTotals, Flows, Journal, LoadedRun, Ms, NewUser, OpenRun, RunDetailRow, RunFilter, RunId,
    RunQueries, RunSummaryRow, SaveFlow, Schedules, SealedConnection, Session, Settings, Store, StoreSize,
    Token, User, VersionKey, VersionRow,
};

/// On which side of the failing commit the store stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    /// The commit is on disk, and nobody is told.
    After,
}

/// Passes everything on to another store, until it fails; from then on every commit fails.
pub struct FlakyStore {
    inner: Arc<dyn Store>,
    fails: Option<(usize, When)>,
    commits: AtomicUsize,
    failed: AtomicBool,
    full: AtomicBool,
}

impl FlakyStore {
    /// Fails at this commit, counted from 0; `None` never does.
    pub fn new(inner: Arc<dyn Store>, fails: Option<(usize, When)>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            fails,
            commits: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            full: AtomicBool::new(false),
        })
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
        if self.full.load(Ordering::SeqCst) {
            return Err(Error::Full);
        }
        let number = self.commits.fetch_add(1, Ordering::SeqCst);
        let fails = self.fails.filter(|(at, _)| *at == number).map(|(_, when)| when);
        self.failed.store(fails.is_some(), Ordering::SeqCst);
        match fails {
            None => self.inner.commit(batch).await,
            Some(When::Before) => Err(Self::broken()),
            Some(When::After) => {
                self.inner.commit(batch).await?;
                Err(Self::broken())
            }
        }
    }

    async fn last_id(&self) -> Result<i64, Error> {
        self.inner.last_id().await
    }

    async fn open_runs(&self, after: RunId, limit: usize) -> Result<Vec<OpenRun>, Error> {
        self.inner.open_runs(after, limit).await
    }

    async fn load_run(&self, run: RunId) -> Result<Option<LoadedRun>, Error> {
        self.inner.load_run(run).await
    }

    async fn expire(&self, now: Ms, limit: usize) -> Result<usize, Error> {
        self.inner.expire(now, limit).await
    }
}

/// Methods that only ask the store inside.
macro_rules! pass_on {
    ($of:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $gives:ty;)* }) => {
        #[async_trait]
        impl $of for FlakyStore {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$gives, Error> {
                self.inner.$name($($argument),*).await
            })*
        }
    };
}

pass_on!(RunQueries {
    fn runs(filter: RunFilter) -> Vec<RunSummaryRow>;
    fn summaries(runs: &[RunId]) -> Vec<RunSummaryRow>;
    fn run_detail(run: RunId) -> Option<RunDetailRow>;
    fn retries(event: EventId) -> Vec<RunSummaryRow>;
    fn flow_totals() -> Vec<(FlowKey, FlowTotals)>;
    fn days(since: Ms) -> Vec<DayCount>;
    fn size() -> StoreSize;
    fn ping() -> ();
});

pass_on!(Flows {
    fn save_flow(save: SaveFlow) -> FlowRow;
    fn flows() -> Vec<FlowRow>;
    fn flow(id: &FlowId) -> Option<FlowRow>;
    fn set_flow_state(id: &FlowId, state: FlowState, at: Ms) -> bool;
    fn delete_flow(id: &FlowId, at: Ms) -> bool;
    fn versions(flow: FlowKey) -> Vec<VersionRow>;
    fn version(key: VersionKey) -> Option<VersionRow>;
});

pass_on!(Connections {
    fn save_connection(connection: SealedConnection) -> ();
    fn connections() -> Vec<SealedConnection>;
    fn connection(name: &ConnectionName) -> Option<SealedConnection>;
    fn delete_connection(name: &ConnectionName) -> bool;
});

pass_on!(Schedules {
    fn schedules() -> BTreeMap<(FlowKey, NodeId), Ms>;
});

pass_on!(Settings {
    fn setting(name: &str) -> Option<String>;
    fn set_setting(name: &str, value: &str) -> ();
});

pass_on!(Accounts {
    fn create_owner(user: NewUser) -> bool;
    fn create_user(user: NewUser) -> ();
    fn user_by_email(email: &str) -> Option<User>;
    fn user(id: &str) -> Option<User>;
    fn users() -> Vec<User>;
    fn set_password(id: &str, password_hash: &str) -> bool;
    fn save_session(session: Session) -> ();
    fn session(id_hash: &[u8; 32], now: Ms) -> Option<Session>;
    fn delete_session(id_hash: &[u8; 32]) -> ();
    fn expire_sessions(now: Ms) -> usize;
    fn create_token(token: Token) -> ();
    fn token_by_hash(hash: &[u8; 32]) -> Option<Token>;
    fn tokens() -> Vec<Token>;
    fn touch_token(id: &str, at: Ms) -> ();
    fn delete_token(id: &str) -> bool;
    fn audit(entry: AuditEntry) -> ();
    fn audit_trail(before: Ms, limit: usize) -> Vec<AuditEntry>;
});
