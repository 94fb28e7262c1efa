//! Errors: a number that is zero in every good answer.

use axum::http::StatusCode;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Refused {
    pub status: StatusCode,
    code: u64,
    message: String,
}

impl Refused {
    fn with(status: StatusCode, code: u64, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A business error.
    pub(super) fn business(code: u64, message: impl Into<String>) -> Self {
        Self::with(StatusCode::OK, code, message)
    }

    pub(super) fn signature() -> Self {
        let message = "Invalid credentials. The 'sign' is invalid.";
        Self::with(StatusCode::UNAUTHORIZED, 106_001, message)
    }

    pub(super) fn expired() -> Self {
        let message = "Expired credentials. The access token has expired.";
        Self::with(StatusCode::UNAUTHORIZED, 105_002, message)
    }

    pub(super) fn no_consent() -> Self {
        let message = "Access denied. The seller has not authorized this app.";
        Self::with(StatusCode::UNAUTHORIZED, 105_005, message)
    }

    pub(super) fn cipher() -> Self {
        Self::with(StatusCode::BAD_REQUEST, 106_013, "Missing shop_cipher.")
    }

    /// Timestamp, key or another identifier.
    pub(super) fn identifier(message: impl Into<String>) -> Self {
        Self::with(StatusCode::BAD_REQUEST, 36_009_004, message)
    }

    pub(super) fn path() -> Self {
        Self::with(StatusCode::NOT_FOUND, 36_009_009, "Invalid path.")
    }

    pub(super) fn format(message: impl Into<String>) -> Self {
        Self::with(StatusCode::BAD_REQUEST, 36_009_022, message)
    }

    pub(super) fn too_many() -> Self {
        Self::with(StatusCode::TOO_MANY_REQUESTS, 36_009_002, "Too many requests.")
    }

    pub(super) fn broken() -> Self {
        Self::with(StatusCode::INTERNAL_SERVER_ERROR, 36_009_003, "Internal error.")
    }

    pub(super) fn order() -> Self {
        Self::business(25_001_001, "The order does not exist.")
    }

    pub(super) fn show(&self, request_id: &str) -> Value {
        json!({ "code": self.code, "message": self.message, "request_id": request_id })
    }
}
