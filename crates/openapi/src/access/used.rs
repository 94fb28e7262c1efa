//! Which schemes the operations of a document sign in by.

use super::Need;
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub(super) struct Used {
    /// The ways that there are, by what is in them.
    ways: BTreeSet<BTreeSet<String>>,
    /// Whether an operation can be called without anything, and does not say that another way is there.
    may_be_empty: bool,
}

impl Used {
    pub fn add(&mut self, ways: &[Vec<Need>]) {
        let of_operation: Vec<BTreeSet<String>> =
            ways.iter().map(|way| way.iter().map(|need| need.scheme.clone()).collect()).collect();
        self.may_be_empty |= of_operation.len() > 1 && of_operation.iter().any(BTreeSet::is_empty);
        self.ways.extend(of_operation.into_iter().filter(|way| !way.is_empty()));
    }

    pub fn has(&self, scheme: &str) -> bool {
        self.ways.iter().any(|way| way.contains(scheme))
    }

    /// Whether nobody can sign in without this scheme.
    pub fn is_in_every_way(&self, scheme: &str) -> bool {
        !self.may_be_empty && self.ways.iter().all(|way| way.contains(scheme))
    }
}
