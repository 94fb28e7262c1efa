//! The properties of a write: known, of the right form, and there if they must be.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Values;
use super::answer::Refused;
use super::kinds::Kind;

const VALUE_MAX: usize = 65_536;
/// From this version on, what the portal wants is checked.
const CHECKED_FROM: &str = "2026-09";

pub(super) type Properties = BTreeMap<String, String>;

/// Reads `properties`; every value becomes a text, as HubSpot keeps it.
pub(super) fn read(kind: Kind, given: &Value, values: &Values) -> Result<Properties, Refused> {
    let given =
        given.as_object().ok_or_else(|| Refused::invalid("Invalid input JSON: properties is missing"))?;
    let mut read = Properties::new();
    let mut wrong = Vec::new();
    for (name, value) in given {
        match check(kind, name, value, values) {
            Ok(text) => {
                read.insert(name.clone(), text);
            }
            Err(fault) => wrong.push(fault),
        }
    }
    if wrong.is_empty() {
        return Ok(read);
    }
    let message = format!("Property values were not valid: {}", Value::from(wrong));
    Err(Refused::invalid(message))
}

fn check(kind: Kind, name: &str, value: &Value, values: &Values) -> Result<String, Value> {
    let fault = |error: &str, message: String| json!({ "isValid": false, "message": message, "error": error, "name": name });
    let own = || values.properties.iter().any(|property| property == name);
    if !kind.properties().contains(&name) && !own() {
        return Err(fault("PROPERTY_DOESNT_EXIST", format!("Property \"{name}\" does not exist")));
    }
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null => String::new(),
        _ => return Err(fault("INVALID_TYPE", format!("{name} is not a text"))),
    };
    if text.len() > VALUE_MAX {
        return Err(fault("TOO_LONG", format!("{name} is too long")));
    }
    if name == "email" && !text.is_empty() && !is_email(&text) {
        return Err(fault("INVALID_EMAIL", format!("Email address {text} is invalid")));
    }
    Ok(if name == "email" { text.to_lowercase() } else { text })
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let dotted = host.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty());
    !name.is_empty() && dotted && text.is_ascii() && !text.contains(char::is_whitespace)
}

/// What a new object must hold, from the version on that looks at it.
pub(super) fn check_required(
    kind: Kind,
    version: Option<&str>,
    given: &Properties,
    values: &Values,
) -> Result<(), Refused> {
    if version.is_none_or(|version| version < CHECKED_FROM) {
        return Ok(());
    }
    let required = values.required.get(kind.name()).map_or(&[][..], Vec::as_slice);
    match required.iter().find(|name| given.get(*name).is_none_or(String::is_empty)) {
        None => Ok(()),
        Some(name) => Err(Refused::invalid(format!("Error creating {}: {name} is required", kind.name()))),
    }
}
