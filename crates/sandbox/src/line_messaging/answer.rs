//! How LINE answers: a status, a request id in a header, and a message with details where something is wrong.

use axum::Json;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Line;
use crate::chance::Chance;
use crate::stand::lock;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-line-request-id");
const ACCEPTED_REQUEST_ID: HeaderName = HeaderName::from_static("x-line-accepted-request-id");

/// Something that is wrong with one part of a request.
#[derive(Debug, PartialEq)]
pub(super) struct Detail {
    pub message: String,
    pub property: String,
}

/// Why LINE does not do what it was asked.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    pub status: StatusCode,
    pub message: String,
    pub details: Vec<Detail>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), details: Vec::new() }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn body_has(details: Vec<Detail>) -> Self {
        let message = format!("The request body has {} error(s)", details.len());
        Self { details, ..Self::bad(message) }
    }
}

/// What goes back.
pub(super) struct Answer {
    status: StatusCode,
    body: Value,
    /// The request that a retry key was first accepted for.
    accepted: Option<String>,
}

impl Answer {
    pub(super) fn good(body: Value) -> Self {
        Self { status: StatusCode::OK, body, accepted: None }
    }

    /// The same retry key came before: nothing is done, and the first answer's messages are shown again.
    pub(super) fn repeated(first: &str, sent: &Value) -> Self {
        let body = json!({ "message": "The retry key is already accepted", "sentMessages": sent });
        Self { status: StatusCode::CONFLICT, body, accepted: Some(first.to_owned()) }
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        let mut body = json!({ "message": refused.message });
        if !refused.details.is_empty() {
            let show = |detail: &Detail| json!({ "message": detail.message, "property": detail.property });
            body["details"] = refused.details.iter().map(show).collect();
        }
        Self { status: refused.status, body, accepted: None }
    }
}

impl Line {
    pub(super) fn say(&self, answer: Answer) -> Response {
        self.say_as(&self.request_id(), answer)
    }

    pub(super) fn say_as(&self, request_id: &str, answer: Answer) -> Response {
        let headers = [(REQUEST_ID, request_id.to_owned())];
        let mut response = (answer.status, headers, Json(answer.body)).into_response();
        if let Some(Ok(first)) = answer.accepted.map(|first| first.parse()) {
            response.headers_mut().insert(ACCEPTED_REQUEST_ID, first);
        }
        response
    }

    /// One of its own for each request.
    pub(super) fn request_id(&self) -> String {
        let mut state = lock(&self.state);
        state.requests += 1;
        Chance::of(self.stand.seed, &format!("line request {}", state.requests)).uuid()
    }
}
