//! Which field an error is about, told from its words: a target names the field, or the value that it does not take.

use crate::form::Leaf;
use model::{Field, Value};

/// Shorter values stand in a message by chance.
const VALUE_CHARS_MIN: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// Where the field stands.
    pub at: String,
    /// It has to be given and is not.
    pub missing: bool,
}

/// A field whose value is quoted is meant more surely than one whose name is said: every line of an order has an SKU.
pub fn wrong(leaves: &[&Leaf], values: &Value, message: &str) -> Vec<Wrong> {
    let message = message.to_lowercase();
    let given = |leaf: &Leaf| values.pointer(&leaf.at).filter(|value| !is_empty(value));
    let is_quoted = |leaf: &Leaf| given(leaf).is_some_and(|value| holds_a_value(value, &message));
    let any_is_quoted = leaves.iter().any(|leaf| is_quoted(leaf));
    let of = |leaf: &&Leaf| {
        let missing = leaf.field.required && given(leaf).is_none();
        let told = match any_is_quoted {
            true => is_quoted(leaf),
            false => names(&leaf.field).any(|name| has_word(&message, &name)),
        };
        (missing || told).then(|| Wrong { at: leaf.at.clone(), missing })
    };
    leaves.iter().filter_map(of).collect()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn names(field: &Field) -> impl Iterator<Item = String> {
    let title = field.title.en.to_lowercase();
    [field.name.to_lowercase(), field.name.replace('_', " ").to_lowercase(), title]
        .into_iter()
        .filter(|name| name.len() >= VALUE_CHARS_MIN)
}

/// Whether a word stands alone in the message: "zip" is not in "zipped".
fn has_word(message: &str, word: &str) -> bool {
    let is_part =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    message.match_indices(word).any(|(at, found)| {
        !is_part(message[..at].chars().next_back()) && !is_part(message[at + found.len()..].chars().next())
    })
}

/// Whether a text somewhere in a value is quoted by the message. An article's number may be deep in an order.
fn holds_a_value(value: &Value, message: &str) -> bool {
    match value {
        Value::String(text) => {
            let text = text.trim().to_lowercase();
            text.chars().count() >= VALUE_CHARS_MIN && has_word(message, &text)
        }
        Value::Array(items) => items.iter().any(|item| holds_a_value(item, message)),
        Value::Object(fields) => fields.values().any(|field| holds_a_value(field, message)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{leaves, taken_apart};
    use model::FieldKind;
    use serde_json::json;

    fn parcel() -> [Field; 4] {
        let line = vec![Field::new("sku", FieldKind::Text, "SKU", "SKU")];
        let lines = Field::new("lines", FieldKind::List(line), "Lines", "รายการ");
        [
            Field::new("name", FieldKind::Text, "Receiver", "ผู้รับ").required(),
            Field::new("postcode", FieldKind::Text, "Postcode", "รหัสไปรษณีย์").required(),
            Field::new("order", FieldKind::Json, "Order", "คำสั่งซื้อ").shape([lines]),
            Field::new("label", FieldKind::Json, "Label", "ฉลาก"),
        ]
    }

    fn told(values: Value, message: &str) -> Vec<(String, bool)> {
        let parts = taken_apart(&parcel(), values.as_object().expect("fields"));
        let found = wrong(&leaves(&parts), &values, message);
        found.into_iter().map(|wrong| (wrong.at, wrong.missing)).collect()
    }

    #[test]
    fn a_field_that_is_missing_or_named_by_the_target_is_marked() {
        assert_eq!(told(json!({"name": "Somchai", "postcode": ""}), "refused"), [("/postcode".into(), true)]);
        let named = told(json!({"name": "Somchai", "postcode": "1"}), "Postcode must have five digits");
        assert_eq!(named, [("/postcode".into(), false)]);
    }

    #[test]
    fn a_value_that_the_target_quotes_marks_its_field_however_deep_it_lies() {
        let lines = json!([{"sku": "TEA-100"}, {"sku": "NO-SUCH-TEA"}]);
        let values = json!({"name": "Somchai", "postcode": "10110", "order": {"lines": lines}});
        let message = "Odoo knows no product with the SKU NO-SUCH-TEA";
        assert_eq!(told(values, message), [("/order/lines/1/sku".into(), false)]);
        // What has no shape is marked as a whole.
        let values = json!({"name": "Somchai", "postcode": "10110", "label": {"of": ["NO-SUCH-TEA"]}});
        assert_eq!(told(values, message), [("/label".into(), false)]);
    }

    #[test]
    fn an_error_about_nothing_in_the_form_marks_nothing() {
        let values = json!({"name": "tea", "postcode": "10110"});
        assert!(told(values, "the steamed connection broke").is_empty());
    }
}
