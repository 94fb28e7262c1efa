//! The engine as others see it.

use crate::again::Again;
use crate::bulk::{self, Bulk, Job};
use crate::core::{ConnectionSource, Core, Parts};
use crate::door::{self, Intake, RETRY_AFTER_S, Received, SPACE_PAUSE};
use crate::error::{DoorError, Error};
use crate::flows::Listener;
use crate::gates::GateView;
use crate::gauges::Gauges;
use crate::putting::{self, Buffered};
use crate::queue::Kept;
use crate::retry::NotRetried;
use crate::signal::{Decision, Reply, Signal, Unheard};
use crate::sources::{self, SourceState};
use crate::trace::Trace;
use crate::view::{self, Changed, Doc, LiveState, RunView};
use crate::{Clock, Options, answers, codes, drawing, gates, keys, notes, shards, sync, task, wake};
use connector::{Body, Http, LiveCatalog, Request};
use model::{ConnectionName, FlowId, NodeId, Port, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::{FlowKey, FlowRow, Ms, RunId, Status, Store};
use tokio::sync::{broadcast, mpsc, oneshot};

/// How long a look at a run waits for it, when it is busy computing.
pub(crate) const INSPECT_WAIT: Duration = Duration::from_secs(2);

/// Held flows that are counted for themselves.
const HELD_SHOWN_MAX: usize = 200;

/// Said to whoever told a run something that it did not hear: the store was busy, or another process was slow.
const NOT_HEARD: &str = "the run did not hear of it; try again";

/// Said to whoever tells a run something for which it has no room.
const CROWDED: &str = "the run waits for its turn, and more is waiting to be told to it than it can keep; try again when it goes on";

/// A running engine. Cheap to clone; the last one dropped ends nothing by itself, `shutdown` does.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Core>);

/// Where a request comes in: a webhook trigger of a live flow.
#[derive(Clone)]
pub struct Hook(Arc<Listener>);

impl Hook {
    pub fn body_bytes_max(&self) -> u64 {
        self.0.body_bytes_max
    }

    pub fn flow(&self) -> &FlowId {
        &self.0.flow.id
    }

    /// What its sender wants to hear as "received", where not any success will do.
    pub fn own_words(&self) -> Option<Value> {
        self.0.webhook.answer()
    }

    /// Whether its events are accepted into a buffer, with `Engine::put`.
    pub fn is_buffered(&self) -> bool {
        self.0.flow.buffer().is_some()
    }
}

/// The monotonic clock that scripts' time limits are measured with.
struct Stopwatch(Instant);

impl script::Clock for Stopwatch {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Engine {
    /// Loads flows and open runs, and starts. When it returns, the door may be opened.
    pub async fn start(
        store: Arc<dyn Store>,
        catalog: impl Into<LiveCatalog>,
        http: Http,
        connections: Arc<dyn ConnectionSource>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, Error> {
        let scripts = script::Engine::new(options.limits.clone(), Arc::new(Stopwatch(Instant::now())));
        let joined = store.join(&options.worker_name, env!("CARGO_PKG_VERSION")).await?;
        let last_id = store.last_id().await?;
        let times = store.schedules().await?;
        let catalog = catalog.into();
        let parts = Parts { store, catalog, http, connections, clock, options, scripts };
        let (accepted, in_lanes) = mpsc::unbounded_channel();
        let core = Core::new(parts, joined, last_id, accepted);
        core.gates.load(&core.store.gates().await?);
        let engine = Self(core.clone());
        // Before the flows are read: what is published meanwhile is read again.
        let mut learnt = core.begin_to_learn().await?;
        for flow in core.store.flows().await? {
            let id = flow.id.clone();
            // What was due while nothing ran is made up for.
            if let Err(error) = core.deploy_since(flow, Ms::MIN).await {
                tracing::error!(flow = %id, %error, "a flow cannot run; the others can");
            }
        }
        core.take_first_shards(&mut learnt).await?;
        sync::spawn(shards::keep(core.clone()));
        sync::spawn(shards::learn(core.clone(), learnt, in_lanes));
        sync::spawn(answers::serve(core.clone()));
        sync::spawn(wake::serve(core.clone(), times));
        sync::spawn(wake::expire(Arc::downgrade(&core)));
        sync::spawn(gates::serve(core.clone()));
        sync::spawn(sources::keep(Arc::downgrade(&core)));
        sync::spawn(bulk::serve(Arc::downgrade(&core)));
        drawing::start(&core);
        core.pump();
        Ok(engine)
    }

    /// Checks scripts and expressions, for `model::validate`.
    pub fn scripts(&self) -> &script::Engine {
        &self.0.scripts
    }

    /// Takes a flow's live version into service, or its change of state.
    pub async fn deploy(&self, row: FlowRow) -> Result<(), Error> {
        self.0.deploy_since(row, self.0.clock.now()).await
    }

    /// Connectors that were made from descriptions have changed.
    pub async fn connectors_changed(&self, connectors: &BTreeSet<String>) -> Result<(), Error> {
        self.0.connectors_changed(connectors).await
    }

    /// Takes a flow out of service; its open runs go on.
    pub async fn withdraw(&self, id: &FlowId) {
        self.0.flows.remove(id, &self.0.catalog.now());
        self.0.sources.ring();
    }

    /// The webhook paths that are taken, and by which flow.
    pub fn paths(&self) -> BTreeMap<String, FlowId> {
        self.0.flows.paths()
    }

    /// When a flow's schedules are due next.
    pub fn next_times(&self, id: &FlowId) -> HashMap<NodeId, Option<Ms>> {
        let deployed = self.0.flows.get(id).filter(|deployed| !deployed.paused);
        deployed.map(|deployed| wake::next_times(&deployed.flow, self.0.clock.now())).unwrap_or_default()
    }

    /// How a trigger that fetches its events itself is getting on; nothing where this process does not serve it.
    pub fn source_state(&self, flow: FlowKey, node: &NodeId) -> Option<SourceState> {
        self.0.sources.state(&(flow, node.clone()))
    }

    /// Lets such a trigger look at once; false where this process does not serve it.
    pub fn look_now(&self, flow: FlowKey, node: &NodeId) -> bool {
        self.0.sources.nudge(&(flow, node.clone()))
    }

    /// Who listens at a path under `/hooks/`.
    pub fn hook(&self, path: &str) -> Option<Hook> {
        self.0.flows.listener(path.trim_matches('/')).map(Hook)
    }

    /// Takes a request in. Returns when its event is on disk, or with the flow's own answer.
    pub async fn receive(&self, hook: &Hook, request: &Request<'_>) -> Result<Received, DoorError> {
        door::receive(&self.0, &hook.0, request).await
    }

    /// Begins to take a request whose body is too long to be held; nothing where its trigger takes none. The request
    /// comes without the body.
    pub fn receive_long(&self, hook: &Hook, request: &Request<'_>) -> Result<Option<Intake>, DoorError> {
        Intake::begin(&self.0, &hook.0, request)
    }

    /// Takes a request into its flow's buffer. Returns when the broker has confirmed that it keeps it.
    pub async fn put(&self, hook: &Hook, request: &Request<'_>) -> Result<Buffered, DoorError> {
        putting::put(&self.0, &hook.0, request).await
    }

    /// Starts a run by hand.
    pub async fn start_run(
        &self,
        flow: &FlowId,
        node: Option<&NodeId>,
        input: impl Into<Body>,
    ) -> Result<Received, DoorError> {
        self.start_run_in_trace(flow, node, input, Trace::default()).await
    }

    /// Starts a run for somebody who keeps a trace.
    pub async fn start_run_in_trace(
        &self,
        flow: &FlowId,
        node: Option<&NodeId>,
        input: impl Into<Body>,
        trace: Trace,
    ) -> Result<Received, DoorError> {
        door::start_run(&self.0, flow, node, input.into(), trace).await
    }

    /// Ends a wait by its address. `None` where the token is wrong or the wait is over.
    pub async fn resume(&self, token: &str, payload: Value) -> Result<Option<RunId>, DoorError> {
        let Some((run, step)) = keys::read_callback_token(&self.0.options.callback_key, token) else {
            return Ok(None);
        };
        let (heard, hears) = oneshot::channel();
        let signal = Signal::Callback { node: step.node, item: step.item, payload, heard };
        match self.0.signal(run, signal).await {
            Ok(()) => match hears.await {
                Ok(heard) => Ok(heard.then_some(run)),
                Err(_) if self.0.is_over(run).await.unwrap_or(false) => Ok(None),
                Err(_) => Err(DoorError::Busy { retry_after_s: RETRY_AFTER_S }),
            },
            Err(Unheard::Gone(_)) => Ok(None),
            Err(Unheard::Crowded) => Err(DoorError::Busy { retry_after_s: RETRY_AFTER_S }),
        }
    }

    /// Cancels a run in whatever state it is, and the runs that it called and waits for. Returns when that is on disk;
    /// false where it has ended, and an error where it goes on and did not hear.
    pub async fn cancel(&self, run: RunId) -> Result<bool, Error> {
        if self.0.cancel(run).await {
            return Ok(true);
        }
        self.0.check_over(run).await
    }

    /// Runs a failed or cancelled run's event again from where it stopped: effects that were done are not repeated.
    pub async fn retry(&self, run: RunId) -> Result<RunId, Error> {
        self.retry_as(run, Again::default()).await
    }

    /// Runs an ended run's event again as somebody wants it.
    pub async fn retry_as(&self, run: RunId, again: Again) -> Result<RunId, Error> {
        self.0.retry(run, &again).await.map_err(NotRetried::into_error)
    }

    /// Does something with many runs, a piece at a time, over every stop. Returns when the job is on disk.
    pub async fn start_job(&self, bulk: Bulk, who: &str) -> Result<Job, Error> {
        self.0.start_job(bulk, who).await
    }

    /// Jobs, the newest first, before the given one.
    pub async fn jobs(&self, before: Option<i64>, limit: usize) -> Result<Vec<Job>, Error> {
        self.0.list_jobs(before, limit).await
    }

    pub async fn job(&self, id: i64) -> Result<Option<Job>, Error> {
        self.0.find_job(id).await
    }

    /// Ends a job where it stands, or a piece later; false where it is not at work.
    pub async fn cancel_job(&self, id: i64, who: &str) -> Result<bool, Error> {
        Ok(self.0.store.cancel_job(id, self.0.clock.now(), who).await?)
    }

    /// Tells a run what a person decided about an effect whose outcome is unknown; false where none is.
    pub async fn decide(
        &self,
        run: RunId,
        node: &NodeId,
        item: &[u32],
        decision: Decision,
    ) -> Result<bool, Error> {
        let (heard, hears) = oneshot::channel();
        let signal = Signal::Decide { node: node.clone(), item: item.to_vec(), decision, heard };
        self.tell(run, signal, hears).await
    }

    /// Tells a run whether a person wants an effect to be sent; false where none waits for that.
    pub async fn reply(&self, run: RunId, node: &NodeId, item: &[u32], reply: Reply) -> Result<bool, Error> {
        let (heard, hears) = oneshot::channel();
        let signal = Signal::Reply { node: node.clone(), item: item.to_vec(), reply, heard };
        self.tell(run, signal, hears).await
    }

    async fn tell(&self, run: RunId, signal: Signal, hears: oneshot::Receiver<bool>) -> Result<bool, Error> {
        match self.0.signal(run, signal).await {
            Ok(()) => match hears.await {
                Ok(heard) => Ok(heard),
                // A run that ended meanwhile has heard nothing.
                Err(_) => self.0.check_over(run).await,
            },
            Err(Unheard::Gone(_)) => Ok(false),
            Err(Unheard::Crowded) => Err(Error::NotPossible(CROWDED.into())),
        }
    }

    /// Whether none of a flow's runs begins at present.
    pub fn is_held(&self, flow: FlowKey) -> bool {
        self.0.flows.by_key(flow).is_some_and(|deployed| deployed.held)
    }

    /// What a run is doing, while it has not ended.
    pub fn live_state(&self, run: RunId) -> Option<LiveState> {
        self.0.live_state(run)
    }

    /// Everything about a run that a person may want to see.
    pub async fn inspect(&self, run: RunId) -> Result<Option<RunView>, Error> {
        let core = &self.0;
        let Some(detail) = core.store.run_detail(run).await? else {
            return Ok(None);
        };
        let version = core.store.version(detail.summary.version).await?.ok_or(Error::NotFound)?;
        let flow = core.flow_version(detail.summary.flow, detail.summary.version).await?;
        let (trigger_node, trigger) = match &detail.event {
            Some(event) => (event.trigger.clone(), read_event(event)?),
            None => (NodeId::from(""), Value::Null),
        };
        let state =
            detail.summary.status.is_none().then(|| core.live_state(run).unwrap_or(LiveState::Queued));
        let (mut steps, edges, truncated) = match detail.summary.status {
            Some(_) => {
                let doc = Doc::decode(&detail.doc)?;
                (doc.steps, doc.edges, doc.truncated)
            }
            None => self.live_steps(run).await?,
        };
        let body = trigger.get("body").cloned().unwrap_or(Value::Null);
        view::fill_inputs(&flow.plan, &trigger_node, &body, &mut steps);
        let edges = view::edge_counts(&flow.plan, &edges);
        Ok(Some(RunView {
            summary: detail.summary,
            state,
            version,
            trigger,
            trigger_node,
            steps,
            edges,
            truncated,
        }))
    }

    /// Asks a run in memory. One that is parked is called back for that, walks its journal, and parks again; one that
    /// waits for its turn has no steps yet.
    async fn live_steps(&self, run: RunId) -> Result<(Vec<run::doc::StepDoc>, Vec<u64>, bool), Error> {
        if self.0.live_state(run).is_none() {
            let elsewhere = match self.0.holding.is_shared() {
                true => self.0.look_elsewhere(run).await,
                false => None,
            };
            return Ok(elsewhere.map_or_else(Default::default, |doc| (doc.steps, doc.edges, doc.truncated)));
        }
        let (answer, asked) = oneshot::channel();
        self.0.signal(run, Signal::Inspect(answer)).await.ok();
        match tokio::time::timeout(INSPECT_WAIT, asked).await {
            Ok(Ok(notes)) => Ok((view::read_steps(&notes), notes.edges.clone(), notes.truncated)),
            _ => Ok(Default::default()),
        }
    }

    /// Tells of runs that change, as long as the receiver keeps up.
    pub fn watch(&self) -> broadcast::Receiver<Changed> {
        self.0.changes.subscribe()
    }

    /// Takes no new events while `closed`, neither from outside nor from schedules, which are late then. Runs that are here
    /// go on, with the flows they call, retries and answers to waits.
    pub fn close_door(&self, closed: bool) {
        self.0.closed.store(closed, Ordering::Relaxed);
    }

    /// The gates of connections, as this process knows them: what is shut, and how many steps wait.
    pub fn gates(&self) -> BTreeMap<ConnectionName, GateView> {
        self.0.gates.views(self.0.clock.now())
    }

    /// A person says that a connection's system is there again: whatever waits goes on. False where nothing was shut.
    pub async fn unblock(&self, connection: &ConnectionName) -> Result<bool, Error> {
        let closed = self.0.store.close_breaker(connection).await?;
        self.0.gates.close(connection);
        Ok(closed)
    }

    /// Whether this process is the one that does what one does for all.
    pub fn is_caretaker(&self) -> bool {
        self.0.holding.works_on(wake::CARETAKER)
    }

    /// A connection was saved: its rate budget may be another one, and so may the broker that it leads to.
    pub fn connection_changed(&self) {
        self.0.gates.ring();
        self.0.sources.ring();
    }

    /// A connection is gone.
    pub fn forget_connection(&self, connection: &ConnectionName) {
        self.0.forget_gate(connection);
    }

    pub fn gauges(&self) -> Gauges {
        let held = self.0.flows.all().into_iter().filter(|deployed| deployed.held).take(HELD_SHOWN_MAX);
        let (waiting, parked, lanes, held) = {
            let queue = self.0.queue();
            let held = held.map(|flow| (flow.flow.id.to_string(), queue.waiting_of(flow.flow.key))).collect();
            (queue.waiting(), queue.parked(), queue.lanes(), held)
        };
        let (active, shards) = (self.0.active_runs(), self.0.holding.working().len());
        Gauges { active, waiting, parked, lanes, held, shards, ..self.0.gauges.read() }
    }

    /// Returns when the store has failed to write: the process is to be ended and started anew.
    pub async fn failed(&self) {
        tokio::select! {
            () = self.0.writer.failed() => {}
            () = self.0.expelled() => {}
        }
    }

    /// Starts nothing new and waits for what is under way, at most this long. What is left is in the journal.
    pub async fn shutdown(&self, grace: Duration) {
        self.0.stopping.store(true, Ordering::Relaxed);
        self.0.timer.notify_one();
        self.0.gates.ring();
        self.0.sources.ring();
        self.0.answers.wake();
        let end = Instant::now() + grace;
        while self.0.active_runs() > 0 && Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Others need not wait until the leases run out.
        if let Err(error) = self.0.store.leave(self.0.node).await {
            tracing::warn!(%error, "the shards were not given back; others take them when the leases run out");
        }
    }
}

impl Core {
    /// Cancels a run, and returns when that is on disk; false where it has ended.
    pub async fn cancel(self: &Arc<Self>, run: RunId) -> bool {
        let (heard, hears) = oneshot::channel();
        self.signal(run, Signal::Cancel(heard)).await.is_ok() && hears.await.unwrap_or(false)
    }

    /// The same, until it is on disk or the run is over: one that did not hear would go on with nobody waiting for it.
    pub async fn cancel_surely(self: &Arc<Self>, run: RunId) {
        while !self.cancel(run).await && !self.is_over(run).await.unwrap_or(false) {
            tokio::time::sleep(SPACE_PAUSE).await;
        }
    }

    /// Whether a run has ended, or never was.
    async fn is_over(&self, run: RunId) -> Result<bool, Error> {
        let row = self.store.summaries(&[run]).await?.pop();
        Ok(row.is_none_or(|row| row.status.is_some()))
    }

    /// False, as the answer of a run that heard nothing because it is over. One that goes on must not be taken for that.
    async fn check_over(&self, run: RunId) -> Result<bool, Error> {
        match self.is_over(run).await? {
            true => Ok(false),
            false => Err(Error::NotPossible(NOT_HEARD.into())),
        }
    }

    /// How a called run ended, on which port its caller hears of it; nothing while it goes on.
    pub async fn ended(&self, run: RunId) -> Result<Option<(Port, Value)>, Error> {
        let Some(detail) = self.store.run_detail(run).await? else {
            return Ok(None);
        };
        let failed = |code: &str, message: String| {
            let error = codes::error(code, message, task::end::LOOK_THERE);
            task::end::child_outcome(Some(&error), None)
        };
        let summary = &detail.summary;
        Ok(match summary.status {
            None => None,
            Some(Status::Done) => Some(task::end::child_outcome(None, Doc::decode(&detail.doc)?.result)),
            Some(Status::Cancelled) => Some(failed(codes::CALLED_CANCELLED, "the run was cancelled".into())),
            Some(Status::Failed) => {
                let code = summary.error_code.as_deref().unwrap_or(codes::DEFECT);
                Some(failed(code, summary.error.clone().unwrap_or_default()))
            }
        })
    }
}

fn read_event(event: &store::EventRow) -> Result<Value, Error> {
    let kept = Kept { head: event.head.clone(), body: event.body.clone() };
    Ok(notes::shown_trigger(&door::open_shown(&kept)?))
}
