//! What FlowAccount's refusals mean.

use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

pub fn of_answer(answer: Answer) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let (host, said) = (answer.host(), said(&body));
    match answer.status.as_u16() {
        401 => Error::TokenEnded { host, message: said },
        403 => Error::Connection {
            message: format!("FlowAccount does not allow this: {said}"),
            advice: "Ask FlowAccount whether the key may use this part of the API.".into(),
        },
        400 | 404 | 405 | 409 | 422 => refused(&said),
        _ => answer.failed(&said),
    }
}

/// A failure that came as a success: `{"status":false,"message":"..","code":..}`.
pub fn of_envelope(host: &str, body: &Value) -> Error {
    let said = said(body);
    match body.get("code").and_then(Value::as_u64) {
        Some(401) => Error::TokenEnded { host: host.into(), message: said },
        Some(429) => Error::RateLimited { host: host.into(), after: None },
        Some(code @ 500..=599) => {
            let status = u16::try_from(code).unwrap_or(500);
            Error::Status { host: host.into(), status, message: said, after: None }
        }
        _ => refused(&said),
    }
}

fn refused(said: &str) -> Error {
    Error::Refused {
        message: format!("FlowAccount refuses: {said}"),
        advice: "Correct the data, or the settings in FlowAccount, then retry.".into(),
    }
}

fn said(body: &Value) -> String {
    shorten(body.get("message").and_then(Value::as_str).unwrap_or_default())
}
