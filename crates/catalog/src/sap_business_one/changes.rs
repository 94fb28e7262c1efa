//! Asking for "changed since" where a change has a day to be asked for, and its time only to be read.
//!
//! So each look begins with the day of the last change, goes on behind the last record of a page by day and key, and leaves out what
//! changed before. Both are in the server's own time zone. What comes twice has the same content, and so the same delivery id.

use super::api::Api;
use super::order;
use crate::odata::{Query, quoted};
use crate::office;
use crate::since::{self, Since, iso, read_iso};
use connector::{Delivery, Error, PollCx};
use serde_json::{Map, Value, json};

/// A long transaction shows its documents late, with the time at which they were written.
const OVERLAP_MS: i64 = 5 * 60_000;
const PAGE: usize = 100;

/// What is asked for.
pub struct Kind<'k> {
    pub entity: &'k str,
    pub key: &'k str,
    pub select: &'k str,
}

/// One page of changed records, whole, and where the next look goes on.
pub struct Changes {
    pub rows: Vec<Value>,
    pub cursor: Value,
    pub more: bool,
}

/// Where a look is.
struct Place {
    /// The latest change that was ever seen.
    high: i64,
    /// What changed before is not told.
    since: i64,
    /// The last record of the page before.
    behind: Option<(String, Value)>,
}

impl Place {
    fn read(cx: &PollCx<'_>, with: &Map<String, Value>, cursor: Option<&Value>) -> Result<Self, Error> {
        let field = |name: &str| cursor.and_then(|cursor| cursor.get(name));
        let begun = Since::read(cx, with, cursor)?;
        let since = field("since").and_then(Value::as_i64).unwrap_or_else(|| begun.from(OVERLAP_MS));
        let behind = field("day").and_then(Value::as_str).map(str::to_owned).zip(field("after").cloned());
        Ok(Self { high: begun.at, since, behind })
    }

    fn filter(&self, kind: &Kind<'_>, zone: i64) -> String {
        match &self.behind {
            None => format!("UpdateDate ge {}", quoted(&day(self.since.saturating_add(zone)))),
            Some((day, key)) => format!(
                "(UpdateDate gt {day} or (UpdateDate eq {day} and {} gt {}))",
                kind.key,
                written(key),
                day = quoted(day)
            ),
        }
    }
}

pub async fn page(
    api: &Api<'_>,
    cx: &PollCx<'_>,
    with: &Map<String, Value>,
    cursor: Option<&Value>,
    kind: &Kind<'_>,
) -> Result<Changes, Error> {
    let zone = office::zone(api.connection)?;
    let place = Place::read(cx, with, cursor)?;
    let order = format!("UpdateDate,{}", kind.key);
    let select = format!("{},UpdateDate,UpdateTime", kind.key);
    let filter = place.filter(kind, zone);
    let query =
        Query { entity: kind.entity, select: &select, filter, order: &order, most: PAGE, ..Query::default() };
    let found = api.list(&query).await?;
    let is_new = |row: &&Value| changed_at(row, zone).is_none_or(|time| time >= place.since);
    let keys: Vec<String> =
        found.iter().filter(is_new).filter_map(|row| row.get(kind.key)).map(written).collect();
    let mut rows = api.named(kind.entity, kind.key, &keys, kind.select).await?;
    rows.sort_by_cached_key(|row| (date(row).to_owned(), office::text(row, "UpdateTime").to_owned()));
    let seen = rows.iter().filter_map(|row| changed_at(row, zone)).max();
    let high = seen.map_or(place.high, |seen| seen.max(place.high));
    let last = found.last().filter(|_| found.len() >= PAGE);
    let cursor = match last {
        Some(row) => json!({"at": high, "since": place.since, "day": date(row), "after": row.get(kind.key)}),
        None => json!({"at": high}),
    };
    Ok(Changes { rows, cursor, more: last.is_some() })
}

/// An event of a record: its version is when it changed.
pub fn delivery(key: &str, record: Value) -> Delivery {
    let id = record.get(key).map(|key| key.as_str().map_or_else(|| key.to_string(), str::to_owned));
    let version = format!("{}T{}", date(&record), office::text(&record, "UpdateTime"));
    since::changed(&id.unwrap_or_default(), &version, record)
}

/// A document with what is kept of its lines, as an event.
pub fn document(record: Value) -> Delivery {
    delivery("DocEntry", order::with_short_lines(record))
}

fn written(key: &Value) -> String {
    key.as_str().map_or_else(|| key.to_string(), quoted)
}

fn day(ms: i64) -> String {
    iso(ms).chars().take(10).collect()
}

/// The older protocol writes a day with a time that is none.
fn date(row: &Value) -> &str {
    let text = office::text(row, "UpdateDate");
    text.get(..10).unwrap_or(text)
}

/// When a record changed; nothing where the release does not tell the time.
fn changed_at(row: &Value, zone: i64) -> Option<i64> {
    let time = Some(office::text(row, "UpdateTime")).filter(|time| !time.is_empty())?;
    Some(read_iso(&format!("{}T{time}", date(row)))? - zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_at_the_server_s_own_time() {
        let row = json!({"UpdateDate": "2026-11-20T00:00:00Z", "UpdateTime": "10:11:09"});
        assert_eq!(changed_at(&row, 7 * 3_600_000), read_iso("2026-11-20T03:11:09Z"));
        assert_eq!(changed_at(&json!({"UpdateDate": "2026-11-20"}), 0), None);
    }

    #[test]
    fn two_changes_in_one_second_are_two_events_and_the_same_one_is_one() {
        let record = |total: f64| json!({"DocEntry": 5012, "DocTotal": total, "UpdateDate": "2026-11-20", "UpdateTime": "10:11:09"});
        assert_eq!(document(record(1.0)).id, document(record(1.0)).id);
        assert_ne!(document(record(1.0)).id, document(record(2.0)).id);
        assert!(document(record(1.0)).id.unwrap().starts_with("5012@2026-11-20T10:11:09#"));
    }
}
