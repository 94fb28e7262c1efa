//! What Thailand Post's codes mean for a step.

use super::eparcel::Said;
use connector::Error;
use connector::http::{Answer, shorten};

pub const GOOD: &str = "000";
pub const USED: &str = "018";

/// An answer that is no success at all.
pub fn of_status(answer: Answer) -> Result<Answer, Error> {
    answer.error_for_status(|_| None)
}

/// The error of an e-Parcel answer whose code is not good.
pub fn of(said: &Said) -> Error {
    let message = format!("Thailand Post refuses ({}): {}", said.code, shorten(&said.message));
    let refused = |advice: &str| Error::Refused { message: message.clone(), advice: advice.into() };
    match said.code.as_str() {
        "001" => Error::Connection {
            message,
            advice: "Check the user name and the password of e-Parcel in the connection.".into(),
        },
        "002" => refused("Correct the parcel's data before this node, then retry."),
        "016" => refused("Split the parcel, or send it with another service."),
        USED => refused("Allot another barcode: this one is another parcel's."),
        // The barcode makes a second try harmless.
        "031" => Error::Status { host: said.host.clone(), status: 500, message, after: None },
        _ => refused("Read Thailand Post's words, correct the data, then retry."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;
    use serde_json::Value;

    #[test]
    fn every_code_says_whether_trying_again_helps() {
        for (code, kind, retry) in [
            ("001", "E0302", Retry::Never),
            ("002", "E0308", Retry::Never),
            ("016", "E0308", Retry::Never),
            ("018", "E0308", Retry::Never),
            ("031", "E0307", Retry::Backoff),
            ("999", "E0308", Retry::Never),
        ] {
            let said = Said { host: "h".into(), code: code.into(), message: "no".into(), body: Value::Null };
            let error = of(&said);
            assert_eq!((error.code(), error.retry()), (kind, retry), "{code}: {error}");
        }
    }
}
