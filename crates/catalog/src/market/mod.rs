//! What the marketplaces share: how their ids and amounts are read, rows that come one per unit, windows of time.

pub mod fields;
pub mod lines;
pub mod window;

use crate::pushed;
use connector::http::{Answer, shorten};
use connector::{Connection, Error};
use secrecy::ExposeSecret;
use serde_json::Value;

/// A marketplace's refusal, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub code: String,
    pub message: String,
}

impl Said {
    pub fn new(code: impl Into<String>, message: &str) -> Self {
        Self { code: code.into(), message: shorten(message) }
    }

    /// The refusal as an error. `advice` says what a person can do about it.
    pub fn refused(&self, vendor: &str, advice: &str) -> Error {
        let Self { code, message } = self;
        Error::Refused { message: format!("{vendor} refuses: {message} ({code})"), advice: advice.into() }
    }
}

/// An answer that came: what was asked for, or a refusal.
pub type Answered = Result<Value, Said>;

/// A business refusal is an answer; everything else ends the call. `error` is what the vendor's code means.
pub fn judged(answer: &Answer, said: Said, error: Error) -> Result<Answered, Error> {
    match error {
        // A code that nobody knows, of a server that failed: it may have done its work before.
        Error::Refused { .. } if answer.status.is_server_error() => Err(Error::Status {
            host: answer.host(),
            status: answer.status.as_u16(),
            message: format!("{} ({})", said.message, said.code),
            after: answer.retry_after(),
        }),
        Error::Refused { .. } => Ok(Err(said)),
        other => Err(other),
    }
}

/// Makes the node's fields wrong: nothing was sent.
pub fn mistake(message: impl Into<String>, advice: &str) -> Error {
    Error::Input { message: message.into(), advice: advice.into() }
}

/// What `pushed::check` refuses, and an empty list: marketplaces are not asked about nothing.
pub fn check<'s>(keys: impl Iterator<Item = (&'s str, &'s str)>) -> Result<(), Error> {
    let mut keys = keys.peekable();
    if keys.peek().is_none() {
        return Err(mistake(
            "there are no items",
            "Put a filter before this node, so that it runs only where there are some.",
        ));
    }
    pushed::check(keys)
}

/// What a field of a record says as a text: texts as they are, numbers with their digits, nothing else.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The records in a list, or none where there is no list.
pub fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The text at a place of a record, empty where there is none.
pub fn text_at(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).map(text_of).unwrap_or_default()
}

/// Blanks the connection's secrets in a sentence of the vendor's: some echo what they were sent.
pub fn concealed(connection: &Connection, said: Said) -> Said {
    let blanked = |text: String| {
        let mut text = Value::String(text);
        connection.conceal(&mut text);
        text_of(&text)
    };
    Said { code: blanked(said.code), message: blanked(said.message) }
}

/// A secret's text, for signing.
pub fn plain<'c>(connection: &'c Connection, field: &str) -> Result<&'c str, Error> {
    connection.need_secret(field).map(|secret| secret.expose_secret())
}

/// An address of the connection without the slash at its end.
pub fn base<'c>(connection: &'c Connection, field: &str, default: &'c str) -> &'c str {
    connection.text(field).unwrap_or(default).trim_end_matches('/')
}
