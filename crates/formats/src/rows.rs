//! Rows on their way: objects of names and values, and what one of their values is as a text.

use crate::failure;
use connector::Error;
use indexmap::IndexSet;
use serde_json::{Map, Value};
use std::borrow::Cow;

pub const ROWS_MAX: usize = 100_000;
pub const COLUMNS_MAX: usize = 1_000;
/// Of a table, rows times columns.
pub const CELLS_MAX: usize = 1_000_000;
const NAME_CHARS_MAX: usize = 200;

pub type Row = Map<String, Value>;

/// Names of columns out of the cells of a header: an empty one is called by its place, and a second of the same name gets a number.
pub fn names<'c>(cells: impl IntoIterator<Item = &'c str>) -> Vec<String> {
    let mut taken: IndexSet<String> = IndexSet::new();
    for (index, cell) in cells.into_iter().enumerate() {
        let words: Vec<&str> = cell.split_whitespace().collect();
        let name: String = words.join(" ").chars().take(NAME_CHARS_MAX).collect();
        let name = if name.is_empty() { format!("column_{}", index + 1) } else { name };
        let mut free = name.clone();
        let mut number = 1;
        while taken.contains(&free) {
            number += 1;
            free = format!("{name}_{number}");
        }
        taken.insert(free);
    }
    taken.into_iter().collect()
}

/// The columns of rows where nobody says which: every name, in the order in which they turn up.
pub fn columns_of(rows: &[Row]) -> Vec<String> {
    let mut names: IndexSet<&str> = IndexSet::new();
    for row in rows {
        names.extend(row.keys().map(String::as_str));
        if names.len() > COLUMNS_MAX {
            break;
        }
    }
    names.into_iter().map(str::to_owned).collect()
}

/// Refuses what is more than a table has.
pub fn check(rows: usize, columns: usize) -> Result<(), Error> {
    let much = rows > ROWS_MAX || columns > COLUMNS_MAX || rows.saturating_mul(columns) > CELLS_MAX;
    if !much {
        return Ok(());
    }
    Err(failure::input(
        format!(
            "the table has {rows} rows of {columns} columns; 100,000 rows, 1,000 columns and a million cells are possible"
        ),
        "Split the table before this step.",
    ))
}

/// A value as the text of a cell.
pub fn text(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(other) => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_column_has_a_name_of_its_own() {
        assert_eq!(
            names(["รหัส", " ชื่อ \n สินค้า ", "", "รหัส", "รหัส_2", "รหัส"]),
            ["รหัส", "ชื่อ สินค้า", "column_3", "รหัส_2", "รหัส_2_2", "รหัส_3"]
        );
    }

    #[test]
    fn digits_stay_and_what_has_parts_is_json() {
        let value: Value =
            serde_json::from_str(r#"[12345678901234567890.10, null, true, {"ก": [1]}, "0081"]"#).unwrap();
        let texts: Vec<_> = value.as_array().unwrap().iter().map(|value| text(Some(value))).collect();
        assert_eq!(texts, ["12345678901234567890.10", "", "true", r#"{"ก":[1]}"#, "0081"]);
    }

    #[test]
    fn columns_are_in_the_order_in_which_they_turn_up() {
        let rows = json!([{"b": 1, "a": 1}, {"c": 1, "a": 2}]);
        let rows: Vec<Row> = serde_json::from_value(rows).unwrap();
        assert_eq!(columns_of(&rows), ["b", "a", "c"]);
    }
}
