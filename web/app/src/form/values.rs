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

/// What a new form begins with: a list shows its first choice, and what it shows is sent, also if nobody touches it.
pub fn begun(field: &Field, value: Option<&Value>) -> String {
    let text = shown(field, value);
    match &field.kind {
        FieldKind::Choice(choices) if text.is_empty() => {
            choices.first().map(|choice| choice.value.clone()).unwrap_or_default()
        }
        _ => text,
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

/// What somebody has changed of values that were there, by field, nothing for what was emptied; or what to mend. What nobody
/// has touched need not be right.
pub fn changed(
    fields: &[Field],
    first: &BTreeMap<String, String>,
    texts: &BTreeMap<String, String>,
    words: &Words,
) -> Result<BTreeMap<String, Option<Value>>, BTreeMap<String, String>> {
    let mut changed = BTreeMap::new();
    let mut wrong = BTreeMap::new();
    for field in fields {
        let of = |texts: &BTreeMap<String, String>| texts.get(&field.name).cloned().unwrap_or_default();
        let (was, text) = (of(first), of(texts));
        if is_same(&field.kind, &was, &text) {
            continue;
        }
        match typed(field, &text, words) {
            Ok(value) => drop(changed.insert(field.name.clone(), value)),
            Err(reason) => drop(wrong.insert(field.name.clone(), reason.to_owned())),
        }
    }
    if wrong.is_empty() { Ok(changed) } else { Err(wrong) }
}

/// A switch says "no" also of nothing.
fn is_same(kind: &FieldKind, was: &str, text: &str) -> bool {
    match kind {
        FieldKind::Bool => (was == "true") == (text == "true"),
        _ => was == text,
    }
}

/// Blanks at the ends of a text were typed, or were there: they belong to it.
fn typed(field: &Field, text: &str, words: &Words) -> Result<Option<Value>, &'static str> {
    let is_text = matches!(field.kind, FieldKind::Text | FieldKind::LongText);
    let is_blank = text.trim().is_empty();
    if is_blank && field.required {
        Err(words.value_required)
    } else if text.is_empty() || is_blank && !is_text {
        Ok(None)
    } else if is_text {
        Ok(Some(Value::String(text.to_owned())))
    } else {
        value(&field.kind, text, words).map(Some)
    }
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

    /// What is given to the step again, where these fields of it were typed into.
    fn repaired(fields: &[Field], before: Value, now: &[(&str, &str)]) -> Result<Value, Vec<String>> {
        let of = |field: &Field| (field.name.clone(), shown(field, before.get(&field.name)));
        let first: BTreeMap<String, String> = fields.iter().map(of).collect();
        let mut texts = first.clone();
        texts.extend(now.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        let changed = changed(fields, &first, &texts, Language::English.words());
        let changed = changed.map_err(|wrong| wrong.into_keys().collect::<Vec<_>>())?;
        Ok(changed.into_iter().map(|(name, value)| (name, value.unwrap_or_default())).collect())
    }

    fn parcel() -> Vec<Field> {
        vec![
            Field::new("to", FieldKind::Text, "To", "ถึง").required(),
            Field::new("zip", FieldKind::Text, "Postcode", "รหัสไปรษณีย์").required(),
            Field::new("note", FieldKind::Text, "Note", "หมายเหตุ"),
            Field::new("gift", FieldKind::Bool, "Gift", "ของขวัญ"),
            Field::new("body", FieldKind::Json, "Body", "เนื้อหา"),
            Field::new("weight", FieldKind::Number, "Weight", "น้ำหนัก"),
        ]
    }

    #[test]
    fn what_nobody_has_touched_is_not_changed_whatever_it_is() {
        let before = json!({"to": "", "zip": " A1\n", "note": "", "body": "hello", "weight": "heavy"});
        // The switch shows "no" as soon as it is drawn.
        let now = repaired(&parcel(), before.clone(), &[("gift", "false")]);
        assert_eq!(now, Ok(json!({})));
        let now = repaired(&parcel(), before, &[("zip", " A2\n"), ("gift", "true")]);
        assert_eq!(now, Ok(json!({"zip": " A2\n", "gift": true})));
    }

    #[test]
    fn what_is_emptied_goes_and_what_is_asked_for_stays() {
        let before = json!({"to": "Nok", "zip": "10110", "note": "old", "weight": 2});
        let now = repaired(&parcel(), before.clone(), &[("note", ""), ("weight", " ")]);
        assert_eq!(now, Ok(json!({"note": null, "weight": null})));
        let now = repaired(&parcel(), before, &[("zip", " "), ("body", "{")]);
        assert_eq!(now, Err(vec!["body".to_owned(), "zip".to_owned()]));
    }

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
