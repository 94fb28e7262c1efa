//! Each edge by itself: do its ends exist, and may they be joined?

use super::Check;
use crate::nearest::{did_you_mean, list};
use crate::{Edge, NodeId, Port, codes};
use std::collections::HashSet;

impl Check<'_> {
    pub(super) fn edges(&mut self) {
        let doc = self.doc;
        let mut seen = HashSet::new();
        for (index, edge) in doc.edges.iter().enumerate() {
            let at = format!("/edges/{index}");
            let from = self.end(&edge.from.node, &format!("{at}/from"));
            let to = self.end(&edge.to, &format!("{at}/to"));
            if let Some(from) = from {
                self.port(from, &edge.from.port, &format!("{at}/from"));
            }
            if let Some((from, to)) = from.zip(to) {
                self.pair(edge, from, to, &at);
            }
            if !seen.insert((&edge.from, &edge.to)) {
                let message = format!("The edge from {} to {} is there twice", edge.from, edge.to);
                self.error(codes::EDGE_TWICE, at, message, "Remove one of them.");
            }
        }
    }

    fn end(&mut self, id: &NodeId, at: &str) -> Option<usize> {
        let node = self.graph.find(id.as_str());
        if node.is_none() {
            let advice = did_you_mean(id.as_str(), self.node_ids(), "The nodes are");
            self.error(codes::EDGE_TO_NOWHERE, at, format!("There is no node \"{id}\""), advice);
        }
        node
    }

    fn port(&mut self, from: usize, port: &Port, at: &str) {
        let node = &self.doc.nodes[from];
        let Some(spec) = self.specs.operation(&node.operation) else {
            return;
        };
        let ports = spec.ports_of(&node.with);
        if !ports.contains(port) {
            let message = format!("\"{}\" has no port \"{port}\"", node.id);
            let names = ports.iter().map(Port::as_str);
            let advice = did_you_mean(port.as_str(), names.clone(), "");
            let advice =
                if advice.starts_with("Did") { advice } else { format!("Its ports are {}", list(names)) };
            self.error_of(from, codes::UNKNOWN_PORT, at, message, advice);
        }
    }

    fn pair(&mut self, edge: &Edge, from: usize, to: usize, at: &str) {
        if from == to {
            let message = format!("\"{}\" would wait for itself", edge.to);
            let advice = "Remove the edge; to repeat something use core/for_each or retry.";
            self.error_of(to, codes::EDGE_TO_ITSELF, at, message, advice);
        } else if self.graph.is_trigger(to) {
            let message = format!("\"{}\" is a trigger: nothing comes before it", edge.to);
            self.error_of(to, codes::EDGE_INTO_TRIGGER, format!("{at}/to"), message, "Remove the edge.");
        }
    }
}
