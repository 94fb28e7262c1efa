//! What a GraphQL API's answer means. Most answer 200 also when they refuse, and some bring a part of the data besides.

use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde_json::Value;

/// A message names so many of the errors.
const NAMED_MAX: usize = 5;
/// A longer rest than this would be a mistake in the numbers.
const REST_SECS_MAX: u64 = 3_600;

/// Data, and what is wrong with a part of it.
#[derive(Debug)]
pub struct Told {
    pub host: String,
    pub data: Value,
    pub errors: Vec<Value>,
    pub bytes: u64,
}

impl Told {
    /// What is wrong with the part of the data that is missing.
    pub fn said(&self) -> String {
        said(&self.errors)
    }
}

/// An answer that has data, or why there is none.
pub fn read(answer: Answer) -> Result<Told, Error> {
    let mut body = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    let data = body.get_mut("data").map(Value::take).unwrap_or_default();
    let errors = match body.get_mut("errors").map(Value::take) {
        Some(Value::Array(errors)) => errors,
        _ => Vec::new(),
    };
    let by_status = matches!(answer.status.as_u16(), 401 | 403 | 407 | 429 | 500..=599);
    if by_status || (!answer.status.is_success() && errors.is_empty()) {
        let told = if errors.is_empty() { crate::http::body::message(&answer) } else { Some(said(&errors)) };
        let (host, bytes) = (answer.host(), 0);
        return answer.error_for_status(|_| told).map(|_| Told { host, data, errors, bytes });
    }
    let (host, bytes) = (answer.host(), answer.body.len() as u64);
    match errors.first() {
        Some(first) if data.is_null() => Err(of_errors(&host, first, &errors, answer.retry_after())),
        _ if data.is_object() => Ok(Told { host, data, errors, bytes }),
        _ => Err(Error::Unreadable {
            host,
            message: "neither data nor errors are in the answer; is this the address of a GraphQL API?"
                .into(),
        }),
    }
}

/// What APIs call their errors, beginning with those that Apollo, Hasura, Shopify and Vendure use.
fn of_errors(host: &str, first: &Value, errors: &[Value], rest: Option<Span>) -> Error {
    let (host, message) = (host.to_owned(), said(errors));
    match code(first).to_ascii_uppercase().replace('-', "_").as_str() {
        "UNAUTHENTICATED" | "UNAUTHORIZED" | "INVALID_JWT" | "INVALID_HEADERS" => Error::Connection {
            message: format!("{host} does not accept the sign-in: {message}"),
            advice: "Check how the connection signs in; its token may have expired.".into(),
        },
        "FORBIDDEN" | "ACCESS_DENIED" => Error::Connection {
            message: format!("{host} does not allow this: {message}"),
            advice: "Sign in as somebody who may do it, or let an administrator there allow it.".into(),
        },
        "THROTTLED" | "RATE_LIMITED" | "RATE_LIMIT_EXCEEDED" | "TOO_MANY_REQUESTS" => {
            Error::RateLimited { host, after: rest_of(first).or(rest) }
        }
        "INTERNAL_SERVER_ERROR"
        | "INTERNAL_ERROR"
        | "INTERNAL"
        | "DOWNSTREAM_SERVICE_ERROR"
        | "UNEXPECTED" => Error::Status { host, status: 500, message, after: rest },
        "SERVICE_UNAVAILABLE" | "UNAVAILABLE" => Error::Status { host, status: 503, message, after: rest },
        "TIMEOUT" | "GATEWAY_TIMEOUT" => Error::Status { host, status: 504, message, after: rest },
        // What was not even begun has no place in the answer: the question itself is wrong.
        _ if first.get("path").is_none() => Error::Input {
            message: format!("{host} does not understand the question: {message}"),
            advice: "Correct the text or the variables in the node.".into(),
        },
        _ => refused(&host, &message),
    }
}

pub fn refused(host: &str, message: &str) -> Error {
    Error::Refused {
        message: format!("{host} refuses: {message}"),
        advice: "Correct what the message says, then retry.".into(),
    }
}

fn code(error: &Value) -> &str {
    error.pointer("/extensions/code").and_then(Value::as_str).unwrap_or_default()
}

fn rest_of(error: &Value) -> Option<Span> {
    let names = ["retryAfter", "retry_after", "retryAfterSeconds"];
    let told = names.iter().find_map(|name| error.get("extensions")?.get(name)?.as_f64())?;
    (told >= 0.0).then(|| Span::from_secs((told.ceil() as u64).min(REST_SECS_MAX)))
}

/// The errors' own words, with where they are: in the text that was sent, and in the answer.
fn said(errors: &[Value]) -> String {
    let all: Vec<String> = errors.iter().take(NAMED_MAX).map(one).collect();
    shorten(&all.join("; "))
}

fn one(error: &Value) -> String {
    let mut said = error.get("message").and_then(Value::as_str).unwrap_or("no message").to_owned();
    let at = |place: &str| error.pointer(place).and_then(Value::as_u64);
    if let (Some(line), Some(column)) = (at("/locations/0/line"), at("/locations/0/column")) {
        said += &format!(" (line {line}, column {column})");
    }
    let path = error.get("path").and_then(Value::as_array).into_iter().flatten();
    let path: Vec<String> = path.map(crate::http::body::as_text).collect();
    if !path.is_empty() {
        said += &format!(" [{}]", path.join("."));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use connector::Retry;
    use serde_json::json;

    fn told(status: u16, body: &Value) -> Result<Told, Error> {
        read(Answer {
            status: http::StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: Bytes::from(body.to_string()),
            url: "https://shop.example/graphql".parse().unwrap(),
        })
    }

    fn error(status: u16, code: &str) -> Error {
        let error = json!({"message": "No", "path": ["a"], "extensions": {"code": code}});
        told(status, &json!({"data": null, "errors": [error]})).unwrap_err()
    }

    #[test]
    fn every_code_is_tried_again_or_not_as_it_says() {
        for (status, code, retry, may, kind) in [
            (200, "UNAUTHENTICATED", Retry::Never, false, "E0302"),
            (200, "FORBIDDEN", Retry::Never, false, "E0302"),
            (200, "invalid-jwt", Retry::Never, false, "E0302"),
            (200, "THROTTLED", Retry::Backoff, false, "E0306"),
            (200, "INTERNAL_SERVER_ERROR", Retry::Backoff, true, "E0307"),
            (200, "SERVICE_UNAVAILABLE", Retry::Backoff, false, "E0307"),
            (200, "OUT_OF_STOCK", Retry::Never, false, "E0308"),
            (400, "BAD_USER_INPUT", Retry::Never, false, "E0308"),
            (401, "", Retry::Never, false, "E0302"),
            (429, "", Retry::Backoff, false, "E0306"),
            (502, "", Retry::Backoff, true, "E0307"),
        ] {
            let error = error(status, code);
            let found = (error.retry(), error.may_have_happened(), error.code());
            assert_eq!(found, (retry, may, kind), "{status} {code}");
        }
    }

    #[test]
    fn a_question_that_is_wrong_is_told_with_its_place_and_was_never_begun() {
        let wrong =
            json!({"message": "Cannot query field \"nam\".", "locations": [{"line": 2, "column": 5}]});
        let error = told(400, &json!({"errors": [wrong]})).unwrap_err();
        assert_eq!(error.code(), "E0301");
        assert!(error.to_string().contains("\"nam\". (line 2, column 5)"), "{error}");
    }

    #[test]
    fn a_rest_is_as_long_as_the_api_asks_for() {
        let slow = json!({"message": "slow", "extensions": {"code": "RATE_LIMITED", "retryAfter": 6.5}});
        let error = told(200, &json!({"errors": [slow]})).unwrap_err();
        assert_eq!(error.retry(), Retry::After(Span::from_secs(7)));
    }

    #[test]
    fn what_is_no_answer_of_such_an_api_is_said_to_be_none() {
        assert_eq!(told(200, &json!({"hello": 1})).unwrap_err().code(), "E0309");
        assert_eq!(told(404, &json!({"message": "no"})).unwrap_err().code(), "E0307");
    }
}
