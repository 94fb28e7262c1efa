//! Each type of n8n's nodes, and what it becomes.

mod actions;
mod code;
mod conditions;
mod flow;
mod lists;
mod merge;
mod triggers;
mod values;

use crate::build::{Builder, Input, Plural, SCALE, object, scaled};
use crate::js::Why;
use crate::report;
use crate::source::Node;
use crate::written::escaped;
use model::drawing::{Note, NoteColour};
use serde_json::{Value, json};

/// More than anybody reads.
const NOTES_MAX: usize = 200;

/// How a node takes items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It begins.
    Start,
    /// It works on one at a time.
    Each,
    /// It works on all of them at once.
    All,
    /// It works on one value or on a list of them.
    Any,
    /// It does what it does once, by the first item, and hands all of them on.
    Once,
    Merge,
    Loop,
}

pub fn role(node: &Node) -> Role {
    match node.kind.as_str() {
        "merge" => Role::Merge,
        "splitInBatches" => Role::Loop,
        "limit" | "sort" | "removeDuplicates" | "aggregate" | "summarize" => Role::All,
        "itemLists" if lists::splits(node) => Role::Any,
        "itemLists" => Role::All,
        "splitOut" | "filter" => Role::Any,
        "wait" | "respondToWebhook" => Role::Once,
        "code" | "function" if code::takes_all(node) => Role::All,
        _ if triggers::is_trigger(node) => Role::Start,
        _ => Role::Each,
    }
}

pub fn is_sticky(node: &Node) -> bool {
    node.kind == "stickyNote"
}

pub fn is_loop(node: &Node) -> bool {
    node.kind == "splitInBatches"
}

/// Which output of a loop leads into it; version 1 has one for everything.
pub fn loop_output(node: &Node) -> Option<usize> {
    match node.version {
        version if version >= 3.0 => Some(1),
        version if version >= 2.0 => Some(0),
        _ => None,
    }
}

/// A note on the canvas.
pub fn sticky(builder: &mut Builder, at: usize) {
    let node = builder.n8n(at);
    let content = text(node, "content").unwrap_or_default();
    let side = |name: &str, otherwise: f64| {
        let side = parameter(node, name).and_then(Value::as_f64).unwrap_or(otherwise) * SCALE;
        side.clamp(Note::SIDE_MIN, Note::SIDE_MAX).round()
    };
    let colour = match parameter(node, "color").and_then(Value::as_u64).unwrap_or(1) {
        3 => NoteColour::Red,
        4 => NoteColour::Green,
        5 => NoteColour::Blue,
        6 => NoteColour::Purple,
        7 => NoteColour::Grey,
        _ => NoteColour::Yellow,
    };
    let note = Note {
        id: builder.ids[at].as_str().into(),
        text: content.chars().take(Note::TEXT_CHARS_MAX).collect(),
        colour,
        at: scaled(node.at),
        size: [side("width", 240.0), side("height", 160.0)],
    };
    if builder.document.notes.len() < NOTES_MAX {
        builder.document.notes.push(note);
        builder.say(&report::STICKY, at, []);
    } else {
        builder.say(&report::SETTING, at, [content.to_owned()]);
    }
}

pub fn write(builder: &mut Builder, at: usize, input: &Input) {
    let kind = builder.n8n(at).kind.clone();
    match kind.as_str() {
        _ if role(builder.n8n(at)) == Role::Start => triggers::write(builder, at, input),
        "if" | "filter" => conditions::branch(builder, at, input),
        "switch" => conditions::switch(builder, at, input),
        "set" => values::set(builder, at, input),
        "dateTime" => values::date_time(builder, at, input),
        "crypto" => values::crypto(builder, at, input),
        "noOp" => flow::passes(builder, at, input),
        "wait" => flow::wait(builder, at, input),
        "stopAndError" => flow::stop(builder, at, input),
        "executeWorkflow" => flow::call(builder, at, input),
        "respondToWebhook" => flow::respond(builder, at, input),
        "splitInBatches" => flow::batches(builder, at, input),
        "merge" => merge::write(builder, at, input),
        "code" | "function" | "functionItem" => code::write(builder, at, input),
        "splitOut" | "itemLists" | "limit" | "sort" | "removeDuplicates" | "aggregate" | "summarize" => {
            lists::write(builder, at, input);
        }
        "httpRequest" => actions::http(builder, at, input),
        _ => unknown(builder, at, input),
    }
}

/// A node that Khlong has nothing for.
pub fn unknown(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let what = described(&node.kind, &node.parameters);
    keep(builder, at, input);
    builder.say(&report::UNKNOWN, at, [what]);
}

/// One that it has something for, but nothing that does exactly this.
pub fn not_exact(builder: &mut Builder, at: usize, input: &Input, why: &Why) {
    keep(builder, at, input);
    builder.say_why(&report::NOT_EXACT, at, &[], why);
}

/// It stays visible, with its settings, and keeps the flow from being published.
fn keep(builder: &mut Builder, at: usize, input: &Input) {
    let kind: String = builder.n8n(at).kind.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    let with = object(escaped(&Value::Object(builder.n8n(at).parameters.clone())));
    builder.place(at, input, &format!("n8n/{}", if kind.is_empty() { "unknown" } else { &kind }), with);
    builder.connect(at);
    let port = |output: usize| if output == 0 { "out".to_owned() } else { format!("out{}", output + 1) };
    let ports: Vec<String> = (0..outputs_of(builder, at)).map(port).collect();
    let ports: Vec<&str> = ports.iter().map(String::as_str).collect();
    builder.gives(at, input, &ports, Plural::One, "@");
}

/// `googleSheets (sheet: append)`.
fn described(kind: &str, parameters: &serde_json::Map<String, Value>) -> String {
    let part =
        |name: &str| parameters.get(name).and_then(Value::as_str).filter(|text| !text.starts_with('='));
    let parts: Vec<&str> = ["resource", "operation"].into_iter().filter_map(part).collect();
    if parts.is_empty() { kind.to_owned() } else { format!("{kind} ({})", parts.join(": ")) }
}

/// How many ways out the workflow uses.
fn outputs_of(builder: &Builder, at: usize) -> usize {
    let used =
        builder.workflow.connections.iter().filter(|edge| edge.from == at).map(|edge| edge.output + 1).max();
    let own = used.unwrap_or(1).clamp(1, 32);
    match builder.n8n(at).on_error {
        crate::source::OnError::ErrorOutput => own.saturating_sub(1).max(1),
        _ => own,
    }
}

/// A member of the parameters, by a path with points.
pub fn parameter<'v>(node: &'v Node, path: &str) -> Option<&'v Value> {
    let mut names = path.split('.');
    let mut value = node.parameters.get(names.next()?)?;
    for name in names {
        value = value.get(name)?;
    }
    Some(value).filter(|value| !value.is_null())
}

pub fn text<'v>(node: &'v Node, path: &str) -> Option<&'v str> {
    parameter(node, path).and_then(Value::as_str)
}

pub fn list<'v>(node: &'v Node, path: &str) -> &'v [Value] {
    parameter(node, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

pub fn flag(node: &Node, path: &str, otherwise: bool) -> bool {
    parameter(node, path).and_then(Value::as_bool).unwrap_or(otherwise)
}

/// The names of options that are set and are not among those that are known here.
pub fn other_options(node: &Node, path: &str, known: &[&str]) -> Vec<String> {
    let options = if path.is_empty() {
        Some(&node.parameters)
    } else {
        parameter(node, path).and_then(Value::as_object)
    };
    let options = options.into_iter().flatten();
    options.filter(|(name, _)| !known.contains(&name.as_str())).map(|(name, _)| name.clone()).collect()
}

pub fn left_options(builder: &mut Builder, at: usize, path: &str, known: &[&str]) {
    for name in other_options(builder.n8n(at), path, known) {
        builder.say(&report::SETTING, at, [name]);
    }
}

/// A script node.
pub fn script(builder: &mut Builder, at: usize, input: &Input, source: String) {
    builder.tell_of_values(at, &source);
    builder.place(at, input, "core/script", object(json!({"script": source})));
}

/// The items that come in, as a list.
pub fn items(input: &Input) -> String {
    let code = input.lens.replace('@', "input");
    if input.plural == Plural::Many { code } else { format!("[{code}]") }
}

/// What a person calls the kind of node it became.
pub fn carried(builder: &mut Builder, at: usize, operation: &str) {
    let kind = builder.n8n(at).kind.clone();
    builder.say(&report::NODE, at, [kind, operation.to_owned()]);
}
