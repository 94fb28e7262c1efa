//! Lines made ready to run.

use super::source::Source;
use super::{Each, Line, Rule, convert, failure, said};
use crate::{Engine, Error, error::pointer_to};
use model::mapping::{self as doc, Rule as Written, Slip, find_target};
use model::{Field, FieldKind};

pub(super) struct Compiler<'e> {
    pub engine: &'e Engine,
    /// What cannot be read, where a line that is wrong stays in for its error; else the first error is the mapping's.
    pub slips: Option<Vec<Slip>>,
}

impl Compiler<'_> {
    pub(super) fn lines(
        &self,
        lines: &[doc::Line],
        shape: Option<&[Field]>,
        at: &str,
    ) -> Result<Vec<Line>, Error> {
        lines.iter().map(|line| self.line(line, shape, pointer_to(at, &line.target))).collect()
    }

    fn line(&self, line: &doc::Line, shape: Option<&[Field]>, pointer: String) -> Result<Line, Error> {
        let field = shape.and_then(|shape| find_target(shape, &line.target));
        let rule = match self.rule(&line.rule, field, &pointer) {
            Err(error) if self.slips.is_some() => Rule::Broken(error),
            made => made?,
        };
        let written = match &line.rule {
            Written::Value(from) => said(&from.value),
            Written::Each(each) => said(&each.list),
            Written::Unread(value) => said(value),
        };
        Ok(Line {
            names: line.target.split('.').map(str::to_owned).collect(),
            pointer,
            written,
            required: field.is_some_and(|field| field.required),
            inside_required: shape.is_some_and(|shape| parents_required(shape, &line.target)),
            wants: field.map(|field| field.kind.clone()),
            rule,
        })
    }

    fn rule(&self, rule: &Written, field: Option<&Field>, pointer: &str) -> Result<Rule, Error> {
        match rule {
            Written::Value(from) => {
                let at =
                    if from.conversions.is_empty() { pointer.to_owned() } else { format!("{pointer}/from") };
                let source = Source::compile(self.engine, &from.value, &at)?;
                let conversions = convert::compile(self.engine, &from.conversions, &format!("{pointer}/as"))?;
                Ok(Rule::Value { source, conversions })
            }
            Written::Each(each) => {
                let inner = match field.map(|field| &field.kind) {
                    Some(FieldKind::List(fields)) => Some(&**fields),
                    _ => None,
                };
                self.each(each, inner, pointer).map(Rule::Each)
            }
            Written::Unread(_) => {
                let mine = |slip: &&Slip| slip.at == pointer || slip.at.starts_with(&format!("{pointer}/"));
                let slip = self.slips.iter().flatten().find(mine).cloned();
                Err(slip.map_or(Error::Internal, failure::unreadable))
            }
        }
    }

    fn each(&self, each: &doc::Each, shape: Option<&[Field]>, at: &str) -> Result<Each, Error> {
        let when = each.when.as_ref().map(|when| Source::compile(self.engine, when, &format!("{at}/when")));
        Ok(Each {
            list: Source::compile(self.engine, &each.list, &format!("{at}/each"))?,
            when: when.transpose()?,
            lines: self.lines(&each.lines, shape, &format!("{at}/fields"))?,
        })
    }
}

fn parents_required(shape: &[Field], target: &str) -> bool {
    let mut parents = target.match_indices('.').map(|(end, _)| &target[..end]).peekable();
    parents.peek().is_some()
        && parents.all(|parent| find_target(shape, parent).is_some_and(|field| field.required))
}
