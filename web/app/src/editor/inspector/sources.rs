//! What a node's expressions may use, with the values that the example has there.

use super::expression::of_node;
use crate::editor::desk::Desk;
use crate::words::{fill, words};
use leptos::prelude::*;
use model::{NodeId, Value};
use std::sync::Arc;

/// Something with a name in expressions.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// As expressions name it.
    pub root: String,
    /// The node that gave it, where it is one's output.
    pub node: Option<NodeId>,
    pub label: String,
    pub value: Arc<Value>,
}

/// Where a node stands in the document.
pub fn position(desk: Desk, node: &NodeId) -> Option<usize> {
    desk.canvas.with_untracked(|canvas| canvas.draft()?.doc().nodes.iter().position(|one| one.id == *node))
}

/// Nothing where the rehearsal did not come to the node.
pub fn sources(desk: Desk, node: NodeId) -> Memo<Option<Vec<Source>>> {
    Memo::new(move |_| {
        desk.rehearsed.track();
        let place = position(desk, &node)?;
        let seen = desk.rehearsal.with(|rehearsal| rehearsal.as_ref()?.seen(place))?;
        let w = words();
        let source = |root: &str, label: &str, value| Source {
            root: root.into(),
            node: None,
            label: label.into(),
            value,
        };
        let mut all = vec![source("input", w.input, seen.input)];
        if let Some((item, index)) = seen.item {
            all.push(source("item", &fill(w.source_item, &[&(index + 1)]), item));
        }
        all.push(source("trigger", w.source_trigger, seen.trigger));
        let doc = desk.document();
        let label = |id: &NodeId| doc.node(id.as_str()).map(|node| node.label().to_owned());
        all.extend(seen.nodes.into_iter().map(|(id, value)| Source {
            root: of_node(id.as_str()),
            node: Some(id.clone()),
            label: label(&id).unwrap_or_else(|| id.to_string()),
            value,
        }));
        Some(all)
    })
}
