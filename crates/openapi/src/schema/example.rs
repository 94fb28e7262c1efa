//! Examples: the document's own, and where it has none, made of the schema.

use super::{Others, Schema, Schemas, Type};
use crate::limits::{EXAMPLE_BYTES_MAX, EXAMPLE_VALUES_MAX, SHAPE_DEPTH_MAX};
use serde_json::{Map, Value, json};

/// What an example is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// What is sent: what has to be there, and what the document has an example of.
    Request,
    /// The same without the document's examples, where those do not fit.
    Made,
    /// What comes back, with everything in it.
    Answer,
}

/// Longer texts are not made, whatever the smallest length is.
const TEXT_CHARS_MAX: u64 = 200;

/// Words for texts of a format.
const OF_FORMATS: [(&str, &str); 13] = [
    ("date", "2026-11-27"),
    ("date-time", "2026-11-27T09:30:00+07:00"),
    ("time", "09:30:00"),
    ("email", "somchai@example.com"),
    ("uuid", "3fa85f64-5717-4562-b3fc-2c963f66afa6"),
    ("uri", "https://example.com/"),
    ("url", "https://example.com/"),
    ("hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("byte", "a2hsb25n"),
    ("decimal", "267.50"),
    ("money", "267.50"),
];
/// Words for texts whose names end so.
const OF_NAMES: [(&str, &str); 12] = [
    ("email", "somchai@example.com"),
    ("phone", "0812345678"),
    ("mobile", "0812345678"),
    ("currency", "THB"),
    ("country", "TH"),
    ("url", "https://example.com/"),
    ("sku", "TEA-001"),
    ("postalcode", "10110"),
    ("postcode", "10110"),
    ("zip", "10110"),
    ("taxid", "0105561000003"),
    ("id", "1001"),
];

impl<'d> Schemas<'_, 'd> {
    pub fn example(&mut self, name: &str, schema: &Schema<'d>, purpose: Purpose) -> Value {
        self.example_left = EXAMPLE_VALUES_MAX;
        self.value(name, schema, purpose, 0)
    }

    fn value(&mut self, name: &str, schema: &Schema<'d>, purpose: Purpose, depth: usize) -> Value {
        self.example_left = self.example_left.saturating_sub(1);
        if let Some(own) = own(schema).filter(|_| purpose != Purpose::Made) {
            return own.clone();
        }
        if let Some(first) = schema.choices.as_ref().and_then(|choices| choices.first()) {
            return (*first).clone();
        }
        if schema.circular || depth > SHAPE_DEPTH_MAX {
            return Value::Null;
        }
        if let Some(form) = schema.variants.first().cloned() {
            return self.inside(schema, |schemas| {
                let form = schemas.open(form);
                schemas.value(name, &form, purpose, depth + 1)
            });
        }
        match schema.types.iter().next() {
            Some(Type::Text) => text(name, schema).into(),
            Some(Type::Number) => Value::Number(schema.bounds.number(schema.whole)),
            Some(Type::Bool) => true.into(),
            Some(Type::File) => "text".into(),
            Some(Type::List) => self.list_of_one(name, schema, purpose, depth),
            Some(Type::Object) => Value::Object(self.object_of(schema, purpose, depth)),
            None => json!({}),
        }
    }

    fn list_of_one(&mut self, name: &str, schema: &Schema<'d>, purpose: Purpose, depth: usize) -> Value {
        let Some(items) = schema.items.clone() else { return json!([]) };
        self.inside(schema, |schemas| {
            let item = schemas.open(items);
            match schemas.value(name, &item, purpose, depth + 1) {
                Value::Null => json!([]),
                value => json!([value]),
            }
        })
    }

    fn object_of(&mut self, schema: &Schema<'d>, purpose: Purpose, depth: usize) -> Map<String, Value> {
        let mut object = Map::new();
        self.inside(schema, |schemas| {
            for (name, node) in &schema.properties {
                if schemas.example_left == 0 {
                    break;
                }
                let member = schemas.open(node.clone());
                let required = schema.required.contains(name);
                let wanted = match purpose {
                    Purpose::Request => !member.read_only && (required || member.example.is_some()),
                    Purpose::Made => !member.read_only && required && !member.nullable,
                    Purpose::Answer => !member.write_only,
                };
                if wanted {
                    let value = schemas.value(name, &member, purpose, depth + 1);
                    if !value.is_null() || purpose == Purpose::Answer {
                        object.insert((*name).to_owned(), value);
                    }
                }
            }
            if object.is_empty() && purpose != Purpose::Answer {
                object.extend(schemas.first_member(schema, purpose, depth));
            }
            if let (true, Others::Like(others)) = (schema.properties.is_empty(), &schema.others) {
                let other = schemas.open(others.clone());
                object.insert("name".to_owned(), schemas.value("name", &other, purpose, depth + 1));
            }
        });
        object
    }

    /// Of an object that needs no member, the first one, so that it shows something.
    fn first_member(
        &mut self,
        schema: &Schema<'d>,
        purpose: Purpose,
        depth: usize,
    ) -> Option<(String, Value)> {
        for (name, node) in &schema.properties {
            let member = self.open(node.clone());
            if !member.read_only && !member.circular {
                let value = self.value(name, &member, purpose, depth + 1);
                return (!value.is_null()).then(|| ((*name).to_owned(), value));
            }
        }
        None
    }
}

/// The document's example, or what it says is usual, if that is not too long.
fn own<'d>(schema: &Schema<'d>) -> Option<&'d Value> {
    let said = schema.example.or(schema.default);
    said.filter(|value| super::fits::size(value, EXAMPLE_BYTES_MAX).is_some())
}

fn text(name: &str, schema: &Schema<'_>) -> String {
    let of_format = OF_FORMATS.iter().find(|(format, _)| schema.format == Some(format));
    let end: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let end = end.to_ascii_lowercase();
    let of_name = || OF_NAMES.iter().find(|(name, _)| end.ends_with(name));
    let text = of_format.or_else(of_name).map_or("text", |(_, text)| text);
    let bounds = &schema.bounds;
    let least =
        usize::try_from(bounds.length_min.unwrap_or_default().min(TEXT_CHARS_MAX)).unwrap_or_default();
    let most = usize::try_from(bounds.length_max.unwrap_or(TEXT_CHARS_MAX)).unwrap_or(usize::MAX);
    format!("{text:x<least$}").chars().take(most).collect()
}
