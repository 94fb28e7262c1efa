//! Everything that outlives an engine: the disk, the time, the other system.

use crate::flaky::{FlakyStore, When};
use crate::life::Life;
use crate::saving;
use crate::{Clock, Shared, Target};
use connector::{Connection, Http, HttpPolicy};
use engine::{ConnectionSource, Engine, Options};
use model::{ConnectionName, FlowDocument, Surroundings, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{FlowRow, Store};
use store_sqlite::SqliteStore;
use tokio::runtime::{Builder, Runtime};

/// How long a test waits for something to happen; far longer than it ever takes.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct World {
    pub clock: Clock,
    pub target: Target,
    pub store: Arc<dyn Store>,
    connections: Connections,
    /// The store's reads live here, so that they outlive every engine. Dropped last.
    disk: Runtime,
}

/// Connections to the target, as a test makes them.
#[derive(Clone, Default)]
struct Connections(Arc<Mutex<HashMap<ConnectionName, Arc<Connection>>>>);

impl ConnectionSource for Connections {
    fn connection(&self, name: &ConnectionName) -> Option<Arc<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// Options as most tests want them: a run that waits leaves memory at once.
pub fn options() -> Options {
    Options { park_after: Duration::ZERO, callback_key: [7; 32], ..Options::default() }
}

impl World {
    pub fn new(flows: impl IntoIterator<Item = FlowDocument>) -> Self {
        let disk = runtime(1);
        let store: Arc<dyn Store> = disk.block_on(SqliteStore::temporary()).expect("a store");
        let world = Self {
            clock: Clock::default(),
            target: Target::default(),
            store,
            connections: Connections::default(),
            disk,
        };
        flows.into_iter().for_each(|flow| drop(world.save(&flow)));
        world
    }

    /// Makes a connection to the target, or changes it: `{"rate": …}`, or nothing.
    pub fn connect(&self, name: &str, fields: Value) {
        let fields = fields.as_object().cloned().unwrap_or_default();
        let name = ConnectionName::new(name);
        let (connector, secrets) = ("test".to_owned(), Default::default());
        let connection = Arc::new(Connection::new(name.clone(), connector, fields, secrets));
        self.connections.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, connection);
    }

    /// A connection that nobody is signed in to.
    pub fn sign_out(&self, name: &str) {
        let mut connections = self.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = connections.get_mut(&ConnectionName::new(name)).expect("the connection is there");
        *held = Arc::new(Connection { signed_out: true, ..Connection::clone(held) });
    }

    /// A connection is gone.
    pub fn disconnect(&self, name: &str) {
        let mut connections = self.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        connections.remove(&ConnectionName::new(name));
    }

    /// Saves a flow as its next version, without telling an engine.
    pub fn save(&self, flow: &FlowDocument) -> FlowRow {
        let save = saving(flow, self.clock.read());
        self.ask(self.store.save_flow(save)).expect("the flow is saved")
    }

    /// Waits for an answer of the store.
    pub fn ask<T>(&self, question: impl Future<Output = T>) -> T {
        self.disk.block_on(question)
    }

    pub fn start(&self) -> Life<'_> {
        self.start_with(None, options())
    }

    /// An engine whose store fails at a commit.
    pub fn start_failing(&self, at: usize, when: When) -> Life<'_> {
        self.start_with(Some((at, when)), options())
    }

    pub fn start_with(&self, fails: Option<(usize, When)>, options: Options) -> Life<'_> {
        self.start_on(FlakyStore::new(self.store.clone(), fails), options)
    }

    /// One process of several on a store that they share.
    pub fn start_beside(&self, shared: &Arc<Shared>) -> Life<'_> {
        self.start_on(FlakyStore::new(shared.process(), None), options())
    }

    fn start_on(&self, store: Arc<FlakyStore>, options: Options) -> Life<'_> {
        let runtime = runtime(2);
        let http = Http::new(HttpPolicy::default()).expect("an HTTP client");
        let clock = Arc::new(self.clock.clone());
        let start = Engine::start(
            store.clone(),
            self.target.catalog(),
            http,
            Arc::new(self.connections.clone()),
            clock,
            options,
        );
        let engine = runtime.block_on(start).expect("the engine starts");
        self.check_flows(&engine);
        Life::new(self, runtime, engine, store)
    }

    /// A test with an invalid flow would show nothing.
    fn check_flows(&self, engine: &Engine) {
        let catalog = self.target.catalog();
        for row in self.ask(self.store.flows()).expect("the flows") {
            let doc: FlowDocument = serde_json::from_str(&row.document).expect("a flow document");
            let problems = model::validate(&doc, catalog.specs(), &Surroundings::default(), engine.scripts());
            let errors: Vec<_> = problems.iter().filter(|problem| problem.is_error()).collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", row.id);
        }
    }
}

fn runtime(threads: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(threads).enable_all().build().expect("a runtime")
}
