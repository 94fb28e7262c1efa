//! What a value is made of: each list stands for its entries with one of them, which has the fields of all.

use serde_json::{Map, Value};

/// Entries of a list that are looked at.
const ENTRIES_MAX: usize = 20;
/// Values that are looked at in all.
const VALUES_MAX: usize = 20_000;
/// Letters of a text that are kept as its example.
const TEXT_CHARS_MAX: usize = 200;

/// The shape of a value, with the first example of each part.
pub fn schema(value: &Value) -> Value {
    let mut left = VALUES_MAX;
    shape(value, &mut left)
}

fn shape(value: &Value, left: &mut usize) -> Value {
    *left = left.saturating_sub(1);
    match value {
        Value::Array(items) => {
            let mut shapes = Vec::new();
            for item in items.iter().take(ENTRIES_MAX) {
                if *left == 0 {
                    break;
                }
                shapes.push(shape(item, left));
            }
            Value::Array(shapes.into_iter().reduce(merged).into_iter().collect())
        }
        Value::Object(fields) => {
            let mut shapes = Map::new();
            for (name, field) in fields {
                if *left == 0 {
                    break;
                }
                shapes.insert(name.clone(), shape(field, left));
            }
            Value::Object(shapes)
        }
        Value::String(text) => Value::String(text.chars().take(TEXT_CHARS_MAX).collect()),
        other => other.clone(),
    }
}

/// What has the parts of both.
fn merged(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, field) in other {
                let field = match one.shift_remove(&name) {
                    Some(known) => merged(known, field),
                    None => field,
                };
                one.insert(name, field);
            }
            Value::Object(one)
        }
        (Value::Array(one), Value::Array(other)) => {
            Value::Array(one.into_iter().chain(other).reduce(merged).into_iter().collect())
        }
        (Value::Null, other) => other,
        (one, _) => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_one_entry_with_the_fields_of_all() {
        let order = json!({"lines": [{"sku": "TEA", "gift": null}, {"sku": "CUP", "gift": true, "qty": 2}]});
        assert_eq!(schema(&order), json!({"lines": [{"sku": "TEA", "gift": true, "qty": 2}]}));
    }

    #[test]
    fn an_empty_list_has_no_entries_to_show() {
        assert_eq!(schema(&json!({"lines": [], "tags": [[], ["a"]]})), json!({"lines": [], "tags": [["a"]]}));
    }

    #[test]
    fn ten_thousand_entries_cost_no_more_than_twenty() {
        let mut items = vec![json!({"a": 1}); 10_000];
        items.push(json!({"b": 2}));
        assert_eq!(schema(&json!(items)), json!([{"a": 1}]));
    }
}
