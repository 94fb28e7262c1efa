//! The field mapper without a browser: what can be mapped, to what, and what becomes of a mapping when somebody maps.

mod choice;
mod likeness;
mod settings;
mod source;
mod suggest;
mod target;
mod tree;

pub use choice::{NextTarget, TargetChoice, next_target, targets};
pub use settings::{Setting, settings};
pub use source::{Kind, SOURCES_MAX, SourceRow, path_in, sources};
pub use suggest::{accept, suggest};
pub use target::{TargetKind, TargetRow, fixed_of, next_open, pointer_of, rows, text_of, value_of};
pub use tree::{TreeRow, in_sight};

use model::mapping::{Conversion, DateForm, Each, From, Line, Mapping, Rule};
use model::template::only_expression;
use model::{Field, Value};

/// Why nothing was mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMapped {
    /// The field belongs to a list that has no source yet.
    ListFirst,
    /// A name that cannot be one, or that is there already.
    BadName,
}

/// The lines that a target is among, and its name there. Lists on the way have to have a source.
fn around<'m, 't>(lines: &'m mut Vec<Line>, target: &'t str) -> Option<(&'m mut Vec<Line>, &'t str)> {
    let Some((list, inner)) = target.split_once("[].") else { return Some((lines, target)) };
    let line = lines.iter_mut().find(|line| line.target == list)?;
    match &mut line.rule {
        Rule::Each(each) => around(&mut each.lines, inner),
        _ => None,
    }
}

pub fn line_mut<'m>(mapping: &'m mut Mapping, target: &str) -> Option<&'m mut Line> {
    let (lines, name) = around(&mut mapping.lines, target)?;
    lines.iter_mut().find(|line| line.target == name)
}

/// Takes a line out; of a list with all that is in it.
pub fn remove(mapping: &mut Mapping, target: &str) {
    if let Some((lines, name)) = around(&mut mapping.lines, target) {
        lines.retain(|line| line.target != name);
    }
}

/// Gives a field this rule. A new line comes in where the shape has its field.
fn put(mapping: &mut Mapping, target: &str, rule: Rule, shape: &[Field]) -> Result<(), NotMapped> {
    let order: Vec<String> = model::mapping::flatten(shape).into_iter().map(|target| target.path).collect();
    let before = target.rfind("[].").map_or("", |at| &target[..at + 3]);
    let (lines, name) = around(&mut mapping.lines, target).ok_or(NotMapped::ListFirst)?;
    if let Some(line) = lines.iter_mut().find(|line| line.target == name) {
        line.rule = rule;
        return Ok(());
    }
    let place = |name: &str| order.iter().position(|path| *path == format!("{before}{name}"));
    let mine = place(name);
    let later = |line: &Line| mine.zip(place(&line.target)).is_some_and(|(mine, other)| other > mine);
    let at = lines.iter().position(later).unwrap_or(lines.len());
    lines.insert(at, Line { target: name.to_owned(), rule });
    Ok(())
}

/// The list that a field of a list is made of, written as sources are: `input.orders[].lines` for one inside of another.
fn list_of(mapping: &Mapping, target: &str) -> Option<String> {
    let (list, _) = target.rsplit_once("[].")?;
    let Rule::Each(each) = &mapping.line(list)?.rule else { return None };
    let own = only_expression(each.list.as_str()?)?.trim();
    Some(target::full_path(own, list_of(mapping, list)))
}

/// Maps what was chosen to a field, and converts it where the field takes another kind.
///
/// A field of a list that has no source yet brings the list of the chosen value along.
pub fn assign(
    mapping: &mut Mapping,
    target: &str,
    source: &SourceRow,
    shape: &[Field],
) -> Result<(), NotMapped> {
    bring_list(mapping, target, source, shape)?;
    let wants = target::kind_of(shape, target);
    let is_list = wants == TargetKind::List
        || mapping.line(target).is_some_and(|line| matches!(line.rule, Rule::Each(_)));
    if is_list && source.kind == Kind::List {
        return assign_list(mapping, target, source, shape);
    }
    let path = path_in(&source.path, list_of(mapping, target).as_deref());
    let conversions = kept(mapping, target).unwrap_or_else(|| fitting(wants, source.kind));
    let from = From { value: Value::from(format!("${{{path}}}")), conversions };
    put(mapping, target, Rule::Value(from), shape)
}

/// Gives the list that a field is in the one that the chosen value is in, where it has no source yet.
fn bring_list(
    mapping: &mut Mapping,
    target: &str,
    source: &SourceRow,
    shape: &[Field],
) -> Result<(), NotMapped> {
    let Some((list, _)) = target.rsplit_once("[].").filter(|(list, _)| mapping.line(list).is_none()) else {
        return Ok(());
    };
    let path = source.list.clone().ok_or(NotMapped::ListFirst)?;
    let outer = path.rsplit_once("[]").map(|(outer, _)| outer.to_owned());
    assign(mapping, list, &SourceRow { path, kind: Kind::List, list: outer, ..SourceRow::default() }, shape)
}

fn assign_list(
    mapping: &mut Mapping,
    target: &str,
    source: &SourceRow,
    shape: &[Field],
) -> Result<(), NotMapped> {
    let path = path_in(&source.path, list_of(mapping, target).as_deref());
    let list = Value::from(format!("${{{path}}}"));
    if let Some(Line { rule: Rule::Each(each), .. }) = line_mut(mapping, target) {
        each.list = list;
        return Ok(());
    }
    put(mapping, target, Rule::Each(Each { list, when: None, lines: Vec::new() }), shape)
}

/// The conversions that a line has already.
fn kept(mapping: &Mapping, target: &str) -> Option<Vec<Conversion>> {
    match &mapping.line(target)?.rule {
        Rule::Value(from) if !from.conversions.is_empty() => Some(from.conversions.clone()),
        _ => None,
    }
}

/// What makes a value of one kind one of another, where something is needed.
fn fitting(wants: TargetKind, kind: Kind) -> Vec<Conversion> {
    match (wants, kind) {
        (TargetKind::Number, Kind::Text) => vec![Conversion::Decimal],
        (TargetKind::Bool, Kind::Text | Kind::Number) => {
            vec![Conversion::Boolean { yes: Vec::new(), no: Vec::new() }]
        }
        (TargetKind::Text, Kind::Number | Kind::Bool) => vec![Conversion::Text],
        (TargetKind::Text, Kind::List) => vec![Conversion::Join(", ".into())],
        _ => Vec::new(),
    }
}

/// What somebody types as a source: a path, a text with expressions, or a fixed value. Nothing removes the line.
pub fn set_text(mapping: &mut Mapping, target: &str, text: &str, shape: &[Field]) -> Result<(), NotMapped> {
    if text.trim().is_empty() {
        remove(mapping, target);
        return Ok(());
    }
    let wants = target::kind_of(shape, target);
    let value = value_of(text, wants);
    if let Some(line) = line_mut(mapping, target) {
        match &mut line.rule {
            Rule::Value(from) => from.value = value,
            Rule::Each(each) => each.list = value,
            unread => *unread = Rule::Value(From { value, conversions: Vec::new() }),
        }
        return Ok(());
    }
    let rule = match wants {
        TargetKind::List if value.is_string() => {
            Rule::Each(Each { list: value, when: None, lines: Vec::new() })
        }
        _ => Rule::Value(From { value, conversions: Vec::new() }),
    };
    put(mapping, target, rule, shape)
}

/// A field that the target's shape does not have, or that has no shape; of a list as `lines[].sku`.
pub fn add(mapping: &mut Mapping, target: &str) -> Result<(), NotMapped> {
    let target = target.trim();
    let (lines, name) = around(&mut mapping.lines, target).ok_or(NotMapped::BadName)?;
    let fine =
        !name.is_empty() && name.split('.').all(|part| !part.trim().is_empty() && !part.contains("[]"));
    if !fine || lines.iter().any(|line| line.target == name) {
        return Err(NotMapped::BadName);
    }
    lines.push(Line::value(name, ""));
    Ok(())
}

/// Makes a line go through its list and give an object for each element, or give its value as it is.
pub fn set_each(mapping: &mut Mapping, target: &str, each: bool) {
    let Some(line) = line_mut(mapping, target) else { return };
    line.rule = match (&line.rule, each) {
        (Rule::Value(from), true) => {
            Rule::Each(Each { list: from.value.clone(), when: None, lines: Vec::new() })
        }
        (Rule::Each(each), false) => Rule::Value(From { value: each.list.clone(), conversions: Vec::new() }),
        _ => return,
    };
}

/// What would make a line's value one that its field takes, where it has no conversion yet and needs one.
pub fn fit(row: &TargetRow, sources: &[SourceRow]) -> Vec<Conversion> {
    let reads = row.reads.as_deref().filter(|_| row.conversions.is_empty() && !row.each);
    let found = reads.and_then(|path| sources.iter().find(|source| source.path == path));
    found.map(|source| fitting(row.kind, source.kind)).unwrap_or_default()
}

/// The conversions of a line of values.
pub fn set_conversions(mapping: &mut Mapping, target: &str, conversions: Vec<Conversion>) {
    if let Some(Line { rule: Rule::Value(from), .. }) = line_mut(mapping, target) {
        from.conversions = conversions;
    }
}

/// Which elements of a list are taken.
pub fn set_when(mapping: &mut Mapping, target: &str, when: &str) {
    if let Some(Line { rule: Rule::Each(each), .. }) = line_mut(mapping, target) {
        let when = when.trim();
        let written =
            || if only_expression(when).is_some() { when.to_owned() } else { format!("${{{when}}}") };
        each.when = (!when.is_empty()).then(|| Value::from(written()));
    }
}

/// A date's form with one part set.
pub fn date_with(form: &DateForm, part: &str, text: &str) -> DateForm {
    let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut form = form.clone();
    match part {
        "read" => form.read = text,
        "write" => form.write = text,
        _ => form.zone = text,
    }
    form
}
