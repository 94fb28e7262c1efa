//! A flow as a file that people read and compare: one line for what fits on it, such as a node's fields or an edge.

use crate::FlowDocument;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};
use std::io;

/// What is longer on one line than this is broken into several, indentation included.
const LINE_CHARS_MAX: usize = 100;

impl FlowDocument {
    /// The text of a flow file, in its one form: the same document is the same text, to the byte.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        if let Ok(Value::Object(fields)) = serde_json::to_value(self) {
            object(&fields, 0, &mut text);
            text.push('\n');
        }
        text
    }
}

fn value(value: &Value, depth: usize, text: &mut String) {
    let line = one_line(value);
    let used = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
    // Nodes and edges have a line each even where all of them would fit on one.
    let list_of_objects = value.as_array().is_some_and(|entries| entries.iter().any(Value::is_object));
    let fits = used + line.chars().count() < LINE_CHARS_MAX && !(depth == 1 && list_of_objects);
    match value {
        Value::Object(fields) if !fits && !fields.is_empty() => object(fields, depth, text),
        Value::Array(entries) if !fits && !entries.is_empty() => array(entries, depth, text),
        _ => text.push_str(&line),
    }
}

fn object(fields: &Map<String, Value>, depth: usize, text: &mut String) {
    text.push('{');
    for (index, (name, field)) in fields.iter().enumerate() {
        next_line(index, depth + 1, text);
        text.push_str(&one_line(&Value::String(name.clone())));
        text.push_str(": ");
        value(field, depth + 1, text);
    }
    last_line(depth, text);
    text.push('}');
}

fn array(entries: &[Value], depth: usize, text: &mut String) {
    text.push('[');
    for (index, entry) in entries.iter().enumerate() {
        next_line(index, depth + 1, text);
        value(entry, depth + 1, text);
    }
    last_line(depth, text);
    text.push(']');
}

fn next_line(index: usize, depth: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
    last_line(depth, text);
}

fn last_line(depth: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

fn one_line(value: &Value) -> String {
    let mut line = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut line, Spaced);
    let written = value.serialize(&mut serializer);
    written.map_or_else(|_| String::new(), |()| String::from_utf8(line).unwrap_or_default())
}

/// Compact JSON with a blank after each comma and colon.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
