//! Ids and titles for nodes that come in.

use model::{FlowDocument, NodeId, OperationId};
use std::collections::HashSet;

/// An id that no node of the flow has: the operation's own name, or with a number. Permanent, so it is chosen to be read.
pub fn fresh_id(doc: &FlowDocument, operation: &OperationId) -> NodeId {
    let name = match operation.operation() {
        "" => "node",
        name => name,
    };
    fresh_like(doc, name)
}

/// An id like another node's that no node of the flow has.
pub fn fresh_like(doc: &FlowDocument, id: &str) -> NodeId {
    let taken: HashSet<&str> = doc.nodes.iter().map(|node| node.id.as_str()).collect();
    NodeId::from(free(id, &taken).as_str())
}

/// This id, or with a number where it is taken.
pub(crate) fn free(id: &str, taken: &HashSet<&str>) -> String {
    let stem = stem(id);
    let numbered = (2..).map(|number| format!("{stem}_{number}"));
    let mut all = std::iter::once(id.to_owned()).chain(numbered);
    all.find(|id| !taken.contains(id.as_str())).unwrap_or_default()
}

/// A title that no node of the flow has: this one, or with a number. None where there is none.
pub fn fresh_title(doc: &FlowDocument, title: &str) -> String {
    let taken: HashSet<&str> = doc.nodes.iter().map(|node| node.title.as_str()).collect();
    if title.is_empty() || !taken.contains(title) {
        return title.to_owned();
    }
    let stem = title.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let numbered = (2..).map(|number| format!("{stem} {number}"));
    numbered.into_iter().find(|title| !taken.contains(title.as_str())).unwrap_or_default()
}

/// Without the number that an earlier copy got.
fn stem(id: &str) -> &str {
    match id.rsplit_once('_') {
        Some((stem, number)) if !stem.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => stem,
        _ => id,
    }
}
