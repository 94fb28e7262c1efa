//! What is wrong with a flow document, said so that its author can mend it.

use crate::NodeId;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A stable code such as `E0103`; each has a page in `docs/errors/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(pub Cow<'static, str>);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing to mend: where it is, what it is, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: Code,
    /// JSON pointer into the document, such as `/nodes/3/with/url`.
    pub at: String,
    pub node: Option<NodeId>,
    pub message: String,
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.node.as_ref().map_or("flow", NodeId::as_str);
        write!(f, "{} {node}: {}", self.code, self.message)
    }
}
