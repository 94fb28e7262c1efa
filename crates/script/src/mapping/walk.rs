//! Going through a mapping's lines, to make the target's value or to show what each line gives.

use super::budget::Budget;
use super::failure::{self, Failure};
use super::references::References;
use super::{Each, Line, LineResult, Rule, convert, tree};
use crate::{Engine, Error, Scope};
use model::xref::{KEYS_MAX, Key};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) struct Walk<'e> {
    engine: &'e Engine,
    budget: Budget<'e>,
    known: &'e References,
    /// What is not known and has to be.
    asks: BTreeSet<Key>,
}

/// What an element's lines see.
fn inside<'a>(scope: &Scope<'a>, item: &'a Value, index: usize) -> Scope<'a> {
    Scope { item: Some(item), index: Some(index as u64), ..*scope }
}

impl<'e> Walk<'e> {
    pub(super) fn new(engine: &'e Engine, scope: &Scope, known: &'e References) -> Self {
        Self { engine, budget: Budget::new(engine, scope), known, asks: BTreeSet::new() }
    }

    pub(super) fn into_asks(self) -> Vec<Key> {
        self.asks.into_iter().collect()
    }

    fn ask(&mut self, key: Key) -> Result<(), Error> {
        self.budget.spend(None)?;
        self.asks.insert(key);
        match self.asks.len() + self.known.len() > KEYS_MAX {
            true => Err(failure::too_many_keys(KEYS_MAX)),
            false => Ok(()),
        }
    }

    /// `before` is where the object lies in the target: `lines[2].`.
    pub(super) fn object(
        &mut self,
        lines: &[Line],
        scope: &Scope,
        before: &str,
    ) -> Result<Map<String, Value>, Error> {
        let mut made = Map::new();
        for line in lines {
            let value = match self.value(line, scope, &format!("{before}{}", line.names.join("."))) {
                // The other lines are asked all the same, so that all is asked for at once.
                Err(Error::Unasked(key)) => {
                    self.ask(*key)?;
                    continue;
                }
                value => value?,
            };
            match value {
                Some(value) => tree::put(&mut made, &line.names, value),
                None if line.inside_required => tree::open(&mut made, &line.names),
                None => {}
            }
        }
        Ok(made)
    }

    /// What a line gives, or nothing where it is left out.
    fn value(&mut self, line: &Line, scope: &Scope, target: &str) -> Result<Option<Value>, Error> {
        let found = match &line.rule {
            Rule::Value { source, conversions } => {
                let found = source.value(self.engine, scope, self.budget.deadline_ms());
                let found = found.map_err(|error| error.in_field(&line.pointer))?;
                let made = convert::all(
                    conversions,
                    found,
                    self.engine,
                    scope,
                    self.budget.deadline_ms(),
                    self.known,
                )
                .and_then(|made| convert::check(made, line.wants.as_ref()));
                let made = made.map_err(|failure| failure.of(target, &line.written))?;
                // Nothing that is written as such is meant as such.
                made.or((source.is_null() && conversions.is_empty()).then_some(Value::Null))
            }
            Rule::Each(each) => self.list(line, each, scope, target)?.map(Value::Array),
            Rule::Broken(error) => return Err(error.clone()),
        };
        self.budget.spend(found.as_ref())?;
        self.unless_missing(line, found, target)
    }

    fn unless_missing(
        &self,
        line: &Line,
        found: Option<Value>,
        target: &str,
    ) -> Result<Option<Value>, Error> {
        let missing = found.as_ref().is_none_or(|found| found.is_null() || convert::is_blank_text(found));
        match line.required && missing {
            true => Err(Failure::empty(&line.written).of(target, &line.written)),
            false => Ok(found),
        }
    }

    fn list(
        &mut self,
        line: &Line,
        each: &Each,
        scope: &Scope,
        target: &str,
    ) -> Result<Option<Vec<Value>>, Error> {
        let Some(chosen) = self.chosen(line, each, scope, target)? else { return Ok(None) };
        let mut made = Vec::with_capacity(chosen.len().min(1_024));
        for (index, item) in &chosen {
            let inner = inside(scope, item, *index);
            let object = self.object(&each.lines, &inner, &format!("{target}[{index}]."))?;
            made.push(Value::Object(object));
        }
        Ok(Some(made))
    }

    fn elements(
        &mut self,
        line: &Line,
        each: &Each,
        scope: &Scope,
        target: &str,
    ) -> Result<Option<Vec<Value>>, Error> {
        let found = each.list.value(self.engine, scope, self.budget.deadline_ms());
        match found.map_err(|error| error.in_field(&line.pointer))? {
            None => Ok(None),
            Some(Value::Array(elements)) => {
                self.budget.count(elements.len())?;
                Ok(Some(elements))
            }
            Some(other) => Err(Failure::no_list(&other).of(target, &line.written)),
        }
    }

    fn holds(&mut self, line: &Line, each: &Each, scope: &Scope, target: &str) -> Result<bool, Error> {
        self.budget.spend(None)?;
        let Some(when) = &each.when else { return Ok(true) };
        let found = when.value(self.engine, scope, self.budget.deadline_ms());
        match found.map_err(|error| error.in_field(&line.pointer))? {
            Some(Value::Bool(holds)) => Ok(holds),
            other => Err(Failure::no_condition(other.as_ref()).of(target, "when")),
        }
    }

    pub(super) fn look_at(
        &mut self,
        lines: &[Line],
        scope: &Scope,
        before: &str,
        results: &mut Vec<LineResult>,
    ) {
        for line in lines {
            let target = format!("{before}{}", line.names.join("."));
            let Rule::Each(each) = &line.rule else {
                let value = self.value(line, scope, &target);
                results.push(LineResult { target, value });
                continue;
            };
            let chosen = self.chosen(line, each, scope, &target);
            let (first, count) = match chosen {
                Ok(chosen) => (
                    chosen.as_ref().and_then(|all| all.first().cloned()),
                    Ok(chosen.map(|all| all.len().into())),
                ),
                Err(error) => (None, Err(error)),
            };
            let value = count.and_then(|count| self.unless_missing(line, count, &target));
            results.push(LineResult { target: target.clone(), value });
            if let Some((index, first)) = first {
                self.look_at(&each.lines, &inside(scope, &first, index), &format!("{target}[]."), results);
            }
        }
    }

    /// The elements that a list is made of, with their places in the list that they come from.
    fn chosen(
        &mut self,
        line: &Line,
        each: &Each,
        scope: &Scope,
        target: &str,
    ) -> Result<Option<Vec<(usize, Value)>>, Error> {
        let Some(elements) = self.elements(line, each, scope, target)? else { return Ok(None) };
        let mut chosen = Vec::new();
        for (index, item) in elements.into_iter().enumerate() {
            if self.holds(line, each, &inside(scope, &item, index), target)? {
                chosen.push((index, item));
            }
        }
        Ok(Some(chosen))
    }
}
