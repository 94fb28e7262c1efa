//! What the families of Business Central's codes mean.

use crate::failure::Failure;
use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

pub fn of(answer: Answer, by_token: bool) -> Failure {
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| {
        let place = body.get("error").and_then(|error| error.get(name)?.as_str());
        place.unwrap_or_default().to_owned()
    };
    let (code, said) = (text("code"), shorten(&text("message")));
    match code.as_str() {
        "Internal_EntityWithSameKeyExists" => Failure::Taken(Error::Refused {
            message: format!("Business Central has this record already: {said}"),
            advice: "Compare the record in Business Central with the data, then retry.".into(),
        }),
        "BadRequest_NotFound" | "BadRequest_ResourceNotFound" => Failure::Absent(Error::Refused {
            message: format!("Business Central has no such record: {said}"),
            advice: "Check the number.".into(),
        }),
        _ => Failure::Other(classify(answer, by_token, &code, &said)),
    }
}

fn classify(answer: Answer, by_token: bool, code: &str, said: &str) -> Error {
    let (host, message) = (answer.host(), said.to_owned());
    match (answer.status.as_u16(), code) {
        (429, _) => Error::RateLimited { host, after: answer.retry_after() },
        (401, _) if by_token => Error::TokenEnded { host, message },
        // Nothing was written, and the next attempt reads the record anew.
        (409 | 412, _) | (_, "Request_EntityChanged") => Error::Status {
            host,
            status: 409,
            message: format!("somebody else changed the record meanwhile: {said}"),
            after: None,
        },
        (401 | 403, _) => not_allowed(code, said),
        (404, _) => Error::Connection {
            message: format!("Business Central does not answer at this address: {code} {said}"),
            advice: "Check tenant, environment and company in the connection.".into(),
        },
        (_, code) if code.starts_with("Authorization_") => not_allowed(code, said),
        // A lock or a deadlock, whatever the status is.
        (400, code) if code.starts_with("Internal_") => {
            Error::Status { host, status: 500, message: format!("{code} {said}"), after: None }
        }
        (400 | 405 | 410..=417 | 422, _) => Error::Refused {
            message: format!("Business Central refuses: {said} ({code})"),
            advice: "Correct the data here or the set-up in Business Central (posting groups, number series, fields), then retry.".into(),
        },
        _ => answer.failed(&format!("{code} {said}")),
    }
}

fn not_allowed(code: &str, said: &str) -> Error {
    Error::Connection {
        message: format!("Business Central does not allow this: {code} {said}"),
        advice: "Check the app on the page Microsoft Entra Applications in Business Central: state Enabled, and the permission sets. On an \
                 own server, check user name and web service access key."
            .into(),
    }
}
