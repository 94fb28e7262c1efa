//! What was changed from one document to another, by node, as people would tell it.

use super::parts::{Part, Parts, take_apart, to_value};
use model::{FlowDocument, NodeId};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Added,
    Removed,
    /// These things of it: `title`, or `with/script`.
    Changed(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeChange {
    pub node: NodeId,
    /// What people call it, after the change where it is still there.
    pub label: String,
    pub kind: Kind,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub nodes: Vec<NodeChange>,
    /// From where to where, written as in a file.
    pub edges_added: Vec<(String, NodeId)>,
    pub edges_removed: Vec<(String, NodeId)>,
    /// Of the whole flow: its name, or `settings/order_by`.
    pub flow: Vec<String>,
    /// Nodes that are drawn elsewhere.
    pub moved: usize,
    /// Samples that are others.
    pub samples: usize,
    /// Notes, groups, the folder and tags that are others.
    pub around: usize,
}

impl Changes {
    /// How many changes there are of what the flow does; an edge that goes with its node is part of that one.
    pub fn count(&self) -> usize {
        let goes_with_node = |from: &str, to: &NodeId| {
            let whole = |change: &&NodeChange| !matches!(change.kind, Kind::Changed(_));
            let about = Part::Edge(from.to_owned(), to.clone());
            self.nodes.iter().filter(whole).any(|change| about.is_about(&change.node))
        };
        let edges = self.edges_added.iter().chain(&self.edges_removed);
        let alone = edges.filter(|(from, to)| !goes_with_node(from, to)).count();
        self.nodes.len() + alone + self.flow.len()
    }

    pub fn of(&self, node: &NodeId) -> Option<&Kind> {
        self.nodes.iter().find(|change| change.node == *node).map(|change| &change.kind)
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub fn changes(before: &FlowDocument, after: &FlowDocument) -> Changes {
    let (was, is) = (take_apart(&to_value(before)), take_apart(&to_value(after)));
    let mut changes = Changes::default();
    let mut of_nodes: BTreeMap<NodeId, Vec<String>> = BTreeMap::new();
    for part in was.keys().chain(is.keys().filter(|part| !was.contains_key(*part))) {
        if was.get(part) == is.get(part) {
            continue;
        }
        match part {
            Part::Drawn(..) => changes.around += 1,
            Part::Flow(_) if !part.is_logic() => changes.around += 1,
            Part::Flow(name) => changes.flow.push(name.clone()),
            Part::Setting(name) => changes.flow.push(format!("settings/{name}")),
            Part::Place(node) => changes.moved += usize::from(stays(node, &was, &is)),
            Part::Sample(_) => changes.samples += 1,
            Part::Edge(from, to) => {
                let list =
                    if is.contains_key(part) { &mut changes.edges_added } else { &mut changes.edges_removed };
                list.push((from.clone(), to.clone()));
            }
            Part::Node(_) => {}
            Part::Of(node, what) => of_nodes.entry(node.clone()).or_default().push(what.clone()),
        }
    }
    let told = of_nodes.into_iter().map(|(node, what)| {
        let part = Part::Node(node.clone());
        let kind = match (was.contains_key(&part), is.contains_key(&part)) {
            (false, _) => Kind::Added,
            (_, false) => Kind::Removed,
            _ => Kind::Changed(what),
        };
        let found = after.node(node.as_str()).or_else(|| before.node(node.as_str()));
        let label = found.map(|node| node.label().to_owned()).unwrap_or_default();
        NodeChange { node, label, kind }
    });
    changes.nodes = told.collect();
    changes
}

fn stays(node: &NodeId, was: &Parts, is: &Parts) -> bool {
    let part = Part::Node(node.clone());
    was.contains_key(&part) && is.contains_key(&part)
}
