//! The flow as a whole: circles, joins, bodies of for-eaches, and what is never reached.

use super::Check;
use crate::exclusion::Exclusion;
use crate::graph::GraphEdge;
use crate::{PortRef, codes};
use std::collections::{HashMap, VecDeque};

/// For-eaches inside each other.
const DEPTH_MAX: usize = 8;
/// A long circle is named by its beginning.
const NAMED_MAX: usize = 20;

impl Check<'_> {
    pub(super) fn shape(&mut self) {
        self.cycles();
        self.joins();
        self.bodies();
        self.answers();
        self.unreached();
    }

    /// Each set of nodes that wait for one another is reported once, by a shortest circle in it.
    fn cycles(&mut self) {
        let graph = self.graph;
        let mut told = vec![false; graph.len()];
        let mut nodes = graph.unordered().to_vec();
        nodes.sort_unstable();
        for node in nodes {
            let upstream = graph.upstream(node);
            if told[node] || !upstream.contains(node) {
                continue;
            }
            let Some((circle, closing)) = self.circle(node) else {
                continue;
            };
            let behind = graph.reachable([node]);
            behind.iter().filter(|other| upstream.contains(*other)).for_each(|other| told[other] = true);
            let message = format!("\"{}\" waits for itself: {}", self.id(node), self.route(&circle));
            let advice = "Remove one of these edges; to repeat something use core/for_each or retry.";
            self.error_of(node, codes::CYCLE, format!("/edges/{}", closing.at), message, advice);
        }
    }

    /// A shortest way from a node back to itself, and its last edge.
    fn circle(&self, start: usize) -> Option<(Vec<usize>, GraphEdge)> {
        let mut before = HashMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(node) = open.pop_front() {
            for edge in self.graph.all_out_edges(node) {
                if edge.to == start {
                    let back = std::iter::successors(Some(node), |node| before.get(node).copied());
                    let mut circle: Vec<_> = back.collect();
                    circle.reverse();
                    circle.push(start);
                    return Some((circle, *edge));
                }
                before.entry(edge.to).or_insert_with(|| {
                    open.push_back(edge.to);
                    node
                });
            }
        }
        None
    }

    fn route(&self, nodes: &[usize]) -> String {
        let named = nodes.iter().take(NAMED_MAX).map(|node| self.id(*node).as_str());
        let route = named.collect::<Vec<_>>().join(" → ");
        if nodes.len() > NAMED_MAX { format!("{route} → …") } else { route }
    }

    /// Two edges into one node exclude each other, unless it is there to join them.
    fn joins(&mut self) {
        let graph = self.graph;
        let mut exclusion = Exclusion::new(graph);
        let ordered = graph.order().len() - graph.unordered().len();
        for node in graph.order()[..ordered].iter().copied().filter(|node| !graph.joins(*node)) {
            // An edge out of another body is reported as that.
            let near = |edge: &&GraphEdge| graph.scope(edge) == graph.parent(node);
            let edges: Vec<_> = graph.in_edges(node).filter(near).collect();
            let mut pairs = edges
                .iter()
                .enumerate()
                .flat_map(|(at, one)| edges[..at].iter().map(move |other| (*other, *one)));
            if let Some((one, other)) = pairs.find(|(one, other)| exclusion.both_live(one, other)) {
                let [a, b] = [one, other].map(|edge| self.doc.edges[edge.at].from.to_string());
                let message =
                    format!("\"{}\" gets a value from {a} and from {b} in the same run", self.id(node));
                let advice = "Put a core/merge before it, or let the branches exclude each other.";
                self.error_of(node, codes::AMBIGUOUS_JOIN, format!("/edges/{}", other.at), message, advice);
            }
        }
    }

    fn bodies(&mut self) {
        let graph = self.graph;
        for edge in graph.edges() {
            let (scope, outside) = (graph.scope(edge), graph.parent(edge.to));
            // Behind a circle nobody knows what is in which body.
            if let Some(scope) = scope.filter(|_| scope != outside && !graph.unordered().contains(&edge.to)) {
                let from = &self.doc.edges[edge.at].from;
                let done = PortRef { node: self.id(scope).clone(), port: "done".into() };
                let message = format!(
                    "{from} is in the body of {}, and \"{}\" is not",
                    self.id(scope),
                    self.id(edge.to)
                );
                let advice =
                    format!("Connect \"{}\" to {done}, which gives the collected results.", self.id(edge.to));
                self.error_of(
                    edge.to,
                    codes::EDGE_OUT_OF_BODY,
                    format!("/edges/{}", edge.at),
                    message,
                    advice,
                );
            }
        }
        for node in (0..graph.len()).filter(|node| graph.is_for_each(*node)) {
            if graph.parents(node).count() == DEPTH_MAX {
                let message = format!("\"{}\" is inside {DEPTH_MAX} other for-eaches", self.id(node));
                let advice = "Put the inner part into a flow of its own and use core/call.";
                self.error(codes::TOO_DEEP, format!("/nodes/{node}"), message, advice);
            }
        }
    }

    /// A request is answered once.
    fn answers(&mut self) {
        let graph = self.graph;
        let mut exclusion = Exclusion::new(graph);
        let mut before: Vec<usize> = Vec::new();
        for node in (0..graph.len()).filter(|node| self.doc.nodes[*node].operation.as_str() == "core/respond")
        {
            if let Some(for_each) = graph.parent(node) {
                let message = format!("The answer would be given once per element of {}", self.id(for_each));
                let advice = "Move it behind the for-each's port done.";
                self.error(codes::ANSWER_IN_BODY, format!("/nodes/{node}"), message, advice);
            } else if !graph.unordered().contains(&node) {
                if let Some(other) = before.iter().find(|other| exclusion.both_reached(**other, node)) {
                    let message = format!("\"{}\" can answer in the same run", self.id(*other));
                    let advice = "Put the answers on branches that exclude each other, or keep one.";
                    self.warning(codes::ANSWERS_TWICE, format!("/nodes/{node}"), message, advice);
                }
                before.push(node);
            }
        }
    }

    fn unreached(&mut self) {
        let graph = self.graph;
        let starts: Vec<_> = (0..graph.len()).filter(|node| graph.is_trigger(*node)).collect();
        if starts.is_empty() {
            return;
        }
        let reached = graph.reachable(starts);
        // The second of two nodes with one id has no edges; it is reported as that.
        let unique = |node: &usize| graph.find(self.id(*node).as_str()) == Some(*node);
        let lost: Vec<_> = (0..graph.len()).filter(|node| !reached.contains(*node)).filter(unique).collect();
        for node in lost {
            let message = format!("No trigger leads to \"{}\", so it never runs", self.id(node));
            self.warning(codes::UNREACHABLE, format!("/nodes/{node}"), message, "Connect it, or remove it.");
        }
    }
}
