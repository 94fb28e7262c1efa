//! Which run goes next: lanes keep order per key, a flow has so many at once, and all together have a bound.
//!
//! Nothing here looks through what waits: a start, an end and a cancellation cost the same with ten runs in line and with
//! a million, on one key and on as many keys.

mod collapse;
mod lines;
#[cfg(test)]
mod tests;
mod turns;

use crate::budget::Held;
use crate::flow::ms;
use crate::signal::{SIGNALS_MAX, Signal, Unheard};
use crate::view::LiveState;
use bytes::Bytes;
pub use collapse::Replaced;
use lines::{Line, Lines};
use model::{Collapse, Priority, Settings};
use run::Data;
use std::collections::{BTreeSet, HashMap};
use store::{Epoch, FlowKey, Ms, RunId, Shard};
use turns::Turns;

/// Whatever tries again by itself within so long does not wait for a clock that was set back.
const SOON_MS: Ms = 10 * 60_000;

/// A run that waits for its turn.
#[derive(Debug)]
pub struct Ready {
    pub run: RunId,
    pub flow: FlowKey,
    pub shard: Shard,
    /// The shard's lease when the run came to this process, where it is on its way to its line.
    pub under: Option<Epoch>,
    /// Counts among those that are on their way.
    pub coming: Option<Held>,
    pub lane: Option<i64>,
    /// Runs of a lane go in the order of these.
    pub turn: i64,
    /// Came from the disk, or goes back to what it waited for: it holds its lane already when `resumed`.
    pub resumed: bool,
    /// When its event came, and the first of those that it replaced.
    pub came: Ms,
    pub burst: Ms,
    /// Has not begun, and nobody waits for it: a newer one of its key may take its place.
    pub collapsible: bool,
    /// Left open by an earlier process: how often it was begun and did not come to rest.
    pub crashes: Option<u32>,
    pub stand: Stand,
    pub fresh: Option<Box<Fresh>>,
    pub signals: Vec<Signal>,
}

/// In which line a waiting run stands. The queue's own note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// In its flow's.
    Turn,
    /// In its flow's, among those that have begun before.
    Resumed,
    /// Behind the head of its lane.
    Behind,
    /// At the head of its lane, until something is over that its turn waits for.
    Aside,
}

impl Ready {
    /// A run that has not begun, or of which nobody knows whether it has.
    pub fn new(run: RunId, flow: FlowKey, shard: Shard, lane: Option<i64>) -> Self {
        let (turn, resumed, collapsible, stand) = (run, false, false, Stand::Turn);
        let (came, burst, under, coming, crashes) = (0, 0, None, None, None);
        let (fresh, signals) = (None, Vec::new());
        Self {
            run,
            flow,
            shard,
            under,
            coming,
            lane,
            turn,
            resumed,
            came,
            burst,
            collapsible,
            crashes,
            stand,
            fresh,
            signals,
        }
    }

    /// What is known of it here may be old: it is read back from the store when its turn comes.
    pub fn read_back(&mut self) {
        let waits = self.fresh.take().and_then(|fresh| fresh.answer);
        self.signals.extend(waits.map(Signal::Answer));
    }

    /// It is not to be begun but to be ended.
    pub fn is_cancelled(&self) -> bool {
        self.signals.iter().any(|signal| matches!(signal, Signal::Cancel(_)))
    }
}

/// What is known of a run that was accepted just now, so that it need not be read back.
#[derive(Debug)]
pub struct Fresh {
    pub row: store::RunRow,
    pub trigger: model::NodeId,
    /// What its trigger received, as the store has it.
    pub kept: Kept,
    /// The same, opened, which takes ten times the memory; a run that has to wait goes without.
    pub opened: Option<Data>,
    /// Bytes of the body as it came: what it counts when opened.
    pub bytes: usize,
    /// What `kept` and `opened` count while the run waits, however it stops waiting.
    pub room: [Option<Held>; 2],
    pub answer: Option<tokio::sync::oneshot::Sender<crate::Answer>>,
}

/// An event's head and body, coded.
#[derive(Clone, Debug)]
pub struct Kept {
    pub head: Bytes,
    pub body: Bytes,
}

impl Kept {
    pub fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }
}

/// What a flow says about its runs' turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Runs at once.
    pub limit: usize,
    /// Runs of one key at once.
    pub per_key: usize,
    pub priority: Priority,
    /// Only the newest waiting run of a key goes out, when the key has been quiet for so long.
    pub collapse: Option<Ms>,
    /// None begins, and so many may wait meanwhile.
    pub held: Option<usize>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { limit: 1, per_key: 1, priority: Priority::default(), collapse: None, held: None }
    }
}

impl Rules {
    pub fn of(settings: &Settings) -> Self {
        Self {
            limit: settings.concurrency.max(1) as usize,
            per_key: settings.key_concurrency.max(1) as usize,
            priority: settings.priority,
            collapse: settings
                .collapse
                .map(|Collapse::Newest| ms(settings.collapse_after.unwrap_or_default())),
            held: None,
        }
    }
}

#[derive(Debug, Default)]
struct FlowQueue {
    /// Runs that have begun and come back: they go before all others, also where none is to begin.
    resumed: Line,
    ready: Line,
    active: usize,
    rules: Rules,
    /// Whether the flow stands in `turns`.
    in_turn: bool,
}

impl FlowQueue {
    fn may_start(&self) -> bool {
        let begins = self.rules.held.is_none() && !self.ready.is_empty();
        self.active < self.rules.limit && (begins || !self.resumed.is_empty())
    }

    fn next_line(&mut self) -> &mut Line {
        if self.resumed.is_empty() { &mut self.ready } else { &mut self.resumed }
    }

    /// A flow stands in turn only while it has something that may start, so that nobody looks at those that have not.
    fn enter(&mut self, key: FlowKey, turns: &mut Turns) {
        if !self.in_turn && self.may_start() {
            self.in_turn = true;
            turns.push(key, self.rules.priority);
        }
    }
}

/// The runs of one key. It is here as long as one of them has its turn or waits for it.
#[derive(Debug, Default)]
struct Lane {
    /// Runs that have left `behind` and have not ended.
    open: usize,
    behind: Line,
    /// Those at the head that stand aside, and until when, where that is known.
    aside: Line,
    due: Option<Ms>,
    /// The last that came of those that a newer one may replace.
    newest: Option<RunId>,
    /// Replaced runs whose end is not on disk yet.
    ending: usize,
}

/// A plain struct behind a lock of a few lines; it starts nothing itself.
#[derive(Debug)]
pub struct Queue {
    flows: HashMap<FlowKey, FlowQueue>,
    lanes: HashMap<i64, Lane>,
    /// All runs that wait for their turn, in the lines of flows and, behind the head of their lane, of lanes.
    lines: Lines,
    turns: Turns,
    active: usize,
    active_max: usize,
    /// What waiting runs have been told since they were lined up.
    words: HashMap<RunId, Vec<Signal>>,
    /// Runs that have left memory, by when they wake.
    parked: BTreeSet<(Ms, RunId)>,
    parked_runs: HashMap<RunId, (Ms, Parked)>,
    /// Lanes of which a run stands aside, by when they have been quiet for long enough.
    quiet: BTreeSet<(Ms, i64)>,
    /// The first of them may be due sooner than whoever waits for it knows.
    sooner: bool,
}

/// What is kept in memory of a parked run.
#[derive(Clone, Copy, Debug)]
pub struct Parked {
    pub flow: FlowKey,
    pub shard: Shard,
    pub lane: Option<i64>,
    pub state: LiveState,
    pub crashes: Option<u32>,
}

impl Queue {
    pub fn new(active_max: usize) -> Self {
        Self {
            flows: HashMap::new(),
            lanes: HashMap::new(),
            lines: Lines::default(),
            turns: Turns::default(),
            active: 0,
            active_max,
            words: HashMap::new(),
            parked: BTreeSet::new(),
            parked_runs: HashMap::new(),
            quiet: BTreeSet::new(),
            sooner: false,
        }
    }

    /// Runs waiting for their turn, those behind a lane's head included.
    pub fn waiting(&self) -> usize {
        self.lines.len()
    }

    /// Those of one flow.
    pub fn waiting_of(&self, flow: FlowKey) -> usize {
        self.lines.of_flow(flow)
    }

    /// Whether as many runs of a held flow wait as may.
    pub fn is_held_full(&self, key: FlowKey) -> bool {
        let most = self.flows.get(&key).and_then(|flow| flow.rules.held);
        most.is_some_and(|most| self.waiting_of(key) >= most)
    }

    pub fn parked(&self) -> usize {
        self.parked_runs.len()
    }

    /// Lanes whose head has not ended.
    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }

    pub fn parked_state(&self, run: RunId) -> Option<LiveState> {
        self.parked_runs.get(&run).map(|(_, parked)| parked.state)
    }

    /// What a parked run waits for has been found out; false where it is not parked any more.
    pub fn set_parked_state(&mut self, run: RunId, state: LiveState) -> bool {
        self.parked_runs.get_mut(&run).map(|(_, parked)| parked.state = state).is_some()
    }

    /// Takes over what a flow says, from its next turn on.
    pub fn rule(&mut self, key: FlowKey, rules: Rules) {
        let flow = self.flows.entry(key).or_default();
        flow.rules = rules;
        flow.enter(key, &mut self.turns);
    }

    fn per_key(&self, flow: FlowKey) -> usize {
        self.flows.get(&flow).map_or(1, |flow| flow.rules.per_key)
    }

    /// Lines a run up; gives the one back whose place it took.
    pub fn push(&mut self, mut ready: Ready) -> Option<Replaced> {
        (ready.stand, ready.coming) = (Stand::Turn, None);
        let Some(key) = ready.lane.filter(|_| !ready.resumed) else {
            self.line_up(ready);
            return None;
        };
        match self.older(ready.flow, key).filter(|_| ready.collapsible) {
            Some(older) => self.replace(key, older, ready),
            None => {
                self.stand_in(key, ready);
                None
            }
        }
    }

    fn stand_in(&mut self, key: i64, mut ready: Ready) {
        let per_key = self.per_key(ready.flow);
        let lane = self.lanes.entry(key).or_default();
        if ready.collapsible {
            lane.newest = Some(ready.run);
        }
        if lane.open >= per_key || !lane.behind.is_empty() {
            ready.stand = Stand::Behind;
            return self.lines.push_back(&mut lane.behind, ready);
        }
        lane.open += 1;
        self.settle(key, ready);
    }

    fn line_up(&mut self, mut ready: Ready) {
        ready.stand = if ready.resumed { Stand::Resumed } else { Stand::Turn };
        let key = ready.flow;
        let flow = self.flows.entry(key).or_default();
        let line = if ready.resumed { &mut flow.resumed } else { &mut flow.ready };
        self.lines.push_back(line, ready);
        flow.enter(key, &mut self.turns);
    }

    fn line_up_first(&mut self, mut ready: Ready) {
        ready.stand = Stand::Turn;
        let key = ready.flow;
        let flow = self.flows.entry(key).or_default();
        self.lines.push_front(&mut flow.ready, ready);
        flow.enter(key, &mut self.turns);
    }

    /// Takes the next run that may start now; flows take turns.
    pub fn pop(&mut self) -> Option<Ready> {
        if self.active >= self.active_max {
            return None;
        }
        while let Some(key) = self.turns.pop() {
            let Some(flow) = self.flows.get_mut(&key) else { continue };
            flow.in_turn = false;
            // One that stands here in vain got another limit, or what it had was called out.
            if !flow.may_start() {
                continue;
            }
            let next = self.lines.pop_front(flow.next_line());
            let next = next.and_then(|ready| self.unless_ending(ready));
            let Some(flow) = self.flows.get_mut(&key) else { continue };
            flow.active += usize::from(next.is_some());
            flow.enter(key, &mut self.turns);
            if let Some(ready) = next {
                self.active += 1;
                return Some(self.leave_line(ready));
            }
        }
        None
    }

    /// A run stops waiting for its turn, and gets what it was told meanwhile.
    fn leave_line(&mut self, mut ready: Ready) -> Ready {
        if let Some(words) = self.words.remove(&ready.run) {
            ready.signals.extend(words);
        }
        ready
    }

    /// Takes a waiting run out of turn and over every limit, to be ended. One behind its lane's head leaves the lane.
    pub fn call_out(&mut self, run: RunId) -> Option<Ready> {
        let mut ready = self.take(run)?;
        if ready.stand == Stand::Behind {
            ready.lane = None;
        }
        self.active += 1;
        self.flows.entry(ready.flow).or_default().active += 1;
        Some(self.leave_line(ready))
    }

    /// Takes a waiting run out of its line, wherever in it it stands.
    fn take(&mut self, run: RunId) -> Option<Ready> {
        let Ready { flow, lane, stand, .. } = *self.lines.get(run)?;
        let line = match stand {
            Stand::Turn => &mut self.flows.get_mut(&flow)?.ready,
            Stand::Resumed => &mut self.flows.get_mut(&flow)?.resumed,
            Stand::Behind => &mut self.lanes.get_mut(&lane?)?.behind,
            Stand::Aside => &mut self.lanes.get_mut(&lane?)?.aside,
        };
        self.lines.remove(line, run)
    }

    /// A run has left memory and keeps its lane.
    pub fn release(&mut self, key: FlowKey) {
        self.active = self.active.saturating_sub(1);
        if let Some(flow) = self.flows.get_mut(&key) {
            flow.active = flow.active.saturating_sub(1);
            flow.enter(key, &mut self.turns);
        }
    }

    /// A run has ended: its lane's next may go.
    pub fn ended(&mut self, flow: FlowKey, lane: Option<i64>) {
        self.release(flow);
        if let Some(lane) = lane {
            self.leave_lane(flow, lane);
        }
    }

    fn leave_lane(&mut self, flow: FlowKey, key: i64) {
        let per_key = self.per_key(flow);
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        lane.open = lane.open.saturating_sub(1);
        let mut next = Vec::new();
        while lane.open < per_key
            && let Some(ready) = self.lines.pop_front(&mut lane.behind)
        {
            lane.open += 1;
            next.push(ready);
        }
        next.into_iter().for_each(|ready| self.settle(key, ready));
        self.forget_if_empty(key);
    }

    fn forget_if_empty(&mut self, key: i64) {
        if self.lanes.get(&key).is_some_and(|lane| lane.open == 0 && lane.ending == 0) {
            let due = self.lanes.remove(&key).and_then(|lane| lane.due);
            due.map(|due| self.quiet.remove(&(due, key)));
        }
    }

    /// A run leaves memory until a time. It keeps its lane.
    pub fn park(&mut self, run: RunId, wake_at: Ms, parked: Parked) {
        self.release(parked.flow);
        self.remember_parked(run, wake_at, parked);
    }

    /// A run that was parked when the process last stopped.
    pub fn restore_parked(&mut self, run: RunId, wake_at: Ms, parked: Parked) {
        if let Some(lane) = parked.lane {
            self.lanes.entry(lane).or_default().open += 1;
        }
        self.remember_parked(run, wake_at, parked);
    }

    fn remember_parked(&mut self, run: RunId, wake_at: Ms, parked: Parked) {
        self.parked.insert((wake_at, run));
        self.parked_runs.insert(run, (wake_at, parked));
    }

    /// Calls a parked run back, with what it is told. False where the run is not parked.
    pub fn wake(&mut self, run: RunId, signal: Option<Signal>) -> Result<(), Option<Signal>> {
        let Some((wake_at, parked)) = self.parked_runs.remove(&run) else {
            return Err(signal);
        };
        self.parked.remove(&(wake_at, run));
        let Parked { flow, shard, lane, state: _, crashes } = parked;
        let signals = signal.into_iter().collect();
        self.push(Ready { resumed: true, crashes, signals, ..Ready::new(run, flow, shard, lane) });
        Ok(())
    }

    /// Whether the run waits for its turn or is parked.
    pub fn holds(&self, run: RunId) -> bool {
        self.lines.get(run).is_some() || self.parked_runs.contains_key(&run)
    }

    /// Forgets everything of these shards: another process goes on with it from the disk.
    pub fn drop_shards(&mut self, shards: &[Shard]) -> Vec<Ready> {
        let gone = |shard: &Shard| shards.contains(shard);
        let runs: Vec<RunId> =
            self.lines.all().filter(|ready| gone(&ready.shard)).map(|ready| ready.run).collect();
        let dropped: Vec<Ready> = runs.into_iter().filter_map(|run| self.take(run)).collect();
        for ready in &dropped {
            self.words.remove(&ready.run);
        }
        // A lane is in one shard as a whole.
        self.lanes.retain(|lane, _| !gone(&store::shard_of(*lane)));
        self.forget_quiet(|lane| gone(&store::shard_of(lane)));
        self.parked_runs.retain(|run, (wake_at, parked)| {
            let stays = !gone(&parked.shard);
            if !stays {
                self.parked.remove(&(*wake_at, *run));
            }
            stays
        });
        dropped
    }

    /// Calls back every parked run whose time has come, and lines up what waited for quiet; returns when the next is due.
    pub fn wake_due(&mut self, now: Ms) -> Option<Ms> {
        let quiet = self.end_quiet(now);
        while let Some(&(at, run)) = self.parked.first() {
            if at > now {
                return quiet.into_iter().chain([at]).min();
            }
            self.wake(run, None).ok();
        }
        quiet
    }

    /// Calls back, after the clock was set back from `before`, the parked runs that are to try something again, and those
    /// that were due soon: until when they wait is to be reckoned anew.
    pub fn wake_set_back(&mut self, before: Ms) {
        let soon = self.parked.range(..=(before.saturating_add(SOON_MS), RunId::MAX)).map(|(_, run)| *run);
        let retrying = self.parked_runs.iter().filter(|(_, (_, parked))| parked.state == LiveState::Retrying);
        let runs: BTreeSet<RunId> = soon.chain(retrying.map(|(run, _)| *run)).collect();
        for run in runs {
            self.wake(run, None).ok();
        }
    }

    /// Whether the timer must look anew for the next key that is quiet.
    pub fn take_sooner(&mut self) -> bool {
        std::mem::take(&mut self.sooner)
    }

    /// Hands a signal to a run that waits for its turn. A cancellation is heard however much was said before.
    pub fn attach(&mut self, run: RunId, signal: Signal) -> Result<(), Unheard> {
        if self.lines.get(run).is_none() {
            return Err(Unheard::Gone(signal));
        }
        let words = self.words.entry(run).or_default();
        if words.len() >= SIGNALS_MAX && !matches!(signal, Signal::Cancel(_)) {
            return Err(Unheard::Crowded);
        }
        words.push(signal);
        Ok(())
    }
}
