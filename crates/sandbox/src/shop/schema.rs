//! Values of the schema, and the parts of them that a query asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::query::Selection;

/// Nodes of one page.
const FIRST_MAX: u64 = 250;

/// A query's mistake, as Shopify words it.
#[derive(Debug)]
pub(crate) struct Refused {
    pub message: String,
    pub extensions: Value,
}

pub(crate) fn refused(message: impl Into<String>, code: &str) -> Refused {
    Refused { message: message.into(), extensions: json!({ "code": code }) }
}

pub(crate) fn unknown(field: &str, of: &str) -> Refused {
    let message = format!("Field '{field}' doesn't exist on type '{of}'");
    Refused { message, extensions: json!({ "code": "undefinedField", "typeName": of, "fieldName": field }) }
}

/// A value of the schema, before anybody asked for parts of it.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Leaf(Value),
    Object(&'static str, Vec<(&'static str, Node)>),
    List(Vec<Node>),
    Connection(Vec<Node>),
}

impl Node {
    pub(crate) fn null() -> Self {
        Node::Leaf(Value::Null)
    }
}

/// Anything that has no parts.
pub(crate) fn leaf(value: impl Into<Value>) -> Node {
    Node::Leaf(value.into())
}

/// What surrounds the nodes of a connection.
#[derive(Default)]
pub(crate) struct Page {
    pub cursors: Vec<String>,
    pub more_after: bool,
    pub more_before: bool,
}

pub(crate) fn page_size(first: Option<&Value>) -> Result<usize, Refused> {
    match first.and_then(Value::as_u64) {
        Some(first @ 1..=FIRST_MAX) => Ok(first as usize),
        Some(_) => Err(refused(format!("first must be between 1 and {FIRST_MAX}"), "BAD_USER_INPUT")),
        None => Err(refused("you must provide one of first or last", "BAD_REQUEST")),
    }
}

pub(crate) fn cursor(number: u64) -> String {
    STANDARD.encode(json!({ "last_id": number }).to_string())
}

/// The number inside the cursor, if one was given.
pub(crate) fn after(field: &Selection) -> Result<Option<u64>, Refused> {
    let read = |cursor: &Value| {
        let bytes = cursor.as_str().and_then(|text| STANDARD.decode(text).ok());
        let json: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let number = json.and_then(|json| json["last_id"].as_u64());
        number.ok_or_else(|| refused("invalid cursor for current pagination sort", "BAD_USER_INPUT"))
    };
    field.arguments.get("after").filter(|after| !after.is_null()).map(read).transpose()
}

/// Takes out of a node what was asked for.
pub(crate) fn project(node: &Node, asked: &Selection) -> Result<Value, Refused> {
    match node {
        Node::Leaf(value) => Ok(value.clone()),
        Node::List(nodes) => {
            nodes.iter().filter(|node| is_named(node, asked)).map(|node| project(node, asked)).collect()
        }
        Node::Object(name, fields) => project_object(name, fields, &asked.inner),
        Node::Connection(nodes) => project_list(nodes, asked),
    }
}

/// `quantities(names: ["available"])` wants some of a list only.
fn is_named(node: &Node, asked: &Selection) -> bool {
    let (Some(names), Node::Object(_, fields)) = (asked.argument("names").as_array(), node) else {
        return true;
    };
    fields
        .iter()
        .any(|(field, value)| matches!((*field, value), ("name", Node::Leaf(name)) if names.contains(name)))
}

/// A connection without keys of its own: a cursor is a place in the list.
fn project_list(nodes: &[Node], asked: &Selection) -> Result<Value, Refused> {
    let first = page_size(asked.arguments.get("first"))?;
    let start = match after(asked)? {
        None => 0,
        Some(place) => usize::try_from(place).unwrap_or(usize::MAX).saturating_add(1).min(nodes.len()),
    };
    let end = start.saturating_add(first).min(nodes.len());
    let page = Page {
        cursors: (start as u64..end as u64).map(cursor).collect(),
        more_after: end < nodes.len(),
        more_before: start > 0,
    };
    project_connection(&nodes[start..end], &page, &asked.inner)
}

fn project_object(
    name: &'static str,
    fields: &[(&str, Node)],
    asked: &[Selection],
) -> Result<Value, Refused> {
    if asked.is_empty() {
        let message = format!("Field must have selections (type '{name}' returns an object)");
        return Err(refused(message, "selectionMismatch"));
    }
    let mut object = Map::new();
    for wanted in asked {
        let value = match fields.iter().find(|(field, _)| *field == wanted.name) {
            Some((_, node)) => project(node, wanted)?,
            None if wanted.name == "__typename" => name.into(),
            None => return Err(unknown(&wanted.name, name)),
        };
        object.insert(wanted.alias.clone(), value);
    }
    Ok(object.into())
}

pub(crate) fn project_connection(nodes: &[Node], page: &Page, asked: &[Selection]) -> Result<Value, Refused> {
    let mut object = Map::new();
    for wanted in asked {
        let value = match wanted.name.as_str() {
            "nodes" => nodes.iter().map(|node| project(node, wanted)).collect::<Result<_, _>>()?,
            "edges" => edges(nodes, page, &wanted.inner)?,
            "pageInfo" => project(&page_info(page), wanted)?,
            "__typename" => "Connection".into(),
            other => return Err(unknown(other, "Connection")),
        };
        object.insert(wanted.alias.clone(), value);
    }
    Ok(object.into())
}

fn edges(nodes: &[Node], page: &Page, asked: &[Selection]) -> Result<Value, Refused> {
    let edge = |(node, cursor): (&Node, &String)| {
        let mut edge = Map::new();
        for wanted in asked {
            let value = match wanted.name.as_str() {
                "node" => project(node, wanted)?,
                "cursor" => cursor.as_str().into(),
                other => return Err(unknown(other, "Edge")),
            };
            edge.insert(wanted.alias.clone(), value);
        }
        Ok(Value::from(edge))
    };
    nodes.iter().zip(&page.cursors).map(edge).collect()
}

fn page_info(page: &Page) -> Node {
    Node::Object(
        "PageInfo",
        vec![
            ("hasNextPage", leaf(page.more_after)),
            ("hasPreviousPage", leaf(page.more_before)),
            ("startCursor", leaf(json!(page.cursors.first()))),
            ("endCursor", leaf(json!(page.cursors.last()))),
        ],
    )
}
