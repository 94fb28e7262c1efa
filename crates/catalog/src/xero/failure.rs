//! What Xero's refusals mean.

use crate::failure::Failure;
use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde_json::Value;

/// The limit is counted over a minute.
const MINUTE: Span = Span::from_secs(60);

pub fn of(answer: Answer) -> Failure {
    let body = answer.json::<Value>().unwrap_or_default();
    let (host, said) = (answer.host(), said(&body));
    Failure::Other(match answer.status.as_u16() {
        401 => Error::TokenEnded { host, message: said },
        403 => Error::Connection {
            message: format!("Xero does not allow this: {said}"),
            advice: "Sign in again, allow what is asked for, and choose the organisation.".into(),
        },
        429 => Error::RateLimited { host, after: answer.retry_after().or(Some(MINUTE)) },
        400 | 404 | 412 => return refused(&said),
        _ => answer.failed(&said),
    })
}

/// With `summarizeErrors=false`, refusals come among the records of a success.
pub fn check(answer: &Value) -> Result<(), Failure> {
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

fn refused(said: &str) -> Failure {
    let error = Error::Refused {
        message: format!("Xero refuses: {said}"),
        advice: "Correct the data, or the accounts and tax types in the connection, then retry.".into(),
    };
    // Xero has no code for a number that is there already.
    let is_taken = ["must be unique", "already exists"].iter().any(|words| said.contains(words));
    if is_taken { Failure::Taken(error) } else { Failure::Other(error) }
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
