//! The errors of WordPress's REST API.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A code, a sentence, and the status once more inside.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// The object that has the SKU already.
    resource: Option<u64>,
}

pub(super) type Answer = Result<Response, Refused>;

pub(super) fn refused(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refused {
    Refused { status, code, message: message.into(), resource: None }
}

impl Refused {
    pub(super) fn invalid(parameter: &str) -> Self {
        let message = format!("Invalid parameter(s): {parameter}");
        refused(StatusCode::BAD_REQUEST, "rest_invalid_param", message)
    }

    pub(super) fn no_route() -> Self {
        let message = "No route was found matching the URL and request method.";
        refused(StatusCode::NOT_FOUND, "rest_no_route", message)
    }

    pub(super) fn not_json() -> Self {
        refused(StatusCode::BAD_REQUEST, "rest_invalid_json", "Invalid JSON body passed.")
    }

    pub(super) fn keys(message: &str) -> Self {
        refused(StatusCode::UNAUTHORIZED, "woocommerce_rest_authentication_error", message)
    }

    pub(super) fn duplicate_sku(resource: u64) -> Self {
        let message = "Invalid or duplicated SKU.";
        let refused = refused(StatusCode::BAD_REQUEST, "product_invalid_sku", message);
        Self { resource: Some(resource), ..refused }
    }

    /// As it stands inside a batch's answer.
    pub(super) fn show(&self) -> Value {
        let mut data = json!({ "status": self.status.as_u16() });
        if let Some(resource) = self.resource {
            data["resource_id"] = resource.into();
        }
        json!({ "code": self.code, "message": self.message, "data": data })
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(self.show())).into_response()
    }
}
