//! What outlives every engine: the store, the target, the time, the senders' lists, the log.

use crate::chance::Chance;
use crate::clock::Clock;
use crate::flows::{self, HOOKS};
use crate::target::Target;
use futures::FutureExt;
use history::{History, What};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::memory::MemoryStore;
use store::{Flows, Ms, SaveFlow};

/// What each sender has to bring. A key belongs to one sender, which sends one thing after the other.
const SENDERS: u64 = 3;
const DELIVERIES_EACH: u64 = 8;
const KEYS_EACH: u64 = 2;

#[derive(Clone, Debug)]
pub struct Delivery {
    pub name: String,
    pub path: &'static str,
    pub key: String,
}

/// The history while it is made.
#[derive(Clone)]
pub struct Log {
    clock: Clock,
    history: Arc<Mutex<History>>,
}

impl Log {
    pub fn note(&self, what: What) {
        self.history.lock().unwrap_or_else(PoisonError::into_inner).push(self.clock.now(), what);
    }

    fn take(&self) -> History {
        std::mem::take(&mut self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One thing that a process did: at which time, which process, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub at: Ms,
    pub process: usize,
    pub what: &'static str,
}

/// Everything that the processes asked of the store and of the target, in order: whoever was first is first here.
#[derive(Clone)]
pub struct Trace {
    clock: Clock,
    steps: Arc<Mutex<Vec<Step>>>,
    processes: Arc<AtomicUsize>,
}

impl Trace {
    fn of(clock: &Clock) -> Self {
        Self { clock: clock.clone(), steps: Arc::default(), processes: Arc::default() }
    }

    /// The number of one process more.
    pub fn process(&self) -> usize {
        self.processes.fetch_add(1, Ordering::Relaxed)
    }

    pub fn note(&self, process: usize, what: &'static str) {
        let step = Step { at: self.clock.now(), process, what };
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    }

    fn take(&self) -> Vec<Step> {
        std::mem::take(&mut self.steps.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What became of one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// What was seen from outside.
    pub history: History,
    /// What happened inside, step by step.
    pub steps: Vec<Step>,
}

pub struct World {
    pub chance: Chance,
    pub clock: Clock,
    pub store: MemoryStore,
    pub target: Target,
    pub log: Log,
    pub trace: Trace,
    senders: Vec<Mutex<VecDeque<Delivery>>>,
    /// When the schedule was first due, once that is known.
    pub first_due: Mutex<Option<Ms>>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let (chance, clock) = (Chance::of(seed), Clock::default());
        let log = Log { clock: clock.clone(), history: Arc::default() };
        let target = Target::new(clock.clone(), chance.clone(), log.clone());
        let senders = (0..SENDERS).map(|sender| Mutex::new(list(sender, &chance))).collect();
        let (store, trace) = (MemoryStore::default(), Trace::of(&clock));
        let world = Self { chance, clock, store, target, log, trace, senders, first_due: Mutex::default() };
        flows::all().iter().for_each(|flow| world.save(flow));
        world
    }

    fn save(&self, flow: &model::FlowDocument) {
        let save = SaveFlow { by: "the simulation".into(), ..testkit::saving(flow, self.clock.now()) };
        self.store.save_flow(save).now_or_never().expect("memory never waits").expect("it is saved");
    }

    /// Its story, when it is over.
    pub fn story(self) -> Story {
        Story { history: self.log.take(), steps: self.trace.take() }
    }

    pub fn senders(&self) -> usize {
        self.senders.len()
    }

    /// What this sender still has to bring.
    pub fn list(&self, sender: usize) -> MutexGuard<'_, VecDeque<Delivery>> {
        self.senders[sender].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn all_sent(&self) -> bool {
        (0..self.senders()).all(|sender| self.list(sender).is_empty())
    }
}

fn list(sender: u64, chance: &Chance) -> VecDeque<Delivery> {
    let delivery = |n: u64| Delivery {
        name: format!("{sender}.{n}"),
        path: HOOKS[chance.below(HOOKS.len() as u64) as usize].0,
        key: format!("{sender}/{}", chance.below(KEYS_EACH)),
    };
    (0..DELIVERIES_EACH).map(delivery).collect()
}
