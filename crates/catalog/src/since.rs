//! What all triggers share that ask for "changed since": where they begin, how far back they look again, where they are.
//!
//! Vendors write down a change some seconds after its time, and show it later still; their clocks differ from ours. So each
//! look begins a little before the end of the last one, and what comes twice has the same delivery id and is one event.

use chrono::{DateTime, Utc};
use connector::{Body, Delivery, Error, PollCx};
use serde_json::{Map, Value, json};

/// Where a trigger is: everything up to this time has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Nothing has been asked before.
    pub first: bool,
}

impl Since {
    /// Reads the cursor that `cursor` made; without one, the node's `since`, else the present.
    pub fn read(cx: &PollCx<'_>, with: &Map<String, Value>, cursor: Option<&Value>) -> Result<Self, Error> {
        if let Some(at) = cursor.and_then(|cursor| cursor.get("at")?.as_i64()) {
            return Ok(Self { at: at.min(cx.now), first: false });
        }
        let text = with.get("since").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let at = text.map_or(Ok(cx.now), when)?;
        Ok(Self { at: at.min(cx.now), first: true })
    }

    /// The beginning of the window to ask for: `overlap_ms` before what has been seen. A first look takes no overlap.
    pub fn from(&self, overlap_ms: i64) -> i64 {
        if self.first { self.at } else { self.at.saturating_sub(overlap_ms) }
    }

    /// Where the next look begins, given the latest change that this one saw. Never backwards.
    pub fn cursor(&self, seen: Option<i64>) -> Value {
        json!({"at": seen.unwrap_or(self.at).max(self.at)})
    }
}

/// Reads a time that a person wrote: RFC 3339, or a date, which begins at midnight in Bangkok.
pub fn when(text: &str) -> Result<i64, Error> {
    let text = text.trim();
    let whole = if text.len() == 10 { format!("{text}T00:00:00+07:00") } else { text.to_owned() };
    DateTime::parse_from_rfc3339(&whole).map(|time| time.timestamp_millis()).map_err(|_| Error::Input {
        message: format!("\"{}\" is not a time", connector::http::shorten(text)),
        advice: "Write it as 2026-11-20T00:00:00+07:00, or as a date such as 2026-11-20.".into(),
    })
}

/// A time as most vendors take it: `2026-11-20T03:10:00Z`.
pub fn iso(ms: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads a vendor's time: RFC 3339 with any offset, or without one, which is UTC.
pub fn read_iso(text: &str) -> Option<i64> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_millis());
    let naive = || {
        let text = text.replace(' ', "T");
        chrono::NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc())
    };
    zoned.or_else(|_| naive().map(|time| time.timestamp_millis())).ok()
}

/// An event of a record in the state in which it was seen. `id`, `version` and what it says name it together: what is seen
/// again is the same event, and two changes within one second, or one that leaves the time as it was, are two.
///
/// So a record may hold nothing that is another each time it is asked for.
pub fn changed(id: &str, version: &str, body: Value) -> Delivery {
    let head = Map::from_iter([("record".into(), id.into()), ("version".into(), version.into())]);
    Delivery {
        id: Some(format!("{id}@{version}#{}", connector::digest(&body))),
        body: Body::Value(body),
        head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_a_zone() {
        assert_eq!(read_iso("2026-11-20T10:10:00+07:00"), read_iso("2026-11-20T03:10:00Z"));
        assert_eq!(read_iso("2026-11-20 03:10:00"), read_iso("2026-11-20T03:10:00"));
        assert_eq!(read_iso("2026-11-20 03:10:00").map(iso).as_deref(), Some("2026-11-20T03:10:00Z"));
        assert_eq!(read_iso("yesterday"), None);
    }

    #[test]
    fn a_date_begins_at_midnight_in_bangkok() {
        assert_eq!(when("2026-11-20").unwrap(), when("2026-11-19T17:00:00Z").unwrap());
        assert!(when("20/11/2569").is_err());
    }

    #[test]
    fn what_changed_twice_within_a_second_are_two_events() {
        let id = |body: Value| changed("7", "2026-11-20T03:10:00Z", body).id;
        assert_eq!(id(json!({"stock": 4, "sku": "A"})), id(json!({"sku": "A", "stock": 4})));
        assert_ne!(id(json!({"stock": 4})), id(json!({"stock": 3})));
    }

    #[test]
    fn a_window_overlaps_the_one_before_but_the_first_one_does_not() {
        let later = Since { at: 100_000, first: false };
        assert_eq!(later.from(60_000), 40_000);
        assert_eq!(Since { first: true, ..later }.from(60_000), 100_000);
        assert_eq!(later.cursor(None), json!({"at": 100_000}));
        assert_eq!(later.cursor(Some(90_000)), json!({"at": 100_000}), "never backwards");
        assert_eq!(later.cursor(Some(110_000)), json!({"at": 110_000}));
    }
}
