//! What Salesforce's error codes mean.

use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde_json::Value;

/// The day's calls are used up; they are counted over the last 24 hours.
const DAY_USED_UP: Span = Span::from_secs(3_600);

pub fn of(answer: Answer) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let first = body.get(0).unwrap_or(&body);
    let text = |name: &str| first.get(name).and_then(Value::as_str).unwrap_or_default();
    let (host, code, said) = (answer.host(), text("errorCode"), shorten(text("message")));
    match (answer.status.as_u16(), code) {
        (_, "REQUEST_LIMIT_EXCEEDED") => {
            Error::RateLimited { host, after: answer.retry_after().or(Some(DAY_USED_UP)) }
        }
        (_, "UNABLE_TO_LOCK_ROW") => Error::Status { host, status: 409, message: said, after: None },
        (_, "SERVER_UNAVAILABLE") => Error::Status { host, status: 503, message: said, after: None },
        (401, _) => Error::TokenEnded { host, message: said },
        (300, _) => Error::Refused {
            message: "Salesforce has several records with this external id".into(),
            advice: "Mark the field as unique in Salesforce, merge the records, then retry.".into(),
        },
        (403, _) => Error::Connection {
            message: format!("Salesforce does not allow this: {code} {said}"),
            advice: "Give the user that the app runs as the right to do this.".into(),
        },
        (400 | 404 | 405 | 409 | 415, _) => refused(code, &said),
        _ => answer.failed(&said),
    }
}

fn refused(code: &str, said: &str) -> Error {
    let advice = match code {
        "DUPLICATE_VALUE" | "DUPLICATES_DETECTED" => {
            "Merge the records in Salesforce, or give this one another id, then retry."
        }
        "REQUIRED_FIELD_MISSING" => "Fill the field that is named in the node before, then retry.",
        _ => "Correct the data, or the object's fields and rules in Salesforce, then retry.",
    };
    Error::Refused { message: format!("Salesforce refuses: {code} {said}"), advice: advice.into() }
}
