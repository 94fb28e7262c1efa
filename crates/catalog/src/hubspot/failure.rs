//! What HubSpot's refusals mean.

use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde_json::Value;

/// The limit is counted over ten seconds.
const SHORT: Span = Span::from_secs(10);
/// The day of the account's own time zone has to pass; asking every hour finds its end.
const LONG: Span = Span::from_secs(3_600);
/// A record that is locked, or an account on the move.
const LOCKED: Span = Span::from_secs(5);

/// The error of an answer that is not a success. `renewed` says that its token is one that somebody signed in for.
pub fn of(answer: Answer, renewed: bool) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (host, said) = (answer.host(), shorten(text("message")));
    match answer.status.as_u16() {
        401 if renewed => Error::TokenEnded { host, message: said },
        403 => Error::Connection {
            message: format!("HubSpot does not allow this: {said}"),
            advice: "Give the app the scopes for contacts and deals, then put its new token here or sign in again.".into(),
        },
        429 if text("policyName") == "DAILY" => Error::RateLimited { host, after: answer.retry_after().or(Some(LONG)) },
        429 => Error::RateLimited { host, after: answer.retry_after().or(Some(SHORT)) },
        423 | 477 => Error::RateLimited { host, after: answer.retry_after().or(Some(LOCKED)) },
        400 | 404 | 405 | 409 | 414 | 415 | 422 => Error::Refused {
            message: format!("HubSpot refuses: {said}"),
            advice: "Correct the data; a property has to exist in HubSpot, and the unique one has to be marked as unique.".into(),
        },
        _ => answer.failed(&said),
    }
}
