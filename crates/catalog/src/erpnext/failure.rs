//! What Frappe's exceptions mean.

use crate::failure::Failure;
use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

pub fn of(answer: Answer) -> Failure {
    let body = answer.json::<Value>().unwrap_or_default();
    let kind = body.get("exc_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let said = said(&body);
    if answer.status == 404 && kind == "DoesNotExistError" {
        return Failure::Absent(Error::Refused {
            message: format!("ERPNext has no such document: {said}"),
            advice: "Check the number.".into(),
        });
    }
    Failure::Other(classify(answer, &kind, &said))
}

fn classify(answer: Answer, kind: &str, said: &str) -> Error {
    let host = answer.host();
    let refused =
        |advice: &str| Error::Refused { message: format!("ERPNext refuses: {said}"), advice: advice.into() };
    // The database rolled the whole call back: it did not happen, and it may work the next time.
    let again =
        |status| Error::Status { host: host.clone(), status, message: format!("{kind} {said}"), after: None };
    match (answer.status.as_u16(), kind) {
        (_, "TimestampMismatchError" | "QueryDeadlockError" | "QueryTimeoutError") => again(409),
        (401, _) => Error::Connection {
            message: "ERPNext did not accept the API key".into(),
            advice: "Generate new keys for Khlong's user in ERPNext and put them into the connection.".into(),
        },
        (403, _) => Error::Connection {
            message: format!("ERPNext does not allow this: {said}"),
            advice: "Give Khlong's user the roles that the operation needs, then retry.".into(),
        },
        (404, _) => Error::Connection {
            message: "ERPNext does not answer at this address".into(),
            advice: "Check the address in the connection, and that ERPNext is installed on that site.".into(),
        },
        (409, "DuplicateEntryError") => refused("There is one of this name already: compare it, then retry."),
        (417, _) => refused("Correct the data here or the settings in ERPNext, then retry."),
        (429, _) => Error::RateLimited { host, after: answer.retry_after() },
        _ => answer.failed(&format!("{kind} {said}")),
    }
}

/// What people are told: JSON texts in a JSON text in the answer. The exception's own words stand in for them.
fn said(body: &Value) -> String {
    let inner = |text: &str| serde_json::from_str::<Value>(text).ok();
    let messages = body.get("_server_messages").and_then(Value::as_str).and_then(inner);
    let first = messages.as_ref().and_then(|list| list.get(0)?.as_str()).and_then(inner);
    let told = first.as_ref().and_then(|message| message.get("message")?.as_str());
    let places = ["/exception", "/errors/0/message", "/message"];
    let other = || places.iter().find_map(|place| body.pointer(place)?.as_str());
    shorten(&without_tags(told.or_else(other).unwrap_or_default()))
}

/// Messages may be HTML.
fn without_tags(text: &str) -> String {
    let mut inside = false;
    let keep = |letter: &char| {
        inside = *letter == '<' || inside && *letter != '>';
        !inside && *letter != '>'
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_are_told_what_frappe_says_inside_two_layers_of_json() {
        let inner = json!({"message": "Item <b>TEA-100</b> is <i>disabled</i>"}).to_string();
        let body = json!({"exc_type": "ValidationError", "exception": "frappe..", "_server_messages": json!([inner]).to_string()});
        assert_eq!(said(&body), "Item TEA-100 is disabled");
        assert_eq!(
            said(&json!({"exception": "frappe.exceptions.LinkValidationError: x"})),
            "frappe.exceptions.LinkValidationError: x"
        );
        assert_eq!(said(&json!({"errors": [{"type": "X", "message": "no"}]})), "no");
        assert_eq!(said(&Value::Null), "");
    }
}
