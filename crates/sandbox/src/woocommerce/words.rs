//! Times, paths and bodies in WordPress's words.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use super::refused::Refused;
use crate::market::bangkok;

const TIME: &str = "%Y-%m-%dT%H:%M:%S";

/// `date_*_gmt`: UTC without saying so.
pub(super) fn gmt(time: DateTime<Utc>) -> String {
    time.format(TIME).to_string()
}

/// `date_*`: the site's own time, without an offset.
pub(super) fn local(time: DateTime<Utc>) -> String {
    bangkok(time).format(TIME).to_string()
}

/// A time of a filter. Without an offset it is the site's own, unless `dates_are_gmt` says otherwise.
pub(super) fn time(name: &str, text: &str, gmt: bool) -> Result<DateTime<Utc>, Refused> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let full = if text.len() == 10 { format!("{text}T00:00:00") } else { text.to_owned() };
    let naive = NaiveDateTime::parse_from_str(&full, TIME).map_err(|_| Refused::invalid(name))?;
    let utc = naive.and_utc();
    Ok(if gmt { utc } else { utc - bangkok_offset(utc) })
}

fn bangkok_offset(time: DateTime<Utc>) -> chrono::Duration {
    bangkok(time).naive_local() - time.naive_utc()
}

/// An empty body is an empty object, as PHP sees it.
pub(super) fn read(body: &[u8]) -> Result<Value, Refused> {
    match body {
        [] => Ok(Value::Object(serde_json::Map::new())),
        body => serde_json::from_slice(body).map_err(|_| Refused::not_json()),
    }
}

/// WordPress's routes take digits only; anything else is no route.
pub(super) fn id(text: &str) -> Result<u64, Refused> {
    text.parse().map_err(|_| Refused::no_route())
}

/// A whole number given as such or as text.
pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A truth given as such or as text.
pub(super) fn truth(value: &Value, otherwise: bool) -> bool {
    match value {
        Value::Bool(truth) => *truth,
        Value::String(text) => matches!(text.as_str(), "true" | "1" | "yes"),
        Value::Number(number) => number.as_i64() == Some(1),
        _ => otherwise,
    }
}
