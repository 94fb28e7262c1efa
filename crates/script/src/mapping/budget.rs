//! What one mapping may cost: a script's time, elements and bytes.

use crate::{Engine, Error, Limits, Scope, Until, error::Which};
use rhai::Position;
use serde_json::Value;
use std::sync::atomic::Ordering;

pub(super) struct Budget<'e> {
    engine: &'e Engine,
    until: Option<Until>,
    deadline_ms: u64,
    elements: usize,
    bytes: usize,
}

impl<'e> Budget<'e> {
    pub(super) fn new(engine: &'e Engine, scope: &Scope) -> Self {
        let deadline_ms = engine.deadline_ms(scope);
        Self { engine, until: scope.until.cloned(), deadline_ms, elements: 0, bytes: 0 }
    }

    pub(super) fn deadline_ms(&self) -> u64 {
        self.deadline_ms
    }

    fn limits(&self) -> &Limits {
        self.engine.limits()
    }

    /// Elements to go through.
    pub(super) fn count(&mut self, elements: usize) -> Result<(), Error> {
        self.elements = self.elements.saturating_add(elements);
        match self.elements > self.limits().list_items {
            true => Err(Error::limit(Which::ListItems, self.limits().list_items, Position::NONE)),
            false => Ok(()),
        }
    }

    /// One line is done, and this is what it gave.
    pub(super) fn spend(&mut self, value: Option<&Value>) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(value.map_or(0, bytes_of));
        if self.bytes > self.limits().total_bytes {
            return Err(Error::limit(Which::TotalBytes, self.limits().total_bytes, Position::NONE));
        }
        let stopped = self.until.as_ref().is_some_and(|until| until.stopped.load(Ordering::Relaxed));
        if stopped || self.engine.is_past(self.deadline_ms) {
            let wall = u64::try_from(self.limits().wall.as_millis()).unwrap_or(u64::MAX);
            return Err(Error::limit(Which::Wall, wall, Position::NONE));
        }
        Ok(())
    }
}

fn bytes_of(value: &Value) -> usize {
    const EACH: usize = size_of::<Value>();
    EACH + match value {
        Value::String(text) => text.len(),
        Value::Number(number) => number.as_str().len(),
        Value::Array(items) => items.iter().map(bytes_of).sum(),
        Value::Object(members) => members.iter().map(|(name, member)| name.len() + bytes_of(member)).sum(),
        Value::Null | Value::Bool(_) => 0,
    }
}
