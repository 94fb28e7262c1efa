//! Whose turn it is: flows of a higher priority first, with a share left for the others.

use model::Priority;
use std::collections::VecDeque;
use store::FlowKey;

/// How many turns each priority has in one round in which all of them want some; from the highest down.
const SHARES: [u32; 3] = [16, 4, 1];

/// Flows that have something to start, in turn.
#[derive(Debug, Default)]
pub struct Turns {
    lines: [VecDeque<FlowKey>; 3],
    left: [u32; 3],
}

fn rank(priority: Priority) -> usize {
    match priority {
        Priority::High => 0,
        Priority::Normal => 1,
        Priority::Low => 2,
    }
}

impl Turns {
    pub fn push(&mut self, flow: FlowKey, priority: Priority) {
        self.lines[rank(priority)].push_back(flow);
    }

    /// The flow that is next. A priority that has used its share waits for the others, as long as they want theirs.
    pub fn pop(&mut self) -> Option<FlowKey> {
        let next = self.with_share().or_else(|| {
            self.left = SHARES;
            self.with_share()
        })?;
        self.left[next] -= 1;
        self.lines[next].pop_front()
    }

    fn with_share(&self) -> Option<usize> {
        (0..SHARES.len()).find(|rank| self.left[*rank] > 0 && !self.lines[*rank].is_empty())
    }
}
