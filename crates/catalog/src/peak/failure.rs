//! What PEAK's codes mean. It answers 200 on failures, too, and says so in `resCode`.

use crate::failure::Failure;
use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

pub fn of_answer(answer: Answer) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let node =
        body.as_object().and_then(|body| body.values().find(|value| value.is_object())).unwrap_or(&body);
    let (host, said) = (answer.host(), said(node));
    match answer.status.as_u16() {
        401 => Error::TokenEnded { host, message: said },
        403 => bad_keys(refused(&said)),
        400 | 404 | 409 | 422 => refused(&said),
        _ => answer.failed(&said),
    }
}

/// The code of the whole answer. One without a code is none of PEAK's.
pub fn check(host: &str, node: &Value) -> Result<(), Failure> {
    match code(node) {
        Some(_) => check_row(host, node),
        None => {
            Err(Error::Unreadable { host: host.into(), message: "the answer has no resCode".into() }.into())
        }
    }
}

/// The code of one record, where it has one.
pub fn check_row(host: &str, row: &Value) -> Result<(), Failure> {
    let said = said(row);
    match code(row).as_deref() {
        None | Some("200") => Ok(()),
        Some("404") if !is_of_token(&said) => Err(Failure::Absent(Error::Refused {
            message: format!("PEAK finds nothing: {said}"),
            advice: "Correct the id or code, then retry.".into(),
        })),
        Some(code) => Err(of_code(host, code, said).into()),
    }
}

/// It says so under a code of its own, with 200 around it.
fn is_of_token(said: &str) -> bool {
    said.to_ascii_lowercase().contains("client token")
}

fn of_code(host: &str, code: &str, said: String) -> Error {
    let host = host.to_owned();
    match code {
        _ if is_of_token(&said) => Error::TokenEnded { host, message: said },
        "401" => Error::TokenEnded { host, message: said },
        "429" => Error::RateLimited { host, after: None },
        "500" | "502" | "503" | "504" => Error::Status { host, status: 500, message: said, after: None },
        _ => refused(&said),
    }
}

fn refused(said: &str) -> Error {
    let quota = said.to_ascii_lowercase().contains("limit exceeded");
    let advice = match quota {
        true => "The package's transactions are used up: wait for the next period or buy more from PEAK.",
        false => "Correct the data, or the settings in PEAK, then retry.",
    };
    Error::Refused { message: format!("PEAK refuses: {said}"), advice: advice.into() }
}

/// A refusal of the keys themselves.
pub fn bad_keys(error: Error) -> Error {
    match error {
        Error::Refused { message, .. } | Error::TokenEnded { message, .. } => Error::Connection {
            message,
            advice: "Check connect id, connect key and user token, and that the server's clock is right."
                .into(),
        },
        other => other,
    }
}

fn code(node: &Value) -> Option<String> {
    match node.get("resCode")? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn said(node: &Value) -> String {
    let text = ["resDesc", "message"].iter().find_map(|name| node.get(*name)?.as_str());
    shorten(text.unwrap_or_default())
}
