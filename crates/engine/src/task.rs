//! A run in memory: walked step by step until it ends, or until it has nothing to do for a while.

mod calls;
mod claims;
mod effects;
pub(crate) mod end;
mod gated;
mod maps;
mod stages;
mod steps;
mod waits;
mod words;

use crate::big::{Batch, BlobRef, Feed, Room};
use crate::core::Core;
use crate::crashes::{self, Crashes, Trial, Verdict};
use crate::door::{self, Answer};
use crate::effect::{Attempted, Effect};
use crate::flow::Flow;
use crate::notes::Notes;
use crate::queue::{Fresh, Kept, Parked, Ready};
use crate::signal::{Signal, Stopped};
use crate::sleepers::Sleepers;
use crate::trace::{self, Trace};
use crate::view::{Changed, LiveState};
use crate::wake::SET_BACK_MS;
use crate::writer::WriteError;
use crate::{Error, recall};
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use model::xref::Found;
use model::{NodeId, Port, Value};
use run::doc::StepError;
use run::{At, Data, Decision, Memory, Outcome, Run, StepId};
use script::RunInfo;
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Lease, Ms, Record, RunId, RunRow};
use tokio::sync::{mpsc, oneshot};
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// Steps computed in a row before other runs get a turn on this thread.
const STEPS_IN_A_ROW: usize = 64;
/// Longest sleep in one go, so that a changed clock is noticed.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// The run is left as the journal has it.
pub(crate) enum Stop {
    /// The store has failed, and the process is about to end.
    Down,
    /// The store did not take a write of this run, and goes on with others.
    Refused,
    /// Another process has the run by now.
    Lost,
}

impl From<WriteError> for Stop {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused => Self::Refused,
            WriteError::Lost => Self::Lost,
            WriteError::Full | WriteError::Away | WriteError::Down => Self::Down,
        }
    }
}

/// What comes back from outside the run's own thread of thought.
enum Landed {
    Effect(At, Attempted),
    Called(At, Result<RunId, StepError>),
    Child(At, Option<(Port, Value)>),
    /// More elements for a for-each, and what the next ones come from.
    Fed(At, Box<Feed>, Result<Batch, StepError>),
    /// A mapping's cross-references.
    Found(At, Box<maps::Asked>, Result<Vec<Found>, StepError>),
    /// The store did not take an effect's intent.
    Refused,
}

/// What is to be done next. `at` is when that was so, where a walk after a restart learns it from the journal.
struct Todo {
    decision: Decision,
    at: Option<Ms>,
}

pub(crate) struct Task {
    core: Arc<Core>,
    flow: Arc<Flow>,
    row: RunRow,
    /// Under which everything about the run is written.
    lease: Lease,
    trigger: NodeId,
    data: Data,
    body: Data,
    /// Where the body lies, if not in its event's row.
    blob: Option<BlobRef>,
    /// What for-eaches under way read their elements from.
    feeds: HashMap<At, Feed>,
    /// So many of them are being read from.
    reading: usize,
    run: Run,
    pub(super) room: Arc<Room>,
    memory: Memory,
    notes: Notes,
    info: RunInfo,
    seq: u32,
    /// Records not handed to the writer yet: they go with the next write.
    pending: Vec<Record>,
    todo: VecDeque<Todo>,
    /// The time that the journal gives to what is being walked again; nothing where it happens now.
    then: Option<Ms>,
    /// The latest such time.
    latest_then: Ms,
    flying: FuturesUnordered<BoxFuture<'static, Landed>>,
    /// Calls of other flows that are not on disk yet. Not given up with the run: it must know whom it called.
    calls: FuturesUnordered<BoxFuture<'static, Landed>>,
    effects: HashMap<At, Effect>,
    sleepers: Sleepers,
    /// From here on, and where that stands: what the run causes follows from it.
    span: trace::Span,
    trace: Trace,
    answer: Option<oneshot::Sender<Answer>>,
    result: Option<Data>,
    /// The run has been given up: its end comes next.
    cancelled: bool,
    /// Another process is to go on with the run as soon as nothing is under way.
    leaving: bool,
    /// The run is on the list of those that an earlier process may have died of, until it has come to rest.
    trial: Option<Trial>,
    /// To be written with what is written next: it has come to rest.
    crash: Option<(RunId, u32)>,
    /// A cancellation is on its way.
    stopped: Stopped,
    /// The flow has the run's key, as far as claims go.
    claimed: bool,
    /// Who wants to know that the run is cancelled.
    cancelling: Vec<oneshot::Sender<bool>>,
}

/// How long a run stays away that the store could not be asked about just now.
const LOAD_AGAIN_MS: Ms = 3_000;
/// How long a run stays away of which the store did not take a write. It keeps its lane; whoever does not want to wait
/// for it cancels it.
const REFUSED_AGAIN_MS: Ms = 10 * 60_000;

/// Walks one run. Whatever happens, the run leaves the list of active ones. What is logged on the way says which run.
pub(crate) async fn drive(
    core: Arc<Core>,
    ready: Ready,
    lease: Lease,
    stopped: Stopped,
    inbox: mpsc::Receiver<Signal>,
) {
    // At the highest level, so that every line has it, whatever is logged.
    let span = tracing::error_span!("run", run = ready.run, flow = Empty);
    bring_to_an_end(core, ready, lease, stopped, inbox).instrument(span).await;
}

async fn bring_to_an_end(
    core: Arc<Core>,
    ready: Ready,
    lease: Lease,
    stopped: Stopped,
    mut inbox: mpsc::Receiver<Signal>,
) {
    let (run, flow, lane, shard) = (ready.run, ready.flow, ready.lane, ready.shard);
    let began = core.clock.now();
    let (crashes, parked) = (Crashes::of(&ready), crashes::parked(&ready));
    let away = |until| Left::Parked(until, Parked { crashes: None, ..parked });
    let walked = AssertUnwindSafe(load_and_walk(&core, ready, &crashes, lease, stopped, &mut inbox))
        .catch_unwind()
        .await;
    let left = walked.unwrap_or_else(|_panic| {
        tracing::error!("the engine stumbled over a run; please report it. It is begun again soon");
        Ok(Left::Stumbled)
    });
    let left = left.or_else(|stop| match stop {
        Stop::Down => Err(()),
        Stop::Lost => Ok(Left::Handed),
        Stop::Refused => {
            tracing::error!("the store did not take what a run did; the run is walked again in ten minutes");
            Ok(away(core.clock.now().saturating_add(REFUSED_AGAIN_MS)))
        }
    });
    // First out of the list of those that hear signals, then the rest: a signal finds the run here, or parked, or ended.
    let left = match left {
        Ok(Left::Stumbled) => {
            let (wake_at, parked) = crashes.stumbled(core.clock.now(), parked);
            Ok(Left::Parked(wake_at, parked))
        }
        left => left,
    };
    match left {
        Ok(Left::Parked(wake_at, parked)) => {
            {
                // Under one lock, so that no signal comes between and finds the run nowhere.
                let mut queue = core.queue();
                let forgotten = core.forget(run, lease);
                if forgotten && core.holding.lease_to_begin(shard) != Some(lease) {
                    // Nothing of its shard waits here any more: its next holder finds it in the store.
                    queue.release(flow);
                } else if forgotten {
                    queue.park(run, wake_at, parked);
                    // Set back on the way out: nobody else reckons anew until when it waits.
                    if core.clock.now() + SET_BACK_MS < began {
                        queue.wake(run, None).ok();
                    }
                }
            }
            core.timer.notify_one();
        }
        Ok(Left::Ended) => {
            if core.forget(run, lease) {
                core.queue().ended(flow, lane);
            }
        }
        // Made into a parked one above.
        Ok(Left::Stumbled) => {}
        Ok(Left::Handed) => {
            if core.forget(run, lease) {
                core.queue().release(flow);
            }
        }
        Err(()) => drop(core.forget(run, lease)),
    }
    core.pump();
    inbox.close();
    while let Some(signal) = inbox.recv().await {
        core.signal(run, signal).await.ok();
    }
    core.pump();
}

async fn load_and_walk(
    core: &Arc<Core>,
    ready: Ready,
    crashes: &Crashes,
    lease: Lease,
    stopped: Stopped,
    inbox: &mut mpsc::Receiver<Signal>,
) -> Result<Left, Stop> {
    let parked = crashes::parked(&ready);
    let (trial, poison) = match core.try_run(&ready, crashes, lease).await? {
        Verdict::Clear => (None, None),
        Verdict::Try(trial) => (Some(trial), None),
        Verdict::Poison(trial, times) => (Some(trial), Some(times)),
        Verdict::Later(at) => return Ok(Left::Parked(at, parked)),
        Verdict::Unseen(times) => {
            let ended = core.end_unseen(ready.run, lease, times).await?;
            return Ok(if ended { Left::Ended } else { Left::Stumbled });
        }
    };
    let Ready { run, fresh, signals, .. } = ready;
    match Task::load(core.clone(), fresh, run, lease).await {
        Ok(Some(mut task)) => {
            task.trial = trial;
            task.stopped = stopped;
            task.stand_in_trace();
            Span::current().record("flow", task.flow.id.as_str());
            match poison {
                Some(times) => task.set_aside(times).await,
                None => task.walk(signals, inbox).await,
            }
        }
        Ok(None) => Ok(Left::Ended),
        // A busy disk passes, and so does a database that is away; what was said to the run meanwhile is unheard, and whoever said it learns that.
        Err(Error::Store(store::Error::Deadline | store::Error::Unavailable(_))) => {
            Ok(Left::Parked(core.clock.now().saturating_add(LOAD_AGAIN_MS), parked))
        }
        Err(error) => {
            tracing::error!(%error, "a run could not be loaded; that is tried again soon");
            Ok(Left::Stumbled)
        }
    }
}

enum Left {
    Ended,
    /// The engine could not go on with it. It is begun again after a while, and not more often than `poison_after` says.
    Stumbled,
    /// Another process goes on with it.
    Handed,
    Parked(Ms, Parked),
}

impl Task {
    async fn load(
        core: Arc<Core>,
        fresh: Option<Box<Fresh>>,
        run: RunId,
        lease: Lease,
    ) -> Result<Option<Self>, Error> {
        if let Some(fresh) = fresh {
            let flow = core.flow_version(fresh.row.flow, fresh.row.version).await?;
            let Fresh { row, trigger, kept, opened, answer, .. } = *fresh;
            let blob = BlobRef::of(&kept.body)?;
            let data = match opened {
                Some(data) => data,
                None => door::open(&core, &kept).await?,
            };
            let task = Self::new(core, flow, row, lease, trigger, data, Memory::default(), 0, answer);
            return Ok(Some(Self { blob, ..task }));
        }
        let Some(loaded) = core.store.load_run(run).await? else {
            return Ok(None);
        };
        let kept = Kept { head: loaded.head, body: loaded.body };
        let (data, blob) = (door::open(&core, &kept).await?, BlobRef::of(&kept.body)?);
        let memory = recall::memory(&loaded.records)?;
        let seq = loaded.records.last().map_or(0, |record| record.seq + 1);
        let flow = core.flow_version(loaded.run.flow, loaded.run.version).await?;
        let task = Self::new(core, flow, loaded.run, lease, loaded.trigger, data, memory, seq, None);
        Ok(Some(Self { blob, ..task }))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a run, put together in one place")]
    fn new(
        core: Arc<Core>,
        flow: Arc<Flow>,
        row: RunRow,
        lease: Lease,
        trigger: NodeId,
        data: Data,
        memory: Memory,
        seq: u32,
        answer: Option<oneshot::Sender<Answer>>,
    ) -> Self {
        let info = RunInfo {
            id: row.id,
            key: row.key.clone(),
            flow: flow.id.to_string(),
            now_ms: row.started_at,
            seed: row.lineage as u64,
        };
        Self {
            run: Run::new(flow.plan.clone()),
            body: data.walk(&["body"]).unwrap_or_else(Data::null),
            room: Arc::new(Room::of(&core.options)),
            core,
            flow,
            row,
            lease,
            trigger,
            data,
            blob: None,
            feeds: HashMap::new(),
            reading: 0,
            memory,
            notes: Notes::default(),
            info,
            seq,
            pending: Vec::new(),
            todo: VecDeque::new(),
            then: None,
            latest_then: 0,
            flying: FuturesUnordered::new(),
            calls: FuturesUnordered::new(),
            effects: HashMap::new(),
            sleepers: Sleepers::default(),
            span: trace::Span::default(),
            trace: Trace::default(),
            answer,
            result: None,
            cancelled: false,
            leaving: false,
            trial: None,
            crash: None,
            stopped: Arc::default(),
            claimed: false,
            cancelling: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> Ms {
        self.core.clock.now()
    }

    /// The event knows which trace it came in, also after a restart.
    fn stand_in_trace(&mut self) {
        let parent = Trace::of_trigger(&self.data);
        self.span = self.core.options.tracer.run(&self.flow, self.row.id, &parent);
        self.trace = self.span.trace(&parent);
    }

    async fn walk(&mut self, signals: Vec<Signal>, inbox: &mut mpsc::Receiver<Signal>) -> Result<Left, Stop> {
        self.core.tell(Changed { run: self.row.id, flow: self.row.flow });
        crate::failpoint::reach("walk");
        let Some(trigger) = self.flow.plan.find(self.trigger.as_str()) else {
            let error =
                self.defect(&format!("the trigger {} is not in this version of the flow", self.trigger));
            let step = StepId::new(self.trigger.clone(), Vec::new());
            return self.finish(Outcome::Failed(step, error)).await;
        };
        if !self.memory.is_empty() {
            let choices =
                self.memory.steps().filter_map(|(step, known)| Some((step.clone(), known.chosen.clone()?)));
            self.run.remember(choices);
            self.then = Some(self.row.started_at);
        }
        let begun = self.run.begin(trigger, self.body.clone());
        if self.is_only_observed() {
            return self.finish(Outcome::Done).await;
        }
        self.follow(begun);
        self.then = None;
        // What must be known before a step is reached comes first; what looks at the steps waits until they are walked.
        let (first, later): (Vec<_>, Vec<_>) = signals.into_iter().partition(Signal::comes_first);
        for signal in first {
            self.hear(signal).await?;
        }
        if self.memory.is_empty() {
            // Its time may have passed while it waited for its turn: then nothing is to be sent.
            self.check_deadline();
        }
        let mut later = later.into_iter();
        loop {
            if self.is_leaving() {
                if self.flying.is_empty() && self.calls.is_empty() {
                    self.come_to_rest();
                    self.settle_on_disk().await?;
                    return Ok(Left::Handed);
                }
                self.wait(inbox).await?;
                continue;
            }
            if let Some(outcome) = self.compute(inbox).await? {
                if self.cancelled {
                    self.call_off(inbox).await;
                }
                return self.finish(outcome).await;
            }
            if self.is_leaving() {
                continue;
            }
            self.reckon_anew();
            // Whoever looks sees what became of a step whose time has come, not that it came.
            if self.wake_due().await? {
                continue;
            }
            // What has been done in a for-each is walked through first, as far as its elements have to be read for that.
            if self.reading == 0
                && let Some(signal) = later.next()
            {
                self.hear(signal).await?;
                continue;
            }
            if self.flying.is_empty()
                && self.calls.is_empty()
                && let Some(wake_at) = self.may_park()
            {
                return self.park(wake_at).await;
            }
            self.wait(inbox).await?;
        }
    }

    /// Nothing further is begun: another process goes on from the journal.
    fn is_leaving(&self) -> bool {
        self.leaving && !self.cancelled
    }

    /// Does everything that needs nobody else; returns the outcome when nothing is under way any more.
    async fn compute(&mut self, inbox: &mut mpsc::Receiver<Signal>) -> Result<Option<Outcome>, Stop> {
        let mut in_a_row = 0;
        while !self.is_leaving()
            && let Some(Todo { decision, at: then }) = self.todo.pop_front()
        {
            if self.stopped.swap(false, Ordering::Relaxed) && !self.cancelled {
                // A script that was stopped has failed by that, and nothing is to follow from it.
                while let Ok(signal) = inbox.try_recv() {
                    self.hear(signal).await?;
                }
                if self.cancelled {
                    continue;
                }
            }
            self.then = then;
            match decision {
                Decision::Finish(outcome) => return Ok(Some(outcome)),
                Decision::Start(at, input) => self.start(at, input).await?,
                Decision::Chose(at, from) => self.choose(&at, from),
                Decision::Closed(at, items, outcome) => self.note_loop(&at, items, &outcome),
                Decision::Hungry(at) => self.read_on(at),
            }
            self.then = None;
            in_a_row += 1;
            // A look at the clock is nothing beside a script.
            self.check_deadline();
            if in_a_row % STEPS_IN_A_ROW == 0 {
                tokio::task::yield_now().await;
                while let Ok(signal) = inbox.try_recv() {
                    self.hear(signal).await?;
                }
            }
        }
        Ok(None)
    }

    /// Lines up what follows. What comes together from several sides was so when the last of them came.
    fn follow(&mut self, decisions: Vec<Decision>) {
        let mut at = self.then;
        for decision in decisions {
            let joins = match &decision {
                Decision::Start(at, _) | Decision::Chose(at, _) => self.flow.plan.graph.joins(at.node),
                Decision::Closed(..) => true,
                Decision::Finish(_) | Decision::Hungry(_) => false,
            };
            if joins {
                at = at.map(|_| self.latest_then);
            }
            self.todo.push_back(Todo { decision, at });
        }
    }

    /// Goes on with what the journal says of a step, at the time that it says.
    fn walk_again(&mut self, at: Option<Ms>) {
        // What an earlier run of the event did was so when this one began.
        self.then = at.map(|at| at.max(self.row.started_at));
        self.latest_then = self.latest_then.max(self.then.unwrap_or_default());
    }

    /// When that which is being noted happened.
    fn noted_at(&self) -> Ms {
        self.then.unwrap_or_else(|| self.now())
    }

    /// Waits for whichever comes first: an effect's answer, a time, a word from outside.
    async fn wait(&mut self, inbox: &mut mpsc::Receiver<Signal>) -> Result<(), Stop> {
        if self.flying.is_empty() && self.calls.is_empty() {
            self.come_to_rest();
        }
        self.flush().await;
        self.show_state();
        let jumped = self.core.clock.jumped();
        let now = self.core.clock.now();
        let wake = self.sleepers.next().unwrap_or(Ms::MAX).min(self.row.deadline);
        let nap = Duration::from_millis(u64::try_from(wake.saturating_sub(now)).unwrap_or(0)).min(SLEEP_MAX);
        // In one order, so that a run that was seen once in a simulation is seen again. Nobody starves: what is due and the
        // deadline are looked at below whatever came.
        tokio::select! {
            biased;
            Some(signal) = inbox.recv() => self.hear(signal).await?,
            Some(landed) = self.flying.next() => self.land(landed).await?,
            Some(landed) = self.calls.next() => self.land(landed).await?,
            () = tokio::time::sleep(nap) => {}
            () = jumped => {}
        }
        self.check_deadline();
        self.wake_due().await?;
        Ok(())
    }

    /// Goes on with the steps whose time has come; says whether there was one.
    async fn wake_due(&mut self) -> Result<bool, Stop> {
        let mut any = false;
        while let Some(sleeper) = self.sleepers.take_due(self.now()) {
            self.wake(sleeper).await?;
            any = true;
        }
        Ok(any)
    }

    pub(super) fn show_state(&self) {
        let idle = self.flying.is_empty() && self.calls.is_empty();
        let state =
            if idle && !self.sleepers.is_empty() { self.sleepers.state() } else { LiveState::Running };
        self.core.set_state(self.row.id, self.row.flow, state);
    }

    /// Ends the run now: calls under way are dropped, and their outcome stays noted as unknown in the journal.
    pub(super) fn give_up(&mut self, outcome: Outcome) {
        self.cancelled = true;
        self.flying = FuturesUnordered::new();
        for sleeper in std::mem::take(&mut self.sleepers).into_all() {
            self.leave_gate(&sleeper);
        }
        self.todo.clear();
        self.todo.push_back(Todo { decision: Decision::Finish(outcome), at: None });
    }
}
