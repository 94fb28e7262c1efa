//! What the Service Layer's codes mean. Version 1 writes them as numbers and wraps the words, version 2 writes both as texts.

use crate::failure::Failure;
use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

/// The code of a session that has ended, beside the status 401.
const NO_SUCH_RECORD: i64 = -2028;
const EXISTS: [i64; 2] = [-2035, 1_320_000_140];
const CHANGED_MEANWHILE: i64 = -2039;

pub fn of(answer: Answer) -> Failure {
    let (code, said) = told(&answer);
    match (answer.status.as_u16(), code) {
        (400 | 404, Some(NO_SUCH_RECORD)) => Failure::Absent(Error::Refused {
            message: format!("SAP Business One has no such record: {said}"),
            advice: "Check the number.".into(),
        }),
        (400 | 402 | 404..=499, Some(code)) if EXISTS.contains(&code) => Failure::Taken(Error::Refused {
            message: format!("SAP Business One has this record already: {said} ({code})"),
            advice: "Compare the record in SAP Business One with the data, then retry.".into(),
        }),
        _ => Failure::Other(classify(answer, code, said)),
    }
}

fn classify(answer: Answer, code: Option<i64>, said: String) -> Error {
    let host = answer.host();
    match (answer.status.as_u16(), code) {
        (401, _) => Error::TokenEnded { host, message: said },
        (403, _) => Error::Connection {
            message: format!("SAP Business One does not allow this: {said}"),
            advice: "Give Khlong's user the authorization and the licence that the operation needs.".into(),
        },
        (404, None) => Error::Connection {
            message: "the Service Layer does not answer at this address".into(),
            advice: "Check address and version in the connection, and that the Service Layer runs.".into(),
        },
        // Nothing was written, and the next attempt reads the record anew.
        (400..=499, Some(CHANGED_MEANWHILE)) => {
            Error::Status { host, status: 409, message: format!("another user changed the record: {said}"), after: None }
        }
        (400 | 404 | 405 | 409..=417, Some(code)) => Error::Refused {
            message: format!("SAP Business One refuses: {said} ({code})"),
            advice: "Correct the data here or the settings in SAP Business One (posting period, exchange rate, stock, fields), then retry."
                .into(),
        },
        _ => answer.failed(&said),
    }
}

/// A login that was refused: nobody is let in by trying again.
pub fn of_login(answer: Answer) -> Error {
    let (_, said) = told(&answer);
    match answer.status.as_u16() {
        404 => Error::Connection {
            message: "the Service Layer does not answer at this address".into(),
            advice: "Check address and version in the connection, and that the Service Layer runs.".into(),
        },
        400..=407 => Error::Connection {
            message: format!("SAP Business One did not let the user in: {said}"),
            advice: "Check company database, user name and password in the connection, and the user's licence. After several wrong \
                     passwords the user is locked in SAP Business One."
                .into(),
        },
        _ => answer.failed(&said),
    }
}

fn told(answer: &Answer) -> (Option<i64>, String) {
    let body = answer.json::<Value>().unwrap_or_default();
    read(body.get("error").unwrap_or(&Value::Null))
}

fn read(error: &Value) -> (Option<i64>, String) {
    let code = error.get("code");
    let code = code.and_then(|code| code.as_i64().or_else(|| code.as_str()?.trim().parse().ok()));
    let message = error.get("message");
    let said = message.and_then(|message| message.as_str().or_else(|| message.get("value")?.as_str()));
    (code, shorten(said.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_forms_of_an_error_say_the_same() {
        let said = "No matching records found (ODBC -2028)";
        let one = json!({"code": -2028, "message": {"lang": "en-us", "value": said}});
        let two = json!({"code": "-2028", "message": said});
        assert_eq!(read(&one), (Some(-2028), said.to_owned()));
        assert_eq!(read(&one), read(&two));
        assert_eq!(read(&Value::Null), (None, String::new()));
    }
}
