//! `files/read_xml`: an XML document as JSON.

use super::{ATTRIBUTE, LEVELS_MAX, TEXT};
use crate::{charset, failure, given, words};
use connector::{ActionCx, Error, File};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Elements and attributes together: each is a value, which takes more memory than its text.
const NODES_MAX: usize = 500_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub file: File,
    #[serde(default, deserialize_with = "given::or_default")]
    lists: BTreeSet<String>,
    #[serde(default)]
    drop_prefixes: bool,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/read_xml", "Read XML", "อ่าน XML")
        .about(
            "An XML document as JSON: an attribute is @name, text beside attributes or elements is #text, and elements of the same name are a list.",
            "อ่านเอกสาร XML เป็น JSON โดยแอตทริบิวต์คือ @ชื่อ ข้อความที่อยู่คู่กับแอตทริบิวต์หรือแท็กอื่นคือ #text และแท็กชื่อซ้ำกันจะเป็นรายการ",
        )
        .effect(EffectRule::Read)
        .field(words::file())
        .field(
            Field::new("lists", FieldKind::Json, "Always lists", "แท็กที่เป็นรายการเสมอ")
                .about(
                    "Names of elements that are lists even where there is one of them, such as Line: then one line and ten are read alike.",
                    "ชื่อแท็กที่ให้เป็นรายการเสมอแม้มีเพียงหนึ่ง เช่น Line เพื่อให้อ่านหนึ่งรายการและหลายรายการได้เหมือนกัน",
                )
                .default(json!([]))
                .example(json!(["Line"])),
        )
        .field(
            Field::new("drop_prefixes", FieldKind::Bool, "Without prefixes", "ตัดคำนำหน้า")
                .about(
                    "Whether cbc:ID is called ID. Declarations of namespaces are left out then.",
                    "ให้ cbc:ID ชื่อ ID หรือไม่ หากใช่จะไม่รวมการประกาศ namespace",
                )
                .default(false)
                .example(false),
        )
        .example(
            json!({
                "file": {"name": "order.xml", "text": "<Order id=\"0081\"><Line sku=\"TEA\">2</Line></Order>"},
                "lists": ["Line"],
            }),
            json!({"document": {"Order": {"@id": "0081", "Line": [{"@sku": "TEA", "#text": "2"}]}}, "root": "Order"}),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || read(&input)).await
}

pub fn read(input: &Input) -> Result<Value, Error> {
    let text = text_of(&input.file)?;
    let (root, value) = Tree::of(input, &text).map_err(|wrong| failure::unreadable(&input.file, wrong))?;
    let mut document = Map::new();
    document.insert(root.clone(), value);
    Ok(json!({"document": document, "root": root}))
}

/// The text in the charset that the declaration names.
fn text_of(file: &File) -> Result<Cow<'_, str>, Error> {
    let head: String = file.bytes.iter().take(200).map(|byte| char::from(*byte)).collect();
    let declared = head.split_once("<?xml").and_then(|(_, rest)| rest.split_once("?>"));
    let label = declared.and_then(|(words, _)| {
        let (_, value) = words.split_once("encoding")?;
        let value = value.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        value[1..].split(quote).next()
    });
    match label {
        Some(label) => charset::read_as(file, label.trim()),
        None => charset::read(file, charset::Source::Auto).map(|(text, _)| text),
    }
}

struct Open {
    name: String,
    members: Map<String, Value>,
    text: String,
}

struct Tree<'i> {
    input: &'i Input,
    nodes: usize,
    open: Vec<Open>,
    root: Option<(String, Value)>,
}

impl<'i> Tree<'i> {
    fn of(input: &'i Input, text: &str) -> Result<(String, Value), String> {
        let mut reader = Reader::from_str(text);
        let mut tree = Self { input, nodes: 0, open: Vec::new(), root: None };
        loop {
            let event = reader.read_event();
            let at = reader.buffer_position();
            let took = event.map_err(|error| error.to_string()).and_then(|event| tree.take(event));
            match took {
                Ok(true) => {}
                Ok(false) => break,
                Err(wrong) => {
                    let before = text.as_bytes().iter().take(usize::try_from(at).unwrap_or(usize::MAX));
                    let line = before.filter(|byte| **byte == b'\n').count() + 1;
                    return Err(format!("line {line}: {wrong}"));
                }
            }
        }
        match tree.open.pop() {
            Some(open) => Err(format!("<{}> is never closed", open.name)),
            None => tree.root.ok_or_else(|| "there is no element in it".into()),
        }
    }

    /// Takes what comes next; false at the end.
    fn take(&mut self, event: Event<'_>) -> Result<bool, String> {
        match event {
            Event::Start(start) => self.start(&start)?,
            Event::Empty(start) => {
                self.start(&start)?;
                self.end();
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let letter = character(&reference)?;
                self.text(letter.encode_utf8(&mut [0; 4]))?;
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() == LEVELS_MAX {
            return Err(format!("it is nested deeper than {LEVELS_MAX} elements"));
        }
        if self.root.is_some() {
            return Err("there is a second element behind the first".into());
        }
        self.count()?;
        let name = self.name(start.name().0).to_owned();
        let mut members = Map::new();
        // The library compares every attribute with every other; a map does it at once.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            self.count()?;
            let key = attribute.key.0;
            if self.input.drop_prefixes && (key == "xmlns" || key.starts_with("xmlns:")) {
                continue;
            }
            let value = unescape(&attribute.value).map_err(|error| error.to_string())?.into_owned();
            let key = format!("{ATTRIBUTE}{}", self.name(key));
            if members.insert(key, Value::String(value)).is_some() {
                return Err(format!("<{name}> has the attribute {} twice", attribute.key.0));
            }
        }
        self.open.push(Open { name, members, text: String::new() });
        Ok(())
    }

    fn count(&mut self) -> Result<(), String> {
        self.nodes += 1;
        match self.nodes > NODES_MAX {
            true => Err(format!("it has more than {NODES_MAX} elements and attributes")),
            false => Ok(()),
        }
    }

    fn name<'n>(&self, name: &'n str) -> &'n str {
        let local = name.split_once(':').map_or(name, |(_, local)| local);
        if self.input.drop_prefixes { local } else { name }
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(open) => open.text.push_str(text),
            None if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => {}
            None => return Err("there is text outside of the document".into()),
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(Open { name, mut members, text }) = self.open.pop() else { return };
        let inner = text.trim_matches([' ', '\t', '\r', '\n']);
        let value = match (members.is_empty(), inner.is_empty()) {
            (true, _) => Value::String(inner.to_owned()),
            (false, true) => Value::Object(members),
            (false, false) => {
                members.insert(TEXT.into(), Value::String(inner.to_owned()));
                Value::Object(members)
            }
        };
        let is_list = self.input.lists.contains(&name);
        match self.open.last_mut() {
            Some(parent) => add(&mut parent.members, name, value, is_list),
            None => self.root = Some((name, value)),
        }
    }
}

fn add(members: &mut Map<String, Value>, name: String, value: Value, is_list: bool) {
    match members.get_mut(&name) {
        Some(Value::Array(all)) => all.push(value),
        Some(one) => {
            let first = one.take();
            *one = Value::Array(vec![first, value]);
        }
        None if is_list => drop(members.insert(name, Value::Array(vec![value]))),
        None => drop(members.insert(name, value)),
    }
}

/// A character that is written as a reference. What a document type defines is never expanded.
fn character(reference: &BytesRef<'_>) -> Result<char, String> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(letter);
    }
    match &**reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => {
            Err(format!("&{other}; is not expanded: only &amp; &lt; &gt; &quot; &apos; and numbers are"))
        }
    }
}
