//! A value taken apart into the fields that a person can fill in: an order's postcode is one field, also where the order as a
//! whole is one value of an operation.

use model::{Field, FieldKind, Value, Words};
use serde_json::Map;

/// Nobody looks through more; what has more stays JSON.
const LEAVES_MAX: usize = 300;
/// What lies deeper stays JSON.
const DEPTH_MAX: usize = 6;

#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Leaf(Box<Leaf>),
    Group { title: Words, parts: Vec<Part> },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// Where it stands in the whole, as a JSON pointer.
    pub at: String,
    pub field: Field,
}

/// What fields hold, taken apart as far as their shapes go.
pub fn taken_apart(fields: &[Field], values: &Map<String, Value>) -> Vec<Part> {
    let parts = opened(fields, values, "", 0);
    if leaves(&parts).len() <= LEAVES_MAX {
        return parts;
    }
    fields.iter().map(|field| leaf(field, values.get(&field.name), &pointer("", &field.name))).collect()
}

/// The fields of values that no spec describes: their own names, and the kinds of what stands there.
pub fn described(values: &Map<String, Value>) -> Vec<Field> {
    let field = |(name, value): (&String, &Value)| {
        let (kind, shape) = kind_of(value);
        Field { shape, ..Field::new(name, kind, name, name) }
    };
    values.iter().map(field).collect()
}

/// All of them in their order, whatever group they are in.
pub fn leaves(parts: &[Part]) -> Vec<&Leaf> {
    let mut all: Vec<&Leaf> = Vec::new();
    for part in parts {
        match part {
            Part::Leaf(leaf) => all.push(leaf),
            Part::Group { parts, .. } => all.extend(leaves(parts)),
        }
    }
    all
}

fn opened(fields: &[Field], values: &Map<String, Value>, above: &str, depth: usize) -> Vec<Part> {
    fields
        .iter()
        .map(|field| part(field, values.get(&field.name), &pointer(above, &field.name), depth))
        .collect()
}

fn part(field: &Field, value: Option<&Value>, at: &str, depth: usize) -> Part {
    if depth >= DEPTH_MAX {
        return leaf(field, value, at);
    }
    match (&field.kind, value) {
        (FieldKind::Json, Some(Value::Object(values))) if !field.shape.is_empty() => {
            Part::Group { title: field.title.clone(), parts: opened(&field.shape, values, at, depth + 1) }
        }
        (FieldKind::List(entry), Some(Value::Array(entries))) if !entries.is_empty() && is_told(entries) => {
            let one = |(number, entry_value): (usize, &Value)| {
                let values = entry_value.as_object().cloned().unwrap_or_default();
                let parts = opened(entry, &values, &format!("{at}/{number}"), depth + 2);
                let title = |title: &str| format!("{title} {}", number + 1);
                Part::Group { title: Words::new(title(&field.title.en), title(&field.title.th)), parts }
            };
            let parts = entries.iter().enumerate().map(one).collect();
            Part::Group { title: field.title.clone(), parts }
        }
        _ => leaf(field, value, at),
    }
}

/// Whether every entry has fields.
fn is_told(entries: &[Value]) -> bool {
    entries.iter().all(Value::is_object)
}

fn leaf(field: &Field, value: Option<&Value>, at: &str) -> Part {
    let mut field = field.clone();
    if let Some(Value::String(text)) = value
        && is_long(&field.kind, text)
    {
        field.kind = FieldKind::LongText;
    }
    Part::Leaf(Box::new(Leaf { at: at.to_owned(), field }))
}

/// An input of one line would drop the breaks of a text. A text where any JSON may stand, such as the body of a request, stays a
/// text: read as JSON, it would be wrong, or become something else.
fn is_long(kind: &FieldKind, text: &str) -> bool {
    match kind {
        FieldKind::Text => text.contains(['\n', '\r']),
        FieldKind::Json => !text.is_empty(),
        _ => false,
    }
}

fn pointer(above: &str, name: &str) -> String {
    format!("{above}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn kind_of(value: &Value) -> (FieldKind, Vec<Field>) {
    match value {
        Value::Null | Value::String(_) => (FieldKind::Text, Vec::new()),
        Value::Number(_) => (FieldKind::Number, Vec::new()),
        Value::Bool(_) => (FieldKind::Bool, Vec::new()),
        Value::Object(values) => (FieldKind::Json, described(values)),
        Value::Array(entries) if is_told(entries) => {
            // What one of them has, the others may be given too.
            let mut all = Map::new();
            for (name, value) in entries.iter().filter_map(Value::as_object).flatten() {
                let known = all.entry(name.clone()).or_insert(Value::Null);
                if known.is_null() {
                    known.clone_from(value);
                }
            }
            (FieldKind::List(described(&all)), Vec::new())
        }
        Value::Array(_) => (FieldKind::Json, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(fields: &[Field], values: &Value) -> Vec<String> {
        let parts = taken_apart(fields, values.as_object().expect("fields"));
        let mut places: Vec<String> = leaves(&parts).into_iter().map(|leaf| leaf.at.clone()).collect();
        places.sort();
        places
    }

    #[test]
    fn an_order_is_taken_apart_as_its_shape_says() {
        let line = vec![Field::new("sku", FieldKind::Text, "SKU", "SKU")];
        let shape = [
            Field::new("zip/code", FieldKind::Text, "Postcode", "รหัสไปรษณีย์"),
            Field::new("lines", FieldKind::List(line), "Lines", "รายการ"),
        ];
        let order = Field::new("order", FieldKind::Json, "Order", "คำสั่งซื้อ").shape(shape);
        let values = json!({"order": {"lines": [{"sku": "TEA"}, {}]}});
        let order = std::slice::from_ref(&order);
        assert_eq!(places(order, &values), ["/order/lines/0/sku", "/order/lines/1/sku", "/order/zip~1code"]);
        // What is no order at all cannot be taken apart, and is shown as it is.
        assert_eq!(places(order, &json!({"order": "#1001"})), ["/order"]);
        assert_eq!(places(order, &json!({})), ["/order"]);
    }

    #[test]
    fn what_no_spec_describes_tells_its_own_fields() {
        let values = json!({"name": "#1001", "zip": null, "lines": [{"sku": "A"}, {"sku": "B", "tax": true}], "tags": ["x"]});
        let fields = described(values.as_object().expect("fields"));
        let found = places(&fields, &values);
        assert_eq!(
            found,
            ["/lines/0/sku", "/lines/0/tax", "/lines/1/sku", "/lines/1/tax", "/name", "/tags", "/zip"]
        );
    }

    #[test]
    fn a_text_is_repaired_as_the_text_that_it_is() {
        let values =
            json!({"name": "Nok", "address": "1 Rama I\nBangkok", "body": "{\"a\":1}", "sent": {"a": 1}});
        let mut fields = described(values.as_object().expect("fields"));
        fields.push(Field::new("body", FieldKind::Json, "Body", "เนื้อหา"));
        let parts = taken_apart(&fields, values.as_object().expect("fields"));
        let kinds: Vec<_> = leaves(&parts).into_iter().map(|leaf| (&*leaf.at, &leaf.field.kind)).collect();
        assert!(kinds.contains(&("/address", &FieldKind::LongText)));
        assert!(kinds.contains(&("/name", &FieldKind::Text)));
        assert!(kinds.contains(&("/sent/a", &FieldKind::Number)));
        assert!(
            kinds.contains(&("/body", &FieldKind::LongText)),
            "any JSON may stand there, and a text does"
        );
    }

    #[test]
    fn what_nobody_would_look_through_stays_as_it_is() {
        let lines: Vec<Value> = (0..=LEAVES_MAX).map(|n| json!({"sku": n.to_string()})).collect();
        let values = json!({"lines": lines});
        let fields = described(values.as_object().expect("fields"));
        assert_eq!(places(&fields, &values), ["/lines"]);
    }
}
