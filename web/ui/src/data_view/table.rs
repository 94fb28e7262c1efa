//! A value as a table: a list as its entries, an object as its fields.

use crate::json_tree::rows::{pointer, short};
use serde_json::Value;

const COLUMNS_MAX: usize = 30;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The fields of the entries; none where they are single values.
    pub columns: Vec<String>,
    pub rows: Vec<TableRow>,
    /// There are more rows.
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// JSON pointer.
    pub path: String,
    pub name: String,
    /// As many as there are columns, or one; nothing where the entry has no such field.
    pub cells: Vec<Option<String>>,
}

/// The first rows in which a text stands; an empty text stands in all.
pub fn table(value: &Value, text: &str, limit: usize) -> Table {
    let text = text.trim().to_lowercase();
    let columns = columns(value, limit);
    let mut table = Table { columns, ..Table::default() };
    let mut add = |name: &str, entry: &Value| {
        let row =
            TableRow { path: pointer("", name), name: name.to_owned(), cells: cells(entry, &table.columns) };
        if !text.is_empty() && !row.has(&text) {
            return true;
        }
        table.more = table.rows.len() >= limit;
        if !table.more {
            table.rows.push(row);
        }
        !table.more
    };
    match value {
        Value::Array(items) => drop(items.iter().enumerate().all(|(at, item)| add(&at.to_string(), item))),
        Value::Object(fields) => drop(fields.iter().all(|(name, field)| add(name, field))),
        single => {
            let cells = vec![Some(shown(single))];
            table.rows.push(TableRow { path: String::new(), name: String::new(), cells });
        }
    }
    table
}

impl TableRow {
    fn has(&self, text: &str) -> bool {
        let mut all = std::iter::once(&self.name).chain(self.cells.iter().flatten());
        all.any(|cell| cell.to_lowercase().contains(text))
    }
}

/// The fields of the entries that can be seen, in the order in which they come up.
fn columns(value: &Value, limit: usize) -> Vec<String> {
    let Value::Array(items) = value else { return Vec::new() };
    let mut columns: Vec<String> = Vec::new();
    for name in items.iter().take(limit).filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if columns.len() < COLUMNS_MAX && !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns
}

fn cells(entry: &Value, columns: &[String]) -> Vec<Option<String>> {
    match entry {
        Value::Object(fields) if !columns.is_empty() => {
            columns.iter().map(|name| fields.get(name).map(shown)).collect()
        }
        other => vec![Some(shown(other))],
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => short(text),
        Value::Array(items) => format!("[{}]", items.len()),
        Value::Object(fields) => format!("{{{}}}", fields.len()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(value: &Value, text: &str, limit: usize) -> Vec<String> {
        let table = table(value, text, limit);
        let row = |row: &TableRow| {
            let cells: Vec<_> = row.cells.iter().map(|cell| cell.as_deref().unwrap_or("-")).collect();
            format!("{}: {}", row.name, cells.join(" | "))
        };
        std::iter::once(table.columns.join(" | ")).chain(table.rows.iter().map(row)).collect()
    }

    #[test]
    fn a_list_of_lines_has_a_column_for_each_field() {
        let order = json!([{"sku": "TEA", "qty": 3}, {"sku": "CUP", "gift": true}]);
        assert_eq!(lines(&order, "", 9), ["sku | qty | gift", "0: \"TEA\" | 3 | -", "1: \"CUP\" | - | true"]);
    }

    #[test]
    fn an_object_has_a_row_for_each_field() {
        let order = json!({"name": "#1042", "lines": [1, 2]});
        assert_eq!(lines(&order, "", 9), ["", "name: \"#1042\"", "lines: [2]"]);
    }

    #[test]
    fn a_search_leaves_the_rows_that_have_the_text() {
        let order = json!([{"sku": "TEA"}, {"sku": "CUP"}]);
        assert_eq!(lines(&order, "cup", 9), ["sku", "1: \"CUP\""]);
    }

    #[test]
    fn many_rows_are_cut_and_more_is_offered() {
        let many: Vec<Value> = (0..10_000).map(|n| json!({ "n": n })).collect();
        let cut = table(&json!(many), "", 50);
        assert_eq!((cut.rows.len(), cut.more), (50, true));
    }
}
