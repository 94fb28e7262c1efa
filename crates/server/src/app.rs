//! Everything a request may need, put together once at start.

use crate::Traces;
use crate::alerts::Alerts;
use crate::auth::{Passwords, SetUpCode, Throttle};
use crate::bodies::Bodies;
use crate::budget::{Budget, Limits};
use crate::imported::ImportedConnectors;
use crate::listening::Listeners;
use crate::live::Hub;
use crate::lookups::Lookups;
use crate::metrics::Answers;
use crate::presence::Presence;
use crate::room::Room;
use crate::storage::Storage;
use crate::uses::Uses;
use crate::vault::{self, MasterKey, Renewal, Vault};
use anyhow::Context;
use buffer::Buffers;
use connector::{Catalog, Http, HttpPolicy};
use engine::{Clock, Engine, WatchedClock};
use model::Value;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::{AuditEntry, Ms, Store};
use tokio_util::task::TaskTracker;

/// How a server shall be. Every field can be set by flag and by environment.
#[derive(Clone, Debug)]
pub struct Settings {
    pub data: PathBuf,
    /// The database that holds everything but the master key; the data folder where there is none.
    pub database: Option<SecretString>,
    /// How long what a process of several holds is its own without a word from it.
    pub lease: Option<Duration>,
    /// The address under which browsers and shops reach this server, without a slash at the end.
    pub base_url: String,
    /// A reverse proxy stands in front and says in `X-Forwarded-For` who asks.
    pub behind_proxy: bool,
    /// Calls may go to private addresses.
    pub allow_private: bool,
    /// Certificate authorities to trust besides the public ones.
    pub ca_pem: Option<String>,
    /// What flows see as `vars`.
    pub vars: Value,
    /// 64 hex digits; the file in the data folder where there is none.
    pub master_key: Option<SecretString>,
    /// Treat the disk as full when the store has this many bytes.
    pub store_bytes_max: Option<u64>,
    /// How much the store may take altogether.
    pub budget: Limits,
    /// The largest body that any webhook takes, whatever its node asks for; where nothing is said, 256 MB.
    pub body_bytes_max: Option<u64>,
    /// Bytes of data that one run may hold in memory.
    pub run_memory_max: Option<usize>,
    /// Bytes that one run may put on the disk for what does not fit into memory.
    pub run_disk_max: Option<u64>,
    /// How often the process may die under a run before that is set aside.
    pub poison_after: Option<u32>,
    /// Open the data folder even on a network file system.
    pub allow_network_dir: bool,
    /// Open also a store that an import has not filled to its end, to begin anew.
    pub unfinished: bool,
    /// Brokers in which events of webhooks may wait, each as `NAME=URL`.
    pub buffers: Vec<SecretString>,
    /// How often each connection is tried by itself; never where there is none.
    pub health_every: Option<Duration>,
    /// Who collects traces.
    pub traces: Traces,
    /// Whoever creates the first owner must know a code that is told at start: others than us can reach the port.
    pub set_up_code: bool,
}

impl Settings {
    pub fn new(data: impl Into<PathBuf>, base_url: impl Into<String>) -> Self {
        Self {
            data: data.into(),
            database: None,
            lease: None,
            base_url: base_url.into(),
            behind_proxy: false,
            allow_private: false,
            ca_pem: None,
            vars: Value::Object(Default::default()),
            master_key: None,
            store_bytes_max: None,
            budget: Limits::default(),
            body_bytes_max: None,
            run_memory_max: None,
            run_disk_max: None,
            poison_after: None,
            allow_network_dir: false,
            unfinished: false,
            buffers: Vec::new(),
            health_every: None,
            traces: Traces::default(),
            set_up_code: false,
        }
    }

    /// For a command that only makes sense where there is a store: a name that was typed wrong makes no new one.
    pub async fn open_existing_store(&self) -> anyhow::Result<Storage> {
        if self.database.is_none() && !store_sqlite::is_store(&self.data) {
            anyhow::bail!("there is no store in {}: give its folder with --data", self.data.display());
        }
        self.open_store().await
    }

    pub async fn open_store(&self) -> anyhow::Result<Storage> {
        if let Some(url) = &self.database {
            return Storage::in_database(url, &self.data, self.lease, self.unfinished).await;
        }
        let mut options = store_sqlite::Options::new(&self.data);
        options.bytes_max = self.store_bytes_max;
        options.allow_network_dir = self.allow_network_dir;
        options.unfinished = self.unfinished;
        Storage::in_folder(options).await
    }

    fn engine_options(&self, callback_key: [u8; 32], buffers: Buffers) -> engine::Options {
        let usual = engine::Options::default();
        engine::Options {
            callback_key,
            worker_name: worker_name(),
            run_memory_max: self.run_memory_max.unwrap_or(usual.run_memory_max),
            run_disk_max: self.run_disk_max.unwrap_or(usual.run_disk_max),
            poison_after: self.poison_after.unwrap_or(usual.poison_after),
            spill_dir: Some(self.data.clone()),
            tracer: self.traces.tracer(),
            buffers,
            ..usual
        }
    }

    /// A store that has been written with a key needs that one: a new one beside it would only be taken for the right one.
    async fn expect_key(&self, store: &dyn Store) -> anyhow::Result<()> {
        let file = self.data.join(vault::KEY_FILE);
        let is_made = self.master_key.is_some() || file.exists();
        let is_needed = store.setting(vault::KEYS_SETTING).await?.is_some();
        anyhow::ensure!(
            is_made || !is_needed,
            "there is no master key: put the one that this store was made with into KHLONG_MASTER_KEY or {}",
            file.display()
        );
        Ok(())
    }

    pub fn master_key(&self) -> Result<MasterKey, vault::Error> {
        match &self.master_key {
            Some(text) => MasterKey::parse(text.expose_secret()),
            None => MasterKey::from_folder(&self.data),
        }
    }

    pub fn http(&self) -> anyhow::Result<Http> {
        let policy = HttpPolicy {
            allow_private: self.allow_private,
            ca_pem: self.ca_pem.clone(),
            ..HttpPolicy::default()
        };
        Http::new(policy).context("making the HTTP client")
    }
}

/// How this process is called among those that work on one store: machine and process id.
fn worker_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}:{}", host.trim(), std::process::id())
}

/// The largest body that a webhook takes where nobody says otherwise.
const BODY_BYTES_MAX: u64 = 256 << 20;

/// A cheap handle to the whole application.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    store: Arc<dyn Store>,
    storage: Storage,
    engine: Engine,
    connectors: Arc<ImportedConnectors>,
    vault: Arc<Vault>,
    http: Http,
    buffers: Buffers,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    throttle: Throttle,
    hub: Hub,
    bodies: Bodies,
    listeners: Listeners,
    lookups: Lookups,
    uses: Uses,
    health_every: Option<Duration>,
    alerts: Alerts,
    presence: Presence,
    room: Room,
    budget: Budget,
    body_bytes_max: u64,
    answers: Answers,
    traces: Traces,
    /// Nothing where it is not asked for, or there was an owner at the start.
    set_up_code: Option<SetUpCode>,
    changes: TaskTracker,
    /// Held while flows or what they depend on change.
    importing: tokio::sync::Mutex<()>,
    base_url: String,
    behind_proxy: bool,
}

impl App {
    /// Opens the store and starts the engine: when it returns, every open run goes on and events can be taken.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let buffers = brokers::open_all(&settings.buffers)?;
        let storage = settings.open_store().await?;
        let store = storage.store();
        settings.expect_key(&*store).await?;
        let master = settings.master_key()?;
        let clock: Arc<dyn Clock> = WatchedClock::start();
        let vault = Vault::open(store.clone(), &master, settings.vars.clone()).await?;
        let http = settings.http()?;
        let connectors = Arc::new(ImportedConnectors::read(&*store).await?);
        let catalog = connectors.catalog();
        let renewal = Renewal { catalog: catalog.clone(), http: http.clone(), clock: clock.clone() };
        let vault = Arc::new(vault.renews_with(renewal).follows(connectors.clone()));
        let engine = Engine::start(
            store.clone(),
            catalog.clone(),
            http.clone(),
            vault.clone(),
            clock.clone(),
            settings.engine_options(vault.callback_key()?, buffers.clone()),
        );
        let engine = engine.await.context("starting the engine")?;
        let hub = Hub::new(store.clone(), engine.clone());
        let set_up_code = match settings.set_up_code && store.users().await?.is_empty() {
            true => Some(SetUpCode::new()?),
            false => None,
        };
        Ok(Self(Arc::new(Parts {
            store,
            storage,
            engine,
            connectors,
            vault,
            http,
            buffers,
            clock,
            passwords: Passwords::default(),
            throttle: Throttle::default(),
            hub,
            bodies: Bodies::default(),
            listeners: Listeners::default(),
            lookups: Lookups::default(),
            uses: Uses::default(),
            health_every: settings.health_every,
            alerts: Alerts::default(),
            presence: Presence::default(),
            room: Room::default(),
            budget: Budget::new(settings.budget),
            body_bytes_max: settings.body_bytes_max.unwrap_or(BODY_BYTES_MAX),
            answers: Answers::default(),
            traces: settings.traces.clone(),
            set_up_code,
            changes: TaskTracker::new(),
            importing: tokio::sync::Mutex::default(),
            base_url: settings.base_url.trim_end_matches('/').to_owned(),
            behind_proxy: settings.behind_proxy,
        })))
    }

    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    pub fn store_handle(&self) -> Arc<dyn Store> {
        self.0.store.clone()
    }

    /// Stops the engine, then lets go of the store, so that the next start finds one tidy file and no log to read.
    pub async fn close(&self, settle: Duration) {
        self.0.engine.shutdown(settle).await;
        self.0.traces.close().await;
        self.0.storage.close().await;
    }

    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The connectors there are now.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.0.connectors.catalog().now()
    }

    /// Those among them that were made of API documents.
    pub fn imported(&self) -> &ImportedConnectors {
        &self.0.connectors
    }

    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    pub fn http(&self) -> &Http {
        &self.0.http
    }

    pub fn buffers(&self) -> &Buffers {
        &self.0.buffers
    }

    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.clock.clone()
    }

    pub fn now(&self) -> Ms {
        self.0.clock.now()
    }

    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    pub fn bodies(&self) -> &Bodies {
        &self.0.bodies
    }

    /// Those who wait for a test event.
    pub fn listeners(&self) -> &Listeners {
        &self.0.listeners
    }

    /// How often records are asked for.
    pub fn lookups(&self) -> &Lookups {
        &self.0.lookups
    }

    /// Which flows use which connections.
    pub fn uses(&self) -> &Uses {
        &self.0.uses
    }

    /// How often connections are tried by themselves.
    pub fn health_every(&self) -> Option<Duration> {
        self.0.health_every
    }

    /// Who tells people of what is wrong.
    pub(crate) fn alerts(&self) -> &Alerts {
        &self.0.alerts
    }

    /// Who has which flow open.
    pub fn presence(&self) -> &Presence {
        &self.0.presence
    }

    /// The largest body that a webhook takes, whatever its node asks for.
    pub fn body_bytes_max(&self) -> u64 {
        self.0.body_bytes_max
    }

    pub fn traces(&self) -> &Traces {
        &self.0.traces
    }

    pub fn answers(&self) -> &Answers {
        &self.0.answers
    }

    pub fn room(&self) -> &Room {
        &self.0.room
    }

    pub fn budget(&self) -> &Budget {
        &self.0.budget
    }

    /// Keeps the store within its budget for as long as it is waited for.
    pub async fn keep_budget(&self) {
        self.0.budget.keep(&self.0.storage, &self.0.engine, &*self.0.clock).await;
    }

    pub async fn look_at_budget(&self) -> Result<(), store::Error> {
        self.0.budget.look(&self.0.storage, &self.0.engine, self.now()).await
    }

    /// What whoever creates the first owner must know, where that is asked for.
    pub fn set_up_code(&self) -> Option<&SetUpCode> {
        self.0.set_up_code.as_ref()
    }

    /// Changing requests under way, whether or not somebody still waits for their answers.
    pub fn changes(&self) -> &TaskTracker {
        &self.0.changes
    }

    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Waits for its turn to change flows, or what makes them valid.
    pub async fn importing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.importing.lock().await
    }

    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    pub fn is_behind_proxy(&self) -> bool {
        self.0.behind_proxy
    }

    /// Whether browsers come by https, so that cookies may insist on it.
    pub fn is_secure(&self) -> bool {
        self.0.base_url.starts_with("https://")
    }

    /// Writes down who changed what. The change is made already, so a failure here is logged and not returned.
    pub async fn audit(&self, who: &str, what: &str, on: impl ToString) {
        let entry =
            AuditEntry { at: self.now(), who: who.to_owned(), what: what.to_owned(), on: on.to_string() };
        if let Err(error) = self.0.store.audit(entry).await {
            tracing::error!(%error, what, "a change is missing in the audit trail");
        }
    }
}
