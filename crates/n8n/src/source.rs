//! A workflow as n8n writes it: exported, copied from its canvas, or several in a list.

use crate::Refused;
use model::labels;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Workflows in one file.
pub const WORKFLOWS_MAX: usize = 100;
/// More than a flow may have: some may be there twice.
const TAGS_READ_MAX: usize = 200;
pub const NODES_MAX: usize = 1_000;
pub const CONNECTIONS_MAX: usize = 5_000;

#[derive(Clone, Debug, Default)]
pub struct Workflow {
    pub id: String,
    pub name: String,
    pub nodes: Vec<Node>,
    pub connections: Vec<Connection>,
    /// Connections of other kinds than `main`, such as a language model's tools: from, kind, to.
    pub odd_connections: Vec<(String, String, String)>,
    /// Ends that are no nodes.
    pub loose_ends: Vec<String>,
    pub settings: Map<String, Value>,
    pub pinned: Map<String, Value>,
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Node {
    pub name: String,
    /// Without `n8n-nodes-base.`.
    pub kind: String,
    pub version: f64,
    pub at: [f64; 2],
    pub parameters: Map<String, Value>,
    /// Names of parameters whose values were left out.
    pub secrets: Vec<String>,
    /// Kind, name.
    pub credentials: Vec<(String, String)>,
    pub disabled: bool,
    pub notes: String,
    pub on_error: OnError,
    /// Tries in all, and the milliseconds between two.
    pub retry: Option<(u32, u64)>,
    pub execute_once: bool,
    pub always_output: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    #[default]
    Stop,
    GoOn,
    ErrorOutput,
}

/// Positions of nodes, and which way out and in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    pub from: usize,
    pub output: usize,
    pub to: usize,
    pub input: usize,
}

/// Whether a text is n8n's and not ours.
pub fn is_n8n(text: &[u8]) -> bool {
    // Before anything is opened: both words are in every workflow.
    let has = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
    has(b"\"nodes\"")
        && has(b"\"connections\"")
        && parsed(text).is_ok_and(|value| !workflows(&value).is_empty())
}

fn parsed(text: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))
}

/// Those of a file that are workflows.
fn workflows(value: &Value) -> Vec<&Map<String, Value>> {
    let is_one = |map: &Map<String, Value>| {
        map.get("nodes").is_some_and(Value::is_array)
            && map.get("connections").is_some_and(Value::is_object)
            && !map.contains_key("khlong")
    };
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_object).filter(|map| is_one(map)).collect(),
        Value::Object(map) if is_one(map) => vec![map],
        Value::Object(map) => match map.get("data").or_else(|| map.get("workflows")) {
            Some(inner @ (Value::Array(_) | Value::Object(_))) => match inner {
                Value::Object(inner) if !is_one(inner) => Vec::new(),
                inner => workflows_of(inner, is_one),
            },
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn workflows_of(value: &Value, is_one: impl Fn(&Map<String, Value>) -> bool) -> Vec<&Map<String, Value>> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_object).filter(|map| is_one(map)).collect(),
        Value::Object(map) => vec![map],
        _ => Vec::new(),
    }
}

pub fn read(text: &[u8]) -> Result<Vec<Workflow>, Refused> {
    if text.len() > model::DOCUMENT_BYTES_MAX {
        return Err(Refused::TooLarge { megabytes: model::DOCUMENT_BYTES_MAX >> 20 });
    }
    let value = parsed(text).map_err(|error| Refused::NotJson(error.to_string()))?;
    let found = workflows(&value);
    match found.len() {
        0 => Err(Refused::NoWorkflow),
        count if count > WORKFLOWS_MAX => Err(Refused::TooManyWorkflows { count, most: WORKFLOWS_MAX }),
        _ => found.into_iter().map(workflow).collect(),
    }
}

fn text(map: &Map<String, Value>, name: &str) -> String {
    match map.get(name) {
        Some(Value::String(text)) => text.replace('\0', ""),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn workflow(map: &Map<String, Value>) -> Result<Workflow, Refused> {
    let name = text(map, "name");
    let object = |name: &str| map.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let listed = map.get("nodes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if listed.len() > NODES_MAX {
        return Err(Refused::TooMany { what: "nodes", count: listed.len(), most: NODES_MAX });
    }
    let nodes: Vec<Node> = listed.iter().filter_map(Value::as_object).map(node).collect();
    let mut workflow = Workflow {
        id: text(map, "id"),
        name,
        settings: object("settings"),
        pinned: object("pinData"),
        nodes,
        tags: tags(map),
        ..Workflow::default()
    };
    connect(&mut workflow, &object("connections"))?;
    Ok(workflow)
}

/// Names, as they stand beside each other or in objects; those that a flow can have.
fn tags(map: &Map<String, Value>) -> Vec<String> {
    let listed = map.get("tags").and_then(Value::as_array).into_iter().flatten().take(TAGS_READ_MAX);
    let name = |tag: &Value| tag.as_str().or_else(|| tag.get("name")?.as_str()).map(labels::tidy_tags);
    let mut tags: Vec<String> = Vec::new();
    for tag in listed.filter_map(name).flatten().take(TAGS_READ_MAX) {
        tags.push(tag);
        if labels::tags_trouble(&tags).is_some() {
            tags.pop();
        }
    }
    tags
}

fn node(map: &Map<String, Value>) -> Node {
    let kind = text(map, "type");
    let flag = |name: &str| map.get(name).and_then(Value::as_bool).unwrap_or_default();
    let place = |at: usize| map.get("position").and_then(|place| place.get(at)).and_then(Value::as_f64);
    let credentials = map.get("credentials").and_then(Value::as_object).into_iter().flatten();
    let credential_name = |value: &Value| match value {
        Value::String(name) => name.clone(),
        other => other.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    let on_error = match map.get("onError").and_then(Value::as_str) {
        Some("continueRegularOutput") => OnError::GoOn,
        Some("continueErrorOutput") => OnError::ErrorOutput,
        _ if flag("continueOnFail") => OnError::GoOn,
        _ => OnError::Stop,
    };
    let number = |name: &str| map.get(name).and_then(Value::as_u64);
    // n8n's own bounds.
    let retry = flag("retryOnFail").then(|| {
        let tries = number("maxTries").unwrap_or(3).clamp(2, 5) as u32;
        (tries, number("waitBetweenTries").unwrap_or(1_000).min(5_000))
    });
    let mut parameters = map.get("parameters").and_then(Value::as_object).cloned().unwrap_or_default();
    let secrets = crate::secrets::left_out(&mut parameters);
    Node {
        name: text(map, "name"),
        kind: ["n8n-nodes-base.", "@n8n/"]
            .iter()
            .find_map(|package| kind.strip_prefix(package))
            .unwrap_or(&kind)
            .to_owned(),
        version: map.get("typeVersion").and_then(Value::as_f64).unwrap_or(1.0),
        at: [place(0).unwrap_or_default(), place(1).unwrap_or_default()],
        parameters,
        secrets,
        credentials: credentials.map(|(kind, value)| (kind.clone(), credential_name(value))).collect(),
        disabled: flag("disabled"),
        notes: text(map, "notes"),
        on_error,
        retry,
        execute_once: flag("executeOnce"),
        always_output: flag("alwaysOutputData"),
    }
}

fn connect(workflow: &mut Workflow, connections: &Map<String, Value>) -> Result<(), Refused> {
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (at, node) in workflow.nodes.iter().enumerate() {
        by_name.entry(node.name.clone()).or_insert(at);
    }
    let mut count = 0;
    for (name, kinds) in connections {
        for (kind, outputs) in kinds.as_object().into_iter().flatten() {
            for (output, targets) in outputs.as_array().into_iter().flatten().enumerate() {
                for target in targets.as_array().into_iter().flatten() {
                    count += 1;
                    if count > CONNECTIONS_MAX {
                        return Err(Refused::TooMany { what: "connections", count, most: CONNECTIONS_MAX });
                    }
                    let to = target.get("node").and_then(Value::as_str).unwrap_or_default();
                    let input = target.get("index").and_then(Value::as_u64).unwrap_or_default() as usize;
                    match (by_name.get(name), by_name.get(to)) {
                        (Some(from), Some(to)) if kind == "main" => {
                            let connection = Connection { from: *from, output, to: *to, input };
                            if !workflow.connections.contains(&connection) {
                                workflow.connections.push(connection);
                            }
                        }
                        (Some(_), Some(_)) => {
                            workflow.odd_connections.push((name.clone(), kind.clone(), to.to_owned()));
                        }
                        (None, _) => workflow.loose_ends.push(name.clone()),
                        (_, None) => workflow.loose_ends.push(to.to_owned()),
                    }
                }
            }
        }
    }
    Ok(())
}
