//! What a schema says itself, in the words of all versions.

use super::open::Opening;
use super::{Others, Type};
use crate::node::Node;
use crate::note;
use serde_json::Value;

/// Rules that a field cannot have; the system that is called checks them.
const LEFT_TO_THE_SYSTEM: [&str; 9] = [
    "pattern",
    "multipleOf",
    "minItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "not",
    "if",
    "dependentRequired",
];

impl<'d> Opening<'_, '_, 'd> {
    pub fn take_own(&mut self, node: &Node<'d>) {
        self.take_types(node);
        self.take_words(node);
        self.take_values(node);
        self.take_members(node);
        self.schema.bounds.add(node);
        let rule = LEFT_TO_THE_SYSTEM.iter().find(|rule| node.get(rule).is_some());
        if let Some(rule) = rule {
            let at = crate::node::join(&node.at, rule);
            self.schemas.document.note_once(&note::LEFT_TO_THE_SYSTEM, &at, &[rule]);
        }
    }

    /// One type, or since 3.1 several; null is among them there, and beside them before.
    fn take_types(&mut self, node: &Node<'d>) {
        let schema = &mut self.schema;
        let names = node.texts_of("type");
        let types: Vec<Type> = names.iter().filter_map(|name| type_of(name)).collect();
        if !types.is_empty() {
            schema.whole = names.contains(&"integer") && !names.contains(&"number");
            schema.types = types.into_iter().collect();
        }
        schema.nullable |= names.contains(&"null")
            || node.flag("nullable").unwrap_or_default()
            || node.flag("x-nullable").unwrap_or_default();
    }

    fn take_words(&mut self, node: &Node<'d>) {
        let schema = &mut self.schema;
        schema.title = node.words("title").or(schema.title);
        schema.description = node.words("description").or(schema.description);
        schema.format = node.text("format").or(schema.format);
        // What a file's text is written in: 3.1 says it without a format.
        if node.text("contentEncoding").is_none() && node.text("contentMediaType").is_some_and(is_bytes) {
            schema.format = Some("binary");
        }
        schema.read_only |= node.flag("readOnly").unwrap_or_default();
        schema.write_only |= node.flag("writeOnly").unwrap_or_default();
        schema.deprecated |= node.flag("deprecated").unwrap_or_default();
    }

    fn take_values(&mut self, node: &Node<'d>) {
        let schema = &mut self.schema;
        let value = |name: &str| node.value.as_object().and_then(|map| map.get(name));
        let constant = value("const").map(|value| vec![value]);
        let listed = || value("enum").and_then(Value::as_array).map(|list| list.iter().collect());
        if let Some(choices) = constant.or_else(listed) {
            schema.choices = Some(choices);
            let words =
                ["x-enum-varnames", "x-enumNames", "x-enum-descriptions"].map(|name| node.texts_of(name));
            let words = words.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
            schema.choice_words = words.into_iter().map(str::to_owned).collect();
        }
        let said = |name: &str| value(name).filter(|value| !value.is_null());
        schema.default = said("default").or(schema.default);
        let first = || value("examples").and_then(|examples| examples.as_array()?.first());
        schema.example = said("example").or_else(first).or(schema.example);
    }

    fn take_members(&mut self, node: &Node<'d>) {
        let schema = &mut self.schema;
        // Of a member that two parts describe, the later one is the stricter.
        schema.properties.extend(node.entries_of("properties"));
        // In old documents a member's own `required` is true or false.
        let required = node.value.get("required").and_then(Value::as_array).into_iter().flatten();
        schema.required.extend(required.filter_map(Value::as_str));
        schema.items = node.get("items").filter(|items| items.value.is_object()).or(schema.items.take());
        if let Some(others) = node.get("additionalProperties") {
            schema.others = match others.value {
                Value::Bool(true) => Others::Any,
                Value::Bool(false) => Others::None,
                Value::Object(map) if map.is_empty() => Others::Any,
                _ => Others::Like(others),
            };
        }
    }

    /// The type, where nobody says it: by what is said besides.
    pub fn infer(&mut self) {
        let schema = &mut self.schema;
        if !schema.types.is_empty() || schema.circular {
            return;
        }
        let is_like = matches!(schema.others, Others::Like(_));
        let bounds = &schema.bounds;
        let inferred = if !schema.properties.is_empty() || is_like {
            Some(Type::Object)
        } else if schema.items.is_some() {
            Some(Type::List)
        } else if bounds.least.is_some() || bounds.most.is_some() {
            Some(Type::Number)
        } else if bounds.length_max.is_some() || schema.format.is_some() {
            Some(Type::Text)
        } else {
            None
        };
        schema.types.extend(inferred.filter(|_| schema.choices.is_none()));
    }

    pub fn settle_choices(&mut self) {
        let Some(choices) = &mut self.schema.choices else { return };
        let before = choices.len();
        choices.retain(|choice| !choice.is_null());
        self.schema.nullable |= choices.len() < before;
        let mut seen: Vec<&Value> = Vec::new();
        // Long lists become texts anyway: what is beyond them need not be compared.
        choices.retain(|choice| {
            let is_new = seen.len() > crate::limits::CHOICES_MAX || !seen.contains(choice);
            seen.push(choice);
            is_new
        });
        if choices.is_empty() {
            self.schema.choices = None;
        }
    }
}

fn type_of(name: &str) -> Option<Type> {
    Some(match name {
        "string" => Type::Text,
        "integer" | "number" => Type::Number,
        "boolean" => Type::Bool,
        "array" => Type::List,
        "object" => Type::Object,
        "file" => Type::File,
        _ => return None,
    })
}

fn is_bytes(content_type: &str) -> bool {
    !content_type.starts_with("text/") && !content_type.contains("json") && !content_type.contains("xml")
}
