//! Where a parcel is, in the same words for every courier.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How a parcel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Created,
    PickedUp,
    InTransit,
    OutForDelivery,
    Delivered,
    Problem,
    Returning,
    Returned,
    Cancelled,
}

impl Status {
    const ALL: [Self; 9] = [
        Self::Created,
        Self::PickedUp,
        Self::InTransit,
        Self::OutForDelivery,
        Self::Delivered,
        Self::Problem,
        Self::Returning,
        Self::Returned,
        Self::Cancelled,
    ];

    /// By its word.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::PickedUp => "picked_up",
            Self::InTransit => "in_transit",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::Problem => "problem",
            Self::Returning => "returning",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One thing that happened to a parcel.
#[derive(Clone, Debug)]
pub struct Event {
    /// Nothing where the courier's code is not known here: its own words are told all the same.
    pub status: Option<Status>,
    pub code: String,
    pub text: String,
    /// Milliseconds since 1970.
    pub at: Option<i64>,
    pub location: String,
    pub raw: Value,
}

impl Event {
    fn json(&self) -> Map<String, Value> {
        let word = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        Map::from_iter([
            ("status".to_owned(), self.status.map(Status::name).into()),
            ("code".to_owned(), word(&self.code)),
            ("text".to_owned(), word(&self.text)),
            ("at".to_owned(), self.at.and_then(written).into()),
            ("location".to_owned(), word(&self.location)),
            ("raw".to_owned(), self.raw.clone()),
        ])
    }
}

/// A parcel with everything that happened to it, the newest last. Its own status is the newest that is known.
pub fn shipment(courier: &str, number: &str, reference: &str, mut events: Vec<Event>) -> Value {
    events.sort_by_key(|event| event.at);
    let status = events.iter().rev().find_map(|event| event.status).map(Status::name);
    let last = events.last();
    let of_last = |name: &str| last.and_then(|event| event.json().remove(name)).unwrap_or_default();
    json!({
        "courier": courier,
        "tracking_number": number,
        "reference": if reference.is_empty() { Value::Null } else { reference.into() },
        "status": status,
        "code": of_last("code"),
        "text": of_last("text"),
        "at": of_last("at"),
        "location": of_last("location"),
        "events": events.iter().map(|event| Value::Object(event.json())).collect::<Vec<_>>()
    })
}

/// What a track operation gives: the parcels in the order in which they were asked for, and those that nobody knows.
pub fn tracked(courier: &str, asked: &[String], mut found: BTreeMap<String, Value>) -> Value {
    let shipments: Vec<Value> = asked.iter().filter_map(|number| found.remove(number)).collect();
    let known =
        |number: &&String| shipments.iter().any(|shipment| shipment["tracking_number"] == number.as_str());
    let missing: Vec<&String> = asked.iter().filter(|number| !known(number)).collect();
    json!({"courier": courier, "shipments": shipments, "missing": missing})
}

/// What a push brings, in the same shape.
pub fn pushed(courier: &str, shipments: Vec<Value>) -> Value {
    json!({"courier": courier, "shipments": shipments})
}

/// What a trigger or an operation shows of a parcel on its way.
pub fn example(courier: &str, number: &str, status: Status, code: &str, text: &str) -> Value {
    let at = bangkok("2026-11-20 15:00:00", "%Y-%m-%d %H:%M:%S");
    let event = Event {
        status: Some(status),
        code: code.into(),
        text: text.into(),
        at,
        location: String::new(),
        raw: json!({}),
    };
    shipment(courier, number, "", vec![event])
}

/// Seven hours before Greenwich, all year.
fn zone() -> Option<FixedOffset> {
    FixedOffset::east_opt(7 * 3_600)
}

/// `2026-11-20T15:00:00+07:00`
fn written(ms: i64) -> Option<String> {
    let time = DateTime::from_timestamp_millis(ms)?.with_timezone(&zone()?);
    Some(time.format("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// Reads a time of Thailand that does not say so.
pub fn bangkok(text: &str, format: &str) -> Option<i64> {
    let time = NaiveDateTime::parse_from_str(text.trim(), format).ok()?;
    Some(time.and_local_timezone(zone()?).single()?.timestamp_millis())
}

/// Writes a time of Thailand as couriers take it: `2026-11-20 10:11:00`.
pub fn bangkok_text(ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    zone()
        .map_or(time.naive_utc(), |zone| time.with_timezone(&zone).naive_local())
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(status: Option<Status>, code: &str, at: &str) -> Event {
        let at = bangkok(at, "%Y-%m-%d %H:%M:%S");
        Event {
            status,
            code: code.into(),
            text: String::new(),
            at,
            location: String::new(),
            raw: Value::Null,
        }
    }

    #[test]
    fn the_newest_event_says_how_a_parcel_stands_and_an_unknown_code_changes_nothing() {
        let events = vec![
            event(None, "X9", "2026-11-20 18:00:00"),
            event(Some(Status::InTransit), "2", "2026-11-20 15:00:00"),
            event(Some(Status::PickedUp), "1", "2026-11-20 09:00:00"),
        ];
        let parcel = shipment("flash", "TH1", "", events);
        assert_eq!((&parcel["status"], &parcel["code"]), (&json!("in_transit"), &json!("X9")));
        assert_eq!(parcel["at"], "2026-11-20T18:00:00+07:00");
        assert_eq!(parcel["reference"], Value::Null);
        let codes: Vec<&str> = parcel["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["1", "2", "X9"]);
    }

    #[test]
    fn a_time_of_thailand_is_seven_hours_ahead_and_comes_back_as_it_was() {
        let at = bangkok("2026-11-20 10:11:00", "%Y-%m-%d %H:%M:%S").unwrap();
        assert_eq!(at, crate::since::read_iso("2026-11-20T03:11:00Z").unwrap());
        assert_eq!(bangkok_text(at), "2026-11-20 10:11:00");
        assert_eq!(bangkok("20/11/2026", "%Y-%m-%d %H:%M:%S"), None);
    }

    #[test]
    fn numbers_that_nobody_knows_are_missing() {
        let asked = ["A".to_owned(), "B".to_owned()];
        let found = BTreeMap::from([("B".to_owned(), shipment("kex", "B", "", Vec::new()))]);
        let output = tracked("kex", &asked, found);
        assert_eq!(
            (&output["missing"], &output["shipments"][0]["tracking_number"]),
            (&json!(["A"]), &json!("B"))
        );
    }
}
