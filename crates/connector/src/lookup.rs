//! Records of a connected system, for people to choose from while they draw a flow.

use crate::Error;
use model::Value;

/// Records on one page.
pub const PAGE_MAX: usize = 25;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// What the records are, as a field of the kind `Record` names it.
    pub kind: String,
    /// Letters that are in what people know a record by; all of them where there are none.
    pub text: String,
    /// This record alone.
    pub id: Option<Value>,
    /// Where the page before ended.
    pub after: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What a field holds of it: a number or a text.
    pub id: Value,
    pub label: String,
    /// What tells it apart from others of the same name.
    pub detail: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub records: Vec<Record>,
    /// Where the next one begins; nothing after the last.
    pub next: Option<String>,
}

/// The answer of a connector that looks nothing up.
pub(crate) fn unknown(kind: &str) -> Error {
    Error::Input {
        message: format!("there are no records of the kind \"{kind}\" to choose from"),
        advice: "Write the record's id by hand.".into(),
    }
}
