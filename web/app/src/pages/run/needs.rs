//! What the following steps read of a step's output, for the person who has to give it.

use model::template::{Part, parts};
use model::{Field, FieldKind, FlowDocument, Node, NodeId, Port, Specs, Value};
use serde_json::Map;
use std::collections::BTreeMap;

/// The name of the one field of a form for an output that has no fields of its own.
pub const WHOLE: &str = "";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// Whether anything comes after the step that could read its output.
    pub followed: bool,
    /// The fields that are read, and the titles of the nodes that read them.
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Needs {
    pub fn of(flow: &FlowDocument, node: &NodeId, specs: &Specs) -> Self {
        let mut needs = Self::default();
        let by_id = format!("nodes.{node}");
        for reader in flow.nodes.iter().filter(|reader| reader.id != *node) {
            let direct = flow.edges.iter().any(|edge| {
                edge.from.node == *node && edge.from.port.as_str() != Port::ERROR && edge.to == reader.id
            });
            needs.followed |= direct;
            for source in sources(reader, specs) {
                needs.followed |= read(&source, &by_id).next().is_some();
                let input = if direct { "input" } else { "" };
                for field in read(&source, &by_id).chain(read(&source, input)).flatten() {
                    let readers = needs.fields.entry(field.to_owned()).or_default();
                    if !readers.iter().any(|label| label == reader.label()) {
                        readers.push(reader.label().to_owned());
                    }
                }
            }
        }
        needs
    }

    /// A form for such an output: its fields as in the example, those that are read first and required.
    pub fn form(&self, example: &Value, read_by: impl Fn(&[String]) -> (String, String)) -> Vec<Field> {
        let Value::Object(known) = example else {
            return vec![
                Field::new(WHOLE, FieldKind::Json, "JSON", "JSON").default(example.clone()).required(),
            ];
        };
        let read = self.fields.iter().map(|(name, readers)| {
            let (en, th) = read_by(readers);
            like(name, known.get(name)).about(&en, &th).required()
        });
        let others = known.iter().filter(|(name, value)| {
            // A switch that nobody touches would say "no" for a person who said nothing.
            !self.fields.contains_key(*name) && !value.is_boolean()
        });
        let others = others.map(|(name, value)| match self.fields.is_empty() {
            true => like(name, Some(value)),
            false => like(name, Some(value)).advanced(),
        });
        read.chain(others).collect()
    }
}

/// A field that holds what the example holds. Structures begin as the example, because their shape matters.
fn like(name: &str, example: Option<&Value>) -> Field {
    let field = |kind| Field::new(name, kind, name, name);
    match example {
        Some(Value::Number(number)) => field(FieldKind::Number).example(Value::Number(number.clone())),
        Some(Value::Bool(_)) => field(FieldKind::Bool),
        Some(value @ (Value::Array(_) | Value::Object(_))) => field(FieldKind::Json).default(value.clone()),
        Some(Value::String(text)) => field(FieldKind::Text).example(text.clone()),
        Some(Value::Null) | None => field(FieldKind::Text),
    }
}

/// What of a filled form is the example still: required fields, which a person has to say, by name; others are dropped.
pub fn untouched(fields: &[Field], given: &mut Map<String, Value>) -> Vec<String> {
    let same = |field: &&Field| !field.default.is_null() && given.get(&field.name) == Some(&field.default);
    let (asked, others): (Vec<&Field>, Vec<&Field>) =
        fields.iter().filter(same).partition(|field| field.required);
    for field in others {
        given.remove(&field.name);
    }
    asked.into_iter().map(|field| field.name.clone()).collect()
}

/// The scripts and expressions in a node's fields.
fn sources(node: &Node, specs: &Specs) -> Vec<String> {
    let spec = specs.operation(&node.operation);
    let mut found = Vec::new();
    for (name, value) in &node.with {
        let kind = spec.and_then(|spec| spec.find_field(name)).map(|field| &field.kind);
        match (kind, value) {
            (Some(FieldKind::Code), Value::String(script)) => found.push(script.clone()),
            (_, value) => expressions(value, &mut found),
        }
    }
    found
}

fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            found.extend(parts(text).unwrap_or_default().iter().filter_map(|part| match part {
                Part::Expression(source) => Some((*source).to_owned()),
                Part::Text(_) => None,
            }))
        }
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| expressions(field, found)),
        _ => {}
    }
}

/// Where a source reads a value: the field it takes of it, or nothing where it takes the whole or calls a function on it.
fn read<'a>(source: &'a str, value: &'a str) -> impl Iterator<Item = Option<&'a str>> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let places = source.match_indices(value).filter(move |(at, _)| {
        let before = source[..*at].chars().next_back();
        let after = source[at + value.len()..].chars().next();
        let begins = !before.is_some_and(|letter| is_name(letter) || letter == '.' || letter == '-');
        let ends = !after.is_some_and(|letter| is_name(letter) || letter == '-');
        !value.is_empty() && begins && ends
    });
    places.map(move |(at, _)| {
        let rest = &source[at + value.len()..];
        let rest = rest.strip_prefix("?.").or_else(|| rest.strip_prefix('.'))?;
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        (!name.is_empty() && !after.starts_with('(')).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::OperationSpec;
    use serde_json::json;

    fn specs() -> Specs {
        let script = OperationSpec::transform("core/script", "Script", "สคริปต์").field(Field::new(
            "script",
            FieldKind::Code,
            "Script",
            "สคริปต์",
        ));
        Specs::new(Vec::new(), vec![script])
    }

    fn order_to_line() -> FlowDocument {
        serde_json::from_value(json!({
            "khlong": 1, "id": "orders", "name": "Orders",
            "nodes": [
                {"id": "order", "use": "core/webhook"},
                {"id": "erp", "title": "Create sales order", "use": "odoo/create_sales_order"},
                {"id": "text", "title": "Write", "use": "core/script",
                 "with": {"script": "let order = input.name.to_upper(); #{ text: order, my_input: my.input.gone }"}},
                {"id": "line", "title": "Tell LINE", "use": "line/push",
                 "with": {"lines": [{"text": "${nodes.erp.name}: ${nodes.erp?.amount_total}"}], "other": "${nodes.erp-2.no}"}}
            ],
            "edges": [{"from": "order", "to": "erp"}, {"from": "erp", "to": "text"}, {"from": "text", "to": "line"}]
        }))
        .expect("a flow")
    }

    fn needs(node: &str) -> Needs {
        Needs::of(&order_to_line(), &NodeId::from(node), &specs())
    }

    #[test]
    fn the_fields_that_later_nodes_read_are_found_with_who_reads_them() {
        let needs = needs("erp");
        assert!(needs.followed);
        let read: Vec<(String, String)> =
            needs.fields.iter().map(|(name, by)| (name.clone(), by.join("+"))).collect();
        assert_eq!(
            read,
            [("amount_total".into(), "Tell LINE".into()), ("name".into(), "Write+Tell LINE".into())]
        );
    }

    #[test]
    fn after_the_last_node_nobody_needs_an_output() {
        assert_eq!(needs("line"), Needs::default());
    }

    #[test]
    fn the_form_asks_for_what_is_read_and_folds_the_rest_away() {
        let example = json!({"id": 120, "name": "S00120", "amount_total": 1070.00, "created": true});
        let form = needs("erp").form(&example, |by| (by.join(", "), by.join(", ")));
        let told: Vec<String> = form
            .iter()
            .map(|field| format!("{} {:?} {} {}", field.name, field.kind, field.required, field.advanced))
            .collect();
        assert_eq!(told, ["amount_total Number true false", "name Text true false", "id Number false true"]);
    }

    #[test]
    fn an_example_left_as_it_is_is_no_answer() {
        let fields =
            [like("body", Some(&json!({"id": 120}))).required(), like("headers", Some(&json!({"a": "b"})))];
        let mut given =
            json!({"body": {"id": 120}, "headers": {"a": "b"}}).as_object().cloned().expect("fields");
        assert_eq!(untouched(&fields, &mut given), ["body"]);
        assert!(!given.contains_key("headers"));
    }
}
