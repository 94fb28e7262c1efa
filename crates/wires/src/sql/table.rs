//! What a table has: its columns, and the keys that tell its rows apart.

use super::dialect::Dialect;
use super::name::Table;
use super::rows::Most;
use super::sessions::Transaction;
use super::statement::Given;
use super::trouble::refused_input;
use connector::Error;
use serde_json::{Map, Value};

/// No table has more.
const COLUMNS_MAX: usize = 4_096;
/// Columns that an error names.
const NAMED_MAX: usize = 30;

#[derive(Clone, Debug)]
pub struct Columns {
    table: String,
    all: Vec<(String, String)>,
}

impl Columns {
    pub async fn of<D: Dialect>(
        open: &mut Transaction<D>,
        table: &Table,
        written: &str,
    ) -> Result<Self, Error> {
        let found = open.read(&D::columns(table), Most::rows(COLUMNS_MAX)).await?;
        let all: Vec<_> = found.rows.iter().map(|row| (text(row, "name"), text(row, "type"))).collect();
        match all.is_empty() {
            true => Err(refused_input(
                format!(
                    "there is no table \"{}\", or this user may not see it",
                    connector::http::shorten(written)
                ),
                "Choose the table in the node; in another schema it is written schema.table.",
            )),
            false => Ok(Self { table: written.to_owned(), all }),
        }
    }

    /// The type of a column that has to be there.
    pub fn kind(&self, name: &str) -> Result<&str, Error> {
        let found = self.all.iter().find(|(known, _)| known == name);
        found.map(|(_, kind)| kind.as_str()).ok_or_else(|| {
            let some: Vec<&str> = self.all.iter().take(NAMED_MAX).map(|(name, _)| name.as_str()).collect();
            refused_input(
                format!("the table \"{}\" has no column \"{}\"", self.table, connector::http::shorten(name)),
                &format!("Its columns are {}.", some.join(", ")),
            )
        })
    }

    /// A value as its column takes it.
    pub fn fit<D: Dialect>(&self, session: &D, name: &str, value: Value) -> Result<Given, Error> {
        session.given(value, self.kind(name)?).map_err(|why| {
            refused_input(
                format!("the value for \"{name}\" does not fit: {why}"),
                "Correct the data of the row.",
            )
        })
    }
}

pub fn text(row: &Map<String, Value>, name: &str) -> String {
    match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The unique keys of a table, by their names; nothing where the database itself checks them.
pub struct Unique(Option<Vec<(String, Vec<String>)>>);

impl Unique {
    pub async fn of<D: Dialect>(open: &mut Transaction<D>, table: &Table) -> Result<Self, Error> {
        let Some(statement) = D::unique_keys(table) else { return Ok(Self(None)) };
        let found = open.read(&statement, Most::rows(COLUMNS_MAX)).await?;
        let mut unique: Vec<(String, Vec<String>)> = Vec::new();
        for row in &found.rows {
            let (key, name) = (text(row, "key"), text(row, "name"));
            match unique.iter_mut().find(|(known, _)| *known == key) {
                Some((_, names)) => names.push(name),
                None => unique.push((key, vec![name])),
            }
        }
        Ok(Self(Some(unique)))
    }

    /// Refuses key columns that tell no rows apart, and rows that could meet another row by another key.
    pub fn check<D: Dialect>(&self, keys: &[String], columns: &[String]) -> Result<(), Error> {
        let Some(unique) = &self.0 else { return Ok(()) };
        fit_keys(unique, keys, columns, D::MEETS_EVERY_KEY)
    }
}

fn fit_keys(
    unique: &[(String, Vec<String>)],
    keys: &[String],
    columns: &[String],
    meets_every: bool,
) -> Result<(), Error> {
    let same = |names: &[String]| names.len() == keys.len() && names.iter().all(|name| keys.contains(name));
    if !unique.iter().any(|(_, names)| same(names)) {
        return Err(refused_input(
            format!("no unique key of the table consists of {}", keys.join(", ")),
            "Name the columns of the primary key or of a unique index, or let the administrator make one.",
        ));
    }
    let other =
        |(_, names): &&(String, Vec<String>)| !same(names) && names.iter().all(|name| columns.contains(name));
    match unique.iter().find(other).filter(|_| meets_every) {
        Some((_, names)) => Err(refused_input(
            format!(
                "the rows also fill another unique key ({}), by which they could change another row",
                names.join(", ")
            ),
            "Leave one of its columns out of the rows, or use that key instead.",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_a_unique_key_and_no_other_is_met() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let unique = [("PRIMARY".to_owned(), names(&["id"])), ("u".to_owned(), names(&["shop", "no"]))];
        let fits = |keys: &[&str], columns: &[&str], meets| {
            fit_keys(&unique, &names(keys), &names(columns), meets).is_ok()
        };
        assert!(fits(&["no", "shop"], &["shop", "no", "total"], true));
        assert!(!fits(&["no"], &["no", "total"], true), "half a key");
        assert!(!fits(&["id"], &["id", "shop", "no"], true), "the other key is met, too");
        assert!(fits(&["id"], &["id", "shop", "no"], false));
    }
}
