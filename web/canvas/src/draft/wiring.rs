//! Which nodes an edge may lead to, and why not to the others.

use model::graph::ITEM;
use model::{FlowDocument, Graph, NodeId, PortRef, Specs};

/// Why an edge cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// One of its ends is not there.
    NotThere,
    /// From a node to itself.
    ToItself,
    /// Nothing comes into a trigger.
    IntoTrigger,
    /// It is there already.
    Already,
    /// The flow would go round in a circle.
    Circle,
    /// Of its two ends one is in the body of a for-each, and the other is not.
    OutOfLoop,
}

/// Why this edge cannot be drawn; nothing where it can.
pub fn refusal(doc: &FlowDocument, specs: &Specs, from: &PortRef, to: &NodeId) -> Option<Refusal> {
    let graph = Graph::new(doc, specs);
    let (Some(start), Some(end)) = (graph.find(from.node.as_str()), graph.find(to.as_str())) else {
        return Some(Refusal::NotThere);
    };
    if start == end {
        return Some(Refusal::ToItself);
    }
    if graph.is_trigger(end) {
        return Some(Refusal::IntoTrigger);
    }
    if doc.edges.iter().any(|edge| edge.from == *from && edge.to == *to) {
        return Some(Refusal::Already);
    }
    if graph.reachable([end]).contains(start) {
        return Some(Refusal::Circle);
    }
    let repeats = graph.is_for_each(start) && from.port.as_str() == ITEM;
    let scope = if repeats { Some(start) } else { graph.parent(start) };
    // What nothing leads to yet becomes part of whatever leads to it.
    let fed = graph.in_edges(end).len() > 0;
    (fed && scope != graph.parent(end)).then_some(Refusal::OutOfLoop)
}
