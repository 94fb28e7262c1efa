//! What Slack's one-word answers mean.

use connector::Error;
use connector::http::{Answer, shorten};

/// The error of an answer that is not `ok`.
pub fn of(answer: Answer) -> Error {
    let said = shorten(&String::from_utf8_lossy(&answer.body));
    let (host, status) = (answer.host(), answer.status.as_u16());
    match status {
        400 => Error::Refused {
            message: format!("Slack refuses the message: {said}"),
            advice: "Correct the text or the blocks, then retry.".into(),
        },
        403 | 404 | 410 => Error::Connection {
            message: format!("Slack's webhook takes no messages: {said}"),
            advice: "Add a new webhook for the channel in Slack, and put its address into the connection."
                .into(),
        },
        200..=299 => Error::Unreadable { host, message: format!("\"{said}\" in place of ok") },
        _ => answer.failed(&said),
    }
}
