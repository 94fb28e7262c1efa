//! A part of a flow as text: what is copied into one tab can be pasted into another, a chat or a file.

use super::drawing::{push_group, push_note};
use super::names::{fresh_like, fresh_title};
use crate::{Point, Selection};
use model::{Edge, FlowDocument, Group, Node, NodeId, Note, NoteId, PortRef, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Longer texts are not looked into.
const TEXT_BYTES_MAX: usize = 4 << 20;
const VERSION: u32 = 1;

/// Some nodes with what connects them and lies around them. A whole flow file reads as one, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    /// Version of the document format.
    pub khlong: u32,
    pub nodes: Vec<Node>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edges: Vec<Edge>,
    #[serde(default)]
    pub layout: BTreeMap<NodeId, [f64; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub samples: BTreeMap<NodeId, Value>,
}

/// Why a text cannot be pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAClip {
    TooLong,
    /// It is something else, such as words.
    Other,
    /// It has the form of a flow, and this is wrong with it.
    Wrong(String),
    /// Of a later version.
    Version(u32),
}

impl Clip {
    /// The chosen nodes and notes, the edges between them, and the groups that are chosen as a whole.
    pub fn of(doc: &FlowDocument, chosen: &Selection) -> Self {
        let whole = |group: &&Group| group.nodes.iter().all(|node| chosen.contains(node));
        let places = doc.nodes.iter().zip(crate::arrange::places(doc));
        Self {
            khlong: VERSION,
            nodes: doc.nodes.iter().filter(|node| chosen.contains(&node.id)).cloned().collect(),
            edges: doc
                .edges
                .iter()
                .filter(|edge| chosen.contains(&edge.from.node) && chosen.contains(&edge.to))
                .cloned()
                .collect(),
            layout: places
                .filter(|(node, _)| chosen.contains(&node.id))
                .map(|(node, at)| (node.id.clone(), [at.x, at.y]))
                .collect(),
            notes: doc.notes.iter().filter(|note| chosen.notes().contains(&note.id)).cloned().collect(),
            groups: doc.groups.iter().filter(whole).cloned().collect(),
            samples: doc
                .samples
                .iter()
                .filter(|(id, _)| chosen.contains(id))
                .map(|(id, sample)| (id.clone(), sample.clone()))
                .collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.notes.is_empty()
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    pub fn from_text(text: &str) -> Result<Self, NotAClip> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(NotAClip::TooLong);
        }
        let value: Value = serde_json::from_str(text.trim()).map_err(|_| NotAClip::Other)?;
        let version = value.get("khlong").and_then(Value::as_u64).ok_or(NotAClip::Other)?;
        if version != u64::from(VERSION) {
            return Err(NotAClip::Version(u32::try_from(version).unwrap_or(u32::MAX)));
        }
        serde_json::from_value(value).map_err(|error| NotAClip::Wrong(error.to_string()))
    }

    /// Puts a copy into a flow: its upper left corner at a place, or beside the original where none is given. Gives what
    /// is new, under new ids where theirs were taken; what the copied fields say of one another is rewritten.
    pub fn paste(&self, doc: &mut FlowDocument, at: Option<Point>) -> Selection {
        let corner = self.corner();
        let by = at.map_or(Point::new(40.0, 40.0), |at| super::edits::on_grid(at) - corner);
        let mut ids: HashMap<&NodeId, NodeId> = HashMap::new();
        for node in &self.nodes {
            let id = fresh_like(doc, node.id.as_str());
            let title = fresh_title(doc, &node.title);
            doc.nodes.push(Node { id: id.clone(), title, ..node.clone() });
            let place = self.layout.get(&node.id).map_or(corner, |at| Point::of(*at));
            super::edits::put(doc, &id, place + by);
            if let Some(sample) = self.samples.get(&node.id) {
                doc.samples.insert(id.clone(), sample.clone());
            }
            ids.insert(&node.id, id);
        }
        for edge in &self.edges {
            if let (Some(from), Some(to)) = (ids.get(&edge.from.node), ids.get(&edge.to)) {
                let from = PortRef { node: from.clone(), port: edge.from.port.clone() };
                doc.edges.push(Edge { from, to: to.clone() });
            }
        }
        let renamed: Vec<(&str, &str)> = ids
            .iter()
            .filter(|(old, new)| old.as_str() != new.as_str())
            .map(|(old, new)| (old.as_str(), new.as_str()))
            .collect();
        let new: BTreeSet<NodeId> = ids.values().cloned().collect();
        if !renamed.is_empty() {
            for node in doc.nodes.iter_mut().filter(|node| new.contains(&node.id)) {
                node.with.values_mut().for_each(|value| speak_of(value, &renamed));
            }
        }
        for group in &self.groups {
            let nodes: Vec<NodeId> = group.nodes.iter().filter_map(|id| ids.get(id).cloned()).collect();
            if !nodes.is_empty() {
                push_group(doc, Group { nodes, ..group.clone() });
            }
        }
        let lay = |note: &Note| {
            let at = Point::of(note.at) + by;
            push_note(doc, Note { at: [at.x, at.y], ..note.clone() })
        };
        let notes: Vec<NoteId> = self.notes.iter().filter_map(lay).collect();
        Selection::of(new).and_notes(notes)
    }

    fn corner(&self) -> Point {
        let at = self.layout.values().chain(self.notes.iter().map(|note| &note.at));
        let places = at.map(|at| Point::of(*at));
        places.reduce(|a, b| Point::new(a.x.min(b.x), a.y.min(b.y))).unwrap_or_default()
    }
}

/// Gives a node another id, wherever the document speaks of it.
pub fn rename_id(doc: &mut FlowDocument, old: &NodeId, new: &NodeId) {
    let renamed = [(old.as_str(), new.as_str())];
    for node in &mut doc.nodes {
        if node.id == *old {
            node.id = new.clone();
        }
        node.with.values_mut().for_each(|value| speak_of(value, &renamed));
    }
    for edge in &mut doc.edges {
        for end in [&mut edge.from.node, &mut edge.to] {
            if end == old {
                *end = new.clone();
            }
        }
    }
    for node in doc.groups.iter_mut().flat_map(|group| &mut group.nodes).filter(|node| *node == old) {
        *node = new.clone();
    }
    if let Some(at) = doc.layout.shift_remove(old) {
        doc.layout.insert(new.clone(), at);
    }
    if let Some(sample) = doc.samples.shift_remove(old) {
        doc.samples.insert(new.clone(), sample);
    }
}

/// Rewrites `nodes.<id>` in every text of a value, also in scripts.
fn speak_of(value: &mut Value, renamed: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            let told = renaming(text, renamed);
            if let Some(told) = told {
                *text = told;
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| speak_of(entry, renamed)),
        Value::Object(fields) => fields.values_mut().for_each(|field| speak_of(field, renamed)),
        _ => {}
    }
}

/// The text with other ids behind `nodes.`; nothing where none is spoken of.
fn renaming(text: &str, renamed: &[(&str, &str)]) -> Option<String> {
    const BEFORE: &str = "nodes.";
    let mut told = String::with_capacity(text.len());
    let (mut rest, mut changed) = (text, false);
    while let Some(at) = rest.find(BEFORE) {
        let (head, tail) = rest.split_at(at + BEFORE.len());
        told.push_str(head);
        let whole = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
        let end = tail.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(tail.len());
        let new = renamed.iter().find(|(old, _)| whole && *old == &tail[..end]).map(|(_, new)| *new);
        changed |= new.is_some();
        told.push_str(new.unwrap_or(&tail[..end]));
        rest = &tail[end..];
    }
    told.push_str(rest);
    changed.then_some(told)
}
