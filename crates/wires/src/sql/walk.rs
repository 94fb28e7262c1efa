//! Where a trigger is in a table that grows: by the value of a column, and by a key where many rows have the same value.
//!
//! A row may become visible after others whose values are higher: its transaction began earlier and ended later. So a look
//! begins at the highest place that an earlier look had seen a while before the last one, and what it meets again is the same
//! event. No clock of the database and no arithmetic on its values is needed for that, so that ids and times are alike.

use serde_json::{Value, json};

/// Places that are remembered. Without those between them a look only begins further back.
const SEEN_MAX: usize = 60;

/// A value of the column, and the key of a row that has it; without a key, all rows that have it lie behind. With nothing in
/// it, it is the table's beginning.
pub type Place = Vec<Value>;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walk {
    /// When which place was the highest, the oldest first. Milliseconds since 1970.
    seen: Vec<(i64, Place)>,
    /// When the last walk began that came to its end.
    last: i64,
    /// The walk that is under way: when it began, and how far it has come.
    under_way: Option<(i64, Option<Place>)>,
}

impl Walk {
    /// The first look, at a table whose highest place is known, if it has any.
    pub fn first(now: i64, highest: Option<Place>) -> Self {
        Self { seen: vec![(now, highest.unwrap_or_default())], last: now, under_way: None }
    }

    pub fn read(cursor: &Value) -> Option<Self> {
        let list = |value: &Value| value.as_array().cloned();
        let seen = cursor
            .get("seen")?
            .as_array()?
            .iter()
            .map(|entry| Some((entry.get(0)?.as_i64()?, list(entry.get(1)?)?)));
        let under_way =
            cursor.get("began").and_then(Value::as_i64).map(|began| (began, cursor.get("at").and_then(list)));
        Some(Self { seen: seen.collect::<Option<_>>()?, last: cursor.get("last")?.as_i64()?, under_way })
    }

    pub fn cursor(&self) -> Value {
        let seen: Vec<Value> = self.seen.iter().map(|(when, place)| json!([when, place])).collect();
        let mut cursor = json!({"seen": seen, "last": self.last});
        if let (Some((began, at)), Some(fields)) = (&self.under_way, cursor.as_object_mut()) {
            fields.insert("began".into(), (*began).into());
            fields.insert("at".into(), at.clone().map_or(Value::Null, Value::Array));
        }
        cursor
    }

    /// The place behind which a page begins; nothing where it is the table's beginning.
    pub fn from(&mut self, now: i64, overlap_ms: i64) -> Option<Place> {
        if let Some((_, at)) = &self.under_way {
            return at.clone();
        }
        let old_enough = |(when, _): &(i64, Place)| when.saturating_add(overlap_ms) <= self.last;
        let start = self.seen.iter().rposition(old_enough).unwrap_or_default();
        self.seen.drain(..start);
        let from = self.seen.first().map(|(_, place)| place.clone()).filter(|place| !place.is_empty());
        self.under_way = Some((now, from.clone()));
        from
    }

    /// A page was read, to the place of its last row; `full` says that there may be more behind it.
    pub fn step(&mut self, now: i64, last: Option<Place>, full: bool) {
        let Some((began, at)) = self.under_way.take() else { return };
        let at = last.or(at);
        if full {
            self.under_way = Some((began, at));
            return;
        }
        self.last = began;
        if let Some(at) = at.filter(|at| !self.seen.iter().any(|(_, place)| place == at)) {
            self.seen.push((now, at));
        }
        if self.seen.len() > SEEN_MAX {
            self.seen.remove(1);
        }
    }

    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const PAGE: usize = 3;
    const OVERLAP: i64 = 60;

    /// A table as the trigger sees it: (value, key).
    struct Looking {
        rows: Vec<(i64, i64)>,
        cursor: Option<Value>,
        came: BTreeMap<(i64, i64), usize>,
    }

    impl Looking {
        fn at(&mut self, now: i64) -> usize {
            let place = |row: &(i64, i64)| vec![json!(row.0), json!(row.1)];
            let Some(cursor) = &self.cursor else {
                self.cursor = Some(Walk::first(now, self.rows.iter().max().map(place)).cursor());
                return 0;
            };
            let (mut walk, mut seen) = (Walk::read(cursor).expect("a cursor"), 0);
            loop {
                let from = walk.from(now, OVERLAP);
                let behind = |row: &(i64, i64)| {
                    let number = |at: usize| from.as_ref().and_then(|from| from.get(at)?.as_i64());
                    match (number(0), number(1)) {
                        (Some(value), Some(key)) => *row > (value, key),
                        (Some(value), None) => row.0 >= value,
                        _ => true,
                    }
                };
                let mut page: Vec<_> = self.rows.iter().copied().filter(behind).collect();
                page.sort_unstable();
                page.truncate(PAGE);
                page.iter().for_each(|row| *self.came.entry(*row).or_default() += 1);
                seen += page.len();
                walk.step(now, page.last().map(place), page.len() == PAGE);
                walk = Walk::read(&walk.cursor()).expect("it is read as it was written");
                if !walk.is_under_way() {
                    break;
                }
            }
            self.cursor = Some(walk.cursor());
            seen
        }
    }

    fn looking(rows: &[(i64, i64)]) -> Looking {
        Looking { rows: rows.to_vec(), cursor: None, came: BTreeMap::new() }
    }

    #[test]
    fn the_first_look_brings_nothing_of_the_past_and_many_of_one_moment_come_all() {
        let mut looking = looking(&[(1, 1), (2, 2)]);
        assert_eq!(looking.at(1_000), 0);
        looking.rows.extend((10..30).map(|key| (5, key)));
        assert_eq!(looking.at(2_000), 20);
        assert_eq!(looking.at(3_000), 20, "once again, for what comes late");
        assert_eq!(looking.at(4_000), 0, "and then no more");
        assert!(!looking.came.contains_key(&(2, 2)));
    }

    #[test]
    fn a_row_that_becomes_visible_late_is_not_lost() {
        let mut looking = looking(&[]);
        looking.at(0);
        looking.rows.push((8, 8));
        looking.at(1_000);
        // It was given its value before the other, and its transaction ended 59 later.
        looking.rows.push((7, 7));
        assert!(looking.at(1_059) > 0);
        assert_eq!(looking.came.get(&(7, 7)), Some(&1));
        looking.at(5_000);
        looking.at(9_000);
        assert_eq!(looking.at(9_100), 0);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut looking = looking(&[]);
        for now in 0..1_000 {
            looking.rows.push((now, now));
            looking.at(now);
        }
        let remembered = looking.cursor.as_ref().and_then(|cursor| cursor["seen"].as_array().map(Vec::len));
        assert!(remembered.is_some_and(|count| count <= SEEN_MAX), "{remembered:?}");
        assert_eq!(looking.came.len(), 999);
    }

    #[test]
    fn since_takes_all_rows_that_have_the_value() {
        let mut looking = looking(&[(4, 1), (5, 1), (5, 2), (6, 1)]);
        looking.cursor = Some(Walk::first(0, Some(vec![json!(5)])).cursor());
        assert_eq!(looking.at(1), 3);
    }
}
