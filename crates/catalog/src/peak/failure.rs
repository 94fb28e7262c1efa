//! What PEAK's codes mean. It answers 200 on failures, too, and says so in `resCode`.

use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

const NOT_FOUND: &str = "PEAK finds nothing";

pub fn of_answer(answer: Answer) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let node =
        body.as_object().and_then(|body| body.values().find(|value| value.is_object())).unwrap_or(&body);
    let (host, said) = (answer.host(), said(node));
    match answer.status.as_u16() {
        401 => Error::TokenEnded { host, message: said },
        403 => bad_keys(refused(&said)),
        400 | 404 | 409 | 422 => refused(&said),
        _ => match answer.error_for_status(|_| Some(said).filter(|said| !said.is_empty())) {
            Err(error) => error,
            Ok(_) => Error::Unreadable { host, message: "a success where a failure was".into() },
        },
    }
}

/// The code of the whole answer. One without a code is none of PEAK's.
pub fn check(host: &str, node: &Value) -> Result<(), Error> {
    match code(node) {
        Some(_) => check_row(host, node),
        None => Err(Error::Unreadable { host: host.into(), message: "the answer has no resCode".into() }),
    }
}

/// The code of one record, where it has one.
pub fn check_row(host: &str, row: &Value) -> Result<(), Error> {
    let said = said(row);
    match code(row).as_deref() {
        None | Some("200") => Ok(()),
        // It says so under a code of its own, with 200 around it.
        Some(_) if said.to_ascii_lowercase().contains("client token") => {
            Err(Error::TokenEnded { host: host.into(), message: said })
        }
        Some("401") => Err(Error::TokenEnded { host: host.into(), message: said }),
        Some("404") => Err(Error::Refused {
            message: format!("{NOT_FOUND}: {said}"),
            advice: "Correct the id or code, then retry.".into(),
        }),
        Some("429") => Err(Error::RateLimited { host: host.into(), after: None }),
        Some("500" | "502" | "503" | "504") => {
            Err(Error::Status { host: host.into(), status: 500, message: said, after: None })
        }
        Some(_) => Err(refused(&said)),
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

pub fn is_not_found(error: &Error) -> bool {
    matches!(error, Error::Refused { message, .. } if message.starts_with(NOT_FOUND))
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
