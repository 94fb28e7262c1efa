//! What a workflow holds that no flow may: passwords, keys, tokens, by the names that they stand under.

use model::validate::is_secret_name;
use serde_json::{Map, Value};

/// How names of secrets end beside those that the validator knows, such as `X-Shop-Access-Token`.
const ENDS: [&str; 5] = ["password", "secret", "token", "apikey", "privatekey"];

pub fn is_secret(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    is_secret_name(name) || ENDS.iter().any(|end| letters.to_ascii_lowercase().ends_with(end))
}

/// Empties what is secret by its name and gives the names: members, n8n's pairs of a name and a value, and what stands so in a
/// text of JSON. An expression stays.
pub fn left_out(map: &mut Map<String, Value>) -> Vec<String> {
    let pair = ["name", "key"].iter().find_map(|key| map.get(*key)?.as_str());
    let pair = pair.filter(|name| is_secret(name)).map(str::to_owned);
    let mut found = Vec::new();
    for (name, value) in map {
        let name = if name == "value" { pair.as_ref().unwrap_or(name) } else { name };
        match value {
            Value::String(text) if is_secret(name) && !text.is_empty() && !text.starts_with('=') => {
                text.clear();
                found.push(name.clone());
            }
            Value::String(text) => found.extend(left_out_of_json(text)),
            Value::Object(inner) => found.extend(left_out(inner)),
            Value::Array(list) => {
                found.extend(list.iter_mut().filter_map(Value::as_object_mut).flat_map(left_out));
            }
            _ => {}
        }
    }
    found
}

/// The same in a text that is JSON, or would be without the expressions in it.
fn left_out_of_json(text: &mut String) -> Vec<String> {
    let mut found = Vec::new();
    if !text.trim_start_matches('=').trim_start().starts_with(['{', '[']) {
        return found;
    }
    let (mut kept, mut rest) = (String::new(), text.as_str());
    while let Some((_, name, after)) = quoted(rest) {
        let value = after.trim_start().strip_prefix(':').filter(|_| is_secret(name)).and_then(quoted);
        kept.push_str(&rest[..rest.len() - after.len()]);
        rest = after;
        let Some((between, value, behind)) = value else { continue };
        if between.trim().is_empty() && !value.is_empty() && !value.contains("{{") {
            kept.push_str(": \"\"");
            found.push(name.to_owned());
            rest = behind;
        }
    }
    kept.push_str(rest);
    if !found.is_empty() {
        *text = kept;
    }
    found
}

/// What stands before, in, and behind the first quotes.
fn quoted(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('"')?;
    let mut escape = false;
    let end = rest.bytes().position(|byte| {
        let ends = byte == b'"' && !escape;
        escape = byte == b'\\' && !escape;
        ends
    })?;
    Some((before, &rest[..end], &rest[end + 1..]))
}
