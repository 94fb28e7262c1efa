//! The one shape of the API's errors, and what is logged of them.

use crate::{codes, numbered};
use api::ErrorBody;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Code, Problem};
use std::fmt;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder, response};

/// An answer that says what is wrong and what to do. Boxed, because every handler's result has room for one.
#[derive(Debug)]
pub struct Failure(Box<Said>);

#[derive(Debug)]
struct Said {
    status: StatusCode,
    code: Code,
    message: String,
    /// What to do; the code's page where nothing better is known.
    advice: Option<String>,
    problems: Vec<Problem>,
    retry_after_s: Option<u64>,
    /// The methods that the address takes.
    allow: Option<HeaderValue>,
    /// For the log alone.
    cause: Option<String>,
}

impl Failure {
    pub fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Said {
            status,
            code,
            message: message.into(),
            advice: None,
            problems: Vec::new(),
            retry_after_s: None,
            allow: None,
            cause: None,
        }))
    }

    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, codes::NOT_FOUND, format!("there is no {what}"))
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, codes::BAD_REQUEST, message)
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, codes::CONFLICT, message)
    }

    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, codes::INTERNAL, "something went wrong inside Khlong")
            .cause(cause)
    }

    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    pub fn problems(mut self, problems: Vec<Problem>) -> Self {
        self.0.problems = problems;
        self
    }

    /// The address takes these methods only, parted by commas.
    pub fn wrong_method(allowed: &str) -> Self {
        let message = "this address does not take this method";
        let mut failure = Self::new(StatusCode::METHOD_NOT_ALLOWED, codes::WRONG_METHOD, message);
        failure.0.allow = HeaderValue::try_from(allowed.to_ascii_uppercase()).ok();
        failure
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The same for somebody at the command line.
    pub fn into_error(self) -> anyhow::Error {
        let problems = self.0.problems.iter().map(|problem| format!("\n  {problem}: {}", problem.advice));
        let cause = self.0.cause.as_deref().map(|cause| format!(" ({cause})")).unwrap_or_default();
        anyhow::anyhow!("{} {}{cause}{}", self.0.code, self.0.message, problems.collect::<String>())
    }

    fn body(&self, request: String) -> ErrorBody {
        let page = codes::page(&self.0.code);
        let advice = self.0.advice.clone();
        ErrorBody {
            code: self.0.code.to_string(),
            message: self.0.message.clone(),
            advice: advice.or_else(|| page.map(|page| page.mend.to_owned())).unwrap_or_default(),
            problems: self.0.problems.clone(),
            request,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut request = numbered::current();
        if let Some(cause) = &self.0.cause {
            // The door numbers only what has to be found in the log.
            let request = request.get_or_insert_with(numbered::new);
            tracing::error!(request, code = %self.0.code, %cause, "a request failed");
        }
        let body = self.body(request.unwrap_or_default());
        let mut response = (self.0.status, Json(body)).into_response();
        if let Some(seconds) = self.0.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(methods) = self.0.allow {
            response.headers_mut().insert(header::ALLOW, methods);
        }
        response
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        let unavailable = |code, message: &str| {
            Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).retry_after(RETRY_STORE_S)
        };
        match error {
            store::Error::Full => unavailable(codes::DISK_FULL, "the disk is full"),
            store::Error::Conflict(message) => Self::conflict(message),
            store::Error::Io(cause) => {
                unavailable(codes::DOWN, "Khlong cannot write at the moment").cause(cause)
            }
            store::Error::Unavailable(cause) => {
                unavailable(codes::DOWN, "the database cannot be reached").cause(cause)
            }
            store::Error::Deadline => unavailable(codes::BUSY, "the store takes too long to answer"),
            store::Error::Unreadable(cause) => Self::internal(cause),
        }
    }
}

/// When a sender may try again after the store refused: soon, because room may be made at any time.
pub const RETRY_STORE_S: u64 = 5;

/// In the API's description: every endpoint may give this.
pub struct AnyFailure;

impl utoipa::IntoResponses for AnyFailure {
    fn responses() -> std::collections::BTreeMap<String, RefOr<response::Response>> {
        let schema = Ref::from_schema_name("ErrorBody");
        let response = ResponseBuilder::new()
            .description("What is wrong, and what to do about it")
            .content("application/json", Content::new(Some(schema)))
            .build();
        [("default".to_owned(), RefOr::T(response))].into()
    }
}
