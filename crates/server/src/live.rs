//! Tells browsers what changes, at a rate they can draw.
//!
//! The engine says thousands of times a second that a run changed. Changes are gathered for a moment, each run is
//! looked up once, and where more changed than a page can show, the page is told to load again.

use crate::codes;
use crate::failure::Failure;
use crate::links::Links;
use crate::overview::Overview;
use crate::wire::{self, FlowName};
use api::{LiveEvent, RunState, RunSummary};
use axum::http::StatusCode;
use engine::{Changed, Engine, LiveState};
use model::FlowId;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use store::{FlowKey, RunId, RunSummaryRow, Store};
use tokio::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

/// Browsers that listen at the same time.
const SUBSCRIBERS_MAX: usize = 200;
/// Events a slow browser may be behind before it is told to load again.
const BEHIND_MAX: usize = 512;
/// How long changes are gathered.
const GATHER: Duration = Duration::from_millis(150);
/// Runs that are looked up per gathering; beyond that browsers load again.
const RUNS_MAX: usize = 40;
/// How often an idle teller looks whether anybody is left.
const IDLE: Duration = Duration::from_secs(5);
/// Flows that changed and were not told of yet.
const FLOWS_MAX: usize = 64;
/// A connection lives no longer; whether its session lives is asked at each heartbeat.
const LIFE: Duration = Duration::from_secs(3_600);

/// One event as it goes out.
#[derive(Clone)]
pub struct Told {
    pub name: &'static str,
    pub data: Arc<str>,
}

impl Told {
    fn reload() -> Self {
        Self { name: "reload", data: "{}".into() }
    }

    fn of(event: &LiveEvent) -> Option<Self> {
        let name = match event {
            LiveEvent::Run(_) => "run",
            LiveEvent::Flow(_) => "flow",
        };
        let data = serde_json::to_string(event).ok()?;
        Some(Self { name, data: data.into() })
    }
}

/// Gives events to whoever listens. Costs nothing while nobody does.
pub struct Hub {
    told: broadcast::Sender<Told>,
    listening: Arc<AtomicUsize>,
    flows: mpsc::Sender<FlowId>,
    /// Rings when somebody begins to listen: until then the engine need not tell anything.
    awake: Arc<Notify>,
    closing: CancellationToken,
}

impl Hub {
    pub fn new(store: Arc<dyn Store>, engine: Engine) -> Self {
        let (told, _) = broadcast::channel(BEHIND_MAX);
        let (flows, changed_flows) = mpsc::channel(FLOWS_MAX);
        let (awake, closing) = (Arc::new(Notify::new()), CancellationToken::new());
        let teller = Teller { store, engine, told: told.clone(), awake: awake.clone() };
        tokio::spawn(closing.clone().run_until_cancelled_owned(teller.run(changed_flows)));
        Self { told, listening: Arc::default(), flows, awake, closing }
    }

    pub fn subscribe(&self) -> Result<Subscriber, Failure> {
        let place = Place::take(&self.listening).ok_or_else(|| {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Failure::new(status, codes::BUSY, "too many pages are listening").retry_after(10)
        })?;
        let told = self.told.subscribe();
        self.awake.notify_one();
        Ok(Subscriber {
            told,
            until: tokio::time::Instant::now() + LIFE,
            closing: self.closing.clone(),
            _place: place,
        })
    }

    /// A flow was imported, paused or set live.
    pub fn flow_changed(&self, id: &FlowId) {
        // When the queue is full, the pages are being told to load again anyway.
        let _ = self.flows.try_send(id.clone());
    }

    /// Ends every stream, so that a shutdown need not wait for browsers.
    pub fn close(&self) {
        self.closing.cancel();
    }
}

struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(count: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(count.clone());
        (count.fetch_add(1, Ordering::Relaxed) < SUBSCRIBERS_MAX).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One listening browser.
pub struct Subscriber {
    told: broadcast::Receiver<Told>,
    until: tokio::time::Instant,
    closing: CancellationToken,
    _place: Place,
}

impl Subscriber {
    pub async fn next(&mut self) -> Option<Told> {
        tokio::select! {
            told = self.told.recv() => match told {
                Ok(told) => Some(told),
                Err(RecvError::Lagged(_)) => Some(Told::reload()),
                Err(RecvError::Closed) => None,
            },
            () = tokio::time::sleep_until(self.until) => None,
            () = self.closing.cancelled() => None,
        }
    }
}

struct Teller {
    store: Arc<dyn Store>,
    engine: Engine,
    told: broadcast::Sender<Told>,
    awake: Arc<Notify>,
}

/// What changed since the last telling.
#[derive(Default)]
struct Gathered {
    runs: BTreeSet<RunId>,
    flows: BTreeSet<FlowKey>,
    too_much: bool,
}

impl Gathered {
    fn add(&mut self, changed: &Changed) {
        self.flows.insert(changed.flow);
        self.runs.insert(changed.run);
        self.too_much |= self.runs.len() > RUNS_MAX;
        if self.too_much {
            self.runs.clear();
        }
    }
}

impl Teller {
    async fn run(self, mut flows: mpsc::Receiver<FlowId>) {
        loop {
            self.awake.notified().await;
            let mut changes = self.engine.watch();
            while self.told.receiver_count() > 0 {
                let Some((gathered, named)) = gather(&mut changes, &mut flows).await else { return };
                if let Err(error) = self.tell(gathered, named).await {
                    tracing::warn!(%error, "browsers were not told of a change");
                }
            }
        }
    }

    async fn tell(&self, gathered: Gathered, named: Option<FlowId>) -> Result<(), store::Error> {
        if gathered.flows.is_empty() && named.is_none() && !gathered.too_much {
            return Ok(());
        }
        let rows = self.store.flows().await?;
        let overview = Overview::load(&*self.store).await?;
        let wanted =
            |row: &&store::FlowRow| gathered.flows.contains(&row.key) || named.as_ref() == Some(&row.id);
        for row in rows.iter().filter(wanted) {
            self.send(LiveEvent::Flow(overview.summary(row, &self.engine)?));
        }
        if gathered.too_much {
            let _ = self.told.send(Told::reload());
        }
        let names = rows.iter().map(|row| (row.key, FlowName::of(row))).collect();
        let runs: Vec<RunId> = gathered.runs.into_iter().collect();
        let rows = self.store.summaries(&runs).await?;
        let links = Links::of(&*self.store, &rows).await?;
        for row in rows {
            self.send(LiveEvent::Run(summary(&self.engine, &row, &names, &links)));
        }
        Ok(())
    }

    fn send(&self, event: LiveEvent) {
        if let Some(told) = Told::of(&event) {
            // Nobody listening any more is no failure.
            let _ = self.told.send(told);
        }
    }
}

/// Waits for a change, then a moment for more. Nothing when there will be none any more.
async fn gather(
    changes: &mut broadcast::Receiver<Changed>,
    flows: &mut mpsc::Receiver<FlowId>,
) -> Option<(Gathered, Option<FlowId>)> {
    let (mut gathered, mut named) = (Gathered::default(), None);
    tokio::select! {
        first = changes.recv() => match first {
            Ok(changed) => gathered.add(&changed),
            Err(RecvError::Lagged(_)) => gathered.too_much = true,
            Err(RecvError::Closed) => return None,
        },
        flow = flows.recv() => named = flow,
        // Nobody may be listening any more: the caller looks.
        () = tokio::time::sleep(IDLE) => return Some((gathered, None)),
    }
    tokio::time::sleep(GATHER).await;
    drain(changes, &mut gathered);
    Some((gathered, named))
}

fn drain(changes: &mut broadcast::Receiver<Changed>, gathered: &mut Gathered) {
    loop {
        match changes.try_recv() {
            Ok(changed) => gathered.add(&changed),
            Err(TryRecvError::Lagged(_)) => gathered.too_much = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return,
        }
    }
}

/// A run as lists and events show it, with the state the engine knows.
pub fn summary(
    engine: &Engine,
    row: &RunSummaryRow,
    names: &HashMap<FlowKey, FlowName>,
    links: &Links,
) -> RunSummary {
    let name = names.get(&row.flow).cloned().unwrap_or_else(FlowName::deleted);
    let state = match row.status {
        Some(status) => wire::ended(status),
        None => open(engine, row, engine.live_state(row.id)),
    };
    wire::run(row, name, state, links.retried(row))
}

/// The state of a run that has not ended.
pub fn open(engine: &Engine, row: &RunSummaryRow, known: Option<LiveState>) -> RunState {
    match known.map_or_else(|| wire::resting(row), state) {
        RunState::Queued if engine.is_held(row.flow) => RunState::Held,
        state => state,
    }
}

pub fn state(state: LiveState) -> RunState {
    match state {
        LiveState::Queued => RunState::Queued,
        LiveState::Running => RunState::Running,
        LiveState::Waiting => RunState::Waiting,
        LiveState::Retrying => RunState::Retrying,
        LiveState::Unknown => RunState::Unknown,
        LiveState::Proposed => RunState::Proposed,
    }
}
