//! One conversion from JSON: its name, and what is set in it.

use super::{Wrong, wrong};
use crate::mapping::conversion::{Otherwise, WORDS};
use crate::mapping::{Conversion, DateForm, From, LOOKUP_MAX, Line, Lookup, Rule, Within, Xref};
use crate::nearest::did_you_mean;
use crate::parse::{kind_of, spoken};
use crate::xref::Way;
use serde_json::{Map, Number, Value};

pub(super) fn conversion(written: &Value) -> Result<Conversion, Wrong> {
    match written {
        Value::String(name) => match WORDS.iter().find(|(word, _)| word == name) {
            Some((_, conversion)) => Ok(conversion.clone()),
            None if Conversion::NAMES.contains(&name.as_str()) => {
                let example = Conversion::named(name).map(|one| {
                    crate::mapping::write::lines(&[Line {
                        target: String::new(),
                        rule: Rule::Value(From { value: Value::Null, conversions: vec![one] }),
                    }])
                });
                let example = example
                    .and_then(|line| line.get("")?.get("as").map(Value::to_string))
                    .unwrap_or_default();
                wrong(
                    "/as",
                    format!("\"{name}\" needs something to be set"),
                    format!("Write it like {example}."),
                )
            }
            None => unknown(name),
        },
        Value::Object(entries) => set(entries),
        other => wrong(
            "/as",
            format!("A conversion is a name or an object, not {}", spoken(kind_of(other))),
            "Write it like \"trim\" or {\"round\": 2}.",
        ),
    }
}

fn unknown<T>(name: &str) -> Result<T, Wrong> {
    if name == XREF {
        return wrong("/as", "\"xref\" needs something to be set", XREF_ADVICE);
    }
    let names = Conversion::NAMES.into_iter().chain([XREF]);
    let advice = did_you_mean(name, names, "The conversions are");
    wrong("/as", format!("There is no conversion \"{name}\""), advice)
}

/// A conversion with something that is set.
fn set(entries: &Map<String, Value>) -> Result<Conversion, Wrong> {
    if entries.contains_key("lookup") {
        return lookup(entries);
    }
    if entries.contains_key(XREF) {
        return xref(entries);
    }
    let Some((name, value)) = entries.iter().next().filter(|_| entries.len() == 1) else {
        return wrong(
            "/as",
            "A conversion has one name",
            "Write several of them as a list: [\"trim\", {\"cut\": 64}].",
        );
    };
    let text = || match value.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => wrong("/as", format!("\"{name}\" is set with a text"), "Write it in quotes."),
    };
    let count = |most: u64| match value.as_u64().filter(|count| *count <= most) {
        Some(count) => Ok(count),
        None => wrong(
            "/as",
            format!("\"{name}\" is set with a whole number up to {most}"),
            "Write such a number.",
        ),
    };
    Ok(match name.as_str() {
        "round" => Conversion::Round(count(20)? as u32),
        "cut" => Conversion::Cut(count(1_000_000)?),
        "money" => Conversion::Money(currency(text()?)?),
        "default" => Conversion::Default(value.clone()),
        "join" => Conversion::Join(text()?),
        "split" => match text()? {
            between if between.is_empty() => {
                return wrong(
                    "/as",
                    "\"split\" needs what stands between the parts",
                    "Write it like {\"split\": \",\"}.",
                );
            }
            between => Conversion::Split(between),
        },
        "with_vat" => Conversion::WithVat(rate(name, value)?),
        "without_vat" => Conversion::WithoutVat(rate(name, value)?),
        "vat_of" => Conversion::VatOf(rate(name, value)?),
        "date" => date(value)?,
        "boolean" => boolean(value)?,
        name if Conversion::NAMES.contains(&name) => {
            return wrong(
                "/as",
                format!("\"{name}\" has nothing to be set"),
                format!("Write only \"{name}\"."),
            );
        }
        name => return unknown(name),
    })
}

fn currency(text: String) -> Result<String, Wrong> {
    let code = text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
    if code || crate::template::has_expression(&text) {
        return Ok(text);
    }
    wrong(
        "/as",
        format!("\"{text}\" is no currency"),
        "Write three letters such as THB, or an expression that gives them.",
    )
}

fn rate(name: &str, value: &Value) -> Result<Number, Wrong> {
    match value {
        Value::Number(rate) if rate.as_f64().is_some_and(|rate| (0.0..=100.0).contains(&rate)) => {
            Ok(rate.clone())
        }
        _ => wrong(
            "/as",
            format!("\"{name}\" is set with a rate in percent"),
            format!("Write it like {{\"{name}\": 7}}."),
        ),
    }
}

fn part(entries: &Map<String, Value>, name: &str) -> Result<Option<String>, Wrong> {
    match entries.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            wrong("/as", format!("\"{name}\" of a date is a text"), "Write a pattern such as %d/%m/%BE.")
        }
    }
}

fn date(value: &Value) -> Result<Conversion, Wrong> {
    let Value::Object(entries) = value else {
        return wrong(
            "/as",
            "\"date\" is set with what is read and written",
            "Write it like {\"date\": {\"read\": \"%d/%m/%BE\", \"write\": \"%Y-%m-%d\", \"zone\": \"Asia/Bangkok\"}}.",
        );
    };
    known_set("date", entries, &["read", "write", "zone"])?;
    let form = DateForm {
        read: part(entries, "read")?,
        write: part(entries, "write")?,
        zone: part(entries, "zone")?,
    };
    Ok(Conversion::Date(form))
}

fn boolean(value: &Value) -> Result<Conversion, Wrong> {
    let advice = "Write it like {\"boolean\": {\"yes\": [\"paid\"], \"no\": [\"pending\"]}}.";
    let Value::Object(entries) = value else {
        return wrong("/as", "\"boolean\" is set with its words", advice);
    };
    known_set("boolean", entries, &["yes", "no"])?;
    let words = |name: &str| -> Result<Vec<String>, Wrong> {
        let all = entries.get(name).and_then(Value::as_array);
        let texts =
            all.map(|all| all.iter().map(|word| word.as_str().map(str::to_owned)).collect::<Option<_>>());
        match texts {
            Some(Some(words)) => Ok(words),
            None if !entries.contains_key(name) => Ok(Vec::new()),
            _ => wrong("/as", format!("\"{name}\" is a list of words"), advice),
        }
    };
    Ok(Conversion::Boolean { yes: words("yes")?, no: words("no")? })
}

fn known_set(of: &str, entries: &Map<String, Value>, names: &[&str]) -> Result<(), Wrong> {
    match entries.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => wrong(
            "/as",
            format!("\"{of}\" has no \"{name}\""),
            did_you_mean(name, names.iter().copied(), "It has"),
        ),
        None => Ok(()),
    }
}

fn lookup(entries: &Map<String, Value>) -> Result<Conversion, Wrong> {
    known_set("lookup", entries, &["lookup", "else", "keep"])?;
    let Some(Value::Object(table)) = entries.get("lookup") else {
        return wrong(
            "/as",
            "A lookup has a table",
            "Write it like {\"lookup\": {\"paid\": \"sale\"}, \"else\": \"draft\"}.",
        );
    };
    if table.len() > LOOKUP_MAX {
        return wrong(
            "/as",
            format!("A table has {LOOKUP_MAX} entries at most"),
            "Ask the system that owns the table, in a node of its own.",
        );
    }
    if table.values().any(is_expression) {
        return wrong(
            "/as",
            "A table holds fixed values",
            "For values that are computed, use an expression as the source.",
        );
    }
    let within = Within::Table(table.clone());
    Ok(Conversion::Lookup(Lookup { within, otherwise: otherwise(entries)? }))
}

fn otherwise(entries: &Map<String, Value>) -> Result<Otherwise, Wrong> {
    match (entries.get("else"), entries.get("keep")) {
        (Some(value), None) if is_expression(value) => wrong(
            "/as",
            "What a lookup gives is a fixed value",
            "Write \"else\": null, and {\"default\": \"${…}\"} as the next conversion.",
        ),
        (Some(value), None) => Ok(Otherwise::Value(value.clone())),
        (None, Some(Value::Bool(true))) => Ok(Otherwise::Keep),
        (None, None | Some(Value::Bool(false))) => Ok(Otherwise::Fail),
        _ => wrong("/as", "A lookup has \"else\" or \"keep\": true, not both", "Keep one of the two."),
    }
}

/// Nobody works it out: it would arrive as it is written.
fn is_expression(value: &Value) -> bool {
    value.as_str().is_some_and(crate::template::has_expression)
}

/// A lookup in the cross-references, which is written under a name of its own: a table may have any key.
const XREF: &str = "xref";
const XREF_ADVICE: &str = "Write it like {\"xref\": {\"entity\": \"customer\", \"from\": \"shopify\"}}, or with \"to\" for the way back.";

fn xref(entries: &Map<String, Value>) -> Result<Conversion, Wrong> {
    known_set(XREF, entries, &[XREF, "else", "keep"])?;
    let Some(Value::Object(set)) = entries.get(XREF) else {
        return wrong("/as", "\"xref\" says which cross-references", XREF_ADVICE);
    };
    known_set(XREF, set, &["entity", "from", "to"])?;
    let text = |name: &str| set.get(name).map(|value| value.as_str().map(str::to_owned));
    let (way, system) = match (text("from"), text("to")) {
        (Some(system), None) => (Way::ToOwn, system),
        (None, Some(system)) => (Way::ToSystem, system),
        _ => return wrong("/as", "\"xref\" has \"from\" or \"to\", one of the two", XREF_ADVICE),
    };
    let (Some(Some(entity)), Some(system)) = (text("entity"), system) else {
        return wrong("/as", "The entity and the system of \"xref\" are texts", XREF_ADVICE);
    };
    let within = Within::Xref(Xref { entity, system, way });
    Ok(Conversion::Lookup(Lookup { within, otherwise: otherwise(entries)? }))
}
