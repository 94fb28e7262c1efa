//! The target's fields as rows, with the line that each has.

use super::source::path_in;
use model::mapping::{Conversion, Line, Mapping, Rule, find_target, flatten};
use model::template::only_expression;
use model::{Field, FieldKind, Value, Words};

/// What a field takes, as far as it matters to what is mapped to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetKind {
    #[default]
    Any,
    Text,
    Number,
    Bool,
    List,
}

impl TargetKind {
    fn of(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Text | FieldKind::LongText => Self::Text,
            // An amount of a text keeps its digits as a number does; rounding to a currency is for people to ask for.
            FieldKind::Number | FieldKind::Money(_) => Self::Number,
            FieldKind::Bool => Self::Bool,
            FieldKind::List(_) => Self::List,
            _ => Self::Any,
        }
    }
}

/// One field of the target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetRow {
    /// As in `lines[].sku`.
    pub target: String,
    /// The names of the objects that it is in, and its own.
    pub titles: Vec<Words>,
    pub about: Words,
    pub required: bool,
    pub kind: TargetKind,
    /// How many lists it is in.
    pub depth: usize,
    /// In the mapping, but not in the shape.
    pub custom: bool,
    /// What its source says; nothing where it has no line.
    pub source: Option<String>,
    /// The path of its source as sources have it, where it is no more than a path.
    pub reads: Option<String>,
    pub conversions: Vec<Conversion>,
    /// It is a list that is made of another.
    pub each: bool,
    pub when: String,
    /// The line cannot be read; it stays as it is.
    pub unread: bool,
}

/// Every field of the target in its order, and behind it the lines for others.
pub fn rows(mapping: &Mapping, shape: &[Field]) -> Vec<TargetRow> {
    let mut rows: Vec<TargetRow> = flatten(shape)
        .into_iter()
        .map(|found| TargetRow {
            titles: titles(shape, &found.path),
            about: found.field.about.clone(),
            required: found.field.required,
            kind: TargetKind::of(&found.field.kind),
            depth: found.path.matches("[].").count(),
            target: found.path,
            ..TargetRow::default()
        })
        .collect();
    add_lines(&mapping.lines, "", 0, &mut rows);
    for row in &mut rows {
        let path = row.source.as_deref().filter(|source| is_path(source));
        row.reads = path.map(|path| full_path(path, super::list_of(mapping, &row.target)));
    }
    rows
}

/// A path as sources have it; `list` is the one that the elements around it are of.
pub(super) fn full_path(path: &str, list: Option<String>) -> String {
    let inside = path.strip_prefix("item").filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    match inside.zip(list) {
        Some((rest, list)) => format!("{list}[]{rest}"),
        None => path.replace("[0]", "[]"),
    }
}

fn add_lines(lines: &[Line], before: &str, depth: usize, rows: &mut Vec<TargetRow>) {
    for line in lines {
        let target = format!("{before}{}", line.target);
        let at = match rows.iter().position(|row| row.target == target) {
            Some(at) => at,
            None => {
                // Beside those of its own list.
                let behind =
                    rows.iter().rposition(|row| !before.is_empty() && row.target.starts_with(before));
                let at = behind.map_or(rows.len(), |at| at + 1);
                rows.insert(
                    at,
                    TargetRow { target: target.clone(), depth, custom: true, ..TargetRow::default() },
                );
                at
            }
        };
        fill(&mut rows[at], &line.rule);
        if let Rule::Each(each) = &line.rule {
            add_lines(&each.lines, &format!("{target}[]."), depth + 1, rows);
        }
    }
}

fn fill(row: &mut TargetRow, rule: &Rule) {
    match rule {
        Rule::Value(from) => {
            row.source = Some(text_of(&from.value));
            row.conversions = from.conversions.clone();
        }
        Rule::Each(each) => {
            row.source = Some(text_of(&each.list));
            row.each = true;
            row.when = each.when.as_ref().map(text_of).unwrap_or_default();
        }
        Rule::Unread(value) => {
            row.source = Some(value.to_string());
            row.unread = true;
        }
    }
}

/// A source as somebody types it: a lone expression without what is around it.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => match only_expression(text) {
            Some(source) if is_path(source.trim()) => source.trim().to_owned(),
            _ => text.clone(),
        },
        other => other.to_string(),
    }
}

/// The value that a text stands for: a path, a text with expressions, or a fixed value of the kind that is wanted.
pub fn value_of(text: &str, wants: TargetKind) -> Value {
    let typed = text.trim();
    let list_or_object = || match typed.starts_with(['[', '{']) {
        true => serde_json::from_str(typed).ok(),
        false => None,
    };
    match fixed_of(typed, wants) {
        Value::String(_) if is_path(typed) => Value::from(format!("${{{typed}}}")),
        Value::String(_) => list_or_object().unwrap_or_else(|| Value::from(text)),
        fixed => fixed,
    }
}

/// The value that a text stands for where nothing is computed.
pub fn fixed_of(text: &str, wants: TargetKind) -> Value {
    let json: Option<Value> = serde_json::from_str(text.trim()).ok();
    let fits = |value: &Value| match wants {
        TargetKind::Number => value.is_number(),
        TargetKind::Bool => value.is_boolean(),
        _ => false,
    };
    json.filter(fits).unwrap_or_else(|| Value::from(text))
}

/// What is a path into what a node sees, written without `${…}`.
fn is_path(text: &str) -> bool {
    const ROOTS: [&str; 7] = ["input", "trigger", "nodes", "item", "index", "vars", "run"];
    let root_ends = text.find(['.', '[', '?']).unwrap_or(text.len());
    ROOTS.contains(&&text[..root_ends]) && !text.contains(char::is_whitespace) && !text.contains("${")
}

fn titles(shape: &[Field], path: &str) -> Vec<Words> {
    let own = path.rsplit("[].").next().unwrap_or(path);
    let fields = inner(shape, path);
    let ends = own.match_indices('.').map(|(end, _)| end).chain([own.len()]);
    ends.filter_map(|end| Some(find_target(fields, &own[..end])?.title.clone())).collect()
}

/// The fields that the last part of a path is among.
fn inner<'s>(shape: &'s [Field], path: &str) -> &'s [Field] {
    let mut fields = shape;
    let mut rest = path;
    while let Some((list, after)) = rest.split_once("[].") {
        let Some(Field { kind: FieldKind::List(inner), .. }) = find_target(fields, list) else { return &[] };
        (fields, rest) = (inner, after);
    }
    fields
}

pub(super) fn kind_of(shape: &[Field], path: &str) -> TargetKind {
    let own = path.rsplit("[].").next().unwrap_or(path);
    find_target(inner(shape, path), own).map_or(TargetKind::Any, |field| TargetKind::of(&field.kind))
}

/// Whether a row is the one that a path is mapped to already.
pub(super) fn reads(row: &TargetRow, path: &str, list: Option<&str>) -> bool {
    row.source.as_deref() == Some(path_in(path, list).as_str())
}

/// Where a line is written, as a JSON pointer from the mapping: `/lines/fields/sku`.
pub fn pointer_of(target: &str) -> String {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let names: Vec<String> = target.split("[].").map(escaped).collect();
    format!("/{}", names.join("/fields/"))
}

/// The next field behind this one that is missed, or the first of all: an object that is missed is its first field.
pub fn next_open(rows: &[TargetRow], missing: &[String], after: Option<&str>) -> Option<String> {
    let place = |missed: &String| {
        let inside = format!("{missed}.");
        rows.iter().position(|row| row.target == *missed || row.target.starts_with(&inside))
    };
    let mut open: Vec<usize> = missing.iter().filter_map(place).collect();
    open.sort_unstable();
    let here = after.and_then(|after| rows.iter().position(|row| row.target == after));
    let next = open.iter().find(|at| here.is_none_or(|here| **at > here)).or(open.first())?;
    Some(rows[*next].target.clone())
}
