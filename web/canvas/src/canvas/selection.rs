//! What is chosen on the canvas. Not part of the document: it is neither saved nor undone.

use crate::Scene;
use model::{Edge, NodeId};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    nodes: BTreeSet<NodeId>,
    /// Chosen alone: there are no nodes then.
    edge: Option<Edge>,
}

impl Selection {
    pub fn of(nodes: impl IntoIterator<Item = NodeId>) -> Self {
        Self { nodes: nodes.into_iter().collect(), edge: None }
    }

    pub fn of_edge(edge: Edge) -> Self {
        Self { nodes: BTreeSet::new(), edge: Some(edge) }
    }

    pub fn nodes(&self) -> &BTreeSet<NodeId> {
        &self.nodes
    }

    pub fn edge(&self) -> Option<&Edge> {
        self.edge.as_ref()
    }

    /// The node, where one is chosen and no other.
    pub fn only(&self) -> Option<&NodeId> {
        self.nodes.first().filter(|_| self.nodes.len() == 1)
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.edge.is_none()
    }

    pub fn contains(&self, node: &NodeId) -> bool {
        self.nodes.contains(node)
    }

    /// With a node more, or less where it was chosen already.
    pub fn toggled(&self, node: NodeId) -> Self {
        let mut nodes = self.nodes.clone();
        if !nodes.remove(&node) {
            nodes.insert(node);
        }
        Self { nodes, edge: None }
    }

    /// Without what is not there any more.
    pub fn within(mut self, scene: &Scene) -> Self {
        self.nodes.retain(|id| scene.node(id.as_str()).is_some());
        self.edge = self.edge.filter(|edge| scene.edges.iter().any(|placed| placed.is(edge)));
        self
    }
}
