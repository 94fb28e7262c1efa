//! JSON pointers: the places in a document that problems are at.

use crate::{Problem, Value};

/// A pointer with one more step.
pub(crate) fn join(at: &str, step: impl std::fmt::Display) -> String {
    let step = step.to_string();
    if step.contains(['~', '/']) {
        format!("{at}/{}", step.replace('~', "~0").replace('/', "~1"))
    } else {
        format!("{at}/{step}")
    }
}

/// Takes a field out of its object. Entries of lists stay, since the places of others depend on them.
pub(crate) fn remove(value: &mut Value, at: &str) {
    let Some((parent, name)) = at.rsplit_once('/') else { return };
    if let Some(Value::Object(fields)) = value.pointer_mut(parent) {
        fields.shift_remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

/// The position of the node that a pointer leads into.
pub(crate) fn node_at(at: &str) -> Option<usize> {
    at.strip_prefix("/nodes/")?.split('/').next()?.parse().ok()
}

/// Brings problems into the order of the document.
pub(crate) fn sort(problems: &mut [Problem]) {
    problems.sort_by_cached_key(|problem| (key(&problem.at), problem.code.clone(), problem.message.clone()));
}

/// The fields of a document, in the order in which they are written.
const TOP: [&str; 12] = [
    "khlong", "id", "name", "folder", "tags", "settings", "nodes", "edges", "layout", "notes", "groups",
    "samples",
];

/// Steps that are numbers are compared as numbers, so that node 10 comes after node 9.
fn key(at: &str) -> Vec<(usize, String)> {
    let step = |(depth, step): (usize, &str)| {
        let top = (depth == 1).then(|| TOP.iter().position(|name| *name == step)).flatten();
        match top.or_else(|| step.parse().ok()) {
            Some(number) => (number, String::new()),
            None => (usize::MAX, step.to_owned()),
        }
    };
    at.split('/').enumerate().map(step).collect()
}
