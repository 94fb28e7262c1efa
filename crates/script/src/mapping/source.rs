//! Where a line's value comes from: like a template, but what is missing on a plain path is nothing instead of an error.

use crate::{
    Engine, Error, Scope, Script,
    error::{Which, pointer_to},
    path::as_text,
    template::{Piece, pieces},
};
use rhai::Position;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug)]
pub(super) enum Source {
    Constant(Value),
    Whole(Arc<Script>),
    Mixed(Vec<Part>),
    List(Vec<Source>),
    Map(Vec<(String, Source)>),
}

#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Code(Arc<Script>),
}

impl Source {
    pub(super) fn compile(engine: &Engine, value: &Value, at: &str) -> Result<Self, Error> {
        compile(engine, value, at, engine.limits().nesting)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Constant(Value::Null))
    }

    /// Nothing where there is nothing, or where no expression of a text has a value.
    pub(super) fn value(
        &self,
        engine: &Engine,
        scope: &Scope,
        deadline_ms: u64,
    ) -> Result<Option<Value>, Error> {
        let value = match self {
            Self::Constant(value) => value.clone(),
            Self::Whole(script) => one(engine, script, scope, deadline_ms)?,
            Self::Mixed(parts) => return mixed(engine, parts, scope, deadline_ms),
            Self::List(all) => {
                let value =
                    |source: &Source| source.value(engine, scope, deadline_ms).map(Option::unwrap_or_default);
                Value::Array(all.iter().map(value).collect::<Result<_, _>>()?)
            }
            Self::Map(all) => {
                let mut made = Map::new();
                for (name, source) in all {
                    let value = source.value(engine, scope, deadline_ms)?.unwrap_or_default();
                    made.insert(name.clone(), value);
                }
                Value::Object(made)
            }
        };
        Ok(Some(value).filter(|value| !value.is_null()))
    }
}

fn compile(engine: &Engine, value: &Value, at: &str, nesting: usize) -> Result<Source, Error> {
    let deeper = || {
        let limit = engine.limits().nesting as u64;
        nesting.checked_sub(1).ok_or_else(|| Error::limit(Which::Nesting, limit, Position::NONE).in_field(at))
    };
    Ok(match value {
        Value::String(text) if text.contains("${") => {
            text_source(engine, text).map_err(|error| error.in_field(at))?
        }
        Value::Array(items) => {
            let nesting = deeper()?;
            let item = |(index, item): (usize, &Value)| {
                compile(engine, item, &pointer_to(at, &index.to_string()), nesting)
            };
            Source::List(items.iter().enumerate().map(item).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let nesting = deeper()?;
            let member = |(name, member): (&String, &Value)| {
                Ok((name.clone(), compile(engine, member, &pointer_to(at, name), nesting)?))
            };
            Source::Map(members.iter().map(member).collect::<Result<_, Error>>()?)
        }
        constant => Source::Constant(constant.clone()),
    })
}

fn text_source(engine: &Engine, text: &str) -> Result<Source, Error> {
    let pieces = pieces(text)?;
    if let [Piece::Code(code)] = &*pieces {
        return Ok(Source::Whole(engine.compile(code)?));
    }
    let part = |piece: Piece| match piece {
        Piece::Text(text) => Ok(Part::Text(text)),
        Piece::Code(code) => engine.compile(code).map(Part::Code),
    };
    let parts: Vec<Part> = pieces.into_iter().map(part).collect::<Result<_, _>>()?;
    match &*parts {
        [Part::Text(text)] => Ok(Source::Constant(Value::String(text.clone()))),
        _ => Ok(Source::Mixed(parts)),
    }
}

fn one(engine: &Engine, script: &Script, scope: &Scope, deadline_ms: u64) -> Result<Value, Error> {
    match script.find_leniently(scope) {
        Some(found) => found,
        None => engine.run_until(script, scope, Some(deadline_ms)),
    }
}

fn mixed(engine: &Engine, parts: &[Part], scope: &Scope, deadline_ms: u64) -> Result<Option<Value>, Error> {
    let bytes_max = engine.limits().string_bytes;
    let (mut text, mut any) = (String::new(), false);
    for part in parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Code(script) => {
                let value = one(engine, script, scope, deadline_ms)?;
                any |= !matches!(&value, Value::Null) && value.as_str() != Some("");
                text.push_str(&as_text(&value));
            }
        }
        if text.len() > bytes_max {
            return Err(Error::limit(Which::StringBytes, bytes_max as u64, Position::NONE));
        }
    }
    Ok(any.then_some(Value::String(text)))
}
