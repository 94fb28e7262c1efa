//! Looks at the orders that changed in a stretch of time, a bounded piece at a time.
//!
//! Pages by number would slip when an order changes between two of them: it leaves its place and the next moves up. So a
//! look that finds more begins anew at the last change it saw, and only where a whole page changed in the same moment it
//! turns the page.

use super::api::{Api, PAGE_MAX, is_last, rows, text};
use crate::since::{Since, iso, read_iso};
use connector::{Error, PollCx};
use serde_json::{Map, Value, json};

/// A change may show a little after its time.
const OVERLAP_MS: i64 = 5 * 60_000;
/// Pages of orders that changed in one moment; 1,000 orders.
const PAGES_MAX: usize = 10;

pub struct Looked {
    /// Without their items, in the order of their changes.
    pub rows: Vec<Value>,
    pub cursor: Value,
    pub more: bool,
    /// What had been seen before.
    at: i64,
}

impl Looked {
    /// The first `count` alone, where there was no time for the others: the next look goes on there.
    pub fn only(mut self, count: usize) -> Self {
        if count < self.rows.len() {
            self.rows.truncate(count);
            self.more = true;
            if let Some(seen) = seen(&self.rows) {
                self.cursor = going_on(self.at, seen);
            }
        }
        self
    }
}

fn going_on(at: i64, seen: i64) -> Value {
    json!({"at": seen.max(at), "from": seen})
}

pub async fn look(
    api: &Api<'_>,
    cx: &PollCx<'_>,
    with: &Map<String, Value>,
    cursor: Option<&Value>,
) -> Result<Looked, Error> {
    let since = Since::read(cx, with, cursor)?;
    let left_at = cursor.and_then(|cursor| cursor.get("from")?.as_i64());
    let from = left_at.unwrap_or_else(|| since.from(OVERLAP_MS));
    let (mut found, mut more) = (Vec::new(), false);
    for number in 1..=PAGES_MAX {
        let page = page(api, from, cx.now, number).await?;
        let last = is_last(&page, number);
        found.extend_from_slice(rows(&page)?);
        more = !last;
        if last || seen(&found).is_some_and(|seen| seen > from + 999) {
            break;
        }
    }
    let seen = seen(&found);
    // Where nothing is later than the beginning, looking again at once would bring the same.
    let (cursor, more) = match seen {
        Some(seen) if more && seen > from => (going_on(since.at, seen), true),
        _ => (since.cursor(seen), false),
    };
    Ok(Looked { rows: found, cursor, more, at: since.at })
}

async fn page(api: &Api<'_>, from: i64, to: i64, number: usize) -> Result<Value, Error> {
    let (from, to, number, size) =
        (iso(from), iso(to.saturating_add(1_000)), number.to_string(), PAGE_MAX.to_string());
    let query = [
        ("startAt", from.as_str()),
        ("endAt", &to),
        ("sortBy", "UPDATED_AT"),
        ("orderBy", "ASC"),
        ("page", &number),
        ("perPage", &size),
    ];
    api.get("/orders", &query).await
}

fn seen(rows: &[Value]) -> Option<i64> {
    rows.iter().filter_map(|row| read_iso(text(row, "lastUpdatedAt"))).max()
}
