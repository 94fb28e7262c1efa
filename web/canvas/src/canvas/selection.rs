//! What is chosen on the canvas. Not part of the document: it is neither saved nor undone.

use crate::Scene;
use model::{Edge, NodeId, NoteId};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    nodes: BTreeSet<NodeId>,
    notes: BTreeSet<NoteId>,
    /// Chosen alone: there is nothing else then.
    edge: Option<Edge>,
}

impl Selection {
    pub fn of(nodes: impl IntoIterator<Item = NodeId>) -> Self {
        Self { nodes: nodes.into_iter().collect(), ..Self::default() }
    }

    pub fn of_edge(edge: Edge) -> Self {
        Self { edge: Some(edge), ..Self::default() }
    }

    pub fn of_note(note: NoteId) -> Self {
        Self::default().and_notes([note])
    }

    /// With notes as well.
    pub fn and_notes(mut self, notes: impl IntoIterator<Item = NoteId>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// With everything that another has.
    pub fn and(mut self, other: &Self) -> Self {
        self.nodes.extend(other.nodes.iter().cloned());
        self.and_notes(other.notes.iter().cloned())
    }

    pub fn notes(&self) -> &BTreeSet<NoteId> {
        &self.notes
    }

    pub fn nodes(&self) -> &BTreeSet<NodeId> {
        &self.nodes
    }

    pub fn edge(&self) -> Option<&Edge> {
        self.edge.as_ref()
    }

    /// The node, where one is chosen and nothing else.
    pub fn only(&self) -> Option<&NodeId> {
        self.nodes.first().filter(|_| self.len() == 1)
    }

    /// The note, where one is chosen and nothing else.
    pub fn only_note(&self) -> Option<&NoteId> {
        self.notes.first().filter(|_| self.len() == 1)
    }

    /// How many nodes and notes are chosen.
    pub fn len(&self) -> usize {
        self.nodes.len() + self.notes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.edge.is_none()
    }

    pub fn contains(&self, node: &NodeId) -> bool {
        self.nodes.contains(node)
    }

    /// With a node more, or less where it was chosen already.
    pub fn toggled(&self, node: NodeId) -> Self {
        let mut next = Self { edge: None, ..self.clone() };
        if !next.nodes.remove(&node) {
            next.nodes.insert(node);
        }
        next
    }

    /// With some nodes more, or without them where all of them were chosen already.
    pub fn toggled_all(&self, nodes: &BTreeSet<NodeId>) -> Self {
        let mut next = Self { edge: None, ..self.clone() };
        if nodes.is_subset(&next.nodes) {
            next.nodes.retain(|node| !nodes.contains(node));
        } else {
            next.nodes.extend(nodes.iter().cloned());
        }
        next
    }

    pub fn toggled_note(&self, note: NoteId) -> Self {
        let mut next = Self { edge: None, ..self.clone() };
        if !next.notes.remove(&note) {
            next.notes.insert(note);
        }
        next
    }

    /// Without what is not there any more.
    pub fn within(mut self, scene: &Scene) -> Self {
        self.nodes.retain(|id| scene.node(id.as_str()).is_some());
        self.notes.retain(|id| scene.note(id).is_some());
        self.edge = self.edge.filter(|edge| scene.edges.iter().any(|placed| placed.is(edge)));
        self
    }
}
