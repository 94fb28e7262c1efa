//! Rows that are written: many at a time, all or none.

use super::dialect::{Dialect, Writing};
use super::name::{self, Table};
use super::rows::Most;
use super::sessions::Databases;
use super::statement::{Given, Statement};
use super::table::{Columns, Unique, text};
use super::trouble::refused_input;
use super::words::ROWS_MAX;
use crate::words::std_span;
use connector::{ActionCx, Error};
use serde_json::{Map, Value, json};

/// Rows in one statement: more of them make the server's plan large, and no longer faster.
const TOGETHER_MAX: usize = 200;

pub struct Wanted<'a> {
    pub table: &'a str,
    pub rows: Vec<Map<String, Value>>,
    pub keys: &'a [String],
    /// Rows that are there are changed; else they stay as they are.
    pub updates: bool,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: usize,
    pub inserted: u64,
    pub existing: u64,
}

/// Writes rows in one transaction.
pub async fn write<D: Dialect>(
    databases: &Databases<D>,
    cx: &ActionCx<'_>,
    wanted: Wanted<'_>,
) -> Result<Counts, Error> {
    let table = Table::read(wanted.table)?;
    let rows = wanted.rows.len();
    check(&wanted)?;
    if rows == 0 {
        return Ok(Counts::default());
    }
    let mut open = databases.begin(cx.connection()?, false, std_span(cx.timeout)).await?;
    let columns = Columns::of(&mut open, &table, wanted.table).await?;
    for key in wanted.keys {
        columns.kind(key)?;
    }
    let quoted = table.quoted(D::quote);
    let keys: Vec<String> = wanted.keys.iter().map(|key| D::quote(key)).collect();
    // Once for all: rows of which no two have the same columns are so many groups.
    let unique = if keys.is_empty() { None } else { Some(Unique::of(&mut open, &table).await?) };
    let mut counts = Counts { rows, ..Counts::default() };
    for (names, alike) in alike(merged(wanted.rows, wanted.keys)) {
        if let Some(unique) = &unique {
            unique.check::<D>(wanted.keys, &names)?;
        }
        let fitted = fitted(&open.session, &columns, &names, alike)?;
        let columns: Vec<String> = names.iter().map(|name| D::quote(name)).collect();
        let together = (D::VALUES_MAX / columns.len().max(1)).clamp(1, TOGETHER_MAX);
        for rows in fitted.chunks(together) {
            let writing =
                Writing { table: &quoted, columns: &columns, keys: &keys, rows, updates: wanted.updates };
            let existing = match keys.is_empty() {
                true => 0,
                false => count(open.read(&existing(&writing), Most::rows(1)).await?.rows.first()),
            };
            let statement = if keys.is_empty() { writing.insert() } else { D::upsert(&writing) };
            open.change(&statement).await?;
            counts.existing += existing;
            counts.inserted += (rows.len() as u64).saturating_sub(existing);
        }
    }
    open.commit().await?;
    Ok(counts)
}

/// What can be known to be wrong before anybody is asked.
fn check(wanted: &Wanted<'_>) -> Result<(), Error> {
    if wanted.rows.len() > ROWS_MAX {
        return Err(refused_input(
            format!("{} rows are more than the {ROWS_MAX} that one step writes", wanted.rows.len()),
            "Go through the rows in parts, with a loop before this node.",
        ));
    }
    for (at, row) in wanted.rows.iter().enumerate() {
        let wrong = |what: String| Err(refused_input(format!("row {}: {what}", at + 1), "Correct the row."));
        if row.is_empty() {
            return wrong("there is nothing in it".into());
        }
        row.keys().try_for_each(|column| name::check(column))?;
        if let Some(key) = wanted.keys.iter().find(|key| row.get(*key).is_none_or(Value::is_null)) {
            return wrong(format!("it has no value for the key column \"{key}\""));
        }
    }
    Ok(())
}

/// Rows with the same key become one, as if they were written one after the other.
fn merged(rows: Vec<Map<String, Value>>, keys: &[String]) -> Vec<Map<String, Value>> {
    if keys.is_empty() {
        return rows;
    }
    let mut merged: indexed::Map = indexed::Map::default();
    for row in rows {
        let key: Vec<String> = keys.iter().map(|key| text(&row, key)).collect();
        merged.put(key, row);
    }
    merged.into_rows()
}

mod indexed {
    use serde_json::{Map as Row, Value};
    use std::collections::HashMap;

    /// Rows by their key, in the order in which they came.
    #[derive(Default)]
    pub struct Map {
        at: HashMap<Vec<String>, usize>,
        rows: Vec<Row<String, Value>>,
    }

    impl Map {
        pub fn put(&mut self, key: Vec<String>, row: Row<String, Value>) {
            match self.at.get(&key) {
                Some(at) => self.rows[*at].extend(row),
                None => {
                    self.at.insert(key, self.rows.len());
                    self.rows.push(row);
                }
            }
        }

        pub fn into_rows(self) -> Vec<Row<String, Value>> {
            self.rows
        }
    }
}

type Alike = (Vec<String>, Vec<Map<String, Value>>);

/// Rows that have the same columns: what a row does not have is the database's own default, not NULL.
fn alike(rows: Vec<Map<String, Value>>) -> Vec<Alike> {
    let mut alike: Vec<Alike> = Vec::new();
    for row in rows {
        let same =
            |names: &[String]| names.len() == row.len() && names.iter().all(|name| row.contains_key(name));
        match alike.iter_mut().find(|(names, _)| same(names)) {
            Some((_, rows)) => rows.push(row),
            None => alike.push((row.keys().cloned().collect(), vec![row])),
        }
    }
    alike
}

fn fitted<D: Dialect>(
    session: &D,
    columns: &Columns,
    names: &[String],
    rows: Vec<Map<String, Value>>,
) -> Result<Vec<Vec<Given>>, Error> {
    let fit = |mut row: Map<String, Value>| {
        let value = |name: &String| columns.fit(session, name, row.remove(name).unwrap_or_default());
        names.iter().map(value).collect()
    };
    rows.into_iter().map(fit).collect()
}

/// Asks how many of the rows are there.
fn existing(writing: &Writing<'_>) -> Statement {
    let at: Vec<usize> = writing
        .keys
        .iter()
        .filter_map(|key| writing.columns.iter().position(|column| column == key))
        .collect();
    let statement = Statement::new(format!("SELECT COUNT(*) AS n FROM {} WHERE ", writing.table));
    statement.list(writing.rows, " OR ", |statement, row| {
        let same = |statement: Statement, at: &usize| {
            statement.text(format!("{} = ", writing.columns[*at])).value(row[*at].clone())
        };
        statement.text("(").list(&at, " AND ", same).text(")")
    })
}

fn count(row: Option<&Map<String, Value>>) -> u64 {
    row.and_then(|row| row.values().next()?.as_u64()).unwrap_or_default()
}

/// What an insert tells.
pub fn told(counts: &Counts, existing: &str) -> Value {
    json!({"rows": counts.rows, "inserted": counts.inserted, existing: counts.existing})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("a row")
    }

    #[test]
    fn a_key_that_comes_twice_is_one_row_and_the_later_value_counts() {
        let rows =
            vec![row(json!({"k": 1, "a": 1, "b": 1})), row(json!({"k": 2})), row(json!({"k": 1, "a": 2}))];
        let keys = vec!["k".to_owned()];
        let merged = merged(rows, &keys);
        assert_eq!(merged, [row(json!({"k": 1, "a": 2, "b": 1})), row(json!({"k": 2}))]);
        let alike = alike(merged);
        assert_eq!(alike.len(), 2, "what is not there is left to the database");
    }

    #[test]
    fn a_row_without_its_key_is_refused_before_anybody_is_asked() {
        let keys = vec!["k".to_owned()];
        let wanted = |rows| Wanted { table: "t", rows, keys: &keys, updates: true };
        assert!(check(&wanted(vec![row(json!({"k": 1}))])).is_ok());
        for wrong in [json!({}), json!({"a": 1}), json!({"k": null}), json!({"k": 1, "": 2})] {
            assert!(check(&wanted(vec![row(wrong.clone())])).is_err(), "{wrong}");
        }
        assert!(check(&wanted(vec![row(json!({"k": 1})); ROWS_MAX + 1])).is_err());
    }

    #[test]
    fn what_is_there_is_counted_by_all_key_columns() {
        let columns = ["shop", "total", "no"].map(str::to_owned);
        let keys = ["shop", "no"].map(str::to_owned);
        let rows = vec![vec![Given::from("a"), Given::from("b"), Given::from("c")]; 2];
        let writing = Writing { table: "t", columns: &columns, keys: &keys, rows: &rows, updates: true };
        let text = existing(&writing).render(|at| format!("<{at}>"));
        assert_eq!(
            text,
            "SELECT COUNT(*) AS n FROM t WHERE (shop = <0> AND no = <1>) OR (shop = <2> AND no = <3>)"
        );
    }
}
