//! What QuickBooks' faults mean. A 200 may hold one, too.

use crate::failure::Failure;
use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde_json::Value;

/// Intuit asks for a minute's rest.
const MINUTE: Span = Span::from_secs(60);
/// Somebody else changed the record in between: it is read again and changed again.
const STALE: &str = "5010";

pub fn of(answer: Answer) -> Failure {
    let body = answer.json::<Value>().unwrap_or_default();
    let host = answer.host();
    let (code, said) = fault(&body);
    Failure::Other(match answer.status.as_u16() {
        401 => Error::TokenEnded { host, message: said },
        429 => Error::RateLimited { host, after: answer.retry_after().or(Some(MINUTE)) },
        400 | 403 | 404 | 405 | 409 | 415 => return of_fault(&host, &code, &said),
        _ => answer.failed(&said),
    })
}

pub fn check(host: &str, body: &Value) -> Result<(), Failure> {
    if body.get("Fault").is_none() {
        return Ok(());
    }
    let (code, said) = fault(body);
    Err(of_fault(host, &code, &said))
}

fn of_fault(host: &str, code: &str, said: &str) -> Failure {
    let refused = |advice: &str| Error::Refused {
        message: format!("QuickBooks refuses ({code}): {said}"),
        advice: advice.into(),
    };
    let error = match code {
        STALE => Error::Status { host: host.into(), status: 409, message: said.into(), after: None },
        "120" | "3200" => Error::Connection {
            message: format!("QuickBooks does not allow this: {said}"),
            advice: "Sign in again with a user who may do this.".into(),
        },
        "6190" => Error::Connection {
            message: "the company's subscription to QuickBooks has ended".into(),
            advice: "Renew it at QuickBooks.".into(),
        },
        "6240" => refused(
            "Put the shop's number behind the name: names are unique over customers, vendors and employees.",
        ),
        "610" => refused("Make the customer or item active again in QuickBooks, then retry."),
        _ => refused("Correct the data, or the items and tax codes in the connection, then retry."),
    };
    // Intuit's own texts name two codes for a document whose number is taken.
    let is_taken = said.to_ascii_lowercase().contains("duplicate document number");
    if is_taken { Failure::Taken(error) } else { Failure::Other(error) }
}

fn fault(body: &Value) -> (String, String) {
    let fault = body.get("Fault").or_else(|| body.get("fault")).unwrap_or(body);
    let error = ["Error", "error"].iter().find_map(|name| fault.get(*name)?.get(0)).unwrap_or(&Value::Null);
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let code = error.get("code").map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
    (code.unwrap_or_default(), shorten(&format!("{}; {}", text("Message"), text("Detail"))))
}
