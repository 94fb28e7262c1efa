//! Errors: a word that is empty in every good answer.

use axum::http::StatusCode;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Refused {
    pub status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refused {
    /// Most errors come with a 200.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, code, message: message.into() }
    }

    /// The gateway's own refusals come with a 403.
    pub(super) fn gate(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, ..Self::new(code, message) }
    }

    pub(super) fn parameter(message: impl Into<String>) -> Self {
        Self::new("error_param", message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new("error_not_found", message)
    }

    pub(super) fn show(&self, request_id: &str) -> Value {
        json!({
            "error": self.code, "message": self.message, "request_id": request_id, "warning": "",
            "response": {},
        })
    }
}
