//! Which step of a run: a node, and the item of each for-each around it.

use model::NodeId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The index in each for-each around a step, outermost first; empty outside of any.
pub type Path = Vec<u32>;

/// A step, by names that stay valid in a journal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId {
    #[serde(rename = "n")]
    pub node: NodeId,
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub item: Path,
}

impl StepId {
    pub fn new(node: NodeId, item: Path) -> Self {
        Self { node, item }
    }
}

/// `node`, or `node[3][0]` inside for-each bodies.
impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.node)?;
        self.item.iter().try_for_each(|index| write!(f, "[{index}]"))
    }
}
