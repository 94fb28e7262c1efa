//! In which order a workflow's nodes are gone through, and which of its connections lead back.

use super::Builder;
use crate::source::Connection;
use crate::{nodes, report};
use std::collections::BTreeSet;

impl<'w> Builder<'w> {
    /// From a loop's own output back to the loop.
    pub(super) fn find_back_connections(&mut self) {
        for (at, node) in self.workflow.nodes.iter().enumerate().filter(|(_, node)| nodes::is_loop(node)) {
            let Some(output) = nodes::loop_output(node) else { continue };
            let mut inside = BTreeSet::new();
            let starts =
                self.workflow.connections.iter().filter(|edge| edge.from == at && edge.output == output);
            let mut open: Vec<usize> = starts.map(|edge| edge.to).collect();
            while let Some(next) = open.pop() {
                if next != at && inside.insert(next) {
                    open.extend(
                        self.workflow.connections.iter().filter(|edge| edge.from == next).map(|edge| edge.to),
                    );
                }
            }
            let leads_back = |edge: &&Connection| {
                edge.to == at && (inside.contains(&edge.from) || edge.from == at && edge.output == output)
            };
            self.back.extend(self.workflow.connections.iter().filter(leads_back));
        }
    }

    pub(super) fn edges(&self) -> impl Iterator<Item = &'w Connection> + use<'_, 'w> {
        self.workflow.connections.iter().filter(|edge| !self.back.contains(edge))
    }

    /// Every node after those it gets its input from; what waits for itself comes last.
    pub(super) fn order(&mut self) -> Vec<usize> {
        let count = self.workflow.nodes.len();
        let mut waits = vec![0_usize; count];
        self.edges().for_each(|edge| waits[edge.to] += 1);
        let mut order: Vec<usize> = (0..count).filter(|at| waits[*at] == 0).collect();
        let mut next = 0;
        while let Some(at) = order.get(next).copied() {
            next += 1;
            for edge in self.edges().filter(|edge| edge.from == at).collect::<Vec<_>>() {
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

    /// The nodes that run before one.
    pub fn upstream(&self, at: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            open.extend(
                self.edges()
                    .filter(|edge| edge.to == next)
                    .map(|edge| edge.from)
                    .filter(|from| seen.insert(*from)),
            );
        }
        seen
    }
}
