//! `core/map`: one value made of another, line by line. The engine, the rehearsal and the browser all evaluate it here.
//!
//! A line whose source is a plain path reads it leniently: what is missing on the way is missing at its end, and the line is
//! left out unless its target needs it.

mod budget;
mod compile;
mod convert;
mod failure;
mod references;
mod source;
mod tree;
mod walk;

use crate::{Engine, Error, Scope};
use compile::Compiler;
use failure::shown;
use model::mapping as doc;
use model::{Field, FieldKind};
pub use references::{Mapped, References};
use serde_json::Value;
use source::Source;
use std::sync::Arc;
use walk::Walk;

/// A mapping made ready to run.
#[derive(Debug)]
pub struct Mapping {
    lines: Vec<Line>,
}

impl Mapping {
    /// Whether it may read cross-references: its value is then not of its run alone.
    pub fn refers(&self) -> bool {
        any_refers(&self.lines)
    }
}

fn any_refers(lines: &[Line]) -> bool {
    lines.iter().any(|line| match &line.rule {
        Rule::Value { conversions, .. } => convert::refers(conversions),
        Rule::Each(each) => any_refers(&each.lines),
        Rule::Broken(_) => false,
    })
}

#[derive(Debug)]
struct Line {
    names: Vec<String>,
    /// Where it is written, for the errors of its expressions.
    pointer: String,
    /// Where its value comes from, as its author knows it.
    written: String,
    /// The target cannot be without it.
    required: bool,
    /// The target cannot be without the objects that it is in.
    inside_required: bool,
    wants: Option<FieldKind>,
    rule: Rule,
}

#[derive(Debug)]
enum Rule {
    Value {
        source: Source,
        conversions: Vec<convert::Step>,
    },
    Each(Each),
    /// It cannot be made ready; only somebody who looks at it gets this far.
    Broken(Error),
}

/// A list that is made of another.
#[derive(Debug)]
struct Each {
    list: Source,
    when: Option<Source>,
    lines: Vec<Line>,
}

/// What one line gives, for showing it beside the line. Of a list it is the number of elements, and what is in its first.
#[derive(Clone, Debug, PartialEq)]
pub struct LineResult {
    /// As in `lines[].sku`.
    pub target: String,
    /// Nothing where the line is left out.
    pub value: Result<Option<Value>, Error>,
}

impl Engine {
    /// Makes a mapping ready, for a target of this shape where that is known.
    pub fn mapping(&self, fields: &Value, shape: Option<&[Field]>) -> Result<Arc<Mapping>, Error> {
        let (read, slips) = doc::Mapping::read(fields);
        if let Some(slip) = slips.into_iter().next() {
            return Err(failure::unreadable(slip));
        }
        let lines = Compiler { engine: self, slips: None }.lines(&read.lines, shape, "")?;
        Ok(Arc::new(Mapping { lines }))
    }

    /// The same for looking at its lines while it is written: each that is wrong says why, and the others are as they are.
    pub fn mapping_in_the_making(&self, fields: &Value, shape: Option<&[Field]>) -> Result<Mapping, Error> {
        let (read, slips) = doc::Mapping::read(fields);
        let lines = Compiler { engine: self, slips: Some(slips) }.lines(&read.lines, shape, "")?;
        Ok(Mapping { lines })
    }

    /// The target's value, or what has to be known first. With those answers it may ask for more: where one cross-reference
    /// follows another, each has its turn.
    pub fn map(&self, mapping: &Mapping, scope: &Scope, known: &References) -> Result<Mapped, Error> {
        let mut walk = Walk::new(self, scope, known);
        let made = walk.object(&mapping.lines, scope, "")?;
        let asks = walk.into_asks();
        Ok(if asks.is_empty() { Mapped::Value(Value::Object(made)) } else { Mapped::Asks(asks) })
    }

    /// What each line gives, also where others fail.
    pub fn map_lines(&self, mapping: &Mapping, scope: &Scope, known: &References) -> Vec<LineResult> {
        let mut results = Vec::new();
        Walk::new(self, scope, known).look_at(&mapping.lines, scope, "", &mut results);
        results
    }
}

/// A source as its author knows it.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => match model::template::only_expression(text) {
            Some(source) => source.trim().to_owned(),
            None => text.clone(),
        },
        other => shown(other),
    }
}
