//! What Odoo's exceptions mean for a step.

use crate::unchanged;
use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

/// An exception as both protocols name it, such as `odoo.exceptions.ValidationError`.
pub struct Exception<'a> {
    pub name: &'a str,
    pub message: &'a str,
}

/// The error of a JSON-2 answer that is not a success.
pub fn of_answer(answer: Answer) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let exception = Exception { name: text("name"), message: text("message") };
    let status = answer.status.as_u16();
    match status {
        403 | 404 | 409 | 422 | 500 if !exception.name.is_empty() => {
            of_exception(&answer.host(), status, &exception)
        }
        _ => by_status(answer, exception.message.to_owned()),
    }
}

fn by_status(answer: Answer, message: String) -> Error {
    answer.failed(&message)
}

/// `status` is what JSON-2 answers; JSON-RPC answers 200 whatever happens and says 500 here.
pub fn of_exception(host: &str, status: u16, exception: &Exception<'_>) -> Error {
    let message = shorten(exception.message);
    let refused =
        |advice: &str| Error::Refused { message: format!("Odoo refuses: {message}"), advice: advice.into() };
    match exception.name.rsplit('.').next().unwrap_or_default() {
        "AccessDenied" | "SessionExpiredException" => Error::Connection {
            message: "Odoo did not accept the user name or the API key".into(),
            advice:
                "Make a new API key in Odoo (Preferences, Account Security) and put it into the connection."
                    .into(),
        },
        "AccessError" => refused("Give the connection's user the right to do this in Odoo, then retry."),
        "UserError" | "ValidationError" | "RedirectWarning" | "MissingError" => {
            refused("Correct the data here or the settings in Odoo, then retry.")
        }
        "OperationalError" if exception.message.contains("does not exist") => Error::Connection {
            message: "Odoo has no database of that name".into(),
            advice: "Correct the database's name in the connection.".into(),
        },
        // The database rolled the whole call back: it did not happen, and it may work the next time.
        "LockError"
        | "SerializationFailure"
        | "DeadlockDetected"
        | "LockNotAvailable"
        | "TransactionRollbackError" => {
            Error::Status { host: host.into(), status: 409, message, after: None }
        }
        _ if matches!(status, 404 | 422) => refused(
            "Check the database's name in the connection, and that the modules the operation needs are installed in Odoo.",
        ),
        _ => Error::Status {
            host: host.into(),
            status,
            message: format!("{}: {message}", exception.name),
            after: None,
        },
    }
}

/// Turns the failure of a call that changes nothing of the order into one that says so: such a call is simply made again.
pub fn nothing_done(error: Error) -> Error {
    match error {
        Error::Unreadable { host, message } => Error::Connection {
            message: format!("{host} does not answer as Odoo does: {message}"),
            advice: "Check the address in the connection.".into(),
        },
        Error::TooLarge { host, limit } => Error::Connection {
            message: format!("{host} answered more than {limit} bytes"),
            advice: "Check the address in the connection.".into(),
        },
        other => unchanged::nothing_done(other),
    }
}
