//! What Xero's refusals mean.

use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde_json::Value;

/// The limit is counted over a minute.
const MINUTE: Span = Span::from_secs(60);

pub fn of(answer: Answer) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let (host, said) = (answer.host(), said(&body));
    match answer.status.as_u16() {
        401 => Error::TokenEnded { host, message: said },
        403 => Error::Connection {
            message: format!("Xero does not allow this: {said}"),
            advice: "Sign in again, allow what is asked for, and choose the organisation.".into(),
        },
        429 => Error::RateLimited { host, after: answer.retry_after().or(Some(MINUTE)) },
        400 | 404 | 412 => refused(&said),
        _ => match answer.error_for_status(|_| Some(said).filter(|said| !said.is_empty())) {
            Err(error) => error,
            Ok(_) => Error::Unreadable { host, message: "a success where a failure was".into() },
        },
    }
}

/// With `summarizeErrors=false`, refusals come among the records of a success.
pub fn check(answer: &Value) -> Result<(), Error> {
    let lists = answer.as_object().into_iter().flat_map(|answer| answer.values());
    let rows = lists.filter_map(Value::as_array).flatten();
    let bad = |row: &&Value| {
        row.get("HasErrors").and_then(Value::as_bool).unwrap_or_default()
            || row.get("StatusAttributeString").and_then(Value::as_str) == Some("ERROR")
    };
    match rows.into_iter().find(bad) {
        Some(row) => Err(refused(&said(row))),
        None => Ok(()),
    }
}

fn refused(said: &str) -> Error {
    Error::Refused {
        message: format!("Xero refuses: {said}"),
        advice: "Correct the data, or the accounts and tax types in the connection, then retry.".into(),
    }
}

/// Whether a number is refused because it is there already.
pub fn is_taken(error: &Error) -> bool {
    matches!(error, Error::Refused { message, .. } if message.contains("must be unique") || message.contains("already exists"))
}

fn said(body: &Value) -> String {
    let text = |place: &str| body.pointer(place).and_then(Value::as_str);
    let places = [
        "/ValidationErrors/0/Message",
        "/Elements/0/ValidationErrors/0/Message",
        "/Message",
        "/Detail",
        "/Title",
    ];
    shorten(places.iter().find_map(|place| text(place)).unwrap_or_default())
}
