//! Values as Tryton writes them: amounts and times are objects that name their class.

use crate::since::{iso, read_iso};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};

pub fn decimal(amount: Decimal) -> Value {
    json!({"__class__": "Decimal", "decimal": amount.to_string()})
}

pub fn date(day: NaiveDate) -> Value {
    json!({"__class__": "date", "year": day.year(), "month": day.month(), "day": day.day()})
}

/// A time, in UTC.
pub fn datetime(ms: i64) -> Value {
    let time = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    json!({
        "__class__": "datetime", "year": time.year(), "month": time.month(), "day": time.day(), "hour": time.hour(),
        "minute": time.minute(), "second": time.second(), "microsecond": 0,
    })
}

/// When something happened, in milliseconds, from what `plain` made of it.
pub fn ms(plain: &str) -> Option<i64> {
    read_iso(plain)
}

/// The same value for everybody: amounts are numbers with their digits, times and days are texts. JSON that was read is never
/// deeper than its reader allows.
pub fn plain(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Object(object) => match object.get("__class__").and_then(Value::as_str) {
            Some(class) => known(class, &object).unwrap_or(Value::Null),
            None => Value::Object(object.into_iter().map(|(name, value)| (name, plain(value))).collect()),
        },
        other => other,
    }
}

fn known(class: &str, object: &Map<String, Value>) -> Option<Value> {
    let part = |name: &str| object.get(name).and_then(Value::as_u64).unwrap_or_default();
    let day = || format!("{:04}-{:02}-{:02}", part("year"), part("month"), part("day"));
    let clock = || format!("{:02}:{:02}:{:02}", part("hour"), part("minute"), part("second"));
    match class {
        "Decimal" => object.get("decimal")?.as_str()?.parse::<Number>().ok().map(Value::Number),
        "date" => Some(day().into()),
        "datetime" => Some(format!("{}T{}.{:06}Z", day(), clock(), part("microsecond")).into()),
        "time" => Some(clock().into()),
        "timedelta" => object.get("seconds").cloned(),
        "bytes" => Some(json!({"base64": object.get("base64")})),
        _ => None,
    }
}

/// A day as Thailand counts it.
pub fn today(now: i64) -> NaiveDate {
    const BANGKOK_MS: i64 = 7 * 3_600_000;
    let text = iso(now.saturating_add(BANGKOK_MS));
    NaiveDate::parse_from_str(text.get(..10).unwrap_or_default(), "%Y-%m-%d").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_become_plain_with_every_digit() {
        let time = json!({"__class__": "datetime", "year": 2026, "month": 11, "day": 20, "hour": 3, "minute": 11, "second": 9, "microsecond": 120394});
        let row = json!({"price": {"__class__": "Decimal", "decimal": "250.00"}, "at": [time], "day": {"__class__": "date", "year": 2026, "month": 1, "day": 2}});
        assert_eq!(
            plain(row).to_string(),
            r#"{"price":250.00,"at":["2026-11-20T03:11:09.120394Z"],"day":"2026-01-02"}"#
        );
        assert_eq!(plain(datetime(1_795_144_800_000)), "2026-11-20T03:20:00.000000Z");
        assert_eq!(ms("2026-11-20T03:20:00.000000Z"), Some(1_795_144_800_000));
        assert_eq!(today(1_795_111_200_000 + 8 * 3_600_000).to_string(), "2026-11-20");
    }
}
