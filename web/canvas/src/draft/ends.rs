//! The edges of one port, led to another all at once.

use super::edits::is_there;
use super::wiring::{Refusal, refusal};
use model::{Edge, FlowDocument, NodeId, PortRef, Specs};

/// Where edges meet a node: a way out of it, or its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Out(PortRef),
    In(NodeId),
}

impl End {
    pub fn node(&self) -> &NodeId {
        match self {
            Self::Out(port) => &port.node,
            Self::In(node) => node,
        }
    }

    /// Whether an edge meets its node here.
    pub fn has(&self, edge: &Edge) -> bool {
        match self {
            Self::Out(port) => edge.from == *port,
            Self::In(node) => edge.to == *node,
        }
    }

    /// The edge with this end in place of its own.
    pub fn led(&self, edge: &Edge) -> Edge {
        match self.clone() {
            Self::Out(from) => Edge { from, to: edge.to.clone() },
            Self::In(to) => Edge { from: edge.from.clone(), to },
        }
    }
}

/// Leads all edges of one end to another. One that is there already is not there twice; none goes to a node that is gone.
pub fn move_edges(doc: &mut FlowDocument, from: &End, to: &End) {
    if !is_there(doc, to.node()) {
        return;
    }
    let mut moved: Vec<Edge> = Vec::with_capacity(doc.edges.len());
    for edge in std::mem::take(&mut doc.edges) {
        let edge = if from.has(&edge) { to.led(&edge) } else { edge };
        if !moved.contains(&edge) {
            moved.push(edge);
        }
    }
    doc.edges = moved;
}

/// The first edge that cannot be led there, as it would be, and why; nothing where all can.
pub fn move_refusal(doc: &FlowDocument, specs: &Specs, from: &End, to: &End) -> Option<(Edge, Refusal)> {
    let mut rest = doc.clone();
    rest.edges.retain(|edge| !from.has(edge));
    for edge in doc.edges.iter().filter(|edge| from.has(edge)) {
        let led = to.led(edge);
        if rest.edges.contains(&led) {
            continue;
        }
        if let Some(why) = refusal(&rest, specs, &led.from, &led.to) {
            return Some((led, why));
        }
        rest.edges.push(led);
    }
    None
}
