//! Reading fields, and saying what became of them.

use crate::build::{Builder, Input};
use crate::js::Why;
use crate::report::{self, Argument, Item, Note};
use crate::scene::View;
use crate::written::{Written, escaped, written};
use serde_json::Value;

impl Builder<'_> {
    /// Says something of a node.
    pub fn say<const N: usize>(&mut self, note: &'static Note, at: usize, arguments: [String; N]) {
        let arguments = arguments.into_iter().map(Argument::Text).collect();
        let item = Item::new(note, Some(self.ids[at].clone()), self.n8n(at).name.clone(), arguments);
        self.report.add(item);
    }

    pub fn say_why(&mut self, note: &'static Note, at: usize, texts: &[&str], why: &Why) {
        let texts = texts.iter().map(|text| Argument::Text((*text).to_owned()));
        let arguments = texts.chain([Argument::Why(why.clone())]).collect();
        self.report.add(Item::new(note, Some(self.ids[at].clone()), self.n8n(at).name.clone(), arguments));
    }

    pub fn tell<const N: usize>(&mut self, note: &'static Note, place: &str, arguments: [String; N]) {
        let arguments = arguments.into_iter().map(Argument::Text).collect();
        self.report.add(Item::new(note, None, place, arguments));
    }

    pub fn view<'b>(&'b self, at: usize, input: &'b Input) -> View<'b> {
        View::new(self, at, input)
    }

    /// A field's value, and what is to be said of it.
    pub fn read(&mut self, at: usize, input: &Input, value: &Value) -> Written {
        let written = written(value, &self.view(at, input));
        self.told(at, value, &written);
        written
    }

    pub fn told(&mut self, at: usize, original: &Value, written: &Written) {
        let original = original.as_str().unwrap_or_default().trim_start_matches('=').to_owned();
        match written {
            Written::Fixed(_) => {}
            Written::Left(source, why) => self.say_why(&report::NO_TWIN, at, &[source], why),
            Written::Lone(_) | Written::Text(_) => {
                let became = match written.field() {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                self.tell_of_values(at, &became);
                self.say(&report::EXPRESSION, at, [original, became]);
            }
        }
    }

    /// What code reads that somebody has to set, or that depends on a zone.
    pub fn tell_of_values(&mut self, at: usize, code: &str) {
        for rest in code.split("vars.").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            self.say(&report::VALUE, at, [format!("$env/$vars {name}"), name]);
        }
        self.zone_missed |=
            ["to_zone(", "format_date(", "start_of_day(", "date_of("].iter().any(|name| code.contains(name));
    }

    /// Every text in a value, translated.
    pub fn read_tree(&mut self, at: usize, input: &Input, value: &Value) -> Value {
        match value {
            Value::String(_) => self.read(at, input, value).field(),
            Value::Array(list) => list.iter().map(|value| self.read_tree(at, input, value)).collect(),
            Value::Object(map) => Value::Object(
                map.iter().map(|(name, value)| (name.clone(), self.read_tree(at, input, value))).collect(),
            ),
            other => escaped(other),
        }
    }
}
