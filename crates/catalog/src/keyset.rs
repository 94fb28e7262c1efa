//! Going through what has changed, a page at a time, by the time of the change and, where a page is not enough for one
//! moment, by id within that moment.
//!
//! Offsets would skip records: one that changes while pages are read moves to the end, and all behind it move up. And a
//! time alone would never get past an import that gave ten thousand records the same one.

use crate::since::{self, Since};
use connector::http::shorten;
use connector::{Delivery, Error, PollCx};
use serde_json::{Map, Value, json};

/// Where a trigger is in its system's list of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Milliseconds since 1970, cut to `step`: records changed from here on are asked for.
    pub from: i64,
    /// Only records of the moment `from` are asked for, those with a greater id than this; from the first one where it is empty.
    pub after: Option<String>,
    /// The latest change that was ever seen.
    high: i64,
    /// The smallest difference between two times that the system can be asked for.
    step: i64,
}

/// What a page of changes leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    pub cursor: Value,
    pub more: bool,
}

/// A record with its id and the time of its change, without which nobody could go on behind it.
#[derive(Debug)]
pub struct Seen {
    pub at: i64,
    pub id: String,
    /// The time as the system writes it.
    pub version: String,
    pub record: Value,
}

impl Seen {
    /// Reads a record of a system that writes both as texts; `places` are JSON pointers to its id and its time.
    pub fn read(
        record: Value,
        host: &str,
        places: [&str; 2],
        time: impl Fn(&str) -> Option<i64>,
    ) -> Result<Self, Error> {
        let [id, version] = places.map(|place| record.pointer(place).and_then(Value::as_str));
        match (id, version, version.and_then(time)) {
            (Some(id), Some(version), Some(at)) => {
                Ok(Self { at, id: id.to_owned(), version: version.to_owned(), record })
            }
            _ => Err(Error::Unreadable {
                host: host.into(),
                message: format!(
                    "a record has no id or no time of its change: {}",
                    shorten(&record.to_string())
                ),
            }),
        }
    }

    pub fn delivery(self) -> Delivery {
        since::changed(&self.id, &self.version, self.record)
    }
}

impl Walk {
    /// Reads where the last look ended. Within one walk through the pages it goes on there; a new one begins `overlap_ms` earlier.
    pub fn read(
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
        overlap_ms: i64,
        step: i64,
    ) -> Result<Self, Error> {
        let number = |name: &str| cursor.and_then(|cursor| cursor.get(name)?.as_i64());
        if let (Some(from), Some(high)) = (number("from"), number("at")) {
            let after = cursor.and_then(|cursor| cursor.get("after")?.as_str()).map(str::to_owned);
            return Ok(Self { from, after, high, step });
        }
        let since = Since::read(cx, with, cursor)?;
        Ok(Self { from: cut(since.from(overlap_ms), step), after: None, high: since.at, step })
    }

    /// The end of the moment that is gone through by id.
    pub fn until(&self) -> i64 {
        self.from.saturating_add(self.step)
    }

    /// Whether a time lies behind the moment that this look began at.
    pub fn is_beyond(&self, time: i64) -> bool {
        cut(time, self.step) > self.from
    }

    /// Where the next look begins. `last` is the last record of the page with the time of its change, `full` whether the page
    /// held as many as it may.
    pub fn next(&self, last: Option<(i64, &str)>, full: bool) -> Next {
        let high = last.map_or(self.high, |(time, _)| time.max(self.high));
        let go_on = |from: i64, after: Option<&str>| {
            let mut cursor = json!({"at": high, "from": from});
            if let (Some(after), Some(fields)) = (after, cursor.as_object_mut()) {
                fields.insert("after".into(), after.into());
            }
            Next { cursor, more: true }
        };
        match (last.filter(|_| full), &self.after) {
            (Some((_, id)), Some(_)) => go_on(self.from, Some(id)),
            (None, Some(_)) => go_on(self.until(), None),
            (Some((time, _)), None) if cut(time, self.step) > self.from => go_on(cut(time, self.step), None),
            (Some(_), None) => go_on(self.from, Some("")),
            (None, None) => Next { cursor: json!({"at": high}), more: false },
        }
    }
}

fn cut(time: i64, step: i64) -> i64 {
    time - time.rem_euclid(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes through records of (time, id) as a system would be asked, and gives the ids in the order in which they came.
    fn go_through(records: &[(i64, i64)], page: usize) -> Vec<i64> {
        let mut walk = Walk { from: 0, after: None, high: 0, step: 1_000 };
        let mut seen: Vec<i64> = Vec::new();
        for _ in 0..100 {
            let mut found: Vec<(i64, i64)> = match &walk.after {
                None => records.iter().copied().filter(|(time, _)| *time >= walk.from).collect(),
                Some(after) => {
                    let after = after.parse().unwrap_or(0);
                    let here = |time: i64| time >= walk.from && time < walk.until();
                    records.iter().copied().filter(|(time, id)| here(*time) && *id > after).collect()
                }
            };
            match walk.after {
                None => found.sort_unstable(),
                Some(_) => found.sort_unstable_by_key(|(_, id)| *id),
            }
            found.truncate(page);
            for (_, id) in &found {
                if !seen.contains(id) {
                    seen.push(*id);
                }
            }
            let last = found.last().map(|(time, id)| (*time, id.to_string()));
            let next = walk.next(last.as_ref().map(|(time, id)| (*time, id.as_str())), found.len() == page);
            if !next.more {
                return seen;
            }
            let after = next.cursor.get("after").and_then(Value::as_str).map(str::to_owned);
            let from = next.cursor["from"].as_i64().unwrap();
            walk = Walk { from, after, high: next.cursor["at"].as_i64().unwrap(), step: 1_000 };
        }
        panic!("it never ends");
    }

    #[test]
    fn every_record_is_seen_also_where_many_changed_in_one_moment() {
        let spread: Vec<(i64, i64)> = (1..=7).map(|id| (id * 1_500, id)).collect();
        assert_eq!(go_through(&spread, 3), vec![1, 2, 3, 4, 5, 6, 7]);
        let at_once: Vec<(i64, i64)> = (1..=20).map(|id| (5_000 + (20 - id), id)).collect();
        let mut seen = go_through(&at_once, 3);
        seen.sort_unstable();
        assert_eq!(seen, (1..=20).collect::<Vec<_>>());
        let both: Vec<(i64, i64)> = at_once.iter().copied().chain([(900, 30), (9_000, 31)]).collect();
        assert_eq!(go_through(&both, 4).len(), 22);
    }

    #[test]
    fn an_end_is_told_with_the_latest_change_and_never_goes_back() {
        let walk = Walk { from: 1_000, after: None, high: 9_000, step: 1_000 };
        assert_eq!(walk.next(Some((4_000, "7")), false), Next { cursor: json!({"at": 9_000}), more: false });
        assert_eq!(walk.next(None, false).cursor, json!({"at": 9_000}));
    }
}
