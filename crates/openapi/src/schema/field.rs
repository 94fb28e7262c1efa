//! Schemas as fields: what a form asks for, and what the validator checks.

use super::{Others, Schema, Schemas, Type};
use crate::call;
use crate::limits::{ABOUT_CHARS_MAX, CHOICES_MAX, SHAPE_DEPTH_MAX, TITLE_CHARS_MAX};
use crate::names::human;
use crate::node::Node;
use crate::note;
use crate::prose::{both, plain, sentence};
use model::{Choice, Field, FieldKind, Words};
use serde_json::Value;

/// Texts that may be longer than this get several lines.
const LINE_CHARS_MAX: u64 = 255;
/// Names of texts that are written in several lines.
const LONG_NAMES: [&str; 9] =
    ["description", "note", "notes", "message", "comment", "comments", "remark", "remarks", "html"];

/// What a schema is in a form, and what is sent of it.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub kind: FieldKind,
    pub sent: call::Kind,
    pub shape: Vec<Field>,
}

impl Made {
    fn new(kind: FieldKind, sent: call::Kind) -> Self {
        Self { kind, sent, shape: Vec::new() }
    }

    fn json(sent: call::Kind) -> Self {
        Self::new(FieldKind::Json, sent)
    }
}

/// A field without a default and an example, and not required.
pub(crate) fn plain_field(name: &str, schema: &Schema<'_>, made: &Made) -> Field {
    let words = plain(schema.title.unwrap_or_default(), TITLE_CHARS_MAX);
    let title = if words.is_empty() { plain(&human(without_x(name)), TITLE_CHARS_MAX) } else { words };
    let title = if title.is_empty() { name.to_owned() } else { title };
    let mut field = Field::new(name, made.kind.clone(), &title, &title);
    field.about = both(sentence(schema.description.unwrap_or_default(), ABOUT_CHARS_MAX));
    field.shape.clone_from(&made.shape);
    match &field.kind {
        FieldKind::Number => {
            field.at_least = schema.bounds.at_least(schema.whole);
            field.at_most = schema.bounds.at_most(schema.whole);
        }
        FieldKind::Text | FieldKind::LongText => field.at_most = schema.bounds.length_max,
        FieldKind::List(_) => field.at_most = schema.bounds.items_max,
        _ => {}
    }
    field
}

/// Headers of one's own begin with a letter that says nothing.
pub(crate) fn without_x(name: &str) -> &str {
    name.strip_prefix("X-")
        .or_else(|| name.strip_prefix("x-"))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
}

impl<'d> Schemas<'_, 'd> {
    /// What a schema is. `depth` is how many objects it is in.
    pub fn made(&mut self, name: &str, schema: &Schema<'d>, depth: usize) -> Made {
        if schema.circular {
            return Made::json(call::Kind::Json);
        }
        if !schema.variants.is_empty() {
            self.document.note(&note::VARIANTS, &schema.at, &[]);
            return Made::json(call::Kind::Json);
        }
        if let Some(choices) = &schema.choices {
            return self.choice(schema, choices, depth);
        }
        match schema.only_type() {
            Some(Type::Text) => text(name, schema, depth),
            Some(Type::Number) => Made::new(FieldKind::Number, call::Kind::Number),
            Some(Type::Bool) => Made::new(FieldKind::Bool, call::Kind::Bool),
            Some(Type::File) => Made::json(call::Kind::Bytes),
            Some(Type::List) => self.list(schema, depth),
            Some(Type::Object) => self.object(schema, depth),
            None => self.of_several_types(schema),
        }
    }

    fn of_several_types(&self, schema: &Schema<'d>) -> Made {
        if !schema.is_any() {
            let names: Vec<String> =
                schema.types.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
            self.document.note(&note::SEVERAL_TYPES, &schema.at, &[&names.join(", ")]);
        }
        Made::json(call::Kind::Json)
    }

    /// Choices are texts. At the top of a call, where it is known how a field is sent, numbers can be chosen, too.
    fn choice(&self, schema: &Schema<'d>, choices: &[&'d Value], depth: usize) -> Made {
        let all = |is: fn(&Value) -> bool| choices.iter().all(|choice| is(choice));
        if all(Value::is_boolean) {
            return Made::new(FieldKind::Bool, call::Kind::Bool);
        }
        let sent = match (all(Value::is_string), all(Value::is_number)) {
            (true, _) => call::Kind::Text,
            (_, true) => call::Kind::Number,
            _ => return Made::json(call::Kind::Json),
        };
        if sent == call::Kind::Number && depth > 0 {
            return Made::new(FieldKind::Number, sent);
        }
        if choices.len() > CHOICES_MAX {
            self.document.note(&note::TOO_MANY_CHOICES, &schema.at, &[&CHOICES_MAX.to_string()]);
            let kind = if sent == call::Kind::Text { FieldKind::Text } else { FieldKind::Number };
            return Made::new(kind, sent);
        }
        let are_words = are_words(choices);
        let option = |(at, value): (usize, &&Value)| option(value, schema.choice_words.get(at), are_words);
        Made::new(FieldKind::Choice(choices.iter().enumerate().map(option).collect()), sent)
    }

    /// A list of objects has a row for each; any other list is JSON.
    fn list(&mut self, schema: &Schema<'d>, depth: usize) -> Made {
        let rows = schema.items.clone().and_then(|items| {
            self.inside(schema, |schemas| {
                let item = schemas.open(items);
                let is_row = item.only_type() == Some(Type::Object)
                    && item.variants.is_empty()
                    && !item.properties.is_empty()
                    && !item.circular
                    && !matches!(item.others, Others::Any | Others::Like(_));
                is_row.then(|| schemas.members(&item, depth + 1)).flatten()
            })
        });
        match rows.filter(|rows| !rows.is_empty()) {
            Some(rows) => Made::new(FieldKind::List(rows), call::Kind::List),
            None => Made::json(call::Kind::List),
        }
    }

    fn object(&mut self, schema: &Schema<'d>, depth: usize) -> Made {
        if let (true, Others::Like(others)) = (schema.properties.is_empty(), &schema.others) {
            let of_texts = self.inside(schema, |schemas| {
                let value = schemas.open(others.clone());
                value.only_type() == Some(Type::Text) && value.choices.is_none() && value.variants.is_empty()
            });
            let kind = if of_texts { FieldKind::Map } else { FieldKind::Json };
            return Made::new(kind, call::Kind::Object);
        }
        let shape = self.members(schema, depth + 1).unwrap_or_default();
        Made { shape, ..Made::json(call::Kind::Object) }
    }

    /// The fields of an object; nothing where they are too many or too deep.
    fn members(&mut self, schema: &Schema<'d>, depth: usize) -> Option<Vec<Field>> {
        if depth > SHAPE_DEPTH_MAX {
            self.document.note(&note::TOO_DEEP, &schema.at, &[&SHAPE_DEPTH_MAX.to_string()]);
            return None;
        }
        let count = schema.properties.len();
        if count > self.shape_left.min(self.shapes_left) {
            self.document.note(&note::TOO_WIDE, &schema.at, &[]);
            return None;
        }
        self.shape_left -= count;
        self.shapes_left -= count;
        let mut fields = Vec::with_capacity(count);
        self.inside(schema, |schemas| {
            for (name, node) in &schema.properties {
                let required = schema.required.contains(name);
                fields.extend(schemas.member(name, node.clone(), required, depth));
            }
        });
        Some(fields)
    }

    fn member(&mut self, name: &str, node: Node<'d>, required: bool, depth: usize) -> Option<Field> {
        let schema = self.open(node);
        if schema.read_only {
            return None;
        }
        let made = self.made(name, &schema, depth);
        let mut field = plain_field(name, &schema, &made);
        field.required = required && !schema.nullable;
        if !field.required
            && let Some(default) = schema.default
        {
            field.default = super::fits::if_fits(&field, default);
        }
        if let Some(example) = schema.example {
            field.example = super::fits::if_fits(&field, example);
        }
        Some(field)
    }
}

fn text(name: &str, schema: &Schema<'_>, depth: usize) -> Made {
    if schema.format == Some("binary") && depth == 0 {
        return Made::json(call::Kind::Bytes);
    }
    let is_long = match schema.bounds.length_max {
        Some(most) => most > LINE_CHARS_MAX,
        None => LONG_NAMES.contains(&name.to_ascii_lowercase().as_str()),
    };
    let kind = if is_long { FieldKind::LongText } else { FieldKind::Text };
    Made::new(kind, call::Kind::Text)
}

/// Whether choices can be shown as words. Where all are short they are units, languages and the like.
fn are_words(choices: &[&Value]) -> bool {
    let is_word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
    };
    let mut texts = choices.iter().filter_map(|choice| choice.as_str()).filter(|text| !text.is_empty());
    texts.clone().all(is_word) && texts.any(|text| text.len() > 3)
}

fn option(value: &Value, words: Option<&String>, is_word: bool) -> Choice {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let title = match words.map(|words| plain(words, TITLE_CHARS_MAX)).filter(|words| !words.is_empty()) {
        Some(words) => words,
        None if text.is_empty() => {
            return Choice { value: text, title: Words::new("(empty)", "(ว่าง)") };
        }
        None if is_word => human(&text),
        None => text.clone(),
    };
    Choice { value: text, title: both(title) }
}
