//! Which run goes next: lanes keep order per key, a flow has so many at once, and all together have a bound.

use crate::signal::{SIGNALS_MAX, Signal, Unheard};
use crate::view::LiveState;
use bytes::Bytes;
use run::Data;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use store::{FlowKey, Ms, RunId, Shard};

/// A run that waits for its turn.
#[derive(Debug)]
pub struct Ready {
    pub run: RunId,
    pub flow: FlowKey,
    pub shard: Shard,
    pub lane: Option<i64>,
    /// Came from the disk, or goes back to what it waited for: it holds its lane already when `resumed`.
    pub resumed: bool,
    pub fresh: Option<Box<Fresh>>,
    pub signals: Vec<Signal>,
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

#[derive(Debug, Default)]
struct FlowQueue {
    ready: VecDeque<Ready>,
    active: usize,
    limit: usize,
    /// Whether the flow stands in `turns`.
    in_turn: bool,
}

/// A plain struct behind a lock of a few lines; it starts nothing itself.
#[derive(Debug)]
pub struct Queue {
    flows: HashMap<FlowKey, FlowQueue>,
    /// Runs behind the head of their lane. A lane is here as long as its head has not ended.
    lanes: HashMap<i64, VecDeque<Ready>>,
    /// Flows that have something ready, in turn.
    turns: VecDeque<FlowKey>,
    active: usize,
    active_max: usize,
    /// Runs that wait for their turn, so that nobody looks through the lines for one that does not.
    waiting: HashSet<RunId>,
    /// What waiting runs have been told since they were lined up.
    words: HashMap<RunId, Vec<Signal>>,
    /// Runs that have left memory, by when they wake.
    parked: BTreeSet<(Ms, RunId)>,
    parked_runs: HashMap<RunId, (Ms, Parked)>,
}

/// What is kept in memory of a parked run.
#[derive(Clone, Copy, Debug)]
pub struct Parked {
    pub flow: FlowKey,
    pub shard: Shard,
    pub lane: Option<i64>,
    pub state: LiveState,
}

impl Queue {
    pub fn new(active_max: usize) -> Self {
        Self {
            flows: HashMap::new(),
            lanes: HashMap::new(),
            turns: VecDeque::new(),
            active: 0,
            active_max,
            waiting: HashSet::new(),
            words: HashMap::new(),
            parked: BTreeSet::new(),
            parked_runs: HashMap::new(),
        }
    }

    /// Runs waiting for their turn, those behind a lane's head included.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub fn parked(&self) -> usize {
        self.parked_runs.len()
    }

    pub fn parked_state(&self, run: RunId) -> Option<LiveState> {
        self.parked_runs.get(&run).map(|(_, parked)| parked.state)
    }

    /// What a parked run waits for has been found out; false where it is not parked any more.
    pub fn set_parked_state(&mut self, run: RunId, state: LiveState) -> bool {
        self.parked_runs.get_mut(&run).map(|(_, parked)| parked.state = state).is_some()
    }

    pub fn limit(&mut self, flow: FlowKey, limit: usize) {
        self.flows.entry(flow).or_default().limit = limit.max(1);
    }

    pub fn push(&mut self, ready: Ready) {
        self.waiting.insert(ready.run);
        if let (Some(lane), false) = (ready.lane, ready.resumed) {
            if let Some(behind) = self.lanes.get_mut(&lane) {
                return behind.push_back(ready);
            }
            self.lanes.insert(lane, VecDeque::new());
        }
        self.line_up(ready);
    }

    fn line_up(&mut self, ready: Ready) {
        let key = ready.flow;
        let flow = self.flows.entry(key).or_default();
        if ready.resumed {
            flow.ready.push_front(ready)
        } else {
            flow.ready.push_back(ready)
        }
        if !flow.in_turn {
            flow.in_turn = true;
            self.turns.push_back(key);
        }
    }

    /// Takes the next run that may start now; flows take turns.
    pub fn pop(&mut self) -> Option<Ready> {
        if self.active >= self.active_max {
            return None;
        }
        for _ in 0..self.turns.len() {
            let key = self.turns.pop_front()?;
            let flow = self.flows.get_mut(&key)?;
            let next = if flow.active < flow.limit.max(1) { flow.ready.pop_front() } else { None };
            flow.in_turn = !flow.ready.is_empty();
            if flow.in_turn {
                self.turns.push_back(key);
            }
            if let Some(ready) = next {
                flow.active += 1;
                self.active += 1;
                return Some(self.leave_line(ready));
            }
        }
        None
    }

    /// A run stops waiting for its turn, and gets what it was told meanwhile.
    fn leave_line(&mut self, mut ready: Ready) -> Ready {
        self.waiting.remove(&ready.run);
        if let Some(words) = self.words.remove(&ready.run) {
            ready.signals.extend(words);
        }
        ready
    }

    /// Takes a waiting run out of turn and over every limit, to be ended. One behind its lane's head leaves the lane.
    pub fn call_out(&mut self, run: RunId) -> Option<Ready> {
        if !self.waiting.contains(&run) {
            return None;
        }
        let place = |line: &VecDeque<Ready>| line.iter().position(|ready| ready.run == run);
        let in_turn = self.flows.values_mut().find_map(|flow| flow.ready.remove(place(&flow.ready)?));
        let ready = in_turn.or_else(|| {
            let ready = self.lanes.values_mut().find_map(|behind| behind.remove(place(behind)?));
            ready.map(|ready| Ready { lane: None, ..ready })
        })?;
        self.active += 1;
        self.flows.entry(ready.flow).or_default().active += 1;
        Some(self.leave_line(ready))
    }

    /// A run has left memory and keeps its lane.
    pub fn release(&mut self, flow: FlowKey) {
        self.active = self.active.saturating_sub(1);
        if let Some(flow) = self.flows.get_mut(&flow) {
            flow.active = flow.active.saturating_sub(1);
        }
    }

    /// A run has ended: its lane's next may go.
    pub fn ended(&mut self, flow: FlowKey, lane: Option<i64>) {
        self.release(flow);
        self.leave_lane(lane);
    }

    fn leave_lane(&mut self, lane: Option<i64>) {
        let Some(lane) = lane else { return };
        match self.lanes.get_mut(&lane).and_then(VecDeque::pop_front) {
            Some(next) => self.line_up(next),
            None => {
                self.lanes.remove(&lane);
            }
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
            self.lanes.entry(lane).or_default();
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
        let Parked { flow, shard, lane, state: _ } = parked;
        let signals = signal.into_iter().collect();
        self.push(Ready { run, flow, shard, lane, resumed: true, fresh: None, signals });
        Ok(())
    }

    /// Whether the run waits for its turn or is parked.
    pub fn holds(&self, run: RunId) -> bool {
        self.waiting.contains(&run) || self.parked_runs.contains_key(&run)
    }

    /// Forgets everything of these shards: another process goes on with it from the disk.
    pub fn drop_shards(&mut self, shards: &[Shard]) -> Vec<Ready> {
        let gone = |shard: &Shard| shards.contains(shard);
        let mut dropped = Vec::new();
        for flow in self.flows.values_mut() {
            let (out, kept) = flow.ready.drain(..).partition(|ready: &Ready| gone(&ready.shard));
            flow.ready = kept;
            dropped.extend::<VecDeque<Ready>>(out);
        }
        // A lane is in one shard as a whole.
        let lanes: Vec<i64> =
            self.lanes.keys().copied().filter(|lane| gone(&store::shard_of(*lane))).collect();
        dropped.extend(lanes.iter().filter_map(|lane| self.lanes.remove(lane)).flatten());
        for ready in &dropped {
            self.waiting.remove(&ready.run);
            self.words.remove(&ready.run);
        }
        self.parked_runs.retain(|run, (wake_at, parked)| {
            let stays = !gone(&parked.shard);
            if !stays {
                self.parked.remove(&(*wake_at, *run));
            }
            stays
        });
        dropped
    }

    /// Calls back every parked run whose time has come; returns when the next one is due.
    pub fn wake_due(&mut self, now: Ms) -> Option<Ms> {
        while let Some(&(at, run)) = self.parked.first() {
            if at > now {
                return Some(at);
            }
            self.wake(run, None).ok();
        }
        None
    }

    /// Hands a signal to a run that waits for its turn. A cancellation is heard however much was said before.
    pub fn attach(&mut self, run: RunId, signal: Signal) -> Result<(), Unheard> {
        if !self.waiting.contains(&run) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(run: RunId, flow: FlowKey, lane: Option<i64>) -> Ready {
        Ready { run, flow, shard: 0, lane, resumed: false, fresh: None, signals: Vec::new() }
    }

    fn taken(queue: &mut Queue) -> Vec<RunId> {
        std::iter::from_fn(|| queue.pop().map(|ready| ready.run)).collect()
    }

    #[test]
    fn one_key_goes_one_after_the_other_and_others_pass_it() {
        let mut queue = Queue::new(10);
        queue.limit(1, 10);
        for (run, lane) in [(1, 7), (2, 7), (3, 8), (4, 7)] {
            queue.push(ready(run, 1, Some(lane)));
        }
        assert_eq!(taken(&mut queue), [1, 3]);
        queue.ended(1, Some(7));
        assert_eq!(taken(&mut queue), [2]);
    }

    #[test]
    fn a_parked_run_keeps_its_lane_and_comes_back_first() {
        let mut queue = Queue::new(10);
        queue.limit(1, 10);
        queue.push(ready(1, 1, Some(7)));
        queue.push(ready(2, 1, Some(7)));
        assert_eq!(taken(&mut queue), [1]);
        queue.park(1, 500, Parked { flow: 1, shard: 0, lane: Some(7), state: LiveState::Waiting });
        assert_eq!(taken(&mut queue), [] as [RunId; 0]);
        assert_eq!(queue.wake_due(499), Some(500));
        assert_eq!(queue.wake_due(500), None);
        assert_eq!(taken(&mut queue), [1]);
        queue.ended(1, Some(7));
        assert_eq!(taken(&mut queue), [2]);
    }

    #[test]
    fn a_shard_that_is_let_go_takes_its_lanes_and_sleepers_along() {
        let mut queue = Queue::new(10);
        queue.limit(1, 10);
        // Lane 7 is in shard 7.
        for (run, lane, shard) in
            [(1, Some(7), 7), (2, Some(7), 7), (3, Some(8), 8), (4, None, 7), (5, None, 9)]
        {
            queue.push(Ready { shard, ..ready(run, 1, lane) });
        }
        queue.restore_parked(6, 500, Parked { flow: 1, shard: 7, lane: None, state: LiveState::Waiting });
        let mut dropped: Vec<RunId> = queue.drop_shards(&[7]).iter().map(|ready| ready.run).collect();
        dropped.sort_unstable();
        assert_eq!((dropped, queue.waiting(), queue.parked()), (vec![1, 2, 4], 2, 0));
        assert_eq!(taken(&mut queue), [3, 5]);
        assert_eq!(queue.wake_due(1_000), None);
        // It comes back: nothing stands in its lane's way.
        queue.push(Ready { shard: 7, ..ready(2, 1, Some(7)) });
        assert_eq!(taken(&mut queue), [2]);
    }

    #[test]
    fn a_run_called_out_leaves_its_place_to_the_next() {
        let mut queue = Queue::new(10);
        queue.limit(1, 10);
        for run in 1..=4 {
            queue.push(ready(run, 1, Some(7)));
        }
        let called = queue.call_out(2).unwrap();
        assert_eq!((called.run, called.lane, queue.waiting()), (2, None, 3));
        queue.ended(1, called.lane);
        let head = queue.call_out(1).unwrap();
        queue.ended(1, head.lane);
        assert_eq!(taken(&mut queue), [3]);
        assert!(queue.call_out(9).is_none());
    }

    #[test]
    fn a_waiting_run_hears_what_it_was_told_and_a_crowd_is_sent_away() {
        let mut queue = Queue::new(1);
        queue.push(ready(1, 1, None));
        let word = || Signal::Inspect(tokio::sync::oneshot::channel().0);
        assert!((0..SIGNALS_MAX).all(|_| queue.attach(1, word()).is_ok()));
        assert!(matches!(queue.attach(1, word()), Err(Unheard::Crowded)));
        assert!(matches!(queue.attach(2, word()), Err(Unheard::Gone(_))));
        assert!(queue.attach(1, Signal::Cancel(tokio::sync::oneshot::channel().0)).is_ok());
        assert_eq!(queue.pop().map(|ready| ready.signals.len()), Some(SIGNALS_MAX + 1));
        assert!(matches!(queue.attach(1, word()), Err(Unheard::Gone(_))));
    }

    #[test]
    fn a_busy_flow_leaves_room_for_others() {
        let mut queue = Queue::new(10);
        queue.limit(1, 2);
        queue.limit(2, 2);
        for run in 1..=5 {
            queue.push(ready(run, 1, None));
        }
        queue.push(ready(9, 2, None));
        assert_eq!(taken(&mut queue), [1, 9, 2]);
    }
}
