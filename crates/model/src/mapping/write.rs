//! A mapping as JSON: as short as it can be written.

use super::conversion::{Otherwise, WORDS};
use super::{Conversion, DateForm, Each, From, Line, Lookup, Rule, Within};
use crate::xref::Way;
use serde_json::{Map, Value, json};

pub(super) fn lines(lines: &[Line]) -> Map<String, Value> {
    lines.iter().map(|line| (line.target.clone(), rule(&line.rule))).collect()
}

fn rule(rule: &Rule) -> Value {
    match rule {
        Rule::Value(from) => value(from),
        Rule::Each(each) => self::each(each),
        Rule::Unread(value) => value.clone(),
    }
}

fn value(from: &From) -> Value {
    if from.conversions.is_empty() && !from.value.is_object() {
        return from.value.clone();
    }
    let mut written = Map::from_iter([("from".to_owned(), from.value.clone())]);
    let mut all: Vec<Value> = from.conversions.iter().map(conversion).collect();
    match all.len() {
        0 => {}
        1 => drop(written.insert("as".into(), all.remove(0))),
        _ => drop(written.insert("as".into(), Value::Array(all))),
    }
    Value::Object(written)
}

fn each(each: &Each) -> Value {
    let mut written = Map::from_iter([("each".to_owned(), each.list.clone())]);
    written.extend(each.when.clone().map(|when| ("when".to_owned(), when)));
    written.insert("fields".into(), Value::Object(lines(&each.lines)));
    Value::Object(written)
}

fn conversion(conversion: &Conversion) -> Value {
    if let Some((word, _)) = WORDS.iter().find(|(_, plain)| plain == conversion) {
        return Value::from(*word);
    }
    let set = match conversion {
        Conversion::Round(digits) => json!(digits),
        Conversion::Money(currency) => json!(currency),
        Conversion::Cut(most) => json!(most),
        Conversion::Default(value) => value.clone(),
        Conversion::Join(between) | Conversion::Split(between) => json!(between),
        Conversion::WithVat(rate) | Conversion::WithoutVat(rate) | Conversion::VatOf(rate) => json!(rate),
        Conversion::Date(form) => date(form),
        Conversion::Boolean { yes, no } => json!({"yes": yes, "no": no}),
        Conversion::Lookup(lookup) => return self::lookup(lookup),
        plain => return Value::from(plain.name()),
    };
    Value::Object(Map::from_iter([(conversion.name().to_owned(), set)]))
}

fn lookup(lookup: &Lookup) -> Value {
    let (name, set) = match &lookup.within {
        Within::Table(table) => ("lookup", Value::Object(table.clone())),
        Within::Xref(xref) => {
            let way = match xref.way {
                Way::ToOwn => "from",
                Way::ToSystem => "to",
            };
            ("xref", json!({"entity": xref.entity, way: xref.system}))
        }
    };
    let mut written = Map::from_iter([(name.to_owned(), set)]);
    match &lookup.otherwise {
        Otherwise::Fail => {}
        Otherwise::Value(value) => drop(written.insert("else".into(), value.clone())),
        Otherwise::Keep => drop(written.insert("keep".into(), Value::Bool(true))),
    }
    Value::Object(written)
}

fn date(form: &DateForm) -> Value {
    let parts = [("read", &form.read), ("write", &form.write), ("zone", &form.zone)];
    let given =
        parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), Value::from(part.clone()?))));
    Value::Object(given.collect())
}
