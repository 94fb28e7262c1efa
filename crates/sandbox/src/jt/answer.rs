//! How J&T answers: status 200, and a code of nine digits where something is wrong.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

pub(super) const NO_SUCH_ACCOUNT: u32 = 145_003_010;
pub(super) const NO_PERMISSION: u32 = 145_003_012;
pub(super) const BAD_SIGNATURE: u32 = 145_003_030;
pub(super) const BAD_PARAMETERS: u32 = 145_003_050;
pub(super) const NO_ACCOUNT: u32 = 145_003_051;
pub(super) const NO_DIGEST: u32 = 145_003_052;
pub(super) const NO_TIMESTAMP: u32 = 145_003_053;

/// Why J&T does not do what it was asked.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    pub code: u32,
    pub message: String,
}

impl Refused {
    pub(super) fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(BAD_PARAMETERS, message)
    }
}

pub(super) fn respond(answer: Result<Value, Refused>, code_as_number: bool) -> Response {
    let (code, message, data) = match answer {
        Ok(data) => (1, "success".to_owned(), data),
        Err(refused) => (refused.code, refused.message, Value::Null),
    };
    let code = if code_as_number { json!(code) } else { json!(code.to_string()) };
    Json(json!({ "code": code, "msg": message, "data": data })).into_response()
}

/// From the gateway in front: the codes above are all about the caller's own mistakes.
pub(super) fn too_many(retry_after: u64) -> Response {
    let page = Html("<html><head><title>429 Too Many Requests</title></head></html>");
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], page).into_response()
}

pub(super) fn broken() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Html("<html><head><title>500</title></head></html>")).into_response()
}
