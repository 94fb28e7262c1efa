//! YAML as one value, put together from the parser's events: with every number's digits, and with bounds on what aliases
//! are written out to.

use super::{scalar, too_many};
use crate::limits::{NESTING_MAX, VALUES_MAX};
use crate::problem::{self, Problem};
use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// A text counts as one value more for each so many bytes, so that aliases of long texts have a bound, too.
const BYTES_PER_VALUE: usize = 32;
/// Keys that the JSON library keeps for itself.
const RESERVED: &str = "$serde_json::private::";

pub(super) fn read(text: &str) -> Result<Value, Problem> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let at = place(error.marker().line(), error.marker().col());
            problem::NOT_YAML.at(at, &[error.info()])
        })?;
        builder.event(event).map_err(|refused| refused.at(span))?;
    }
    builder.done.ok_or_else(|| problem::EMPTY.at("", &[]))
}

fn place(line: usize, column: usize) -> String {
    format!("line {line}, column {}", column + 1)
}

enum Refused {
    Yaml(&'static str),
    Other(Problem),
}

impl Refused {
    fn at(self, span: Span) -> Problem {
        match self {
            Self::Yaml(what) => problem::NOT_YAML.at(place(span.start.line(), span.start.col()), &[what]),
            Self::Other(problem) => problem,
        }
    }
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// What an alias stands for, and how much it weighs.
    anchors: HashMap<usize, (Value, usize)>,
    weight: usize,
    documents: usize,
    done: Option<Value>,
}

/// A list or an object whose end has not come.
struct Open {
    anchor: usize,
    weight_before: usize,
    form: Form,
}

enum Form {
    List(Vec<Value>),
    Map { map: Map<String, Value>, key: Option<Key>, merged: Vec<Value> },
}

enum Key {
    Name(String),
    /// `<<`: what follows lends its entries.
    Merge,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), Refused> {
        match event {
            Event::DocumentStart(_) if self.documents > 0 => {
                Err(Refused::Yaml("there are several documents in one file"))
            }
            Event::DocumentStart(_) => {
                self.documents += 1;
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag),
            Event::SequenceStart(anchor, _) => self.begin(anchor, Form::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                self.begin(anchor, Form::Map { map: Map::new(), key: None, merged: Vec::new() })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn weigh(&mut self, weight: usize) -> Result<(), Refused> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > VALUES_MAX { Err(Refused::Other(too_many())) } else { Ok(()) }
    }

    fn begin(&mut self, anchor: usize, form: Form) -> Result<(), Refused> {
        if self.open.len() >= NESTING_MAX {
            return Err(Refused::Other(problem::TOO_DEEP.at("", &[&NESTING_MAX.to_string()])));
        }
        if self.wants_key() {
            return Err(Refused::Yaml("a key has to be a text"));
        }
        let weight_before = self.weight;
        self.weigh(1)?;
        self.open.push(Open { anchor, weight_before, form });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refused> {
        let Some(Open { anchor, weight_before, form }) = self.open.pop() else {
            return Err(Refused::Yaml("an end without a beginning"));
        };
        let value = match form {
            Form::List(list) => Value::Array(list),
            Form::Map { map, merged, .. } => Value::Object(with_lent(map, merged)),
        };
        self.remember(anchor, &value, self.weight - weight_before)?;
        self.put(value)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
    ) -> Result<(), Refused> {
        let weight = 1 + text.len() / BYTES_PER_VALUE;
        self.weigh(weight)?;
        if self.wants_key() {
            self.remember(anchor, &Value::String(text.to_owned()), weight)?;
            return self.key(text, style);
        }
        let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
        let value = match style {
            ScalarStyle::Plain if !is_text => scalar::plain(text),
            _ => Value::String(text.to_owned()),
        };
        self.remember(anchor, &value, weight)?;
        self.put(value)
    }

    fn alias(&mut self, anchor: usize) -> Result<(), Refused> {
        let weight = self.anchors.get(&anchor).map_or(0, |(_, weight)| *weight);
        // Before it is written out.
        self.weigh(weight)?;
        let Some((value, _)) = self.anchors.get(&anchor) else {
            return Err(Refused::Yaml("an alias stands inside of what it refers to"));
        };
        let value = value.clone();
        match (self.wants_key(), value) {
            (true, Value::String(text)) => self.key(&text, ScalarStyle::DoubleQuoted),
            (true, _) => Err(Refused::Yaml("a key has to be a text")),
            (false, value) => self.put(value),
        }
    }

    /// What has an anchor is kept a second time, which weighs as much again.
    fn remember(&mut self, anchor: usize, value: &Value, weight: usize) -> Result<(), Refused> {
        if anchor > 0 {
            self.weigh(weight)?;
            self.anchors.insert(anchor, (value.clone(), weight));
        }
        Ok(())
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { form: Form::Map { key: None, .. }, .. }))
    }

    /// Keys are texts as they are written, so that an answer's `200` and a language's `no` stay what they are.
    fn key(&mut self, text: &str, style: ScalarStyle) -> Result<(), Refused> {
        let Some(Open { form: Form::Map { map, key, .. }, .. }) = self.open.last_mut() else { return Ok(()) };
        if text.starts_with(RESERVED) {
            return Err(Refused::Yaml("a key begins with a word that cannot be used"));
        }
        if map.contains_key(text) {
            return Err(Refused::Yaml("a key is there twice in one object"));
        }
        let lends = text == "<<" && style == ScalarStyle::Plain;
        *key = Some(if lends { Key::Merge } else { Key::Name(text.to_owned()) });
        Ok(())
    }

    fn put(&mut self, value: Value) -> Result<(), Refused> {
        match self.open.last_mut().map(|open| &mut open.form) {
            None => self.done = Some(value),
            Some(Form::List(list)) => list.push(value),
            Some(Form::Map { map, key, merged }) => match key.take() {
                Some(Key::Name(name)) => drop(map.insert(name, value)),
                Some(Key::Merge) => merged.push(value),
                None => return Err(Refused::Yaml("a key has to be a text")),
            },
        }
        Ok(())
    }
}

/// Entries that an object has itself go before those that are lent to it.
fn with_lent(mut map: Map<String, Value>, merged: Vec<Value>) -> Map<String, Value> {
    let lenders = merged.into_iter().flat_map(|value| match value {
        Value::Array(list) => list,
        one => vec![one],
    });
    for lender in lenders {
        if let Value::Object(lent) = lender {
            for (name, value) in lent {
                map.entry(name).or_insert(value);
            }
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(text: &str) -> String {
        read(text).expect_err("it is refused").to_string()
    }

    #[test]
    fn anchors_are_written_out_and_merge_keys_lend_what_is_not_there() {
        let text = "base: &base\n  a: 1\n  b: 2\nmore:\n  <<: *base\n  b: 3\nlist: [*base, *base]\n200: ok\n";
        let expected = json!({
            "base": {"a": 1, "b": 2}, "more": {"b": 3, "a": 1},
            "list": [{"a": 1, "b": 2}, {"a": 1, "b": 2}], "200": "ok",
        });
        assert_eq!(read(text).expect("YAML"), expected);
    }

    #[test]
    fn aliases_of_aliases_of_aliases_are_refused_before_they_are_written_out() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..20 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
        }
        assert!(refused(&text).contains("more than 4000000 values"));
        let long =
            format!("a: &a {}\nb: [{}]", "x".repeat(1 << 20), "*a, ".repeat(1000).trim_end_matches(", "));
        assert!(refused(&long).contains("more than 4000000 values"));
    }

    #[test]
    fn what_is_no_yaml_says_the_line() {
        assert!(refused("a: 1\n  b: 2\n").starts_with("line 2"));
        assert!(refused("a: 1\na: 2\n").starts_with("line 2, column 1: "), "{}", refused("a: 1\na: 2\n"));
        assert!(refused("a: &a [*a]\n").contains("inside of what it refers to"));
        assert!(refused("? [a]\n: b\n").contains("a key has to be a text"));
        assert!(refused("a: 1\n---\nb: 2\n").contains("several documents"));
        assert!(refused(&"- ".repeat(5_000)).contains("more than 100 objects"));
        assert!(refused("\"$serde_json::private::Number\": \"1\"").contains("cannot be used"));
        assert_eq!(read("# nothing\n").map_err(|problem| problem.code), Err("empty".into()));
    }

    #[test]
    fn a_tag_makes_a_text_of_a_number() {
        assert_eq!(
            read("a: !!str 12\nb: '12'\nc: |\n  x\n").expect("YAML"),
            json!({"a": "12", "b": "12", "c": "x\n"})
        );
    }
}
