//! Steps that wait at a gate: flows take turns, and within a flow the first that came goes first.

use run::StepId;
use std::collections::{BTreeMap, HashMap, VecDeque};
use store::{FlowKey, RunId};

/// A step of a run that wants to call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Waiter {
    pub run: RunId,
    pub step: StepId,
}

/// Steps that have a place in line, per connection. Others come back after a while.
pub const LINE_MAX: usize = 100_000;

#[derive(Debug, Default)]
pub struct Line {
    flows: HashMap<FlowKey, BTreeMap<i64, Waiter>>,
    /// Flows that have somebody in line, in turn.
    turns: VecDeque<FlowKey>,
    /// In order of runs, so that those of one are found.
    places: BTreeMap<Waiter, (FlowKey, i64)>,
    last: i64,
    first: i64,
}

impl Line {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Gives a step a place, unless it has one; false where there is none left.
    pub fn push(&mut self, flow: FlowKey, waiter: Waiter) -> bool {
        if self.places.contains_key(&waiter) {
            return true;
        }
        self.last += 1;
        self.len() < LINE_MAX && self.put(flow, self.last, waiter)
    }

    /// Puts a step before the others of its flow: it had its turn and missed it.
    pub fn push_first(&mut self, flow: FlowKey, waiter: Waiter) {
        self.first -= 1;
        self.put(flow, self.first, waiter);
    }

    fn put(&mut self, flow: FlowKey, place: i64, waiter: Waiter) -> bool {
        self.places.insert(waiter.clone(), (flow, place));
        let waiting = self.flows.entry(flow).or_default();
        if waiting.is_empty() {
            self.turns.push_back(flow);
        }
        waiting.insert(place, waiter);
        true
    }

    pub fn pop(&mut self) -> Option<Waiter> {
        loop {
            let flow = self.turns.pop_front()?;
            // What left the line may have been the last of its flow.
            let Some(waiting) = self.flows.get_mut(&flow) else { continue };
            let Some((_, waiter)) = waiting.pop_first() else {
                self.flows.remove(&flow);
                continue;
            };
            match waiting.is_empty() {
                true => drop(self.flows.remove(&flow)),
                false => self.turns.push_back(flow),
            }
            self.places.remove(&waiter);
            return Some(waiter);
        }
    }

    /// Nothing of a run is in line any more.
    pub fn remove_run(&mut self, run: RunId) {
        let first = Waiter { run, step: StepId::new("".into(), Vec::new()) };
        let of_run = self.places.range(&first..).map(|(waiter, _)| waiter.clone());
        let of_run: Vec<Waiter> = of_run.take_while(|waiter| waiter.run == run).collect();
        for waiter in &of_run {
            self.remove(waiter);
        }
    }

    pub fn remove(&mut self, waiter: &Waiter) -> bool {
        let Some((flow, place)) = self.places.remove(waiter) else { return false };
        if let Some(waiting) = self.flows.get_mut(&flow) {
            waiting.remove(&place);
            if waiting.is_empty() {
                self.flows.remove(&flow);
                self.turns.retain(|turn| *turn != flow);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiter(run: RunId) -> Waiter {
        Waiter { run, step: StepId::new("send".into(), Vec::new()) }
    }

    fn all(line: &mut Line) -> Vec<RunId> {
        std::iter::from_fn(|| line.pop().map(|waiter| waiter.run)).collect()
    }

    #[test]
    fn a_flow_with_a_thousand_steps_in_line_holds_up_no_other() {
        let mut line = Line::default();
        (0..1_000).for_each(|run| assert!(line.push(1, waiter(run))));
        line.push(2, waiter(5_000));
        line.push(2, waiter(5_001));
        assert_eq!(all(&mut line)[..5], [0, 5_000, 1, 5_001, 2]);
        assert!(line.is_empty());
    }

    #[test]
    fn a_step_that_asks_twice_keeps_its_place_and_one_that_leaves_is_not_called() {
        let mut line = Line::default();
        for run in [1, 2, 3, 1] {
            line.push(1, waiter(run));
        }
        line.push(2, waiter(9));
        assert!(line.remove(&waiter(2)) && line.remove(&waiter(9)));
        assert!(!line.remove(&waiter(2)));
        line.push_first(1, waiter(7));
        line.push(1, waiter(8));
        line.remove_run(8);
        assert_eq!(line.len(), 3);
        assert_eq!(all(&mut line), [7, 1, 3]);
        line.push(2, waiter(9));
        assert_eq!(all(&mut line), [9]);
    }

    #[test]
    fn the_line_has_a_bound() {
        let mut line = Line::default();
        let placed = (0..=LINE_MAX as i64).filter(|run| line.push(1, waiter(*run))).count();
        assert_eq!(placed, LINE_MAX);
    }
}
