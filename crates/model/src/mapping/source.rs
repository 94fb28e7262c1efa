//! Where a mapping's values come from.

use super::{Line, Mapping, Rule};
use crate::template::{Part, parts};
use serde_json::Value;

/// The names of a plain path such as `input.customer.name`; nothing for anything else.
pub fn plain_path(source: &str) -> Option<Vec<&str>> {
    let is_name = |name: &str| {
        name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let names: Vec<&str> =
        source.trim().split('.').map(|name| name.strip_suffix('?').unwrap_or(name)).collect();
    names.iter().all(|name| is_name(name)).then_some(names)
}

/// Every plain path that a mapping reads, with the place of its text below the mapping and the lists around it.
pub fn sources(mapping: &Mapping) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut all = Vec::new();
    of_lines(&mapping.lines, "", &[], &mut all);
    all
}

type Found = Vec<(String, Vec<String>, Vec<String>)>;

fn of_lines(lines: &[Line], at: &str, around: &[String], all: &mut Found) {
    for line in lines {
        let at = crate::pointer::join(at, &line.target);
        match &line.rule {
            Rule::Value(from) => {
                let at = if from.conversions.is_empty() { at } else { format!("{at}/from") };
                of_value(&from.value, &at, around, all);
            }
            Rule::Each(each) => {
                of_value(&each.list, &format!("{at}/each"), around, all);
                let mut inner = around.to_vec();
                inner.push(each.list.as_str().map(str::to_owned).unwrap_or_default());
                of_lines(&each.lines, &format!("{at}/fields"), &inner, all);
            }
            Rule::Unread(_) => {}
        }
    }
}

fn of_value(value: &Value, at: &str, around: &[String], all: &mut Found) {
    let Some(text) = value.as_str() else { return };
    for part in parts(text).unwrap_or_default() {
        if let Part::Expression(source) = part
            && let Some(path) = plain_path(source)
        {
            let path = path.into_iter().map(str::to_owned).collect();
            all.push((at.to_owned(), path, around.to_vec()));
        }
    }
}
