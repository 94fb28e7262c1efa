//! A document as a whole: its version, its references, and what is noted of it.

use crate::limits::REFERENCES_MAX;
use crate::node::Node;
use crate::note::{self, Note, Notes};
use crate::problem::{self, Problem};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::cell::RefCell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Swagger2,
    OpenApi3,
}

pub(crate) struct Document<'d> {
    pub root: Node<'d>,
    pub version: Version,
    notes: RefCell<Notes>,
}

impl<'d> Document<'d> {
    pub fn new(value: &'d Value) -> Result<Self, Problem> {
        let root = Node { value, at: String::new() };
        let (version, newer) = version(&root)?;
        let document = Self { root, version, notes: RefCell::default() };
        if let Some(newer) = newer {
            document.note(&note::NEWER, "/openapi", &[&newer]);
        }
        Ok(document)
    }

    pub fn note(&self, kind: &note::Kind, at: &str, arguments: &[&str]) {
        self.notes.borrow_mut().add(kind, at, arguments);
    }

    /// A remark that is the same wherever it is made: the first place stands for all.
    pub fn note_once(&self, kind: &note::Kind, at: &str, arguments: &[&str]) {
        let mut notes = self.notes.borrow_mut();
        if !notes.has(kind) {
            notes.add(kind, at, arguments);
        }
    }

    pub fn into_notes(self) -> Vec<Note> {
        self.notes.into_inner().into_list()
    }

    /// The node itself, or what it refers to; nothing where that cannot be found, which is noted.
    pub fn follow(&self, node: Node<'d>) -> Option<Node<'d>> {
        let mut node = node;
        for _ in 0..REFERENCES_MAX {
            if node.text("$ref").is_none() {
                return Some(node);
            }
            node = self.step(&node)?;
        }
        self.note(&note::RING, &node.at, &[]);
        None
    }

    /// What a node's reference leads to at once.
    pub fn step(&self, node: &Node<'d>) -> Option<Node<'d>> {
        let reference = node.text("$ref")?;
        let Some(fragment) = reference.strip_prefix('#') else {
            self.note(&note::EXTERNAL_REFERENCE, &node.at, &[reference]);
            return None;
        };
        let pointer = percent_decode_str(fragment).decode_utf8_lossy();
        let found = Some(&*pointer).filter(|pointer| pointer.starts_with('/'));
        let Some(value) = found.and_then(|pointer| self.root.value.pointer(pointer)) else {
            self.note(&note::MISSING_REFERENCE, &node.at, &[reference]);
            return None;
        };
        Some(Node { value, at: pointer.into_owned() })
    }
}

/// The version, and its text where it is newer than what is known.
fn version(root: &Node<'_>) -> Result<(Version, Option<String>), Problem> {
    let said = |name: &str| match root.value.get(name)? {
        Value::String(text) => Some(text.clone()),
        // `swagger: 2.0` in YAML.
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let Some(version) = said("openapi") {
        let major_minor: Vec<&str> = version.splitn(3, '.').take(2).collect();
        return match major_minor[..] {
            ["3", "0" | "1"] => Ok((Version::OpenApi3, None)),
            ["3", _] => Ok((Version::OpenApi3, Some(version))),
            _ => Err(problem::VERSION.at("/openapi", &[&version])),
        };
    }
    if let Some(version) = said("swagger").or_else(|| said("swaggerVersion")) {
        return match version.as_str() {
            "2" | "2.0" => Ok((Version::Swagger2, None)),
            _ => Err(problem::VERSION.at("/swagger", &[&version])),
        };
    }
    Err(other_kind(root).unwrap_or_else(|| problem::NOT_AN_API.at("", &[])))
}

/// What else people have of an API, and take for its document.
fn other_kind(root: &Node<'_>) -> Option<Problem> {
    let postman =
        root.get("info").is_some_and(|info| info.text("schema").is_some_and(|it| it.contains("postman")));
    let kinds = [
        (root.get("asyncapi").is_some(), "AsyncAPI"),
        (postman, "Postman"),
        (root.get("discoveryVersion").is_some(), "Google Discovery"),
        (
            root.get("__schema").is_some()
                || root.get("data").is_some_and(|data| data.get("__schema").is_some()),
            "GraphQL",
        ),
    ];
    let kind = kinds.iter().find(|(is, _)| *is).map(|(_, kind)| *kind)?;
    Some(problem::OTHER_KIND.at("", &[kind]))
}
