//! From the bytes of a flow file to a document, or to everything that is wrong with its form.
//!
//! The types say what a document consists of; their JSON Schema is walked along with the file, so that each problem is
//! found at its place, however many there are. Reading the types directly would stop at the first.

use crate::document::DOCUMENT_VERSION;
use crate::nearest::{did_you_mean, list};
use crate::problem::PROBLEMS_MAX;
use crate::{Code, FlowDocument, NodeId, OnError, Problem, Span, codes, pointer};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A flow file of a thousand nodes has a tenth of this.
pub const DOCUMENT_BYTES_MAX: usize = 4 << 20;

/// Reads a flow file. What it means is checked by [`crate::validate`].
pub fn parse(text: &[u8]) -> Result<FlowDocument, Vec<Problem>> {
    read(text).map_err(|refused| refused.problems)
}

/// A file whose form is not that of a document, and what is left without the slips, where that is one.
pub(crate) struct Refused {
    pub problems: Vec<Problem>,
    pub rest: Option<Box<FlowDocument>>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], rest: None }
    }
}

pub(crate) fn read(text: &[u8]) -> Result<FlowDocument, Refused> {
    let (value, twice) = json(text, "Shorten the samples.")?;
    match from_value(&value) {
        Ok(doc) if twice.is_empty() => Ok(doc),
        Ok(doc) => Err(Refused { problems: finish(twice, &value), rest: Some(Box::new(doc)) }),
        Err(problems) => {
            let problems = finish([twice, problems].concat(), &value);
            let rest = rest(value, &problems);
            Err(Refused { problems, rest })
        }
    }
}

/// Reads a file of another form, with the schema of its types, or says everything that is wrong in it.
pub fn of_form(text: &[u8], schema: &Value) -> Result<Value, Vec<Problem>> {
    let (value, mut problems) =
        json(text, "Shorten it, or make two files of it.").map_err(|problem| vec![problem])?;
    let mut walk = Walk { root: schema, problems: Vec::new() };
    walk.check(schema, &value, "");
    problems.extend(walk.problems);
    if problems.is_empty() { Ok(value) } else { Err(finish(problems, &value)) }
}

/// What a text is as JSON, and the keys that it has twice.
fn json(text: &[u8], too_large: &str) -> Result<(Value, Vec<Problem>), Problem> {
    if text.len() > DOCUMENT_BYTES_MAX {
        let message = format!("The file has {} bytes; {DOCUMENT_BYTES_MAX} are allowed", text.len());
        return Err(Problem::error(codes::FILE_TOO_LARGE, "", message).advice(too_large));
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let value = serde_json::from_slice(text).map_err(|error| not_json(&error))?;
    Ok((value, keys_twice(text)))
}

/// The document without what is wrong in its form; none where something is missing, or its entries would move.
fn rest(mut value: Value, problems: &[Problem]) -> Option<Box<FlowDocument>> {
    problems.iter().for_each(|problem| pointer::remove(&mut value, &problem.at));
    from_value(&value).ok().map(Box::new)
}

/// Reads a document that is JSON already, such as one that came inside a request.
pub fn from_value(value: &Value) -> Result<FlowDocument, Vec<Problem>> {
    static SCHEMA: LazyLock<Value> = LazyLock::new(crate::schema);
    if let Some(problem) = other_version(value) {
        return Err(vec![problem]);
    }
    let mut walk = Walk { root: &SCHEMA, problems: Vec::new() };
    walk.check(&SCHEMA, value, "");
    if !walk.problems.is_empty() {
        return Err(finish(walk.problems, value));
    }
    // The schema and the types say the same, so nothing is left to refuse but what a schema cannot say.
    FlowDocument::deserialize(value)
        .map_err(|error| vec![Problem::error(codes::WRONG_VALUE, "", error.to_string())])
}

fn finish(mut problems: Vec<Problem>, value: &Value) -> Vec<Problem> {
    for problem in &mut problems {
        let node = pointer::node_at(&problem.at).and_then(|at| value["nodes"][at]["id"].as_str());
        problem.node = node.map(NodeId::from);
    }
    pointer::sort(&mut problems);
    problems.truncate(PROBLEMS_MAX);
    problems
}

fn not_json(error: &serde_json::Error) -> Problem {
    let message = format!("The file is not JSON: {error}");
    Problem::error(codes::NOT_JSON, "", message)
        .advice("Look there and shortly before for a missing comma, quote or bracket, or for a comment.")
}

/// A document of another version is not looked into: its fields may mean something else.
fn other_version(value: &Value) -> Option<Problem> {
    let version = value.get("khlong")?.as_number()?;
    let same = version.as_u64() == Some(DOCUMENT_VERSION.into());
    let advice = format!("Write \"khlong\": {DOCUMENT_VERSION}, or open the file with a newer Khlong.");
    let message =
        format!("The document has version {version}; this program reads version {DOCUMENT_VERSION}");
    (!same).then(|| Problem::error(codes::VERSION, "/khlong", message).advice(advice))
}

struct Walk<'a> {
    root: &'a Value,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn add(&mut self, code: Code, at: &str, message: String, advice: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem::error(code, at, message).advice(advice));
        }
    }

    fn check(&mut self, schema: &'a Value, value: &Value, at: &str) {
        let (name, schema) = self.resolve(schema, value);
        if !self.is_kind(schema, value, at) {
            return;
        }
        match value {
            Value::Object(fields) => self.object(schema, fields, at),
            Value::Array(entries) => self.array(schema, entries, at),
            Value::String(text) => self.text(name, schema, text, at),
            Value::Number(number) => self.number(schema, number, at),
            _ => {}
        }
    }

    /// JSON has numbers of any size; what they are read into has not.
    fn number(&mut self, schema: &Value, number: &serde_json::Number, at: &str) {
        let (fits, kind, advice) = match schema["format"].as_str() {
            Some("uint32") => {
                (u32::deserialize(number).is_ok(), "a whole number", "Write a whole number from 0.")
            }
            Some("double") => {
                (number.as_f64().is_some_and(f64::is_finite), "a number", "Write a smaller one.")
            }
            _ => return,
        };
        if !fits {
            let message = format!("{number} is not {kind} that fits here");
            self.add(codes::WRONG_VALUE, at, message, advice.into());
        }
    }

    /// Follows a reference to its definition; of alternatives, takes the one of the value's kind, and of something optional
    /// what it is when it is there.
    fn resolve(&self, schema: &'a Value, value: &Value) -> (&'a str, &'a Value) {
        let (name, schema) = self.definition(schema);
        let Some(any) = schema["anyOf"].as_array().filter(|_| !value.is_null()) else {
            return (name, schema);
        };
        let of_kind = |one: &&Value| self.definition(one).1["type"].as_str() == Some(kind_of(value));
        let one = any.iter().find(of_kind).or(any.first());
        one.map_or((name, schema), |one| self.definition(one))
    }

    fn definition(&self, schema: &'a Value) -> (&'a str, &'a Value) {
        let Some(path) = schema["$ref"].as_str() else {
            return ("", schema);
        };
        let definition = self.root.pointer(path.trim_start_matches('#')).unwrap_or(&Value::Null);
        (path.rsplit('/').next().unwrap_or_default(), definition)
    }

    fn is_kind(&mut self, schema: &Value, value: &Value, at: &str) -> bool {
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ if schema["oneOf"].is_array() => vec!["string"],
            _ => return true,
        };
        let fits = kinds.iter().any(|kind| match *kind {
            "integer" => value.is_number(),
            kind => kind == kind_of(value),
        });
        if !fits {
            let wanted = kinds.first().map_or("null", |kind| spoken(kind));
            let message = format!("Here belongs {wanted}, not {}", spoken(kind_of(value)));
            let advice = match schema["description"].as_str() {
                Some(about) => format!("Write {wanted}. {about}"),
                None => format!("Write {wanted}."),
            };
            self.add(codes::WRONG_KIND, at, message, advice);
        }
        fits
    }

    fn object(&mut self, schema: &'a Value, fields: &serde_json::Map<String, Value>, at: &str) {
        let Some(known) = schema["properties"].as_object() else {
            let entries = &schema["additionalProperties"];
            if entries.is_object() {
                fields.iter().for_each(|(name, value)| self.check(entries, value, &pointer::join(at, name)));
            }
            return;
        };
        for (name, value) in fields {
            match known.get(name) {
                Some(schema) => self.check(schema, value, &pointer::join(at, name)),
                None => {
                    let names = known.keys().map(String::as_str);
                    let advice = did_you_mean(name, names, "The fields here are");
                    let message = format!("There is no field \"{name}\" here");
                    self.add(codes::UNKNOWN_PROPERTY, &pointer::join(at, name), message, advice);
                }
            }
        }
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for name in required.filter(|name| !fields.contains_key(*name)) {
            let (_, definition) = self.resolve(&known[name], &Value::Bool(true));
            let about = known[name]["description"].as_str().or(definition["description"].as_str());
            let advice = format!("Add \"{name}\". {}", about.unwrap_or_default());
            let message = format!("The field \"{name}\" is missing");
            self.add(codes::MISSING_PROPERTY, at, message, advice.trim_end().into());
        }
    }

    fn array(&mut self, schema: &'a Value, entries: &[Value], at: &str) {
        let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
        let (least, most) = (bound("minItems").unwrap_or(0), bound("maxItems").unwrap_or(usize::MAX));
        if !(least..=most).contains(&entries.len()) {
            let message = format!("Here belong {least} entries, not {}", entries.len());
            self.add(codes::WRONG_VALUE, at, message, format!("Write {least} entries."));
        }
        for (index, entry) in entries.iter().enumerate() {
            self.check(&schema["items"], entry, &pointer::join(at, index));
        }
    }

    fn text(&mut self, name: &str, schema: &Value, text: &str, at: &str) {
        let problem = match name {
            "Span" => text.parse::<Span>().err(),
            "OnError" => text.parse::<OnError>().err(),
            _ => None,
        };
        if let Some(message) = problem {
            let advice = schema["description"].as_str().unwrap_or_default();
            self.add(codes::WRONG_VALUE, at, message, advice.into());
        }
        let choices = choices(schema);
        if !choices.is_empty() && !choices.contains(&text) {
            let message = format!("\"{text}\" is none of the choices");
            let advice = format!("Write one of {}", list(choices));
            self.add(codes::WRONG_VALUE, at, message, advice);
        }
    }
}

/// The texts that an enum allows. The ones that have a description are alternatives of their own.
fn choices(schema: &Value) -> Vec<&str> {
    let alternatives = schema["oneOf"].as_array().into_iter().flatten();
    let each = alternatives.chain([schema]).flat_map(|schema| {
        let many = schema["enum"].as_array().into_iter().flatten();
        many.chain(schema.get("const"))
    });
    each.filter_map(Value::as_str).collect()
}

/// The kind of a value, as a schema calls it.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A schema's kind, as people call it.
pub(crate) fn spoken(kind: &str) -> &'static str {
    match kind {
        "boolean" => "true or false",
        "number" => "a number",
        "integer" => "a whole number",
        "string" => "a text",
        "array" => "a list",
        "object" => "an object",
        _ => "nothing (null)",
    }
}

/// Where the reader is inside nested objects and lists.
enum Level {
    Object { keys: HashSet<String>, key: Option<String> },
    Array { index: usize },
}

/// Finds keys that an object has twice; readers keep only the last, so a parsed value no longer shows them.
///
/// The text is known to be JSON, so this only has to tell strings and brackets apart.
fn keys_twice(text: &[u8]) -> Vec<Problem> {
    let mut levels = Vec::new();
    let mut problems = Vec::new();
    let mut at = 0;
    while at < text.len() && problems.len() < PROBLEMS_MAX {
        let length = if text[at] == b'"' { string_length(&text[at..]) } else { 1 };
        match text[at] {
            b'{' => levels.push(Level::Object { keys: HashSet::new(), key: None }),
            b'[' => levels.push(Level::Array { index: 0 }),
            b'}' | b']' => drop(levels.pop()),
            b',' => match levels.last_mut() {
                Some(Level::Array { index }) => *index += 1,
                Some(Level::Object { key, .. }) => *key = None,
                None => {}
            },
            b'"' => {
                if let Some(Level::Object { keys, key: key @ None }) = levels.last_mut() {
                    let name: String = serde_json::from_slice(&text[at..at + length]).unwrap_or_default();
                    let twice = !keys.insert(name.clone());
                    *key = Some(name.clone());
                    if twice {
                        let message = format!("The key \"{name}\" is written twice");
                        let problem = Problem::error(codes::KEY_TWICE, place(&levels), message);
                        problems.push(problem.advice("Remove one of the two, or rename it."));
                    }
                }
            }
            _ => {}
        }
        at += length;
    }
    problems
}

fn string_length(text: &[u8]) -> usize {
    let mut at = 1;
    while text.get(at).is_some_and(|byte| *byte != b'"') {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn place(levels: &[Level]) -> String {
    levels.iter().fold(String::new(), |at, level| match level {
        Level::Object { key, .. } => pointer::join(&at, key.as_deref().unwrap_or_default()),
        Level::Array { index } => pointer::join(&at, index),
    })
}
