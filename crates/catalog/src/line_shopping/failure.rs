//! What LINE SHOPPING's refusals mean for a step.

use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde::Deserialize;

/// A 429 comes without a time; a second is what its budget is counted in.
const REST: Span = Span::from_secs(1);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    code: String,
    message: String,
}

/// The answer if it is a success.
pub fn check(answer: Answer) -> Result<Answer, Error> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let said: Refused = answer.json().unwrap_or_default();
    let message = format!("LINE SHOPPING refuses: {}", shorten(&format!("{} {}", said.code, said.message)));
    let refused = |advice: &str| Error::Refused { message: message.clone(), advice: advice.into() };
    Err(match answer.status.as_u16() {
        400 => refused("Correct the data that this node sends, then retry."),
        401 => {
            connection(&message, "The shop's owner makes a new key in OA Plus; put it into the connection.")
        }
        403 => connection(&message, "Check in OA Plus what the key may do, and which shop it is for."),
        404 => refused("Check the order's number or the product in LINE SHOPPING."),
        409 => refused("Look at the record in LINE SHOPPING: its state does not allow this."),
        429 => Error::RateLimited { host: answer.host(), after: answer.retry_after().or(Some(REST)) },
        _ => return answer.error_for_status(|_| Some(message)),
    })
}

fn connection(message: &str, advice: &str) -> Error {
    Error::Connection { message: message.into(), advice: advice.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use connector::Retry;
    use http::{HeaderMap, StatusCode};

    fn error(status: u16, code: &str) -> Error {
        let body = serde_json::json!({"code": code, "message": "no", "info": {}, "timestamp": 1767583270});
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from(body.to_string()),
            url: "https://developers-oaplus.line.biz/x".parse().unwrap(),
        };
        check(answer).unwrap_err()
    }

    #[test]
    fn every_code_says_whether_trying_again_helps() {
        let second = Retry::After(Span::from_secs(1));
        for (status, code, kind, retry) in [
            (400, "BAD_REQUEST", "E0308", Retry::Never),
            (401, "UNAUTHORIZED", "E0302", Retry::Never),
            (403, "PERMISSION_DENIED", "E0302", Retry::Never),
            (404, "NOT_FOUND", "E0308", Retry::Never),
            (409, "DATA_CONFLICT", "E0308", Retry::Never),
            (429, "TOO_MANY_REQUESTS", "E0306", second),
            (500, "INTERNAL_ERROR", "E0307", Retry::Backoff),
        ] {
            let error = error(status, code);
            assert_eq!((error.code(), error.retry()), (kind, retry), "{code}: {error}");
        }
        assert!(error(409, "DATA_CONFLICT").to_string().contains("DATA_CONFLICT no"));
    }
}
