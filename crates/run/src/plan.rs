//! A valid flow made ready to run.

use model::graph::{Graph, GraphEdge};
use model::{FlowDocument, NodeId, Port, Specs};
use std::sync::Arc;

/// A node's position in its flow's document.
pub type NodeIx = usize;

/// The flow's graph, cut into scopes: the flow itself, and the body of each for-each without the bodies inside it.
#[derive(Debug)]
pub struct Plan {
    pub doc: Arc<FlowDocument>,
    pub graph: Graph,
    scopes: Vec<ScopePlan>,
    places: Vec<Place>,
}

#[derive(Debug)]
pub(crate) struct ScopePlan {
    pub nodes: Vec<NodeIx>,
}

/// Where a node is: in which scope, and at which position in it.
#[derive(Clone, Copy, Debug)]
struct Place {
    scope: usize,
    slot: usize,
    /// Of the node in `Graph::order`.
    rank: usize,
    /// The node goes on with the first value that comes.
    takes_first: bool,
    /// The scope that a for-each opens per item.
    body: usize,
}

impl Plan {
    /// The flow must be valid; of a flow with problems the plan is whatever the rest gives.
    pub fn new(doc: Arc<FlowDocument>, specs: &Specs) -> Self {
        let graph = Graph::new(&doc, specs);
        let mut plan = Self { scopes: vec![ScopePlan { nodes: Vec::new() }], places: Vec::new(), doc, graph };
        plan.places = (0..plan.graph.len()).map(|node| plan.place(node)).collect();
        for (rank, node) in plan.graph.order().to_vec().into_iter().enumerate() {
            plan.places[node].rank = rank;
        }
        for node in 0..plan.graph.len() {
            if plan.graph.is_for_each(node) {
                plan.places[node].body = plan.scopes.len();
                plan.scopes.push(ScopePlan { nodes: Vec::new() });
            }
        }
        for node in 0..plan.graph.len() {
            let scope = plan.graph.parent(node).map_or(0, |parent| plan.places[parent].body);
            plan.places[node].scope = scope;
            plan.places[node].slot = plan.scopes[scope].nodes.len();
            plan.scopes[scope].nodes.push(node);
        }
        plan
    }

    fn place(&self, node: NodeIx) -> Place {
        let mode = self.doc.nodes[node].with.get("mode").and_then(|mode| mode.as_str());
        let takes_first = self.graph.joins(node) && mode == Some("any");
        Place { scope: 0, slot: 0, rank: 0, takes_first, body: 0 }
    }

    pub fn id(&self, node: NodeIx) -> &NodeId {
        self.graph.id(node)
    }

    pub fn find(&self, id: &str) -> Option<NodeIx> {
        self.graph.find(id)
    }

    /// The port by its name; a node gives on a port that it has, so a wrong name is a defect and reads as the first.
    pub fn port(&self, node: NodeIx, name: &str) -> usize {
        self.graph.port(node, name).unwrap_or(0)
    }

    /// The edges for a step's failure, when somebody has drawn them.
    pub(crate) fn error_port(&self, node: NodeIx) -> Option<usize> {
        self.graph.port(node, Port::ERROR).filter(|port| !self.graph.out_edges(node, *port).is_empty())
    }

    pub(crate) fn scope(&self, scope: usize) -> &ScopePlan {
        &self.scopes[scope]
    }

    pub(crate) fn body(&self, for_each: NodeIx) -> usize {
        self.places[for_each].body
    }

    pub(crate) fn slot(&self, node: NodeIx) -> usize {
        self.places[node].slot
    }

    pub(crate) fn rank(&self, node: NodeIx) -> usize {
        self.places[node].rank
    }

    pub(crate) fn takes_first(&self, node: NodeIx) -> bool {
        self.places[node].takes_first
    }

    /// Whether a node's input is the item of the for-each around it.
    pub fn takes_item(&self, node: NodeIx) -> bool {
        self.graph
            .parent(node)
            .is_some_and(|around| self.graph.in_edges(node).any(|edge| edge.from == around))
    }

    pub(crate) fn same_scope(&self, edge: &GraphEdge) -> bool {
        self.places[edge.from].scope == self.places[edge.to].scope
    }
}
