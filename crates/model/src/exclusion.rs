//! Which edges can deliver in the same run, and which exclude each other.

use crate::graph::{Graph, GraphEdge, NodeSet};
use std::collections::HashSet;

/// Pairs that all questions about one flow may look at together; a real flow of a thousand nodes needs thousands.
const WALKED_MAX: usize = 4_000_000;

/// Answers questions about one graph, and remembers what it found on the way.
pub struct Exclusion<'a> {
    graph: &'a Graph,
    /// What no trigger leads to delivers nothing.
    reached: NodeSet,
    /// Pairs of a node and an edge that cannot both be live.
    excluded: HashSet<(usize, usize)>,
    left: usize,
}

impl<'a> Exclusion<'a> {
    pub fn new(graph: &'a Graph) -> Self {
        Self { graph, reached: graph.reached(), excluded: HashSet::new(), left: WALKED_MAX }
    }

    /// Whether one run can deliver over both edges. Where finding out would take too long, the answer is yes.
    ///
    /// Walks back from the pair, always from the end that comes later in the order. Where both ends meet in one node,
    /// its ports decide; where they end in two triggers, they exclude each other, because a run has one trigger.
    /// The two ways back share no node before they meet, so what one of them takes does not bind the other.
    pub fn both_live(&mut self, one: &GraphEdge, other: &GraphEdge) -> bool {
        let mut walked = HashSet::new();
        let mut open = vec![(*one, *other)];
        while let Some((one, other)) = open.pop() {
            if !(self.reached.contains(one.from) && self.reached.contains(other.from)) {
                continue;
            }
            if one.from == other.from {
                if self.both_taken(&one, &other) {
                    return true;
                }
                continue;
            }
            let later = self.graph.rank(one.from) > self.graph.rank(other.from);
            let (late, early) = if later { (one, other) } else { (other, one) };
            let pair = (late.from, early.index);
            if self.excluded.contains(&pair) || !walked.insert(pair) {
                continue;
            }
            if self.left == 0 {
                return true;
            }
            self.left -= 1;
            open.extend(self.graph.in_edges(late.from).map(|edge| (*edge, early)));
        }
        self.excluded.extend(walked);
        false
    }

    /// Whether one run can reach both nodes.
    pub fn both_reached(&mut self, one: usize, other: usize) -> bool {
        let graph = self.graph;
        let mut pairs = graph.in_edges(one).flat_map(|a| graph.in_edges(other).map(move |b| (a, b)));
        pairs.any(|(a, b)| self.both_live(a, b))
    }

    /// Whether one node gives a value on the ports of both edges: of all ports one is taken, but `item` is beside them.
    fn both_taken(&self, one: &GraphEdge, other: &GraphEdge) -> bool {
        let item = self.graph.item(one.from);
        one.port == other.port || item == Some(one.port) || item == Some(other.port)
    }
}
