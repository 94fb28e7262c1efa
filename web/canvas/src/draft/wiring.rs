//! Which nodes an edge may lead to, and why not to the others.

use model::graph::ITEM;
use model::{FlowDocument, Graph, NodeId, NodeSet, PortRef, Specs};

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

/// The edges that may begin at one port. What is asked of the whole flow is asked once, however many targets there are.
pub struct Wiring<'a> {
    doc: &'a FlowDocument,
    graph: Graph,
    from: &'a PortRef,
    /// Nothing where the node is not there.
    start: Option<Start>,
}

struct Start {
    node: usize,
    /// Whatever leads to it: an edge to one of these would close a circle.
    before: NodeSet,
    /// The for-each in whose body its edges go on.
    scope: Option<usize>,
}

impl<'a> Wiring<'a> {
    pub fn new(doc: &'a FlowDocument, specs: &Specs, from: &'a PortRef) -> Self {
        let graph = Graph::new(doc, specs);
        let start = graph.find(from.node.as_str()).map(|node| {
            let repeats = graph.is_for_each(node) && from.port.as_str() == ITEM;
            let scope = if repeats { Some(node) } else { graph.parent(node) };
            Start { node, before: graph.upstream(node), scope }
        });
        Self { doc, graph, from, start }
    }

    /// Why an edge to this node cannot be drawn; nothing where it can.
    pub fn refusal(&self, to: &NodeId) -> Option<Refusal> {
        let (Some(start), Some(end)) = (&self.start, self.graph.find(to.as_str())) else {
            return Some(Refusal::NotThere);
        };
        if start.node == end {
            return Some(Refusal::ToItself);
        }
        if self.graph.is_trigger(end) {
            return Some(Refusal::IntoTrigger);
        }
        if self.doc.edges.iter().any(|edge| edge.to == *to && edge.from == *self.from) {
            return Some(Refusal::Already);
        }
        if start.before.contains(end) {
            return Some(Refusal::Circle);
        }
        // What nothing leads to yet becomes part of whatever leads to it.
        let fed = self.graph.in_edges(end).len() > 0;
        (fed && start.scope != self.graph.parent(end)).then_some(Refusal::OutOfLoop)
    }
}

/// Why this edge cannot be drawn; nothing where it can.
pub fn refusal(doc: &FlowDocument, specs: &Specs, from: &PortRef, to: &NodeId) -> Option<Refusal> {
    Wiring::new(doc, specs, from).refusal(to)
}
