//! Where some things lie: what a drag begins with, and what it leads to.

use super::Scene;
use crate::draft::edits::on_grid;
use crate::{Point, Selection};
use model::{NodeId, NoteId};
use std::collections::HashMap;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    pub nodes: HashMap<NodeId, Point>,
    pub notes: HashMap<NoteId, Point>,
}

impl Places {
    pub fn len(&self) -> usize {
        self.nodes.len() + self.notes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The node, where it is one and nothing else.
    pub fn only(&self) -> Option<&NodeId> {
        self.nodes.keys().next().filter(|_| self.len() == 1)
    }

    /// All of them so much further, such that the first lies on the grid: how they lie to one another does not change.
    pub fn moved(&self, by: Point) -> Self {
        let all = self.nodes.values().chain(self.notes.values());
        let first = all.min_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        let by = first.map_or(by, |first| on_grid(*first + by) - *first);
        Self {
            nodes: self.nodes.iter().map(|(id, at)| (id.clone(), *at + by)).collect(),
            notes: self.notes.iter().map(|(id, at)| (id.clone(), *at + by)).collect(),
        }
    }
}

impl Scene {
    /// Where what is chosen lies.
    pub fn places(&self, of: &Selection) -> Places {
        let node = |id: &NodeId| Some((id.clone(), self.node(id.as_str())?.area.min));
        let note = |id: &NoteId| Some((id.clone(), self.note(id)?.area.min));
        Places {
            nodes: of.nodes().iter().filter_map(node).collect(),
            notes: of.notes().iter().filter_map(note).collect(),
        }
    }
}
