//! A sheet as a table: its header row names the columns, and a row is an object by those names.

use super::api::{Api, Render};
use super::cells::{cell, said};
use super::place::{self, Block, Columns};
use super::words::Place;
use connector::Error;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The number of a row, in the objects that are read.
pub const ROW: &str = "_row";

pub struct Table {
    pub sheet: String,
    pub header_row: u64,
    /// The first column that is looked at, counted from 0.
    pub left: usize,
    /// The names of the columns from there on; empty where a column has none.
    pub names: Vec<String>,
}

impl Table {
    pub async fn read(api: &Api<'_>, place: Place<'_>, columns: Columns) -> Result<Self, Error> {
        let Place { sheet, header_row } = place;
        let found = api.rows(&Block::new(sheet, columns, header_row, 1), Render::Shown).await?;
        let names = named(found.into_iter().next().unwrap_or_default());
        if names.iter().all(String::is_empty) {
            return Err(Error::Refused {
                message: format!(
                    "row {header_row} of the sheet \"{}\" names no columns",
                    connector::http::shorten(sheet)
                ),
                advice: "Write the columns' names into that row, or say which row names them.".into(),
            });
        }
        Ok(Self { sheet: sheet.to_owned(), header_row, left: columns.first(), names })
    }

    /// A row as an object; nothing where all of it is empty.
    pub fn object(&self, number: u64, cells: Vec<Value>) -> Option<Map<String, Value>> {
        if cells.iter().all(|cell| said(cell).is_empty()) {
            return None;
        }
        let mut cells = cells.into_iter();
        let mut object = Map::from_iter([(ROW.to_owned(), number.into())]);
        for name in &self.names {
            let cell = cells.next().unwrap_or_else(|| Value::from(""));
            if !name.is_empty() {
                object.insert(name.clone(), cell);
            }
        }
        Some(object)
    }

    /// An object's values in the order of the columns. Nothing stands for what it does not name.
    pub fn cells(&self, row: &Map<String, Value>) -> Result<Vec<Value>, Error> {
        if let Some(unknown) = row.keys().find(|name| *name != ROW && !self.names.contains(name)) {
            return Err(Error::Input {
                message: format!("the sheet has no column \"{}\"", connector::http::shorten(unknown)),
                advice: format!("Write it into row {} of the sheet, or leave it out.", self.header_row),
            });
        }
        let of = |name: &String| match row.get(name).filter(|_| !name.is_empty()) {
            Some(value) => cell(name, value),
            None => Ok(Value::Null),
        };
        self.names.iter().map(of).collect()
    }

    /// Which of the columns has this name.
    pub fn column(&self, name: &str) -> Result<usize, Error> {
        let found = self.names.iter().position(|known| known == name.trim() && !known.is_empty());
        found.ok_or_else(|| Error::Input {
            message: format!(
                "the sheet has no column \"{}\" to find rows by",
                connector::http::shorten(name)
            ),
            advice: format!("Choose one of the names in row {} of the sheet.", self.header_row),
        })
    }

    /// Every key that stands below a column's name, with the rows that have it.
    pub async fn keys(&self, api: &Api<'_>, key: &str) -> Result<BTreeMap<String, Vec<u64>>, Error> {
        let first = self.header_row + 1;
        let block = Block::down(&self.sheet, self.left + self.column(key)?, first);
        let mut keys: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (row, cells) in (first..).zip(api.rows(&block, Render::Values).await?) {
            let key = cells.first().map(said).unwrap_or_default();
            if !key.is_empty() {
                keys.entry(key).or_default().push(row);
            }
        }
        Ok(keys)
    }

    /// Where all of a row's columns are.
    pub fn range(&self, row: u64) -> String {
        place::across(&self.sheet, self.left, self.names.len(), row)
    }
}

/// Names of columns. A name that comes again gets a number, so that no value covers another.
fn named(cells: Vec<Value>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut one = |cell: &Value| {
        let name = said(cell);
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 || name.is_empty() { name } else { format!("{name} ({count})") }
    };
    cells.iter().map(&mut one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn table() -> Table {
        let names = named(vec![json!("Order"), json!(""), json!("Name"), json!("Order")]);
        Table { sheet: "S".into(), header_row: 1, left: 1, names }
    }

    #[test]
    fn a_row_is_an_object_by_the_columns_names() {
        let object = table().object(7, vec![json!("A-1"), json!("unnamed"), json!("มาลี")]).unwrap();
        assert_eq!(Value::Object(object), json!({"_row": 7, "Order": "A-1", "Name": "มาลี", "Order (2)": ""}));
        assert_eq!(table().object(8, vec![json!(""), json!(" ")]), None);
    }

    #[test]
    fn an_object_is_written_in_the_order_of_the_columns_and_nothing_unknown_is_lost() {
        let row = json!({"Name": "มาลี", "_row": 7}).as_object().cloned().unwrap();
        assert_eq!(table().cells(&row).unwrap(), vec![Value::Null, Value::Null, json!("มาลี"), Value::Null]);
        let row = json!({"Nmae": "มาลี"}).as_object().cloned().unwrap();
        assert!(matches!(table().cells(&row), Err(Error::Input { message, .. }) if message.contains("Nmae")));
        assert_eq!(table().range(7), "'S'!B7:E7");
    }
}
