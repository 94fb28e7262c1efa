//! What a node sees, as a tree of rows: each with the path that reads it, and what the sample has there.

use model::Value;

/// Rows of one root; a sample with more is cut.
pub const SOURCES_MAX: usize = 2_000;
/// Levels that are shown; deeper data is reached by typing its path.
const DEPTH_MAX: usize = 12;
/// Letters of a value in its row.
const SHOWN_LETTERS_MAX: usize = 48;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Nothing,
    Text,
    Number,
    Bool,
    List,
    Object,
}

impl Kind {
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::String(_) => Self::Text,
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Bool,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }
}

/// One value that can be mapped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceRow {
    /// As an expression has it; what is in a list is written as `input.line_items[].sku`.
    pub path: String,
    pub name: String,
    pub depth: usize,
    pub kind: Kind,
    /// The sample's value, or how many there are in it.
    pub shown: String,
    /// The list whose elements it is in.
    pub list: Option<String>,
}

/// A value and everything in it. Of a list, what any of its elements has.
pub fn sources(root: &str, name: &str, value: &Value) -> Vec<SourceRow> {
    let mut rows = Vec::new();
    let start = SourceRow { path: root.into(), name: name.into(), ..SourceRow::default() };
    add(start, &[value], &mut rows);
    rows
}

fn add(row: SourceRow, values: &[&Value], rows: &mut Vec<SourceRow>) {
    if rows.len() >= SOURCES_MAX || row.depth > DEPTH_MAX {
        return;
    }
    let first = values.iter().find(|value| !value.is_null()).copied().unwrap_or(&Value::Null);
    let row = SourceRow { kind: Kind::of(first), shown: shown(first), ..row };
    rows.push(row.clone());
    let below = |path: String, name: &str, list: Option<String>| SourceRow {
        path,
        name: name.to_owned(),
        depth: row.depth + 1,
        list,
        ..SourceRow::default()
    };
    match first {
        Value::Object(_) => {
            for name in names(values) {
                let members: Vec<&Value> = values.iter().filter_map(|value| value.get(name)).collect();
                add(below(member(&row.path, name), name, row.list.clone()), &members, rows);
            }
        }
        Value::Array(_) => {
            let elements: Vec<&Value> =
                values.iter().filter_map(|value| value.as_array()).flatten().take(20).collect();
            let objects = elements.iter().any(|element| element.is_object());
            let inner = format!("{}[]", row.path);
            if objects {
                for name in names(&elements) {
                    let members: Vec<&Value> = elements.iter().filter_map(|value| value.get(name)).collect();
                    add(below(member(&inner, name), name, Some(row.path.clone())), &members, rows);
                }
            } else if !elements.is_empty() {
                add(below(inner, "[ ]", Some(row.path.clone())), &elements, rows);
            }
        }
        _ => {}
    }
}

/// The names that any of these objects has, in the order in which they come.
fn names<'v>(values: &[&'v Value]) -> Vec<&'v str> {
    let mut names: Vec<&str> = Vec::new();
    for object in values.iter().filter_map(|value| value.as_object()) {
        for name in object.keys().filter(|name| !names.contains(&name.as_str())).collect::<Vec<_>>() {
            names.push(name);
        }
    }
    names
}

fn member(path: &str, name: &str) -> String {
    let plain = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match plain {
        true => format!("{path}.{name}"),
        false => format!("{path}[{}]", Value::from(name)),
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => return "–".into(),
        Value::Array(items) => return format!("[ {} ]", items.len()),
        Value::Object(members) => return format!("{{ {} }}", members.len()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN_LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A path as an expression has it at a field: from the element in a list that is gone through, from its first elsewhere.
pub fn path_in(path: &str, list: Option<&str>) -> String {
    let inside = list.and_then(|list| path.strip_prefix(list)?.strip_prefix("[]"));
    match inside {
        Some(rest) => format!("item{rest}"),
        None => path.to_owned(),
    }
    .replace("[]", "[0]")
}
