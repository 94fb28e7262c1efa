//! What a mapping's target is made of, and how much of it is mapped.

use super::{Line, Mapping, Rule};
use crate::{Field, FieldKind, OperationId, Specs};

/// One field of a target, with its place in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target<'a> {
    /// Names with points between, those in lists as `lines[].sku`.
    pub path: String,
    pub field: &'a Field,
    /// The list that it is in.
    pub list: Option<String>,
}

/// The fields that `odoo/create_sales_order.order` is made of, where that is known.
pub fn shape_of<'s>(specs: &'s Specs, target: &str) -> Option<&'s [Field]> {
    let (operation, field) = target.split_once('.')?;
    let field = specs.operation(&OperationId::from(operation))?.find_field(field)?;
    (!field.shape.is_empty()).then_some(field.shape.as_slice())
}

/// What an object or a list is made of.
fn inside(field: &Field) -> &[Field] {
    match &field.kind {
        FieldKind::List(fields) => fields,
        _ => &field.shape,
    }
}

/// Every field that a line can be for: objects are left out for what is in them, lists come before it.
pub fn flatten(shape: &[Field]) -> Vec<Target<'_>> {
    let mut all = Vec::new();
    add(shape, "", None, &mut all);
    all
}

fn add<'a>(fields: &'a [Field], before: &str, list: Option<&str>, all: &mut Vec<Target<'a>>) {
    for field in fields {
        let path = format!("{before}{}", field.name);
        let is_list = matches!(field.kind, FieldKind::List(_));
        if is_list || inside(field).is_empty() {
            all.push(Target { path: path.clone(), field, list: list.map(str::to_owned) });
        }
        let (next, list) = match is_list {
            true => (format!("{path}[]."), Some(path.as_str())),
            false => (format!("{path}."), list),
        };
        add(inside(field), &next, list, all);
    }
}

/// The field that a line is for, by names with points between.
pub fn find_target<'a>(shape: &'a [Field], target: &str) -> Option<&'a Field> {
    let (first, rest) = target.split_once('.').map_or((target, None), |(first, rest)| (first, Some(rest)));
    let field = shape.iter().find(|field| field.name == first)?;
    match rest {
        Some(rest) if !matches!(field.kind, FieldKind::List(_)) => find_target(&field.shape, rest),
        Some(_) => None,
        None => Some(field),
    }
}

/// How many of the fields that a target cannot be without have a line, and which have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub mapped: usize,
    pub required: usize,
    /// Lists are written as `lines[].sku`.
    pub missing: Vec<String>,
}

impl Coverage {
    /// Rounded down, so that 100 says that nothing is missing.
    pub fn percent(&self) -> usize {
        (self.mapped * 100).checked_div(self.required).unwrap_or(100)
    }
}

pub fn coverage(shape: &[Field], mapping: &Mapping) -> Coverage {
    let mut found = Coverage::default();
    cover(shape, &mapping.lines, "", "", &mut found);
    found
}

fn cover(shape: &[Field], lines: &[Line], inner: &str, shown: &str, found: &mut Coverage) {
    for field in shape {
        let name = format!("{inner}{}", field.name);
        let path = format!("{shown}{}", field.name);
        let below = format!("{name}.");
        let line = lines.iter().find(|line| line.target == name);
        let some_below = lines.iter().any(|line| line.target.starts_with(&below));
        if field.required {
            found.required += 1;
            match line.is_some() || some_below {
                true => found.mapped += 1,
                false => found.missing.push(path.clone()),
            }
        }
        match (&field.kind, line.map(|line| &line.rule)) {
            (FieldKind::List(fields), Some(Rule::Each(each))) => {
                cover(fields, &each.lines, "", &format!("{path}[]."), found);
            }
            // A list that is still to be mapped will need what each of its elements needs.
            (FieldKind::List(fields), None) if field.required => {
                cover(fields, &[], "", &format!("{path}[]."), found)
            }
            (FieldKind::List(_), _) => {}
            // What is not begun is not missed, unless it has to be there.
            _ if line.is_none() && (some_below || field.required) => {
                cover(&field.shape, lines, &below, &format!("{path}."), found);
            }
            _ => {}
        }
    }
}
