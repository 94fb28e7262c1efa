//! The operations of a document: found, chosen, named, and read one by one.

mod answer;
mod body;
mod fields;
mod forms;
pub(crate) mod identity;
mod limit;
mod one;
mod page_rules;
mod page_words;
mod parameter;
mod parameters;
pub(crate) mod path;
mod sample;
mod style;

use crate::access::AccessReader;
use crate::call::Method;
use crate::document::Document;
use crate::imported::{Operation, key};
use crate::limits::OPERATIONS_MAX;
use crate::node::Node;
use crate::note;
use crate::problem::{self, Problem};
use crate::schema::Schemas;
use crate::wanted::Wanted;
use serde_json::Value;
use std::collections::HashSet;

/// A method of a path.
#[derive(Clone, Debug)]
pub(super) struct Found<'d> {
    pub method: Method,
    /// As it is called, which may not be as it is written.
    pub path: String,
    pub written: &'d str,
    pub node: Node<'d>,
    /// What it has in common with the path's other methods.
    pub around: Node<'d>,
}

impl Found<'_> {
    /// The same as [`Operation::key`].
    fn key(&self) -> String {
        key(self.method, &self.path)
    }
}

/// Everything that reading an operation needs of its surroundings.
pub(super) struct Scene<'s, 'a, 'd> {
    pub document: &'a Document<'d>,
    pub schemas: Schemas<'a, 'd>,
    pub access: &'s mut AccessReader<'a, 'd>,
    pub connector: &'s str,
    /// What is usual for the fields of the operation that is read.
    pub defaults: Vec<(String, Value)>,
}

pub(crate) fn read_all<'a, 'd>(
    document: &'a Document<'d>,
    wanted: &Wanted,
    connector: &str,
    access: &mut AccessReader<'a, 'd>,
) -> Result<Vec<Operation>, Problem> {
    for name in ["webhooks", "x-webhooks"] {
        if let Some(webhooks) = document.root.get(name) {
            document.note(&note::WEBHOOKS, &webhooks.at, &[]);
        }
    }
    let all = find(document);
    if all.is_empty() {
        return Err(problem::NO_OPERATIONS.at("/paths", &[]));
    }
    let mut found = chosen(all, &wanted.tags)?;
    if found.len() > OPERATIONS_MAX {
        let (count, most) = (found.len().to_string(), OPERATIONS_MAX.to_string());
        document.note(&note::TOO_MANY_OPERATIONS, "/paths", &[&count, &most]);
        found.truncate(OPERATIONS_MAX);
    }
    let ids = identity::operation_ids(document, wanted, &found);
    access.rate = limit::rate(document, &document.root);
    let mut scene =
        Scene { document, schemas: Schemas::new(document), access, connector, defaults: Vec::new() };
    let operations: Vec<Operation> =
        found.iter().zip(&ids).filter_map(|(operation, id)| one::read(&mut scene, operation, id)).collect();
    if operations.is_empty() {
        return Err(problem::NO_OPERATIONS.at("/paths", &[]));
    }
    Ok(operations)
}

fn find<'d>(document: &Document<'d>) -> Vec<Found<'d>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (written, node) in document.root.entries_of("paths").filter(|(path, _)| !path.starts_with("x-")) {
        let at = node.at.clone();
        let Some(around) = document.follow(node) else { continue };
        let path = path::called(document, written, &at);
        for (name, node) in around.entries().filter(|(_, node)| node.value.is_object()) {
            match method(name) {
                Some(method) => {
                    let operation =
                        Found { method, path: path.clone(), written, node, around: around.clone() };
                    match seen.insert((method, path.clone())) {
                        true => found.push(operation),
                        false => {
                            let call = format!("{} {path}", method.as_str());
                            document.note(&note::SAME_CALL, &operation.node.at, &[&call]);
                        }
                    }
                }
                None if matches!(name, "options" | "trace" | "query" | "connect") => {
                    document.note(&note::METHOD, &node.at, &[&name.to_ascii_uppercase()]);
                }
                None => {}
            }
        }
    }
    found
}

fn method(name: &str) -> Option<Method> {
    Method::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
}

fn chosen<'d>(all: Vec<Found<'d>>, tags: &[String]) -> Result<Vec<Found<'d>>, Problem> {
    if tags.is_empty() {
        return Ok(all);
    }
    let has = |operation: &Found<'_>| {
        operation.node.texts_of("tags").iter().any(|tag| tags.iter().any(|wanted| wanted == tag))
    };
    let chosen: Vec<_> = all.into_iter().filter(has).collect();
    if chosen.is_empty() {
        return Err(problem::NOTHING_WANTED.at("/paths", &[&tags.join(", ")]));
    }
    Ok(chosen)
}
