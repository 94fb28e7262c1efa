//! Lists and objects as text, in the styles that OpenAPI has.

use super::value::as_text;
use crate::call::Style;
use serde_json::Value;

/// Name and value with `=` between, for the query, a cookie or a form: none, one or several.
pub(super) fn pairs(
    name: &str,
    style: Style,
    explode: bool,
    value: &Value,
    encode: impl Fn(&str) -> String + Copy,
) -> Vec<String> {
    let pair = |value: &Value| format!("{}={}", encode(name), encode(&as_text(value)));
    let separator = match style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        Style::TabDelimited => "%09",
        _ => ",",
    };
    match (style, value) {
        (Style::Json, Value::Array(list)) if explode => {
            list.iter().map(|entry| format!("{}={}", encode(name), encode(&entry.to_string()))).collect()
        }
        (Style::Json, value) => vec![format!("{}={}", encode(name), encode(&value.to_string()))],
        (Style::DeepObject, value) => {
            let mut pairs = Vec::new();
            deep(name.to_owned(), value, encode, &mut pairs);
            pairs
        }
        (_, Value::Array(list)) if explode => {
            list.iter().filter(|entry| !entry.is_null()).map(pair).collect()
        }
        (_, Value::Object(map)) if explode => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            entries.map(|(key, value)| format!("{}={}", encode(key), encode(&as_text(value)))).collect()
        }
        (_, value @ (Value::Array(_) | Value::Object(_))) => {
            let parts = parts(value, encode);
            if parts.is_empty() {
                Vec::new()
            } else {
                vec![format!("{}={}", encode(name), parts.join(separator))]
            }
        }
        (_, value) => vec![pair(value)],
    }
}

/// `name[key][key]=value`. Of lists, which the specification leaves open: `name[]=value`, and where an entry has parts of
/// its own, `name[0][key]=value`, so that they stay together.
fn deep(name: String, value: &Value, encode: impl Fn(&str) -> String + Copy, pairs: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| deep(format!("{name}[{key}]"), value, encode, pairs));
        }
        Value::Array(list) => {
            let has_parts = list.iter().any(|entry| entry.is_object() || entry.is_array());
            for (index, entry) in list.iter().enumerate() {
                let step = if has_parts { index.to_string() } else { String::new() };
                deep(format!("{name}[{step}]"), entry, encode, pairs);
            }
        }
        value => pairs.push(format!("{}={}", encode(&name), encode(&as_text(value)))),
    }
}

/// A value without its name, for paths and headers.
pub(super) fn simple(
    style: Style,
    explode: bool,
    value: &Value,
    encode: impl Fn(&str) -> String + Copy,
) -> String {
    match value {
        _ if style == Style::Json => encode(&value.to_string()),
        Value::Object(map) if explode => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            let entries = entries.map(|(key, value)| format!("{}={}", encode(key), encode(&as_text(value))));
            entries.collect::<Vec<_>>().join(",")
        }
        Value::Array(_) | Value::Object(_) => parts(value, encode).join(","),
        value => encode(&as_text(value)),
    }
}

/// `.a.b`, and `.a,b` where a list is one part.
pub(super) fn label(explode: bool, value: &Value, encode: impl Fn(&str) -> String + Copy) -> String {
    match value {
        Value::Array(_) | Value::Object(_) if explode => {
            exploded("", value, encode).iter().map(|part| format!(".{part}")).collect()
        }
        value => format!(".{}", simple(Style::Label, false, value, encode)),
    }
}

/// `;name=a;name=b`, and `;name=a,b` where a list is one part.
pub(super) fn matrix(
    name: &str,
    explode: bool,
    value: &Value,
    encode: impl Fn(&str) -> String + Copy,
) -> String {
    match value {
        Value::Array(_) | Value::Object(_) if explode => {
            exploded(name, value, encode).iter().map(|part| format!(";{part}")).collect()
        }
        value => format!(";{}={}", encode(name), simple(Style::Matrix, false, value, encode)),
    }
}

/// The entries of a list, each with the name if there is one, or those of an object with their own.
fn exploded(name: &str, value: &Value, encode: impl Fn(&str) -> String + Copy) -> Vec<String> {
    match value {
        Value::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            entries.map(|(key, value)| format!("{}={}", encode(key), encode(&as_text(value)))).collect()
        }
        value if name.is_empty() => parts(value, encode),
        value => parts(value, encode).into_iter().map(|part| format!("{}={part}", encode(name))).collect(),
    }
}

/// The entries of a list, or names and values of an object one after the other.
fn parts(value: &Value, encode: impl Fn(&str) -> String + Copy) -> Vec<String> {
    match value {
        Value::Array(list) => {
            list.iter().filter(|entry| !entry.is_null()).map(|entry| encode(&as_text(entry))).collect()
        }
        Value::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            entries.flat_map(|(key, value)| [encode(key), encode(&as_text(value))]).collect()
        }
        other => vec![encode(&as_text(other))],
    }
}
