//! Which groups somebody has folded: each person's own, so it is kept in the browser and is the same in the editor.

use crate::storage;
use model::GroupId;
use std::collections::BTreeSet;

pub fn recall(flow: &str) -> BTreeSet<GroupId> {
    let folded = storage::read(&key(flow)).unwrap_or_default();
    folded.split_whitespace().map(GroupId::from).collect()
}

pub fn keep(flow: &str, folded: &BTreeSet<GroupId>) {
    let all = folded.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    storage::write(&key(flow), &all);
}

fn key(flow: &str) -> String {
    format!("{}{flow}", storage::FOLDED)
}
