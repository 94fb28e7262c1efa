//! In which order a workflow's nodes are gone through, and which of its connections lead back.

use super::Builder;
use crate::source::Connection;
use crate::{nodes, report};
use std::collections::BTreeSet;

impl Builder<'_> {
    /// From a loop's own output back to the loop.
    pub(super) fn find_back_connections(&mut self) {
        let connections = &self.workflow.connections;
        let mut following = vec![Vec::new(); self.workflow.nodes.len()];
        connections.iter().for_each(|edge| following[edge.from].push(edge.to));
        let mut back = BTreeSet::new();
        for (at, node) in self.workflow.nodes.iter().enumerate().filter(|(_, node)| nodes::is_loop(node)) {
            let Some(output) = nodes::loop_output(node) else { continue };
            let mut inside = BTreeSet::new();
            let starts = connections.iter().filter(|edge| edge.from == at && edge.output == output);
            let mut open: Vec<usize> = starts.map(|edge| edge.to).collect();
            while let Some(next) = open.pop() {
                if next != at && inside.insert(next) {
                    open.extend(&following[next]);
                }
            }
            let leads_back = |edge: &Connection| {
                edge.to == at && (inside.contains(&edge.from) || edge.from == at && edge.output == output)
            };
            back.extend((0..connections.len()).filter(|number| leads_back(&connections[*number])));
        }
        let forward = connections.iter().enumerate().filter(|(number, _)| !back.contains(number));
        self.forward = forward.map(|(_, edge)| *edge).collect();
        self.before = vec![Vec::new(); self.workflow.nodes.len()];
        self.forward.iter().for_each(|edge| self.before[edge.to].push(edge.from));
    }

    /// Every node after those it gets its input from; what waits for itself comes last.
    pub(super) fn order(&mut self) -> Vec<usize> {
        let count = self.workflow.nodes.len();
        let mut waits = vec![0_usize; count];
        self.forward.iter().for_each(|edge| waits[edge.to] += 1);
        let mut order: Vec<usize> = (0..count).filter(|at| waits[*at] == 0).collect();
        let mut next = 0;
        while let Some(at) = order.get(next).copied() {
            next += 1;
            for edge in self.forward.iter().filter(|edge| edge.from == at) {
                waits[edge.to] -= 1;
                if waits[edge.to] == 0 {
                    order.push(edge.to);
                }
            }
        }
        let left: Vec<usize> = (0..count).filter(|at| waits[*at] > 0).collect();
        for at in &left {
            self.say(&report::CIRCLE, *at, []);
        }
        order.extend(left);
        order
    }

    /// Whether a node runs before another.
    pub fn runs_before(&self, first: usize, then: usize) -> bool {
        let mut known = self.upstream.borrow_mut();
        known.entry(then).or_insert_with(|| self.upstream(then)).contains(&first)
    }

    fn upstream(&self, at: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            open.extend(self.before[next].iter().filter(|from| seen.insert(**from)));
        }
        seen
    }
}
