//! Whether a value can stand in a field, as `model::validate` has it.

use crate::limits::EXAMPLE_BYTES_MAX;
use model::{Field, FieldKind};
use serde_json::{Map, Value};

/// The value as it stands in a node, or null where it does not fit.
pub(crate) fn if_fits(field: &Field, value: &Value) -> Value {
    if size(value, EXAMPLE_BYTES_MAX).is_none() {
        return Value::Null;
    }
    let value = as_chosen(field, escaped(value));
    if fits(field, &value) { value } else { Value::Null }
}

/// Documents write texts of digits without quotes, and numbers with them. Choices are chosen by their texts.
fn as_chosen(field: &Field, value: Value) -> Value {
    match (&field.kind, value) {
        (FieldKind::Choice(_) | FieldKind::Text | FieldKind::LongText, Value::Number(number)) => {
            Value::String(number.to_string())
        }
        (FieldKind::Number, Value::String(text)) => {
            serde_json::from_str(&text).map_or(Value::String(text), Value::Number)
        }
        (_, value) => value,
    }
}

pub(crate) fn fits(field: &Field, value: &Value) -> bool {
    let count =
        |count: usize| field.at_most.is_none_or(|most| u64::try_from(count).is_ok_and(|count| count <= most));
    match (&field.kind, value) {
        (FieldKind::Json, _) | (FieldKind::Bool, Value::Bool(_)) => true,
        (FieldKind::Number, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or(f64::INFINITY);
            let bound = |bound: u64| Value::from(bound).as_f64().unwrap_or(f64::INFINITY);
            field.at_least.is_none_or(|least| number >= bound(least))
                && field.at_most.is_none_or(|most| number <= bound(most))
        }
        (FieldKind::Text | FieldKind::LongText, Value::String(text)) => {
            count(text.chars().count()) && !(field.required && text.trim().is_empty())
        }
        (FieldKind::Choice(options), Value::String(text)) => {
            options.iter().any(|option| option.value == *text) && !(field.required && text.trim().is_empty())
        }
        (FieldKind::Map, Value::Object(entries)) => entries.values().all(Value::is_string),
        (FieldKind::List(fields), Value::Array(rows)) => {
            count(rows.len())
                && rows.iter().all(|row| row.as_object().is_some_and(|row| fits_row(fields, row)))
        }
        _ => false,
    }
}

fn fits_row(fields: &[Field], row: &Map<String, Value>) -> bool {
    let known = row.keys().all(|name| fields.iter().any(|field| field.name == *name));
    known
        && fields.iter().all(|field| match row.get(&field.name) {
            None | Some(Value::Null) => !field.required,
            Some(value) => fits(field, value),
        })
}

/// A document's `${` is two letters and no expression of ours.
pub(crate) fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains("${") => text.replace("${", "$${").into(),
        Value::Array(list) => list.iter().map(escaped).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), escaped(value))).collect())
        }
        other => other.clone(),
    }
}

/// About how many bytes a value is written with; nothing where they are more than so many.
pub(crate) fn size(value: &Value, most: usize) -> Option<usize> {
    let own = match value {
        Value::Null | Value::Bool(_) => 4,
        Value::Number(number) => number.as_str().len(),
        Value::String(text) => text.len() + 2,
        Value::Array(list) => {
            list.iter().try_fold(2, |sum, value| Some(sum + size(value, most.checked_sub(sum)?)?))?
        }
        Value::Object(map) => map.iter().try_fold(2, |sum, (name, value)| {
            let sum = sum + name.len() + 4;
            Some(sum + size(value, most.checked_sub(sum)?)?)
        })?,
    };
    (own <= most).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_s_dollar_brace_is_no_expression() {
        assert_eq!(escaped(&json!({"a": ["${x}"], "b": 1})), json!({"a": ["$${x}"], "b": 1}));
    }

    #[test]
    fn a_size_is_counted_no_further_than_needed() {
        assert_eq!(size(&json!({"a": [1, 22, "x"]}), 100), Some(15));
        assert_eq!(size(&json!(["x".repeat(50)]), 50), None);
    }
}
