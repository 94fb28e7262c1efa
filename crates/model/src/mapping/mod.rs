//! What `core/map` holds: for each field of the target, what it is made of.
//!
//! It is written as an object with one entry for each target field, so that a changed line is a changed line of a diff:
//!
//! ```json
//! {"reference": "SHOPIFY-${input.id}",
//!  "partner.name": {"from": "${input.customer.name}", "as": ["trim", {"default": "-"}]},
//!  "lines": {"each": "${input.line_items}", "fields": {"sku": "${item.sku}"}}}
//! ```

mod conversion;
mod read;
mod source;
mod target;
mod write;

pub use conversion::{Conversion, DateForm, Gives, Lookup, Otherwise, Within, Xref};
pub use source::{plain_path, sources};
pub use target::{Coverage, Target, coverage, find_target, flatten, shape_of};

use crate::Code;
use serde_json::Value;

/// Lines of one mapping, those of its lists included.
pub const LINES_MAX: usize = 1_000;
/// Lists inside of lists.
pub const DEPTH_MAX: usize = 4;
/// Conversions of one line, one after the other.
pub const CONVERSIONS_MAX: usize = 16;
/// Entries of one table.
pub const LOOKUP_MAX: usize = 2_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    pub lines: Vec<Line>,
}

/// One field of the target, and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Names with points between: `partner.name`.
    pub target: String,
    pub rule: Rule,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    Value(From),
    Each(Each),
    /// What cannot be read stays as it is written, until somebody mends it.
    Unread(Value),
}

/// A value that is fetched or fixed, and what is made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct From {
    /// Any JSON, with `${…}` in its texts.
    pub value: Value,
    pub conversions: Vec<Conversion>,
}

/// A list that is made of another: one object for each of its elements, which expressions see as `item`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Each {
    pub list: Value,
    /// Elements for which this does not hold are left out.
    pub when: Option<Value>,
    pub lines: Vec<Line>,
}

/// Something in a mapping that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub code: Code,
    /// JSON pointer from the mapping's fields.
    pub at: String,
    pub message: String,
    pub advice: String,
}

impl Mapping {
    /// Reads what a node holds; what of it makes no sense is kept as it is, and told of.
    pub fn read(fields: &Value) -> (Self, Vec<Slip>) {
        read::mapping(fields)
    }

    pub fn write(&self) -> Value {
        Value::Object(write::lines(&self.lines))
    }

    pub fn line(&self, target: &str) -> Option<&Line> {
        find(&self.lines, target)
    }
}

/// The line of a target, those in lists written as `lines[].sku`.
fn find<'a>(lines: &'a [Line], target: &str) -> Option<&'a Line> {
    lines.iter().find_map(|line| {
        if line.target == target {
            return Some(line);
        }
        let inner = target.strip_prefix(line.target.as_str())?.strip_prefix("[].")?;
        match &line.rule {
            Rule::Each(each) => find(&each.lines, inner),
            _ => None,
        }
    })
}

impl Line {
    pub fn value(target: impl Into<String>, value: impl Into<Value>) -> Self {
        let from = From { value: value.into(), conversions: Vec::new() };
        Self { target: target.into(), rule: Rule::Value(from) }
    }
}
