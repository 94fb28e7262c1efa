//! What is wrong with a flow document, said so that its author can mend it.

use crate::NodeId;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// No list of problems is longer; who mends the first of them finds the others afterwards.
pub const PROBLEMS_MAX: usize = 1_000;

/// A stable code such as `E0103`; each has a page in `docs/errors/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(pub Cow<'static, str>);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a flow can run with a problem in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The flow is refused.
    #[default]
    Error,
    /// The flow runs; something in it is probably not meant so.
    Warning,
}

/// One thing to mend: where it is, what it is, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: Code,
    #[serde(default)]
    pub severity: Severity,
    /// JSON pointer into the document, such as `/nodes/3/with/url`.
    pub at: String,
    pub node: Option<NodeId>,
    pub message: String,
    pub advice: String,
}

impl Problem {
    pub fn error(code: Code, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            at: at.into(),
            node: None,
            message: message.into(),
            advice: String::new(),
        }
    }

    pub fn warning(code: Code, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, at, message) }
    }

    pub fn node(mut self, node: &NodeId) -> Self {
        self.node = Some(node.clone());
        self
    }

    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.node.as_ref().map_or("flow", NodeId::as_str);
        write!(f, "{} {node}: {}", self.code, self.message)
    }
}

/// The page of `docs/errors/` about one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub code: Code,
    pub title: &'static str,
    /// What it is and why it matters.
    pub meaning: &'static str,
    /// What to do about it.
    pub mend: &'static str,
}

impl Page {
    pub fn markdown(&self) -> String {
        let Self { code, title, meaning, mend } = self;
        format!("# {code}: {title}\n\n{meaning}\n\n**What to do.** {mend}\n")
    }
}
