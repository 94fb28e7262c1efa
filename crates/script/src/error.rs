//! What goes wrong in a script, said to the person who wrote it.

use model::xref::{Key, Way};
use rhai::Position;
use std::fmt;

/// Where a script does not compile, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable code, `E02xx`.
    pub code: &'static str,
    /// A sentence or two: what is wrong and what to write instead.
    pub message: String,
    /// From 1; 0 when the place is not known.
    pub line: usize,
    /// From 1, counted in characters; 0 when the place is not known.
    pub column: usize,
}

/// Which of the [`crate::Limits`] was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Operations,
    CallDepth,
    Variables,
    StringBytes,
    ListItems,
    MapEntries,
    Nesting,
    TotalBytes,
    Wall,
    SourceBytes,
}

/// A script that did not compile or did not finish. Each message is made for a log and for a person: it quotes names and
/// places of the script, never its data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{}{message}", At(*line, *column))]
    Syntax { message: String, line: usize, column: usize },
    #[error("{}{}", At(*line, *column), limit_sentence(*which, *limit))]
    Limit { which: Which, limit: u64, line: usize, column: usize },
    /// The script itself said `throw`.
    #[error("{}{message}", At(*line, *column))]
    Thrown { message: String, line: usize, column: usize },
    /// A name that means nothing here: a variable, or a function for these kinds of values.
    #[error("{}{message}", At(*line, *column))]
    Unknown { message: String, line: usize, column: usize },
    /// Something was read from a value that is missing.
    #[error("{}{message}", At(*line, *column))]
    Missing { message: String, line: usize, column: usize },
    /// A value of the wrong kind, or out of a function's range.
    #[error("{}{message}", At(*line, *column))]
    Value { message: String, line: usize, column: usize },
    /// A number that cannot be computed.
    #[error("{}{message}", At(*line, *column))]
    Arithmetic { message: String, line: usize, column: usize },
    /// Something that scripts here may not do.
    #[error("{}{message}", At(*line, *column))]
    Refused { message: String, line: usize, column: usize },
    #[error(
        "The result holds {what}, which is no data. Give back texts, numbers, yes/no, lists, maps or nothing."
    )]
    NotData { what: &'static str },
    /// The error of one expression in a tree of fields.
    #[error("In the field {pointer}: {source}")]
    Field { pointer: String, source: Box<Error> },
    /// A value too large for what the script wants of it. Code and words are those of whoever keeps the value.
    #[error("{message}")]
    TooLarge { code: &'static str, message: String, advice: String },
    /// A line of a mapping. Its value is told, because whoever reads this looks for it in the data.
    #[error("{message}")]
    Line { code: &'static str, message: String, advice: String },
    /// A line of a mapping whose value the cross-references have, and nobody has asked them yet.
    #[error("{}", unasked(_0))]
    Unasked(Box<Key>),
    /// A mistake of ours, stopped at the border.
    #[error("The script engine stumbled over this script. Please report it together with the script.")]
    Internal,
}

impl Error {
    /// A stable code for documentation and for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "E0201",
            Self::Limit { .. } => "E0202",
            Self::Thrown { .. } => "E0203",
            Self::Unknown { .. } => "E0204",
            Self::Missing { .. } => "E0205",
            Self::Value { .. } => "E0206",
            Self::Arithmetic { .. } => "E0207",
            Self::NotData { .. } => "E0208",
            Self::Refused { .. } => "E0209",
            Self::Internal => "E0210",
            Self::Unasked(_) => "E0216",
            Self::TooLarge { code, .. } | Self::Line { code, .. } => code,
            Self::Field { source, .. } => source.code(),
        }
    }

    /// Line and column, from 1, where they are known.
    pub fn place(&self) -> Option<(usize, usize)> {
        match self {
            Self::Syntax { line, column, .. }
            | Self::Limit { line, column, .. }
            | Self::Thrown { line, column, .. }
            | Self::Unknown { line, column, .. }
            | Self::Missing { line, column, .. }
            | Self::Value { line, column, .. }
            | Self::Arithmetic { line, column, .. }
            | Self::Refused { line, column, .. } => (*line > 0).then_some((*line, *column)),
            Self::Field { source, .. } => source.place(),
            Self::NotData { .. }
            | Self::TooLarge { .. }
            | Self::Line { .. }
            | Self::Unasked(_)
            | Self::Internal => None,
        }
    }

    /// The message without its place, for an editor that marks the place itself.
    pub fn message(&self) -> String {
        match self {
            Self::Syntax { message, .. }
            | Self::Thrown { message, .. }
            | Self::Unknown { message, .. }
            | Self::Missing { message, .. }
            | Self::Value { message, .. }
            | Self::Arithmetic { message, .. }
            | Self::Refused { message, .. } => message.clone(),
            Self::Limit { which, limit, .. } => limit_sentence(*which, *limit),
            Self::Field { source, .. } => source.message(),
            Self::NotData { .. }
            | Self::TooLarge { .. }
            | Self::Line { .. }
            | Self::Unasked(_)
            | Self::Internal => self.to_string(),
        }
    }

    /// What to do about it, where the error knows better than "correct the script".
    pub fn advice(&self) -> Option<&str> {
        match self {
            Self::TooLarge { advice, .. } | Self::Line { advice, .. } => Some(advice),
            Self::Unasked(_) => Some("Wait until the cross-references have answered."),
            Self::Field { source, .. } => source.advice(),
            _ => None,
        }
    }

    /// Code, words and place, as an editor shows them.
    pub fn problem(&self) -> Problem {
        let (line, column) = self.place().unwrap_or((0, 0));
        Problem { code: self.code(), message: self.message(), line, column }
    }

    /// Fields that are one text have no field to name.
    pub(crate) fn in_field(self, pointer: &str) -> Self {
        if pointer.is_empty() {
            return self;
        }
        Self::Field { pointer: pointer.to_owned(), source: Box::new(self) }
    }

    /// The limit that ended it, where one did.
    pub fn limited_by(&self) -> Option<Which> {
        match self {
            Self::Limit { which, .. } => Some(*which),
            Self::Field { source, .. } => source.limited_by(),
            _ => None,
        }
    }

    pub(crate) fn limit(which: Which, limit: impl TryInto<u64>, at: Position) -> Self {
        let (line, column) = place(at);
        Self::Limit { which, limit: limit.try_into().unwrap_or(u64::MAX), line, column }
    }

    pub(crate) fn refused(message: impl Into<String>, at: Position) -> Self {
        let (line, column) = place(at);
        Self::Refused { message: message.into(), line, column }
    }
}

/// The start of a message, where the place is known.
struct At(usize, usize);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(f, "Line {}, column {}: ", self.0, self.1) }
    }
}

fn limit_sentence(which: Which, limit: u64) -> String {
    let megabytes = limit as f64 / (1 << 20) as f64;
    match which {
        Which::Operations => {
            format!("The script took more than {limit} steps. Is there a loop without an end?")
        }
        Which::CallDepth => {
            format!("Functions call each other more than {limit} deep. Is there a call without an end?")
        }
        Which::Variables => {
            format!("More than {limit} variables at once. Put related values into a map or a list.")
        }
        Which::StringBytes => {
            format!("A value grew beyond {megabytes:.1} MB of text. Split the work with a for-each node.")
        }
        Which::ListItems => format!("A list grew beyond {limit} items. Split the work with a for-each node."),
        Which::MapEntries => {
            format!("Maps grew beyond {limit} entries. Split the work with a for-each node.")
        }
        Which::Nesting => format!("Lists and maps are nested more than {limit} deep. Flatten the data."),
        Which::TotalBytes => format!(
            "The script took more than {megabytes:.0} MB of memory. Split the work with a for-each node."
        ),
        Which::Wall => {
            format!("The script took longer than {limit} ms. Split the work with a for-each node.")
        }
        Which::SourceBytes => {
            format!("The script is longer than {limit} bytes. Split it over several nodes.")
        }
    }
}

pub(crate) fn place(at: Position) -> (usize, usize) {
    (at.line().unwrap_or(0), at.position().unwrap_or(0))
}

/// The JSON pointer of a member below `pointer`.
pub(crate) fn pointer_to(pointer: &str, member: &str) -> String {
    format!("{pointer}/{}", member.replace('~', "~0").replace('/', "~1"))
}

/// A key of the cross-references as people say it.
pub(crate) fn said_key(key: &Key) -> String {
    let Key { entity, system, way, id } = key;
    match way {
        Way::ToOwn => format!("{entity} \"{id}\" of {system}"),
        Way::ToSystem => format!("our {entity} \"{id}\" at {system}"),
    }
}

fn unasked(key: &Key) -> String {
    format!("The cross-references have not been asked for {} yet", said_key(key))
}
