//! What Flash's codes mean for a step.

use super::api::Said;
use connector::Error;
use connector::http::shorten;
use serde_json::Value;

pub const EXISTS: i64 = 1003;
pub const NO_SUCH_ORDER: i64 = 1006;
pub const PICKUP_ASKED: i64 = 1010;

/// The error of an answer whose code is not good.
pub fn of(host: &str, said: &Said) -> Error {
    let Some(code) = said.code() else {
        return Error::Unreadable { host: host.into(), message: "an answer without a code".into() };
    };
    let message = format!("Flash refuses ({code}): {}", words(said));
    let refused = |advice: &str| Error::Refused { message: message.clone(), advice: advice.into() };
    match code {
        0 => Error::Status { host: host.into(), status: 500, message: words(said), after: None },
        1001 => connection(
            message,
            "Check the merchant id in the connection, and whether it is for this address.",
        ),
        1002 => connection(message, "Check the secret key in the connection."),
        1003 => {
            refused("Look the parcel up in Flash's merchant centre by its reference: it is there already.")
        }
        1004 | 1005 | 1021 | 1022 | 40004 | 40005 => refused(
            "Correct province, district, subdistrict and postcode: they have to agree with Flash's own list.",
        ),
        1006 => refused("Check the tracking number."),
        1007 => refused("Add a warehouse in Flash's merchant centre, or correct its number."),
        1008 => refused("Let Flash allow cash on delivery for this merchant, or send the parcel without it."),
        1009 => refused("Correct the amount to be collected."),
        1010 => refused("A courier is on the way already."),
        1015 => refused("The parcel is picked up: ask Flash to send it back."),
        1019 => refused("The tracking number belongs to another merchant: check the connection."),
        _ => refused("Correct the data that this node sends, then retry."),
    }
}

fn connection(message: String, advice: &str) -> Error {
    Error::Connection { message, advice: advice.into() }
}

/// Its message, and what it says of single fields.
fn words(said: &Said) -> String {
    let message = said.message.as_str().unwrap_or_default();
    match &said.data {
        Value::Object(fields) if !fields.is_empty() => shorten(&format!("{message} {}", said.data)),
        _ => shorten(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;
    use serde_json::json;

    fn error(code: Value) -> Error {
        of("open-api.flashexpress.com", &Said { code, message: json!("no"), data: Value::Null })
    }

    #[test]
    fn every_code_says_whether_trying_again_helps_and_whether_it_was_done() {
        let refused =
            [1000, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1015, 1019, 1021, 1022, 40004, 40005];
        for code in refused {
            let error = error(code.into());
            assert_eq!(
                (error.code(), error.retry(), error.may_have_happened()),
                ("E0308", Retry::Never, false),
                "{code}"
            );
            assert!(error.to_string().contains(&code.to_string()), "{error}");
        }
        for code in [1001, 1002] {
            assert_eq!(error(code.into()).code(), "E0302", "{code}");
        }
        let internal = error("0".into());
        assert_eq!((internal.retry(), internal.may_have_happened()), (Retry::Backoff, true));
        assert_eq!(error(Value::Null).code(), "E0309");
    }

    #[test]
    fn what_flash_says_of_single_fields_is_told() {
        let data = json!({"dstPhone": ["is not a phone number"]});
        let error = of("h", &Said { code: 1000.into(), message: json!("bad value"), data });
        assert!(
            error.to_string().contains("bad value {\"dstPhone\":[\"is not a phone number\"]}"),
            "{error}"
        );
    }
}
