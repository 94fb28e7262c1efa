//! `${…}` in fields: does each expression compile, and do the nodes it names run before?

use super::{Check, ScriptProblem};
use crate::graph::NodeSet;
use crate::nearest::did_you_mean;
use crate::template::{Part, Unclosed, parts};
use crate::{codes, pointer};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// Which nodes an expression may name.
pub(super) struct Reach {
    from: From,
    /// Found when the first expression asks.
    upstream: Option<NodeSet>,
}

enum From {
    /// Expressions make no sense here at all.
    Nothing,
    /// What a trigger received, before any node has run.
    Trigger,
    Node(usize),
}

impl Reach {
    pub(super) fn nothing() -> Self {
        Self { from: From::Nothing, upstream: None }
    }

    pub(super) fn trigger_only() -> Self {
        Self { from: From::Trigger, upstream: None }
    }

    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.from, From::Nothing)
    }

    pub(super) fn upstream_of(node: usize) -> Self {
        Self { from: From::Node(node), upstream: None }
    }
}

impl Check<'_> {
    /// Every text in a value.
    pub(super) fn templates(&mut self, value: &Value, at: &str, reach: &mut Reach) {
        match value {
            Value::String(text) => self.template(text, at, reach),
            Value::Array(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.templates(entry, &pointer::join(at, index), reach);
                }
            }
            Value::Object(entries) => {
                for (name, entry) in entries {
                    self.templates(entry, &pointer::join(at, name), reach);
                }
            }
            _ => {}
        }
    }

    pub(super) fn template(&mut self, text: &str, at: &str, reach: &mut Reach) {
        let parts = match parts(text) {
            Ok(parts) => parts,
            Err(Unclosed { at: byte }) => {
                let column = text[..byte].chars().count() + 1;
                let message = format!("The expression that begins at character {column} is never closed");
                return self.error(
                    codes::UNCLOSED_EXPRESSION,
                    at,
                    message,
                    "Add the }, or write $${ for a plain ${.",
                );
            }
        };
        for part in parts {
            let Part::Expression(source) = part else { continue };
            if reach.is_nothing() {
                let advice = "Write the value itself, or $${ for a plain ${.";
                return self.error(
                    codes::EXPRESSION_IN_TRIGGER,
                    at,
                    "An expression has nothing to refer to here",
                    advice,
                );
            }
            match self.scripts.expression(source) {
                Ok(()) => self.references(source, at, reach),
                Err(problem) => {
                    let message = format!("${{{source}}}: {problem}");
                    self.error(codes::BAD_EXPRESSION, at, message, "Correct what is between ${ and }.");
                }
            }
        }
    }

    /// The nodes that a source names have to be there and upstream.
    pub(super) fn references(&mut self, source: &str, at: &str, reach: &mut Reach) {
        for name in self.scripts.names(source).into_iter().collect::<BTreeSet<_>>() {
            match self.graph.find(&name) {
                None => {
                    let advice = did_you_mean(&name, self.node_ids(), "The nodes are");
                    let message = format!("There is no node \"{name}\"");
                    self.error(codes::UNKNOWN_NODE_NAMED, at, message, advice);
                }
                Some(node) if !self.is_upstream(node, reach) => {
                    let message = format!("\"{name}\" does not run before this");
                    let advice =
                        "Add edges that bring it before, or use input, trigger or, in a for-each, item.";
                    self.error(codes::NOT_UPSTREAM, at, message, advice);
                }
                Some(_) => {}
            }
        }
    }

    fn is_upstream(&self, node: usize, reach: &mut Reach) -> bool {
        let From::Node(at) = reach.from else { return false };
        let upstream = reach.upstream.get_or_insert_with(|| self.graph.upstream(at));
        // A for-each has no result yet while its body runs.
        upstream.contains(node) && self.graph.parents(at).all(|around| around != node)
    }
}

impl fmt::Display for ScriptProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => f.write_str(&self.message),
            (line, column) => write!(f, "{} (line {line}, column {column})", self.message),
        }
    }
}
