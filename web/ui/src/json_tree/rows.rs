//! A JSON value as the rows of a tree.

use crate::data_view::Found;
use serde_json::Value;
use std::collections::HashSet;

/// Longer texts are cut in the tree; the JSON view has all of it.
const TEXT_CHARS_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// JSON pointer: what is folded is remembered by it.
    pub path: String,
    pub depth: usize,
    pub name: String,
    pub show: Show,
    /// The kind of a scalar, for its colour.
    pub kind: &'static str,
    /// Whether a branch is open; nothing for a leaf.
    pub open: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// A list of so many entries.
    List(usize),
    /// An object of so many fields.
    Object(usize),
    Scalar(String),
}

/// The first `limit` rows of a value, and whether there are more. What is folded is skipped without being looked at, and
/// nothing beyond the limit is walked, so a huge value costs no more than a screenful.
pub fn rows(value: &Value, folded: &HashSet<String>, limit: usize) -> (Vec<Row>, bool) {
    rows_among(value, folded, None, limit)
}

/// The same, of what was found alone.
pub fn rows_among(
    value: &Value,
    folded: &HashSet<String>,
    found: Option<&Found>,
    limit: usize,
) -> (Vec<Row>, bool) {
    let mut walk = Walk { folded, found, limit, rows: Vec::new(), more: false };
    match value {
        Value::Object(_) | Value::Array(_) if !is_empty(value) => walk.children(value, "", 0, false),
        scalar => walk.rows.push(row(scalar, String::new(), 0, String::new(), None)),
    }
    (walk.rows, walk.more)
}

struct Walk<'a> {
    folded: &'a HashSet<String>,
    found: Option<&'a Found>,
    limit: usize,
    rows: Vec<Row>,
    more: bool,
}

impl Walk<'_> {
    /// `whole`: what they are in was found by its name, so all of it is shown.
    fn children(&mut self, value: &Value, path: &str, depth: usize, whole: bool) {
        match value {
            Value::Object(fields) => {
                for (name, child) in fields {
                    if !self.child(name, child, (path, depth, whole)) {
                        return;
                    }
                }
            }
            Value::Array(items) => {
                for (i, child) in items.iter().enumerate() {
                    if !self.child(&i.to_string(), child, (path, depth, whole)) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds one child and what is open below it; false once the limit is reached.
    fn child(&mut self, name: &str, value: &Value, (path, depth, whole): (&str, usize, bool)) -> bool {
        let path = pointer(path, name);
        let whole = whole || self.found.is_none_or(|found| found.by_name.contains(&path));
        if !whole && self.found.is_some_and(|found| !found.on_the_way.contains(&path)) {
            return true;
        }
        if self.rows.len() >= self.limit {
            self.more = true;
            return false;
        }
        let branch = value.is_object() || value.is_array();
        let open = (branch && !is_empty(value)).then(|| !self.folded.contains(&path));
        self.rows.push(row(value, path.clone(), depth, name.to_owned(), open));
        if open == Some(true) {
            self.children(value, &path, depth + 1, whole);
        }
        !self.more
    }
}

/// A JSON pointer with one more step.
pub(crate) fn pointer(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn row(value: &Value, path: String, depth: usize, name: String, open: Option<bool>) -> Row {
    let (show, kind) = match value {
        Value::Array(items) => (Show::List(items.len()), "list"),
        Value::Object(fields) => (Show::Object(fields.len()), "object"),
        Value::String(text) => (Show::Scalar(short(text)), "text"),
        Value::Number(number) => (Show::Scalar(number.to_string()), "number"),
        Value::Bool(yes) => (Show::Scalar(yes.to_string()), "bool"),
        Value::Null => (Show::Scalar("null".to_owned()), "null"),
    };
    Row { path, depth, name, show, kind, open }
}

pub(crate) fn short(text: &str) -> String {
    let cut: String = text.chars().take(TEXT_CHARS_MAX).collect();
    let mark = if cut.len() < text.len() { "…" } else { "" };
    format!("\"{cut}{mark}\"")
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(value: &Value, folded: &[&str], limit: usize) -> (Vec<String>, bool) {
        let folded = folded.iter().map(|path| (*path).to_owned()).collect();
        let (rows, more) = rows(value, &folded, limit);
        let line = |row: Row| format!("{}{} {:?}", " ".repeat(row.depth), row.name, row.show);
        (rows.into_iter().map(line).collect(), more)
    }

    #[test]
    fn an_order_is_shown_branch_by_branch() {
        let order = json!({"ref": "#1042", "lines": [{"sku": "TEA-250"}], "paid": true});
        let (rows, more) = lines(&order, &[], 50);
        assert_eq!(
            rows,
            [
                "ref Scalar(\"\\\"#1042\\\"\")",
                "lines List(1)",
                " 0 Object(1)",
                "  sku Scalar(\"\\\"TEA-250\\\"\")",
                "paid Scalar(\"true\")"
            ]
        );
        assert!(!more);
    }

    #[test]
    fn a_folded_branch_hides_what_is_in_it() {
        let (rows, _) = lines(&json!({"a/b": {"c": 1}, "d": 2}), &["/a~1b"], 50);
        assert_eq!(rows, ["a/b Object(1)", "d Scalar(\"2\")"]);
    }

    #[test]
    fn ten_thousand_items_are_cut_and_more_is_offered() {
        let items: Vec<Value> = (0..10_000).map(|i| json!({"i": i})).collect();
        let (rows, more) = lines(&json!(items), &[], 100);
        assert_eq!((rows.len(), more), (100, true));
        assert!(!lines(&json!([1, 2, 3]), &[], 3).1, "exactly as many as fit is not more");
    }

    #[test]
    fn numbers_keep_their_digits() {
        let value: Value = serde_json::from_str(r#"{"id": 9007199254740993, "price": 10.50}"#).expect("JSON");
        assert_eq!(lines(&value, &[], 9).0, ["id Scalar(\"9007199254740993\")", "price Scalar(\"10.50\")"]);
    }

    #[test]
    fn a_single_value_is_a_tree_of_one_row() {
        assert_eq!(lines(&json!("hello"), &[], 9).0, [" Scalar(\"\\\"hello\\\"\")"]);
        assert_eq!(lines(&json!([]), &[], 9).0, [" List(0)"]);
    }
}
