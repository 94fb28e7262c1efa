//! A flow document taken apart into the smallest things that somebody changes by themselves.

use model::{FlowDocument, NodeId, Value};
use serde_json::Map;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What is said of the whole flow, such as its name.
    Flow(String),
    Setting(String),
    /// That there is such a node.
    Node(NodeId),
    /// One thing of a node: `title`, `with/script`, or a line of a mapping: `with/fields/reference`.
    Of(NodeId, String),
    /// From a port, written as in a file, to a node.
    Edge(String, NodeId),
    Place(NodeId),
    Sample(NodeId),
    /// Something that lies around the nodes: one of `notes` or `groups`, by its id.
    Drawn(&'static str, String),
}

/// What of a node's fields begins with.
pub const WITH: &str = "with/";

impl Part {
    /// Whether the flow does something else where this is another; places and samples are for people.
    pub fn is_logic(&self) -> bool {
        match self {
            Part::Flow(name) => !matches!(name.as_str(), "folder" | "tags"),
            Part::Place(_) | Part::Sample(_) | Part::Drawn(..) => false,
            _ => true,
        }
    }

    /// Whether it goes when this node goes.
    pub fn is_about(&self, node: &NodeId) -> bool {
        match self {
            Part::Flow(_) | Part::Setting(_) | Part::Drawn(..) => false,
            Part::Node(id) | Part::Of(id, _) | Part::Place(id) | Part::Sample(id) => id == node,
            Part::Edge(from, to) => to == node || source(from) == node.as_str(),
        }
    }

    /// The nodes without which it cannot be.
    pub fn nodes(&self) -> Vec<NodeId> {
        match self {
            Part::Flow(_) | Part::Setting(_) | Part::Drawn(..) => Vec::new(),
            Part::Node(id) | Part::Of(id, _) | Part::Place(id) | Part::Sample(id) => vec![id.clone()],
            Part::Edge(from, to) => vec![NodeId::from(source(from)), to.clone()],
        }
    }
}

/// The node that an edge starts from; an id has no dot.
fn source(from: &str) -> &str {
    from.split_once('.').map_or(from, |(node, _)| node)
}

pub type Parts = BTreeMap<Part, Value>;

pub fn to_value(doc: &FlowDocument) -> Value {
    serde_json::to_value(doc).unwrap_or_default()
}

pub fn take_apart(doc: &Value) -> Parts {
    let mut parts = Parts::new();
    let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for (name, value) in fields(doc) {
        match name.as_str() {
            "khlong" | "id" => {}
            "settings" => {
                parts.extend(fields(&value).into_iter().map(|(name, value)| (Part::Setting(name), value)));
            }
            "nodes" => list(&value).iter().for_each(|node| take_node_apart(node, &mut parts)),
            "edges" => {
                let ends =
                    |edge: &Value| Some(Part::Edge(text(edge, "from")?.to_owned(), text(edge, "to")?.into()));
                parts.extend(list(&value).iter().filter_map(ends).map(|part| (part, Value::Bool(true))));
            }
            "notes" => parts.extend(drawn("notes", &value)),
            "groups" => parts.extend(drawn("groups", &value)),
            "layout" => {
                parts.extend(fields(&value).into_iter().map(|(id, at)| (Part::Place(id.as_str().into()), at)))
            }
            "samples" => {
                parts.extend(
                    fields(&value).into_iter().map(|(id, at)| (Part::Sample(id.as_str().into()), at)),
                );
            }
            _ => drop(parts.insert(Part::Flow(name), value)),
        }
    }
    parts
}

fn drawn(list: &'static str, value: &Value) -> Vec<(Part, Value)> {
    let named = |one: &Value| Some((Part::Drawn(list, text(one, "id")?.to_owned()), one.clone()));
    value.as_array().into_iter().flatten().filter_map(named).collect()
}

fn take_node_apart(node: &Value, parts: &mut Parts) {
    let Some(id) = text(node, "id").map(NodeId::from) else { return };
    parts.insert(Part::Node(id.clone()), Value::Bool(true));
    for (name, value) in node.as_object().into_iter().flatten() {
        match name.as_str() {
            "id" => {}
            "with" => {
                for (field, value) in value.as_object().into_iter().flatten() {
                    let name = format!("{WITH}{field}");
                    match lines(node, field, value) {
                        Some(lines) => parts.extend(lines.iter().map(|(line, value)| {
                            (Part::Of(id.clone(), format!("{name}/{line}")), value.clone())
                        })),
                        None => drop(parts.insert(Part::Of(id.clone(), name), value.clone())),
                    }
                }
            }
            _ => drop(parts.insert(Part::Of(id.clone(), name.clone()), value.clone())),
        }
    }
}

/// The lines of a mapping are changed each by itself; without any it is one thing that is empty.
fn lines<'v>(node: &Value, field: &str, value: &'v Value) -> Option<&'v Map<String, Value>> {
    let is_mapping = text(node, "use") == Some("core/map") && field == "fields";
    value.as_object().filter(|lines| is_mapping && !lines.is_empty())
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}

/// Makes one part of a document what it is in another; nothing where it is not in there.
pub fn put(doc: &mut Value, part: &Part, value: Option<&Value>, like: &Value) {
    let Some(top) = doc.as_object_mut() else { return };
    match part {
        Part::Flow(name) => set(top, name, value),
        Part::Setting(name) => set(object(top, "settings"), name, value),
        Part::Place(id) => set(object(top, "layout"), id.as_str(), value),
        Part::Sample(id) => set(object(top, "samples"), id.as_str(), value),
        Part::Drawn(list, id) => put_drawn(top, list, id, value),
        Part::Node(id) => {
            put_entry(top, "nodes", value.is_some(), like, |node| text(node, "id") == Some(id.as_str()));
        }
        Part::Edge(from, to) => put_entry(top, "edges", value.is_some(), like, |edge| {
            text(edge, "from") == Some(from.as_str()) && text(edge, "to") == Some(to.as_str())
        }),
        Part::Of(id, name) => {
            let nodes = top.get_mut("nodes").and_then(Value::as_array_mut).into_iter().flatten();
            let mut found = nodes.filter(|node| text(node, "id") == Some(id.as_str()));
            let Some(node) = found.next().and_then(Value::as_object_mut) else { return };
            match name.strip_prefix(WITH).map(|field| field.split_once('/').ok_or(field)) {
                Some(Ok((field, line))) => set(object(object(node, "with"), field), line, value),
                Some(Err(field)) => set(object(node, "with"), field, value),
                None => set(node, name, value),
            }
        }
    }
}

fn object<'v>(of: &'v mut Map<String, Value>, name: &str) -> &'v mut Map<String, Value> {
    let entry = of.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if !entry.is_object() {
        *entry = Value::Object(Map::new());
    }
    entry.as_object_mut().expect("it was just made one")
}

fn set(of: &mut Map<String, Value>, name: &str, value: Option<&Value>) {
    match value {
        Some(value) => drop(of.insert(name.to_owned(), value.clone())),
        None => drop(of.shift_remove(name)),
    }
}

fn put_drawn(top: &mut Map<String, Value>, list: &str, id: &str, value: Option<&Value>) {
    let entries = top.entry(list).or_insert_with(|| Value::Array(Vec::new()));
    let Some(entries) = entries.as_array_mut() else { return };
    let at = entries.iter().position(|entry| text(entry, "id") == Some(id));
    match (at, value) {
        (Some(at), Some(value)) => entries[at] = value.clone(),
        (Some(at), None) => drop(entries.remove(at)),
        (None, Some(value)) => entries.push(value.clone()),
        (None, None) => {}
    }
}

/// Puts an entry of a list behind the one that it is behind in the other document, or takes it out.
fn put_entry(
    top: &mut Map<String, Value>,
    list: &str,
    there: bool,
    like: &Value,
    is_it: impl Fn(&Value) -> bool,
) {
    let entries = top.entry(list).or_insert_with(|| Value::Array(Vec::new()));
    let Some(entries) = entries.as_array_mut() else { return };
    if !there {
        return entries.retain(|entry| !is_it(entry));
    }
    let Some(other) = like.get(list).and_then(Value::as_array) else { return };
    let Some(at) = other.iter().position(&is_it) else { return };
    if entries.iter().any(&is_it) {
        return;
    }
    let key =
        |entry: &Value| (entry.get("id").cloned(), entry.get("from").cloned(), entry.get("to").cloned());
    let before = other[..at].iter().rev().map(key);
    let place = before.into_iter().find_map(|before| entries.iter().position(|entry| key(entry) == before));
    let place = place.map_or_else(|| if at == 0 { 0 } else { entries.len() }, |before| before + 1);
    entries.insert(place, other[at].clone());
}
