//! Errors inside a 200, as this gateway gives them all.

use serde_json::{Value, json};

/// A code that is a word for the gateway's own refusals and a number for the services behind it.
#[derive(Debug)]
pub(super) struct Refused {
    code: String,
    kind: &'static str,
    message: String,
    detail: Vec<Value>,
}

impl Refused {
    /// The caller's mistake.
    pub(super) fn caller(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), kind: "ISV", message: message.into(), detail: Vec::new() }
    }

    /// The service behind the gateway does not want to.
    pub(super) fn service(code: &str, message: impl Into<String>) -> Self {
        Self { kind: "ISP", ..Self::caller(code, message) }
    }

    /// The platform itself is in trouble.
    pub(super) fn system(code: &str, message: impl Into<String>) -> Self {
        Self { kind: "SYSTEM", ..Self::caller(code, message) }
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::caller(
            "MissingParameter",
            format!(
                "The input parameter \"{parameter}\" that is mandatory for processing this request is not supplied"
            ),
        )
    }

    pub(super) fn invalid(parameter: &str) -> Self {
        Self::caller("InvalidParameter", format!("The specified value for \"{parameter}\" is invalid"))
    }

    pub(super) fn token() -> Self {
        Self::caller("IllegalAccessToken", "The specified access token is invalid or expired")
    }

    pub(super) fn order() -> Self {
        Self::service("16", "E016: Invalid Order ID")
    }

    /// Says for which SKUs, and why.
    pub(super) fn with(self, detail: Vec<Value>) -> Self {
        Self { detail, ..self }
    }

    pub(super) fn show(&self, request_id: &str) -> Value {
        let mut shown = json!({
            "code": self.code, "type": self.kind, "message": self.message, "request_id": request_id,
        });
        if !self.detail.is_empty() {
            shown["detail"] = self.detail.clone().into();
        }
        shown
    }
}
