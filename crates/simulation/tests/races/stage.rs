//! A run that is held at any place a test wants, while something else happens to it.

use async_trait::async_trait;
use bytes::Bytes;
use connector::{Connection, Http, HttpPolicy, Request};
use engine::{ConnectionSource, Decision, Engine};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{HeaderMap, Method};
use model::{ConnectionName, FlowDocument};
use run::doc::StepState;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;
use store::memory::MemoryStore;
use store::{Error, Flows, Ms, RunFilter, RunId, RunQueries, RunSummaryRow};
use testkit::{FlakyStore, Target, Weather};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::time::Instant;

/// Between two looks at what is left, and how many there are.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const LOOKS_MAX: usize = 2_000;

/// What outlives an engine.
pub struct Stage {
    pub store: MemoryStore,
    pub target: Target,
    /// What the clock shows when the next life begins.
    now: Ms,
}

impl Stage {
    pub fn new(flows: &[FlowDocument]) -> Self {
        let stage = Self { store: MemoryStore::default(), target: Target::default(), now: testkit::START };
        flows.iter().for_each(|flow| stage.save(flow));
        stage
    }

    fn save(&self, flow: &FlowDocument) {
        let save = testkit::saving(flow, self.now);
        self.store.save_flow(save).now_or_never().unwrap().unwrap();
    }

    /// A life on one thread and in paused time, so that it goes the same way each time. All that is under way is dropped
    /// at its end, as when a process ends.
    pub fn live<T>(&mut self, places: Arc<Places>, life: impl AsyncFnOnce(&Life) -> T) -> T {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let alive = Life::start(self, places).await;
            let came = life(&alive).await;
            self.now = engine::Clock::now(&alive.clock);
            came
        })
    }
}

/// One engine.
#[derive(Clone)]
pub struct Life {
    pub engine: Engine,
    pub store: MemoryStore,
    target: Target,
    clock: Clock,
}

impl Life {
    async fn start(stage: &Stage, places: Arc<Places>) -> Self {
        let jumps = watch::Sender::new(());
        let hands = Hands { began_at: stage.now, began: Instant::now(), jumped: AtomicI64::new(0), jumps };
        let clock = Clock(Arc::new(hands));
        let store = FlakyStore::under(places, Arc::new(stage.store.clone()));
        let http = Http::new(HttpPolicy::default()).unwrap();
        let (catalog, connections) = (stage.target.catalog(), Arc::new(NoConnections));
        let (told, options) = (Arc::new(clock.clone()), testkit::options());
        let engine = Engine::start(store, catalog, http, connections, told, options).await.unwrap();
        Self { engine, store: stage.store.clone(), target: stage.target.clone(), clock }
    }

    /// Sends an event; whoever sends it waits for as long as it takes.
    pub async fn knock(&self) {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let body = Bytes::from(json!({"n": 1}).to_string());
        let hook = self.engine.hook("in").unwrap();
        let request =
            Request { method: &Method::POST, path: "in", query: None, headers: &headers, body: &body, at: 0 };
        self.engine.receive(&hook, &request).await.unwrap();
    }

    pub fn pass(&self, time: Duration) {
        self.clock.0.jumped.fetch_add(time.as_millis() as Ms, Ordering::Relaxed);
        self.clock.0.jumps.send_replace(());
    }

    /// Every run there is, the oldest first.
    pub fn runs(&self) -> Vec<RunSummaryRow> {
        let filter = RunFilter { limit: 100, ..RunFilter::default() };
        let mut runs = self.store.runs(filter).now_or_never().unwrap().unwrap();
        runs.reverse();
        runs
    }

    pub fn first(&self) -> Option<RunSummaryRow> {
        self.runs().into_iter().next()
    }

    /// Until every run has come to its end, with the help of a person who looks at the target.
    pub async fn settle(&self) {
        for _ in 0..LOOKS_MAX {
            tokio::time::sleep(LOOK_EVERY).await;
            let open: Vec<_> = self.runs().into_iter().filter(|run| run.status.is_none()).collect();
            if open.is_empty() && !self.runs().is_empty() {
                return;
            }
            for run in open {
                self.decide(&run).await;
            }
        }
        panic!("after a day something is left to do: {:?}", self.runs());
    }

    async fn decide(&self, run: &RunSummaryRow) {
        let Ok(Some(view)) = self.engine.inspect(run.id).await else { return };
        for step in view.steps.iter().filter(|step| step.state == StepState::Unknown) {
            let to = step.input.as_ref().and_then(|input| input["to"].as_str()).unwrap_or_default();
            let done = self.target.works_for(to) > 0;
            let decision = if done { Decision::Done(json!({"to": to})) } else { Decision::SendAgain };
            match self.engine.decide(run.id, &step.node, &step.item, decision).await {
                Ok(true) => {}
                Ok(false) => assert!(self.has_ended(run.id), "only an end leaves nothing to decide"),
                Err(engine::Error::NotPossible(_)) => assert!(!self.has_ended(run.id)),
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn has_ended(&self, run: RunId) -> bool {
        self.runs().iter().any(|known| known.id == run && known.status.is_some())
    }
}

struct NoConnections;

impl ConnectionSource for NoConnections {
    fn connection(&self, _: &ConnectionName) -> Option<Arc<Connection>> {
        None
    }
}

#[derive(Clone)]
struct Clock(Arc<Hands>);

struct Hands {
    began_at: Ms,
    began: Instant,
    jumped: AtomicI64,
    jumps: watch::Sender<()>,
}

impl engine::Clock for Clock {
    fn now(&self) -> Ms {
        let passed = Ms::try_from(self.0.began.elapsed().as_millis()).unwrap();
        self.0.began_at + passed + self.0.jumped.load(Ordering::Relaxed)
    }

    fn jumped(&self) -> BoxFuture<'_, ()> {
        let mut jumps = self.0.jumps.subscribe();
        Box::pin(async move {
            jumps.changed().await.ok();
        })
    }
}

/// Every place that a run comes to outside of itself: at the store, before and after a commit and before it is read, and at
/// the target, on the way there and on the way back. They are counted, and whoever comes to some of them is held there.
#[derive(Default)]
pub struct Places {
    held: Vec<usize>,
    come: AtomicUsize,
    /// So many of the held ones were come to.
    reached: watch::Sender<usize>,
    let_go: watch::Sender<usize>,
    /// At this one the store does not answer in time, if it is one that a run is read at.
    mute: Option<usize>,
}

impl Places {
    pub fn holding(places: impl IntoIterator<Item = usize>) -> Arc<Self> {
        let mut held: Vec<usize> = places.into_iter().collect();
        held.dedup();
        Arc::new(Self { held, ..Self::default() })
    }

    pub fn mute_at(place: usize) -> Arc<Self> {
        Arc::new(Self { mute: Some(place), ..Self::default() })
    }

    /// Says whether this is the one where the store does not answer.
    async fn come(&self) -> bool {
        let place = self.come.fetch_add(1, Ordering::Relaxed);
        if let Some(at) = self.held.iter().position(|held| *held == place) {
            self.reached.send_replace(at + 1);
            self.let_go.subscribe().wait_for(|let_go| *let_go > at).await.unwrap();
        }
        self.mute == Some(place)
    }

    /// Returns when the next of them is come to.
    pub async fn reached(&self) {
        let let_go = *self.let_go.borrow();
        self.reached.subscribe().wait_for(|reached| *reached > let_go).await.unwrap();
    }

    pub fn let_go(&self) {
        self.let_go.send_modify(|let_go| *let_go += 1);
    }
}

#[async_trait]
impl Weather for Places {
    async fn before(&self, method: &'static str) -> Result<(), Error> {
        if !matches!(method, "commit" | "load_run" | "run_detail" | "call" | "probe" | "answer") {
            return Ok(());
        }
        match self.come().await && method == "load_run" {
            true => Err(Error::Deadline),
            false => Ok(()),
        }
    }

    async fn after_commit(&self) -> Result<(), Error> {
        self.come().await;
        Ok(())
    }
}
