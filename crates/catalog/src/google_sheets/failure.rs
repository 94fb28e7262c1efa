//! What Google's errors mean.

use super::key_file;
use connector::http::{Answer, shorten};
use connector::{Connection, Error};
use model::Span;
use serde_json::Value;

/// Quotas are counted by the minute, and Google does not say when one is free again.
const MINUTE: Span = Span::from_secs(60);
/// The beginning of what is told where rows are asked for that the sheet does not reach.
const BEYOND: &str = "exceeds grid limits";

pub fn of(answer: Answer, connection: &Connection) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let error = body.get("error").unwrap_or(&Value::Null);
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let (kind, said) = (text("status").to_owned(), shorten(text("message")));
    let reasons = ["/errors/0/reason", "/details/0/reason"];
    let reason = reasons.iter().find_map(|place| error.pointer(place)?.as_str()).unwrap_or_default();
    let host = answer.host();
    match (answer.status.as_u16(), kind.as_str(), reason) {
        (429, ..) | (403, "RESOURCE_EXHAUSTED", _) | (403, _, "rateLimitExceeded" | "userRateLimitExceeded") => {
            Error::RateLimited { host, after: answer.retry_after().or(Some(MINUTE)) }
        }
        (401, ..) => Error::TokenEnded { host, message: said },
        (403, _, "SERVICE_DISABLED" | "accessNotConfigured") => Error::Connection {
            message: format!("the Google Sheets API is not switched on: {said}"),
            advice: "In the Google Cloud console, open APIs & Services and enable the Google Sheets API for the project.".into(),
        },
        (403, ..) => Error::Connection {
            message: format!("Google does not allow this: {said}"),
            advice: match key_file::email(connection) {
                Some(email) => format!("Share the spreadsheet with {email} as an editor; check protected ranges, too."),
                None => "Share the spreadsheet with whoever signed in, as an editor; check protected ranges, too.".into(),
            },
        },
        (404, ..) => Error::Refused {
            message: "Google has no such spreadsheet, or does not show it".into(),
            advice: "Check its address in the node or the connection, and whom it is shared with.".into(),
        },
        (400, ..) => Error::Refused {
            message: format!("Google refuses: {said}"),
            advice: "Check the names of sheet and columns, and the data; then retry.".into(),
        },
        _ => answer.failed(&said),
    }
}

/// How many rows the sheet has, where more were asked for.
pub fn rows_there(error: &Error) -> Option<u64> {
    let Error::Refused { message, .. } = error else { return None };
    let (_, behind) = message.split_once(BEYOND)?;
    let (_, rest) = behind.split_once("Max rows: ")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_about_the_end_of_a_sheet_says_where_it_is() {
        let refused =
            |said: &str| Error::Refused { message: format!("Google refuses: {said}"), advice: String::new() };
        let beyond = refused("Range ('S'!A1002:Z1201) exceeds grid limits. Max rows: 1001, max columns: 26");
        assert_eq!(rows_there(&beyond), Some(1001));
        assert_eq!(rows_there(&refused("Unable to parse range: 'X'!1:1")), None);
    }
}
