//! How FlowAccount answers: whether it went well stands in the body, mostly under status 200.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why FlowAccount does not do what it was asked.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    code: u16,
    message: String,
}

impl Refused {
    pub(super) fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub(super) fn missing(what: &str) -> Self {
        Self::new(404, format!("{what} not found."))
    }

    fn body(&self) -> Value {
        json!({ "status": false, "message": self.message, "code": self.code })
    }

    pub(super) fn with_status(&self, status: StatusCode) -> Response {
        (status, Json(self.body())).into_response()
    }
}

/// Only a call without a good token fails in its status, too.
pub(super) fn respond(answer: Result<Value, Refused>) -> Response {
    match answer {
        Ok(data) => {
            Json(json!({ "status": true, "message": "Success", "code": 200, "data": data })).into_response()
        }
        Err(refused) if refused.code == 401 => refused.with_status(StatusCode::UNAUTHORIZED),
        Err(refused) => Json(refused.body()).into_response(),
    }
}

pub(super) fn too_many(retry_after: u64) -> Response {
    let mut answer = Refused::new(429, "Too many requests.").with_status(StatusCode::TOO_MANY_REQUESTS);
    answer.headers_mut().insert(header::RETRY_AFTER, retry_after.into());
    answer
}
