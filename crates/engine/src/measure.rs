//! The queue by itself, for `examples/lanes.rs`, which measures it without a store, a target or a runtime.

use crate::queue::{Queue, Ready, Rules};
use store::{FlowKey, RunId};

pub struct Lanes(Queue);

impl Lanes {
    /// `flows` flows, numbered from 0, with as many runs at once as they like.
    pub fn new(flows: FlowKey) -> Self {
        let mut queue = Queue::new(usize::MAX);
        let rules = Rules { limit: usize::MAX, ..Rules::default() };
        (0..flows).for_each(|flow| queue.rule(flow, rules));
        Self(queue)
    }

    pub fn push(&mut self, run: RunId, flow: FlowKey, lane: Option<i64>) {
        self.0.push(Ready::new(run, flow, 0, lane));
    }

    /// Starts the next run and ends it at once.
    pub fn pass(&mut self) -> Option<RunId> {
        let Ready { run, flow, lane, .. } = self.0.pop()?;
        self.0.ended(flow, lane);
        Some(run)
    }

    pub fn call_out(&mut self, run: RunId) -> bool {
        let called = self.0.call_out(run);
        called.map(|ready| self.0.ended(ready.flow, ready.lane)).is_some()
    }
}
