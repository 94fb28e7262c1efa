//! What Tryton's refusals mean.

use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

pub fn of(answer: Answer) -> Error {
    let host = answer.host();
    match answer.status.as_u16() {
        401 => not_let_in(),
        403 => Error::Refused {
            message: "Tryton does not allow this method".into(),
            advice: "Check that the module it belongs to is installed, and the user's groups in Tryton."
                .into(),
        },
        404 | 405 => Error::Connection {
            message: "there is no such database at this address".into(),
            advice: "Check address and database in the connection.".into(),
        },
        429 => Error::RateLimited { host, after: answer.retry_after() },
        // What comes is a page of HTML.
        _ => answer.failed(""),
    }
}

pub fn not_let_in() -> Error {
    Error::Connection {
        message: "Tryton did not accept the user name or the password".into(),
        advice: "Correct them in the connection.".into(),
    }
}

/// An error in an answer: the kind first, then what there is to say. The second part of an unknown one is a traceback.
pub fn of_error(host: &str, error: &Value) -> Error {
    let kind = error.get(0).and_then(Value::as_str).unwrap_or_default();
    let part = |index: usize| error.get(1).and_then(|parts| parts.get(index)?.as_str()).unwrap_or_default();
    let refused =
        |message: String, advice: &str| Error::Refused { message: shorten(&message), advice: advice.into() };
    match kind {
        "UserError" => refused(
            format!("Tryton refuses: {} {}", part(0), part(1)).trim_end().to_owned(),
            "Correct the data here or the settings in Tryton, then retry.",
        ),
        "UserWarning" => refused(
            format!("Tryton asks before it goes on: {} {}", part(1), part(2)).trim_end().to_owned(),
            "Do this step in Tryton by hand and confirm what it asks, or remove its cause, then retry.",
        ),
        "ConcurrencyException" => Error::Status {
            host: host.into(),
            status: 409,
            message: "somebody else changed the record meanwhile".into(),
            after: None,
        },
        _ => refused(
            format!("Tryton cannot do this: {kind}"),
            "Check that the modules for sales, stock and invoices are installed in Tryton.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;
    use serde_json::json;

    #[test]
    fn an_error_says_whether_to_try_again_and_hides_the_traceback() {
        let told = |error: Value| of_error("Tryton", &error);
        for (error, code) in [
            (json!(["UserError", ["The period is closed.", "", null]]), "E0308"),
            (json!(["UserWarning", ["abc.invoice_taxes", "Taxes differ.", ""]]), "E0308"),
            (json!(["'bogus'", "Traceback (most recent call last)"]), "E0308"),
        ] {
            let error = told(error);
            assert_eq!((error.code(), error.retry()), (code, Retry::Never));
            assert!(!error.to_string().contains("Traceback"), "{error}");
        }
        let changed = told(json!(["ConcurrencyException", "Records were modified in the meanwhile"]));
        assert_eq!((changed.retry(), changed.may_have_happened()), (Retry::Backoff, false));
        assert!(
            told(json!(["UserWarning", ["h.x", "Taxes differ.", ""]])).to_string().contains("Taxes differ.")
        );
    }
}
