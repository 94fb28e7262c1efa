//! A part of a flow as text: what is copied into one tab can be pasted into another, a chat or a file.

use super::drawing::{push_group, push_note};
use super::mentions::{Mention, node_in_code, retell_bare};
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
                speak_of(node, &renamed);
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
        speak_of(node, &renamed);
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

/// Rewrites what a node's fields say of nodes that have another id now. Words between expressions, and texts in code, stay.
fn speak_of(node: &mut Node, renamed: &[(&str, &str)]) {
    retell_bare(node, &mut |mention| match mention {
        Mention::Node(spoken) => {
            let found = renamed.iter().find(|(old, _)| *old == spoken);
            found.map(|(_, new)| node_in_code(new))
        }
        _ => None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flow(nodes: Value) -> FlowDocument {
        let flow = json!({"khlong": 1, "id": "orders", "name": "Orders", "nodes": nodes});
        serde_json::from_value(flow).expect("the test's flow is well formed")
    }

    #[test]
    fn copies_speak_of_one_another_however_their_ids_are_written() {
        let script = "// nodes.map\nlet sent = nodes[\"to-erp\"].id; \"nodes.map\" + sent + nodes?.map.id";
        let mut doc = flow(json!([
            {"id": "to-erp", "use": "core/script", "with": {"script": script}},
            {"id": "map", "use": "http/request", "with": {"body": "nodes.map is ${nodes.map}, ${nodes[\"to-erp\"].id}"}}
        ]));
        let before = doc.clone();
        Clip::of(&doc, &Selection::of(["to-erp".into(), "map".into()])).paste(&mut doc, None);
        assert_eq!(doc.nodes[..2], before.nodes);
        assert_eq!(
            doc.nodes[2].with["script"],
            json!("// nodes.map\nlet sent = nodes[\"to-erp_2\"].id; \"nodes.map\" + sent + nodes.map_2.id")
        );
        assert_eq!(
            doc.nodes[3].with["body"],
            json!("nodes.map is ${nodes.map_2}, ${nodes[\"to-erp_2\"].id}")
        );
    }

    #[test]
    fn a_node_with_another_id_is_spoken_of_by_it() {
        let mut doc = flow(json!([
            {"id": "to-erp", "use": "http/request"},
            {"id": "tell", "use": "http/request", "with": {"body": {"order": ["${nodes[\"to-erp\"].id}"]}}}
        ]));
        rename_id(&mut doc, &"to-erp".into(), &"erp".into());
        assert_eq!(doc.nodes[0].id.as_str(), "erp");
        assert_eq!(doc.nodes[1].with["body"], json!({"order": ["${nodes.erp.id}"]}));
    }

    #[test]
    fn two_nodes_may_change_their_names() {
        let mut doc = flow(
            json!([{"id": "tell", "use": "http/request", "with": {"body": "${nodes.a + nodes[\"b\"]}"}}]),
        );
        speak_of(&mut doc.nodes[0], &[("a", "b"), ("b", "a")]);
        assert_eq!(doc.nodes[0].with["body"], json!("${nodes.b + nodes.a}"));
    }
}
