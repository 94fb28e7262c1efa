//! How HubSpot answers: a status, and where something is wrong a category with it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The same in every error, as nobody looks one up here.
const CORRELATION_ID: &str = "aeb5f871-7f07-4993-9211-075dc63e7cbf";

/// Why HubSpot does not do what it was asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused {
    pub status: StatusCode,
    pub category: &'static str,
    pub message: String,
    pub context: Value,
}

impl Refused {
    pub(super) fn new(status: StatusCode, category: &'static str, message: impl Into<String>) -> Self {
        Self { status, category, message: message.into(), context: json!({}) }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
    }

    pub(super) fn missing() -> Self {
        Self::new(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND", "resource not found")
    }

    /// The id of what is there stands in the message alone.
    pub(super) fn conflict(what: &str, id: u64) -> Self {
        let message = format!("{what} already exists. Existing ID: {id}");
        Self::new(StatusCode::CONFLICT, "CONFLICT", message)
    }

    /// As one of several errors of a batch.
    pub(super) fn of_item(&self, trace: &Value) -> Value {
        let mut context = self.context.clone();
        if !trace.is_null() {
            context["objectWriteTraceId"] = json!([trace]);
        }
        json!({
            "status": "error",
            "category": self.category,
            "message": self.message,
            "context": context,
        })
    }

    fn body(&self) -> Value {
        json!({
            "status": "error",
            "message": self.message,
            "correlationId": CORRELATION_ID,
            "category": self.category,
            "context": self.context,
        })
    }
}

/// A status with its body; `null` is no body at all.
pub(super) type Said = (StatusCode, Value);

pub(super) fn ok(body: Value) -> Said {
    (StatusCode::OK, body)
}

pub(super) fn respond(answer: Result<Said, Refused>) -> Response {
    match answer {
        Ok((status, Value::Null)) => status.into_response(),
        Ok((status, body)) => (status, Json(body)).into_response(),
        Err(refused) => (refused.status, Json(refused.body())).into_response(),
    }
}

pub(super) fn broken() -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    respond(Err(Refused::new(status, "INTERNAL_ERROR", "internal error")))
}
