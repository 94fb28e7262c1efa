//! What all parts of the engine share.

use crate::answers::Answers;
use crate::budget::Budget;
use crate::crashes;
use crate::flow::Flow;
use crate::flows::Flows;
use crate::gates::Gates;
use crate::gauges::Counters;
use crate::holding::Holding;
use crate::queue::{Queue, Ready};
use crate::shards::{Busy, is_among};
use crate::signal::{SIGNALS_MAX, Signal, Stopped, Unheard};
use crate::sources::Sources;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{AbortHandle, Mutex, MutexGuard};
use crate::view::{Changed, LiveState};
use crate::writer::{Owner, Ticket, Write, Writer};
use crate::{Clock, Error, Options, sync, task};
use connector::{Connection, Http, LiveCatalog};
use futures::future::BoxFuture;
use model::{ConnectionName, FlowDocument, FlowId, Value};
use script::{NoNodes, RunInfo, Scope, Seen, Template, Until};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;
use store::{Epoch, FlowKey, IdMint, Joined, Lease, RunId, Shard, Store, VersionKey};
use tokio::sync::{Notify, Semaphore, broadcast, mpsc, watch};

/// Where the engine gets credentials and variables from; both may change while runs go on.
pub trait ConnectionSource: Send + Sync + 'static {
    fn connection(&self, name: &ConnectionName) -> Option<Arc<Connection>>;

    /// The connection for a call that is made now: where it carries a token that ends soon, with a new one.
    fn ready<'a>(
        &'a self,
        name: &'a ConnectionName,
    ) -> BoxFuture<'a, Result<Arc<Connection>, connector::Error>> {
        Box::pin(std::future::ready(self.connection(name).ok_or_else(|| no_connection(name))))
    }

    /// The connection with another token than the one that its system has just refused.
    fn renew<'a>(
        &'a self,
        name: &'a ConnectionName,
        _refused: &'a Connection,
    ) -> BoxFuture<'a, Result<Arc<Connection>, connector::Error>> {
        self.ready(name)
    }

    /// What expressions see as `vars`.
    fn vars(&self) -> Arc<Value> {
        Arc::default()
    }

    /// Another process changed connections, or connectors that were made from descriptions: what is kept of them is to be read
    /// again. Gives the connectors whose operations are others now.
    fn changed_elsewhere(&self) -> BoxFuture<'_, BTreeSet<String>> {
        Box::pin(std::future::ready(BTreeSet::new()))
    }
}

/// The error of whatever names a connection that there is not.
pub fn no_connection(name: &ConnectionName) -> connector::Error {
    connector::Error::Connection {
        message: format!("there is no connection named {name}"),
        advice: "Create it under Connections, or choose another one in the node.".into(),
    }
}

/// The error of whatever wants to call over a connection that nobody is signed in to.
pub fn signed_out(name: &ConnectionName) -> connector::Error {
    connector::Error::SignedOut { message: format!("nobody is signed in to the connection \"{name}\"") }
}

/// What the engine is handed at its start and never changes.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub catalog: LiveCatalog,
    pub http: Http,
    pub connections: Arc<dyn ConnectionSource>,
    pub clock: Arc<dyn Clock>,
    pub options: Options,
    pub scripts: script::Engine,
}

pub struct Core {
    parts: Parts,
    pub writer: Writer,
    pub flows: Flows,
    pub ids: IdMint,
    /// This process's number among those that work on the store.
    pub node: u16,
    /// The shards of the runs that this process works on.
    pub holding: Holding,
    /// The store does not know this process any more.
    expelled: watch::Sender<bool>,
    /// What other processes told runs here, while it is being carried out.
    heard: Mutex<HashSet<i64>>,
    /// Runs of lanes that were accepted here, and what others accepted before them is not known yet.
    pub accepted: mpsc::UnboundedSender<Vec<Ready>>,
    /// What this process asked runs of others.
    pub answers: Answers,
    /// Rings when there are shards whose runs are to be read.
    pub taken: Notify,
    /// Times of schedules may have been moved by whoever had them before.
    pub times_changed: AtomicBool,
    pub gauges: Counters,
    pub gates: Gates,
    /// Triggers that fetch their events themselves.
    pub sources: Sources,
    pub changes: broadcast::Sender<Changed>,
    /// Rings when a run was parked or a schedule changed, so that the timer looks anew.
    pub timer: Notify,
    pub stopping: AtomicBool,
    /// Nothing new comes in: see `Engine::close_door`.
    pub closed: AtomicBool,
    /// Held while an event gets its number and its place before the writer.
    accepting: Mutex<()>,
    /// Bodies between the door and the disk.
    pub accepting_room: Arc<Budget>,
    /// Runs that were accepted here and have not come to their lines.
    coming: Arc<Budget>,
    /// Payloads of waiting runs, and those among them that are opened.
    pub payloads: Arc<Budget>,
    pub opened: Arc<Budget>,
    /// Rings when a job over many runs was put down.
    pub jobs: Arc<Notify>,
    /// Held by the one run that is begun alone.
    pub suspects: Arc<Semaphore>,
    pub(crate) queue: Mutex<Queue>,
    active: Mutex<HashMap<RunId, Active>>,
}

/// A run in memory: how to reach it, and what it is doing.
struct Active {
    signals: mpsc::Sender<Signal>,
    state: LiveState,
    flow: FlowKey,
    shard: Shard,
    lease: Lease,
    stopped: Stopped,
    task: AbortHandle,
}

/// Bytes of bodies that waiting runs keep opened: enough for those whose turn comes at once.
const OPENED_BYTES_MAX: usize = 1 << 20;
/// A key is a member of the body, or a few of them put together: microseconds.
const KEY_TAKES_MAX: Duration = Duration::from_millis(250);

/// The parts are asked for everywhere, under their own names.
impl Deref for Core {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// The engine as its writer knows it, which does not keep the engine alive.
struct Behind(Weak<Core>);

impl Owner for Behind {
    fn line_up(&self, runs: Vec<Ready>) {
        if let Some(core) = self.0.upgrade().filter(|_| !runs.is_empty()) {
            core.line_up(runs);
        }
    }

    fn holds(&self, lease: Lease) -> bool {
        self.0.upgrade().is_none_or(|core| core.holding.lease(lease.shard) == Some(lease))
    }

    fn committed(&self, writes: usize, took: Duration) {
        if let Some(core) = self.0.upgrade() {
            core.gauges.committed(writes, took);
        }
    }

    fn lost(&self, leases: &[Lease]) {
        if let Some(core) = self.0.upgrade() {
            core.let_go(leases);
        }
    }

    fn late(&self, writes: usize) {
        if let Some(core) = self.0.upgrade().filter(|_| writes > 0) {
            core.gauges.late(writes);
        }
    }
}

impl Core {
    /// `last_id` is the largest id in the store.
    pub fn new(
        parts: Parts,
        joined: Joined,
        last_id: i64,
        accepted: mpsc::UnboundedSender<Vec<Ready>>,
    ) -> Arc<Self> {
        let holding = Holding::new(joined.ttl);
        Arc::new_cyclic(|this: &Weak<Self>| Self {
            writer: Writer::start(parts.store.clone(), Behind(this.clone())),
            queue: Mutex::new(Queue::new(parts.options.runs_active_max)),
            accepting_room: Budget::of(parts.options.accept_bytes_max),
            coming: Budget::of(usize::MAX),
            payloads: Budget::of(parts.options.payload_bytes_max),
            opened: Budget::of(OPENED_BYTES_MAX.min(parts.options.payload_bytes_max)),
            jobs: Arc::default(),
            suspects: crashes::alone(),
            parts,
            flows: Flows::default(),
            ids: IdMint::new(joined.node, last_id),
            node: joined.node,
            gates: Gates::new(holding.is_shared()),
            sources: Sources::default(),
            holding,
            expelled: watch::Sender::new(false),
            heard: Mutex::default(),
            accepted,
            answers: Answers::default(),
            taken: Notify::new(),
            times_changed: AtomicBool::new(false),
            gauges: Counters::default(),
            changes: broadcast::channel(1_024).0,
            timer: Notify::new(),
            stopping: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            accepting: Mutex::new(()),
            active: Mutex::new(HashMap::new()),
        })
    }

    pub fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn active(&self) -> MutexGuard<'_, HashMap<RunId, Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lines up the runs that are this process's to work on, keeping their payloads in memory while there is room.
    pub fn line_up(self: &Arc<Self>, mut runs: Vec<Ready>) {
        let shared = self.holding.is_shared();
        for ready in &mut runs {
            if shared {
                if ready.under.take() != self.epoch(ready.shard) {
                    ready.read_back();
                }
                ready.coming = Some(self.coming.take_over(1));
            }
            self.keep_payload(ready);
        }
        let mut runs = self.holding.sift(runs);
        if shared {
            // Another process may have acknowledged an event of the same lane before these came.
            let (in_lanes, others): (Vec<_>, Vec<_>) =
                runs.into_iter().partition(|ready| ready.lane.is_some());
            if !in_lanes.is_empty() {
                // The door counts them (`waiting`); nobody takes them only when the engine has ended.
                self.accepted.send(in_lanes).ok();
            }
            runs = others;
        }
        self.push_all(runs);
        self.pump();
    }

    /// What waits here is of shards that are worked on: that is looked at with the queue held, and whoever lets go of a shard
    /// says so first and takes the queue then.
    pub fn push_all(self: &Arc<Self>, runs: Vec<Ready>) {
        let (mut replaced, mut elsewhere) = (Vec::new(), Vec::new());
        let mut queue = self.queue();
        for ready in runs {
            let lease = self.holding.lease_to_begin(ready.shard);
            match lease.filter(|lease| ready.under.is_none_or(|under| under == lease.epoch)) {
                // It may have been read with its shard while it was on its way here.
                Some(_) if self.holding.is_shared() && self.is_here(&queue, ready.run) => {
                    elsewhere.push(ready)
                }
                Some(lease) => replaced.extend(queue.push(ready).map(|replaced| (replaced, lease))),
                None => elsewhere.push(ready),
            }
        }
        if queue.take_sooner() {
            self.timer.notify_one();
        }
        drop(queue);
        drop(elsewhere);
        self.end_replaced(replaced);
    }

    pub fn keep_payload(&self, ready: &mut Ready) {
        let Some(fresh) = &mut ready.fresh else { return };
        let opened = fresh.opened.as_ref().and_then(|_| self.opened.take(fresh.bytes));
        if opened.is_none() {
            fresh.opened = None;
        }
        let kept = self.payloads.take(fresh.kept.len());
        // Whoever waits for an answer is reached by nothing on the disk. Their number is bounded: each holds a connection.
        let over = || fresh.answer.as_ref().map(|_| self.payloads.take_over(fresh.kept.len()));
        match kept.or_else(over) {
            Some(kept) => fresh.room = [Some(kept), opened],
            None => ready.fresh = None,
        }
    }

    /// Runs that wait for their turn, or are on their way to their lines.
    pub fn waiting(&self, queue: &Queue) -> usize {
        queue.waiting() + self.coming.held()
    }

    /// Hands an event and its run to the writer. The run gets its number here, so that the order of numbers, of commits
    /// and of runs in their lane is one and the same.
    pub fn accept(&self, number: impl FnOnce(RunId) -> (Write, Ready)) -> Option<Ticket> {
        let _in_order = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        let (write, mut ready) = number(self.ids.mint(self.clock.now()));
        if self.holding.is_shared() {
            ready.under = self.epoch(ready.shard);
        }
        self.writer.try_accept(write, ready)
    }

    fn epoch(&self, shard: Shard) -> Option<Epoch> {
        self.holding.lease(shard).map(|lease| lease.epoch)
    }

    /// Starts every run that may start now.
    pub fn pump(self: &Arc<Self>) {
        while !self.stopping.load(Ordering::Relaxed) {
            let mut queue = self.queue();
            if queue.take_sooner() {
                self.timer.notify_one();
            }
            let Some(ready) = queue.pop() else { return };
            self.begin(ready, &mut queue);
        }
    }

    /// Brings a run into memory. The queue is held, so that a signal finds the run either there or here, and so does whoever
    /// lets go of its shard.
    fn begin(self: &Arc<Self>, ready: Ready, queue: &mut Queue) {
        let Some(lease) = self.holding.lease_to_begin(ready.shard) else {
            // Its shard went a moment ago: its next holder finds it in the store.
            queue.ended(ready.flow, ready.lane);
            return;
        };
        if !ready.resumed {
            self.gauges.begun(self.clock.now() - store::ids::time_of(ready.run));
        }
        let (signals, inbox) = mpsc::channel(SIGNALS_MAX);
        let (run, flow, shard) = (ready.run, ready.flow, ready.shard);
        let mut active = self.active();
        // The run's own first look for itself waits for this lock.
        let stopped = Stopped::default();
        let drive = task::drive(self.clone(), ready, lease, stopped.clone(), inbox);
        let task = sync::spawn(drive).abort_handle();
        active.insert(run, Active { signals, state: LiveState::Running, flow, shard, lease, stopped, task });
    }

    /// A run that was begun under this lease has left memory for good or for a while. False where it was made to leave
    /// before, also where it has been begun again since.
    pub fn forget(&self, run: RunId, lease: Lease) -> bool {
        let mut active = self.active();
        active.get(&run).is_some_and(|active| active.lease == lease) && active.remove(&run).is_some()
    }

    /// Changes which shards are held, and drops what is here of those that went. With the queue held, so that nothing that
    /// comes to rest meanwhile is left, and nothing that is read anew is taken for what went.
    pub fn change_hands<T>(&self, change: impl FnOnce(&Holding) -> (Vec<Shard>, T)) -> T {
        let mut queue = self.queue();
        let (gone, changed) = change(&self.holding);
        // Outlives the lock: what they hold goes afterwards.
        let _dropped = if gone.is_empty() { Vec::new() } else { queue.drop_shards(&gone) };
        self.abort(&gone, &mut queue);
        drop(queue);
        if !gone.is_empty() {
            self.sources.ring();
        }
        changed
    }

    /// Ends the tasks of runs that are to be another process's, wherever they stand.
    pub fn abort_runs(&self, shards: &[Shard]) {
        self.abort(shards, &mut self.queue());
    }

    fn abort(&self, shards: &[Shard], queue: &mut Queue) {
        let among = is_among(shards);
        let mut gone: Vec<(RunId, Active)> =
            self.active().extract_if(|_, active| among(active.shard)).collect();
        gone.sort_unstable_by_key(|(run, _)| *run);
        for (_, active) in gone {
            active.task.abort();
            queue.release(active.flow);
        }
    }

    /// Tells every run of these shards that is in memory.
    pub fn signal_shards(&self, shards: &[Shard], signal: impl Fn() -> Signal) {
        let among = is_among(shards);
        let active = self.active();
        let mut told: Vec<_> = active.iter().filter(|(_, active)| among(active.shard)).collect();
        told.sort_unstable_by_key(|(run, _)| **run);
        for (_, active) in told {
            // One that does not hear for all it was told is told again.
            active.signals.try_send(signal()).ok();
        }
    }

    /// Nothing of these shards waits here any more.
    pub fn drop_waiting(&self, shards: &[Shard]) {
        // Outlives the lock: what they hold goes afterwards.
        let _dropped = self.queue().drop_shards(shards);
    }

    /// How many runs of each shard are in memory.
    pub fn active_per_shard(&self) -> Busy {
        let mut busy = Busy::new();
        self.active().values().for_each(|active| *busy.entry(active.shard).or_default() += 1);
        busy
    }

    pub fn knows(&self, run: RunId) -> bool {
        self.is_here(&self.queue(), run)
    }

    /// A run goes from the queue into memory with the queue held, and so it is not missed between two looks.
    fn is_here(&self, queue: &Queue, run: RunId) -> bool {
        queue.holds(run) || self.active().contains_key(&run)
    }

    pub fn heard_controls(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn schedules_changed(&self) {
        self.times_changed.store(true, Ordering::Relaxed);
        self.timer.notify_one();
    }

    pub fn expel(&self) {
        self.expelled.send_replace(true);
    }

    pub fn is_expelled(&self) -> bool {
        *self.expelled.borrow()
    }

    /// Returns when the store does not know this process any more.
    pub async fn expelled(&self) {
        let mut expelled = self.expelled.subscribe();
        expelled.wait_for(|expelled| *expelled).await.ok();
    }

    pub fn set_state(&self, run: RunId, flow: FlowKey, state: LiveState) {
        let changed = self
            .active()
            .get_mut(&run)
            .is_some_and(|active| std::mem::replace(&mut active.state, state) != state);
        if changed {
            self.tell(Changed { run, flow });
        }
    }

    pub fn live_state(&self, run: RunId) -> Option<LiveState> {
        let active = self.active().get(&run).map(|active| active.state);
        active.or_else(|| self.queue().parked_state(run))
    }

    pub fn active_runs(&self) -> usize {
        self.active().len()
    }

    pub fn tell(&self, changed: Changed) {
        if self.changes.receiver_count() > 0 {
            // Nobody listening is no error.
            self.changes.send(changed).ok();
        }
    }

    /// Tells a run something, wherever it is: in memory, waiting for its turn, parked, or in another process.
    ///
    /// Where the run is in none of these places, it has ended.
    pub async fn signal(self: &Arc<Self>, run: RunId, signal: Signal) -> Result<(), Unheard> {
        match self.signal_here(run, signal).await {
            Err(Unheard::Gone(signal)) if self.holding.is_shared() => self.tell_elsewhere(run, signal).await,
            told => told,
        }
    }

    /// The same, where the run is in this process.
    pub async fn signal_here(self: &Arc<Self>, run: RunId, mut signal: Signal) -> Result<(), Unheard> {
        loop {
            if let Some((signals, stopped)) = self.sender(run) {
                let cancels = matches!(signal, Signal::Cancel(_));
                match signals.send(signal).await {
                    Ok(()) => {
                        // Only now: a script that is stopped finds the reason in its run's inbox.
                        stopped.fetch_or(cancels, Ordering::Relaxed);
                        return Ok(());
                    }
                    // It ended or was parked a moment ago.
                    Err(mpsc::error::SendError(back)) => signal = back,
                }
            }
            match self.leave_word(run, signal)? {
                None => {
                    self.pump();
                    return Ok(());
                }
                // It came into memory between the two looks.
                Some(back) => signal = back,
            }
        }
    }

    /// Tells a run that is not in memory; gives the word back where it is. One to be cancelled need not wait for its turn.
    fn leave_word(self: &Arc<Self>, run: RunId, signal: Signal) -> Result<Option<Signal>, Unheard> {
        let cancels = matches!(signal, Signal::Cancel(_));
        let mut queue = self.queue();
        if let Err(Some(signal)) = queue.wake(run, Some(signal)) {
            match queue.attach(run, signal) {
                // Runs come and go under the queue's lock: one that is looked for after it may have come to rest again.
                Err(Unheard::Gone(signal)) if self.is_in_memory(run) => return Ok(Some(signal)),
                told => told?,
            }
        }
        if cancels && let Some(ready) = queue.call_out(run) {
            self.begin(ready, &mut queue);
        }
        Ok(None)
    }

    fn is_in_memory(&self, run: RunId) -> bool {
        self.sender(run).is_some_and(|(signals, _)| !signals.is_closed())
    }

    fn sender(&self, run: RunId) -> Option<(mpsc::Sender<Signal>, Stopped)> {
        self.active().get(&run).map(|active| (active.signals.clone(), active.stopped.clone()))
    }

    /// The flow version that a run belongs to, compiled; read from the store where it is not at hand.
    pub async fn flow_version(&self, key: FlowKey, version: VersionKey) -> Result<Arc<Flow>, Error> {
        if let Some(flow) = self.flows.version(version) {
            return Ok(flow);
        }
        let row = self.store.version(version).await?.ok_or(Error::NotFound)?;
        let unreadable =
            |error: serde_json::Error| Error::Flow { flow: key.to_string(), message: error.to_string() };
        let doc: FlowDocument = serde_json::from_str(&row.logic).map_err(unreadable)?;
        let flow = Arc::new(Flow::compile((row.flow, version), doc, &self.catalog.now(), &self.scripts)?);
        self.flows.keep_version(flow.clone());
        Ok(flow)
    }

    /// Evaluates a flow's ordering key before there is a run: on the thread that all other requests wait for, so not for long.
    pub fn render_at_door(
        &self,
        template: &Template,
        input: &dyn Seen,
        trigger: &dyn Seen,
        flow: &FlowId,
    ) -> Result<Value, script::Error> {
        let vars = self.connections.vars();
        let run = RunInfo { flow: flow.to_string(), now_ms: self.clock.now(), ..RunInfo::default() };
        let scope = Scope {
            input,
            trigger,
            // No node has run yet at the door.
            nodes: &NoNodes,
            item: None,
            index: None,
            vars: &vars,
            run: &run,
            until: Some(&Until { within: KEY_TAKES_MAX, ..Until::default() }),
        };
        self.scripts.render(template, &scope)
    }
}
