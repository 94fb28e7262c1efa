//! Why there is no comparison, said for whoever has the data.

use crate::config::Side;
use std::io;
use std::path::PathBuf;

/// Names that are told where one is missing.
const NAMES_TOLD: usize = 30;

#[derive(Debug, thiserror::Error)]
#[error("{}", self.told("left", "right"))]
pub enum Error {
    /// What was asked for cannot be done.
    Config(String),
    Record {
        side: Side,
        line: u64,
        fault: Fault,
    },
    /// A name that was typed wrong would compare nothing with nothing, and find it the same.
    UnknownField {
        side: Side,
        field: String,
        has: Vec<String>,
    },
    Spill {
        folder: PathBuf,
        source: io::Error,
    },
}

impl Error {
    /// What is wrong and what to do, with each side called by the name that people know it by.
    pub fn told(&self, left: &str, right: &str) -> String {
        let name = |side: &Side| match side {
            Side::Left => left,
            Side::Right => right,
        };
        match self {
            Self::Config(what) => what.clone(),
            Self::Record { side, line, fault } => format!("{}, line {line}: {fault}", name(side)),
            Self::UnknownField { side, field, has } => {
                format!("{}: {}", name(side), no_such_field(field, has))
            }
            Self::Spill { folder, source } => format!(
                "the folder for temporary files, {}, cannot be used: {source}; make room there, or name another",
                folder.display()
            ),
        }
    }
}

/// What is wrong with one record, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the key \"{0}\" is empty; give the record a key, or compare by another field")]
    NoKey(String),
    #[error("the key \"{0}\" holds a list or an object; name a field in it, such as {0}.id")]
    KeyOfParts(String),
    #[error("the key \"{field}\" is no number: \"{text}\"; correct it, or take the key as it is")]
    KeyNoNumber { field: String, text: String },
    #[error("the time \"{0}\" is empty; correct the record, or name another field for the time")]
    NoTime(String),
    #[error("the time \"{field}\" cannot be read: \"{text}\"; write it like 2026-11-20 08:30:00")]
    TimeUnreadable { field: String, text: String },
    #[error(
        "what is compared of the record has {bytes} bytes, and {most} are possible; compare fewer or shorter fields"
    )]
    TooLarge { bytes: usize, most: usize },
}

fn no_such_field(field: &str, has: &[String]) -> String {
    let told = has.iter().take(NAMES_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if has.len() > NAMES_TOLD { ", …" } else { "" };
    format!(
        "no record has a field \"{field}\"; the first has {told}{more}. Correct the name, or leave the field out"
    )
}

/// So much of a value as a message holds.
pub(crate) fn told(text: &str) -> String {
    text.chars().take(60).collect()
}
