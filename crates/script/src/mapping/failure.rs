//! What is wrong with a value, told with its line.

use crate::Error;
use crate::error::said_key;
use model::mapping::{Slip, Xref};
use model::xref::{Key, Way};
use serde_json::Value;

const UNREADABLE: &str = "E0211";
pub(super) const CONVERSION: &str = "E0212";
pub(super) const EMPTY: &str = "E0213";
pub(super) const NOT_IN_TABLE: &str = "E0214";
pub(super) const NO_LIST: &str = "E0215";
const NOT_IN_XREF: &str = "E0217";
const SEVERAL: &str = "E0218";
const TOO_MANY: &str = "E0219";

/// Letters of a value that a message shows.
const SHOWN_LETTERS_MAX: usize = 60;

pub(super) struct Failure {
    code: &'static str,
    /// After the target's name: `is empty`.
    what: String,
    advice: String,
    /// An expression's own error, which says more.
    error: Option<Error>,
}

impl Failure {
    pub(super) fn value(value: &Value, why: impl std::fmt::Display, advice: impl Into<String>) -> Self {
        Self { code: CONVERSION, what: format!("{} {why}", shown(value)), advice: advice.into(), error: None }
    }

    pub(super) fn not_in_table(value: &Value) -> Self {
        Self {
            code: NOT_IN_TABLE,
            what: format!("{} is not in the table", shown(value)),
            advice: "Add it to the table, or say what stands for everything else.".into(),
            error: None,
        }
    }

    pub(super) fn not_in_xref(xref: &Xref, value: &Value) -> Self {
        let Xref { entity, system, way } = xref;
        let value = shown(value);
        let what = match way {
            Way::ToOwn => format!("no {entity} {value} of {system} is in the cross-references"),
            Way::ToSystem => format!("our {entity} {value} has none of {system} in the cross-references"),
        };
        let advice = "Add it under Settings, Cross-references, or say what stands for what is not found.";
        Self { code: NOT_IN_XREF, what, advice: advice.into(), error: None }
    }

    pub(super) fn several(key: &Key, many: u64) -> Self {
        Self {
            code: SEVERAL,
            what: format!("{} is {many} different ones", said_key(key)),
            advice: "Remove those that are not meant under Settings, Cross-references.".into(),
            error: None,
        }
    }

    pub(super) fn unasked(key: Key) -> Self {
        Self::expression(Error::Unasked(Box::new(key)))
    }

    pub(super) fn empty(source: &str) -> Self {
        Self {
            code: EMPTY,
            what: "is required, and its source is empty".into(),
            advice: format!(
                "Fill in {source} where it comes from, or give the line another source or a default."
            ),
            error: None,
        }
    }

    pub(super) fn no_list(value: &Value) -> Self {
        Self {
            code: NO_LIST,
            what: format!("{} is no list", shown(value)),
            advice: "Choose a list as the source, or give the line one value without \"each\".".into(),
            error: None,
        }
    }

    pub(super) fn no_condition(value: Option<&Value>) -> Self {
        let value = value.map_or_else(|| "nothing".into(), shown);
        Self {
            code: CONVERSION,
            what: format!("{value} is neither true nor false"),
            advice: "Compare something in \"when\", such as ${item.quantity > 0}.".into(),
            error: None,
        }
    }

    pub(super) fn expression(error: Error) -> Self {
        Self { code: CONVERSION, what: String::new(), advice: String::new(), error: Some(error) }
    }

    /// The error of a line, which says where to look: at its target, and where its value comes from.
    pub(super) fn of(self, target: &str, source: &str) -> Error {
        match self.error {
            Some(error @ Error::Unasked(_)) => return error,
            Some(error) => return error.in_field(target),
            None => {}
        }
        let message = match self.code {
            EMPTY => format!("{target} {}: {source}", self.what),
            _ => format!("{target}: {}, from {source}", self.what),
        };
        Error::Line { code: self.code, message, advice: self.advice }
    }
}

/// The error of a mapping that needs more cross-references than a step may.
pub(super) fn too_many_keys(most: usize) -> Error {
    Error::Line {
        code: TOO_MANY,
        message: format!("The mapping needs more than {most} cross-references at once"),
        advice: "Go through the list with a for-each, and map each of its elements.".into(),
    }
}

/// The error of what cannot be read.
pub(super) fn unreadable(slip: Slip) -> Error {
    Error::Line { code: UNREADABLE, message: format!("{} ({})", slip.message, slip.at), advice: slip.advice }
}

/// The error of what can be read and does not say enough.
pub(super) fn unfinished(what: String, at: &str) -> Error {
    let advice = "Say which entity, such as customer, and which system, such as shopify.";
    Error::Line { code: UNREADABLE, message: format!("{what} ({at})"), advice: advice.into() }
}

/// A value in a message, cut where it is long.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
