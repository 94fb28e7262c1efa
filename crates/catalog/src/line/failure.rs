//! What LINE's refusals mean.

use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

/// The error of an answer that is not a success. `renewed` says that its token is one that Khlong gets itself.
pub fn of(answer: Answer, renewed: bool) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let said = said(&body);
    let host = answer.host();
    match answer.status.as_u16() {
        401 if renewed => Error::TokenEnded { host, message: said },
        429 if said.contains("monthly limit") => refused(
            "the account's messages of this month are used up",
            "Buy more messages in LINE Official Account Manager, or wait for the next month.",
        ),
        400 if said.contains("reply token") => refused(
            &format!("LINE refuses the reply: {said}"),
            "A reply token works once and for a short time; an earlier attempt may have used it. Else push a message.",
        ),
        400 | 404 | 413 => refused(
            &format!("LINE refuses: {said}"),
            "Correct the recipient or the message; a user id works only with the account that it came from.",
        ),
        403 => refused(
            &format!("LINE does not allow this: {said}"),
            "Look in LINE Official Account Manager whether the account's plan has this function.",
        ),
        _ => answer.failed(&said),
    }
}

fn refused(message: &str, advice: &str) -> Error {
    Error::Refused { message: message.into(), advice: advice.into() }
}

/// LINE's own words: what is wrong, and where.
fn said(body: &Value) -> String {
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let details = body.get("details").and_then(Value::as_array).into_iter().flatten();
    let detail = |detail: &Value| {
        format!("{} {}", text(detail, "property"), text(detail, "message")).trim().to_owned()
    };
    let parts: Vec<String> = [text(body, "message")].into_iter().chain(details.take(5).map(detail)).collect();
    shorten(&parts.join("; "))
}
