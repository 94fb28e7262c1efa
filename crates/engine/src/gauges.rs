//! Counts for whoever watches. Bounded by construction: flows and operations beyond a number are counted together.

mod buffers;
mod histogram;
mod labelled;

pub use buffers::{BufferCounts, BufferGauges};
pub use histogram::Distribution;

use crate::flow::Flow;
use connector::Retry;
use histogram::{COUNT_ENDS, Histogram, TIME_ENDS_US, WAIT_ENDS_US};
use labelled::Labelled;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::{Ms, Status};

#[derive(Debug)]
pub struct Counters {
    flows: Labelled<FlowCounts>,
    operations: Labelled<OperationCounts>,
    buffers: Labelled<BufferCounts>,
    accept: Histogram,
    queue_wait: Histogram,
    run: Histogram,
    commit: Histogram,
    commit_writes: Histogram,
    late_writes: AtomicU64,
    scripts_stopped: [AtomicU64; LIMITS.len()],
}

#[derive(Debug, Default)]
struct FlowCounts {
    accepted: AtomicU64,
    duplicates: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
}

#[derive(Debug)]
struct OperationCounts {
    step: Histogram,
    retries: AtomicU64,
    outcomes: [AtomicU64; OUTCOMES.len()],
}

impl Default for OperationCounts {
    fn default() -> Self {
        Self { step: Histogram::new(TIME_ENDS_US), retries: AtomicU64::new(0), outcomes: Default::default() }
    }
}

/// Where a compiled flow finds its counts without looking for them.
#[derive(Debug, Default)]
pub struct Places {
    flow: OnceLock<Arc<FlowCounts>>,
    nodes: Box<[OnceLock<Arc<OperationCounts>>]>,
}

impl Places {
    pub fn of(nodes: usize) -> Self {
        Self { flow: OnceLock::new(), nodes: (0..nodes).map(|_| OnceLock::new()).collect() }
    }
}

/// How one attempt at an effect came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    Done,
    /// It failed for a reason that may pass.
    Passing,
    Refused,
    /// It may have been done, or not.
    Unknown,
}

const OUTCOMES: [&str; 4] = ["done", "passing", "refused", "unknown"];

impl Came {
    pub fn of<T>(result: &Result<T, connector::Error>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(error) if error.may_have_happened() => Self::Unknown,
            Err(error) if error.retry() == Retry::Never => Self::Refused,
            Err(_) => Self::Passing,
        }
    }

    pub fn as_str(self) -> &'static str {
        OUTCOMES[self as usize]
    }
}

/// What scripts were stopped for.
const LIMITS: [&str; 4] = ["operations", "time", "size", "depth"];

fn limit(which: script::Which) -> usize {
    use script::Which;
    match which {
        Which::Operations => 0,
        Which::Wall => 1,
        Which::CallDepth | Which::Nesting => 3,
        Which::Variables
        | Which::StringBytes
        | Which::ListItems
        | Which::MapEntries
        | Which::TotalBytes
        | Which::SourceBytes => 2,
    }
}

/// The counts at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Runs in memory, waiting for their turn, and out of memory until a time.
    pub active: usize,
    pub waiting: usize,
    pub parked: usize,
    /// Lanes with a run that has not ended.
    pub lanes: usize,
    /// Held flows, and how many of their runs wait.
    pub held: Vec<(String, usize)>,
    /// Shards that this process works on.
    pub shards: usize,
    /// Over all flows and operations.
    pub accepted: u64,
    pub duplicates: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub retries: u64,
    pub flows: Vec<(String, FlowGauges)>,
    pub operations: Vec<(String, OperationGauges)>,
    pub buffers: Vec<(String, BufferGauges)>,
    /// From a request until its event is on disk, in microseconds.
    pub accept: Distribution,
    /// From a run's acceptance until it begins, in microseconds.
    pub queue_wait: Distribution,
    /// From a run's acceptance until its end is on disk, in microseconds.
    pub run: Distribution,
    /// How long the store took for a commit, in microseconds, and how many writes went together.
    pub commit: Distribution,
    pub commit_writes: Distribution,
    /// Writes of runs that were another process's by then.
    pub late_writes: u64,
    /// Scripts that were stopped, by the kind of limit.
    pub scripts_stopped: Vec<(&'static str, u64)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowGauges {
    pub accepted: u64,
    pub duplicates: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationGauges {
    /// How long steps take, in microseconds: a script's evaluation, an effect's attempt.
    pub step: Distribution,
    pub retries: u64,
    /// Attempts at effects by how they came out; all zero for what has none.
    pub outcomes: Vec<(&'static str, u64)>,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            flows: Labelled::default(),
            operations: Labelled::default(),
            buffers: Labelled::default(),
            accept: Histogram::new(TIME_ENDS_US),
            queue_wait: Histogram::new(WAIT_ENDS_US),
            run: Histogram::new(WAIT_ENDS_US),
            commit: Histogram::new(TIME_ENDS_US),
            commit_writes: Histogram::new(COUNT_ENDS),
            late_writes: AtomicU64::new(0),
            scripts_stopped: Default::default(),
        }
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

impl Counters {
    fn flow<'a>(&self, flow: &'a Flow) -> &'a FlowCounts {
        flow.counts.flow.get_or_init(|| self.flows.get(flow.id.as_str()))
    }

    fn operation<'a>(&self, flow: &'a Flow, node: usize) -> &'a OperationCounts {
        let name = || flow.doc().nodes[node].operation.as_str();
        flow.counts.nodes[node].get_or_init(|| self.operations.get(name()))
    }

    /// An event is on disk, `took` after it came.
    pub fn accepted(&self, flow: &Flow, took: Duration) {
        add(&self.flow(flow).accepted);
        self.accept.took(took);
    }

    pub fn duplicate(&self, flow: &Flow) {
        add(&self.flow(flow).duplicates);
    }

    pub fn retry(&self, flow: &Flow, node: usize) {
        add(&self.operation(flow, node).retries);
    }

    pub fn attempted(&self, flow: &Flow, node: usize, took: Duration, came: Came) {
        let counts = self.operation(flow, node);
        counts.step.took(took);
        add(&counts.outcomes[came as usize]);
    }

    /// A script or a node's expressions were evaluated.
    pub fn evaluated(&self, flow: &Flow, node: usize, took: Duration) {
        self.operation(flow, node).step.took(took);
    }

    pub fn script_failed(&self, error: &script::Error) {
        if let Some(which) = error.limited_by() {
            add(&self.scripts_stopped[limit(which)]);
        }
    }

    pub fn begun(&self, waited_ms: Ms) {
        self.queue_wait.observe(us(waited_ms));
    }

    pub fn ended(&self, flow: &Flow, status: Status, took_ms: Ms) {
        let counts = self.flow(flow);
        add(match status {
            Status::Done => &counts.done,
            Status::Failed => &counts.failed,
            Status::Cancelled => &counts.cancelled,
        });
        self.run.observe(us(took_ms));
    }

    pub fn committed(&self, writes: usize, took: Duration) {
        self.commit.took(took);
        self.commit_writes.observe(writes as u64);
    }

    pub fn late(&self, writes: usize) {
        self.late_writes.fetch_add(writes as u64, Ordering::Relaxed);
    }

    pub fn buffer(&self, name: &str) -> Arc<BufferCounts> {
        self.buffers.get(name)
    }

    pub fn read(&self) -> Gauges {
        let flows = self.flows.read(FlowCounts::read);
        let operations = self.operations.read(OperationCounts::read);
        let sum = |count: fn(&FlowGauges) -> u64| flows.iter().map(|(_, flow)| count(flow)).sum();
        Gauges {
            accepted: sum(|flow| flow.accepted),
            duplicates: sum(|flow| flow.duplicates),
            done: sum(|flow| flow.done),
            failed: sum(|flow| flow.failed),
            cancelled: sum(|flow| flow.cancelled),
            retries: operations.iter().map(|(_, operation)| operation.retries).sum(),
            accept: self.accept.read(),
            queue_wait: self.queue_wait.read(),
            run: self.run.read(),
            commit: self.commit.read(),
            commit_writes: self.commit_writes.read(),
            late_writes: read(&self.late_writes),
            scripts_stopped: LIMITS.into_iter().zip(self.scripts_stopped.iter().map(read)).collect(),
            flows,
            operations,
            buffers: self.buffers.read(BufferCounts::read),
            ..Gauges::default()
        }
    }
}

/// A clock set back meanwhile makes no time negative.
fn us(ms: Ms) -> u64 {
    u64::try_from(ms).unwrap_or(0).saturating_mul(1_000)
}

impl FlowCounts {
    fn read(&self) -> FlowGauges {
        FlowGauges {
            accepted: read(&self.accepted),
            duplicates: read(&self.duplicates),
            done: read(&self.done),
            failed: read(&self.failed),
            cancelled: read(&self.cancelled),
        }
    }
}

impl OperationCounts {
    fn read(&self) -> OperationGauges {
        OperationGauges {
            step: self.step.read(),
            retries: read(&self.retries),
            outcomes: OUTCOMES.into_iter().zip(self.outcomes.iter().map(read)).collect(),
        }
    }
}
