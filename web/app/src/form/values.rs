//! From what a form holds to what the API wants, and back: plain values and secrets apart.

use crate::words::Words;
use model::money::{Amount, plain};
use model::{Field, FieldKind, Value};
use serde_json::{Map, Number};
use std::collections::BTreeMap;

/// A field's value as text, for the form; structures are JSON.
pub fn shown(field: &Field, value: Option<&Value>) -> String {
    match value.unwrap_or(&field.default) {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other if is_structure(&field.kind) => serde_json::to_string_pretty(other).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// What such a value looks like, for the empty field.
pub fn example(field: &Field) -> String {
    match &field.example {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub const fn is_structure(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Json | FieldKind::Map | FieldKind::List(_) | FieldKind::Rate)
}

pub const fn is_secret(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Secret)
}

/// What the form says, ready to be sent, or what to mend, by field.
pub fn collect(
    fields: &[Field],
    texts: &BTreeMap<String, String>,
    stored: &[String],
    words: &Words,
) -> Result<Collected, BTreeMap<String, String>> {
    let mut collected = Collected::default();
    let mut wrong = BTreeMap::new();
    for field in fields {
        let text = texts.get(&field.name).map(String::as_str).unwrap_or_default();
        // A secret that is stored already may be left empty: it stays as it is.
        let kept = is_secret(field) && stored.contains(&field.name);
        if text.trim().is_empty() {
            if field.required && !kept {
                wrong.insert(field.name.clone(), words.value_required.to_owned());
            }
        } else if is_secret(field) {
            collected.secrets.insert(field.name.clone(), text.to_owned());
        } else {
            match value(&field.kind, text, words) {
                Ok(value) => drop(collected.fields.insert(field.name.clone(), value)),
                Err(reason) => drop(wrong.insert(field.name.clone(), reason.to_owned())),
            }
        }
    }
    if wrong.is_empty() { Ok(collected) } else { Err(wrong) }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collected {
    pub fields: Map<String, Value>,
    pub secrets: BTreeMap<String, String>,
}

fn value(kind: &FieldKind, text: &str, words: &Words) -> Result<Value, &'static str> {
    match kind {
        FieldKind::Number => {
            text.trim().parse::<Number>().map(Value::Number).map_err(|_| words.value_not_number)
        }
        FieldKind::Money(_) => {
            let digits = plain(text).filter(|digits| Amount::read(digits).is_ok());
            digits.map(Value::String).ok_or(words.value_not_number)
        }
        FieldKind::Bool => Ok(Value::Bool(text == "true")),
        kind if is_structure(kind) => serde_json::from_str(text).map_err(|_| words.value_not_json),
        _ => Ok(Value::String(text.trim().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use serde_json::json;

    fn erp() -> Vec<Field> {
        vec![
            Field::new("url", FieldKind::Url, "Address", "ที่อยู่").required(),
            Field::new("key", FieldKind::Secret, "API key", "คีย์ API").required(),
            Field::new("timeout", FieldKind::Number, "Time-out", "หมดเวลา"),
            Field::new("fee", FieldKind::Money(None), "Fee", "ค่าธรรมเนียม"),
            Field::new("headers", FieldKind::Map, "Headers", "ส่วนหัว"),
        ]
    }

    fn fill_in(texts: &[(&str, &str)], stored: &[&str]) -> Result<Collected, BTreeMap<String, String>> {
        let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let stored: Vec<String> = stored.iter().map(|name| (*name).to_owned()).collect();
        collect(&erp(), &texts, &stored, Language::English.words())
    }

    #[test]
    fn secrets_and_plain_values_go_apart() {
        let filled = fill_in(
            &[
                ("url", " https://erp "),
                ("key", "s3cret"),
                ("timeout", "30"),
                ("fee", "1,000.50"),
                ("headers", r#"{"a":"b"}"#),
            ],
            &[],
        )
        .expect("a full form");
        assert_eq!(
            Value::Object(filled.fields),
            json!({"url": "https://erp", "timeout": 30, "fee": "1000.50", "headers": {"a": "b"}})
        );
        assert_eq!(filled.secrets, BTreeMap::from([("key".into(), "s3cret".into())]));
    }

    #[test]
    fn a_stored_secret_left_empty_is_kept_by_not_being_sent() {
        let filled = fill_in(&[("url", "https://erp")], &["key"]).expect("a full form");
        assert!(filled.secrets.is_empty());
    }

    #[test]
    fn each_field_says_what_to_mend() {
        let wrong = fill_in(&[("timeout", "soon"), ("fee", "a lot"), ("headers", "{")], &[])
            .expect_err("an unfinished form");
        assert_eq!(wrong.keys().collect::<Vec<_>>(), ["fee", "headers", "key", "timeout", "url"]);
    }
}
