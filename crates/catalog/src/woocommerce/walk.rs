//! Going through what has changed. Numbered pages shift while records change, so the time of the last record seen begins the
//! next page; only records of one second are paged by number.

use super::api::{Api, Page, read_page};
use super::failure;
use crate::since::{self, Since};
use connector::{Error, PollCx};
use serde_json::{Map, Value, json};

/// Deliveries run through the store's own timer, and plugins write late.
const OVERLAP_MS: i64 = 300_000;
const SECOND_MS: i64 = 1_000;

pub struct Walk {
    since: Since,
    /// Records that changed from here on are asked for.
    from: i64,
    /// Where the whole walk began: what is older than this was seen before.
    pub floor: i64,
    page: usize,
    /// An older store sorts by id alone; the window then stays as it is, and its pages do not shift.
    by_id: bool,
    /// The latest change that was seen.
    seen: i64,
}

impl Walk {
    pub fn read(cx: &PollCx<'_>, with: &Map<String, Value>, cursor: Option<&Value>) -> Result<Self, Error> {
        let since = Since::read(cx, with, cursor)?;
        let number = |name: &str| cursor.and_then(|cursor| cursor.get(name)?.as_i64());
        let page = number("page").and_then(|page| usize::try_from(page).ok());
        let from = number("from").unwrap_or_else(|| since.from(OVERLAP_MS));
        Ok(Self {
            from: from - from.rem_euclid(SECOND_MS),
            floor: number("floor").unwrap_or(from),
            page: page.unwrap_or(1),
            by_id: cursor.and_then(|cursor| cursor.get("by_id")?.as_bool()).unwrap_or_default(),
            seen: number("seen").unwrap_or(since.at),
            since,
        })
    }

    /// The next page of records, in the order of their changes.
    pub async fn next(&mut self, api: &Api<'_>, route: &str) -> Result<Page, Error> {
        if !self.by_id {
            let answer = api.try_page(route, &self.pairs("modified"), self.page).await?;
            if !failure::cannot_sort(&answer) {
                return read_page(answer, self.page);
            }
            (self.by_id, self.page) = (true, 1);
        }
        api.page(route, &self.pairs("id"), self.page).await
    }

    /// The store gives what was changed after a second, not in it.
    fn pairs(&self, orderby: &str) -> [(&'static str, String); 4] {
        let after = since::iso(self.from - SECOND_MS).trim_end_matches('Z').to_owned();
        [
            ("modified_after", after),
            ("dates_are_gmt", "true".into()),
            ("orderby", orderby.into()),
            ("order", "asc".into()),
        ]
    }

    /// Goes on behind a page that was read; whether there is more.
    pub fn pass(&mut self, page: &Page) -> bool {
        let last = page.rows.iter().filter_map(changed_at).max();
        self.seen = self.seen.max(last.unwrap_or(self.seen));
        let second = last.map_or(self.from, |last| last - last.rem_euclid(SECOND_MS));
        match self.by_id || second <= self.from {
            true => self.page += 1,
            false => (self.from, self.page) = (second, 1),
        }
        page.more
    }

    pub fn cursor(&self, more: bool) -> Value {
        if !more {
            return self.since.cursor(Some(self.seen));
        }
        json!({"at": self.since.at, "from": self.from, "floor": self.floor, "page": self.page, "by_id": self.by_id,
            "seen": self.seen})
    }
}

/// When a record changed, or was made where it never changed.
pub fn changed_at(record: &Value) -> Option<i64> {
    since::read_iso(version(record))
}

/// The time of the last change, as the store writes it: UTC without a zone.
pub fn version(record: &Value) -> &str {
    let text = |name: &str| record.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text("date_modified_gmt").or_else(|| text("date_created_gmt")).unwrap_or_default()
}
