//! What lies around the nodes: notes, and the frames of groups.

use super::{NODE_HEIGHT, NODE_WIDTH};
use crate::{Point, Rect, Size};
use model::{FlowDocument, GroupId, NodeId, Note, NoteColour, NoteId};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Free space between a group's nodes and its frame, and the strip above them that its name stands in.
const GROUP_PAD: f64 = 20.0;
const GROUP_TITLE: f64 = 32.0;

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNote {
    pub id: NoteId,
    pub text: String,
    pub colour: NoteColour,
    pub area: Rect,
}

impl PlacedNote {
    pub fn of(note: &Note) -> Self {
        let [width, height] = note.size.map(|side| side.clamp(Note::SIDE_MIN, Note::SIDE_MAX));
        Self {
            id: note.id.clone(),
            text: note.text.clone(),
            colour: note.colour,
            area: Rect { min: Point::of(note.at), size: Size::new(width, height) },
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedGroup {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    /// The frame; or the box that stands for all of it.
    pub area: Rect,
    pub folded: bool,
    /// By their place in the scene's nodes.
    pub nodes: Vec<usize>,
}

impl PlacedGroup {
    /// Where it is taken hold of.
    pub fn handle(&self) -> Rect {
        if self.folded {
            return self.area;
        }
        Rect::new(self.area.min.x, self.area.min.y, self.area.size.width, GROUP_TITLE)
    }

    pub(super) fn enclose(&mut self, nodes: Rect) {
        let corner = nodes.min - Point::new(GROUP_PAD, GROUP_PAD + GROUP_TITLE);
        self.area = if self.folded {
            Rect::new(corner.x, corner.y, NODE_WIDTH, NODE_HEIGHT)
        } else {
            Rect::from_corners(corner, nodes.max() + Point::new(GROUP_PAD, GROUP_PAD))
        };
    }

    pub(super) fn way_in(&self) -> Point {
        Point::new(self.area.min.x, self.area.centre().y)
    }

    pub(super) fn way_out(&self) -> Point {
        Point::new(self.area.max().x, self.area.centre().y)
    }
}

/// The groups that have nodes. A node that is in several belongs to the first.
pub(super) fn groups(
    flow: &FlowDocument,
    by_id: &HashMap<NodeId, usize>,
    folded: &BTreeSet<GroupId>,
) -> Vec<PlacedGroup> {
    let mut seen = HashSet::new();
    let mut groups = Vec::new();
    for group in &flow.groups {
        let there = group.nodes.iter().filter_map(|id| by_id.get(id).copied());
        let nodes: Vec<usize> = there.filter(|node| seen.insert(*node)).collect();
        if !nodes.is_empty() {
            groups.push(PlacedGroup {
                id: group.id.clone(),
                name: group.name.clone(),
                description: group.description.clone(),
                area: Rect::default(),
                folded: folded.contains(&group.id),
                nodes,
            });
        }
    }
    groups
}
