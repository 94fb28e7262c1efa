//! How a fault looks from outside, in each protocol.

use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::exception::Exception;
use super::faults::Kind;
use super::{Erp, json2, jsonrpc};
use crate::line::Cut;

/// How long an answer that never comes keeps its connection at most.
const SILENCE_MAX: Duration = Duration::from_secs(600);

/// Who waits for the answer, and for what.
pub(super) enum Caller {
    Json2 { model: String, method: String },
    JsonRpc { id: Value, model: String, method: String },
    Rest,
}

impl Caller {
    fn target(&self) -> (&str, &str) {
        match self {
            Caller::Json2 { model, method } | Caller::JsonRpc { model, method, .. } => (model, method),
            Caller::Rest => ("rest", "orders"),
        }
    }
}

/// Does the work, unless a fault that is in force says otherwise.
pub(super) async fn under_faults(
    erp: &Erp,
    cut: &Cut,
    caller: &Caller,
    work: impl FnOnce() -> Response,
) -> Response {
    let (model, method) = caller.target();
    let strikes = erp.faults().strike(model, method);
    for strike in strikes {
        match strike {
            Kind::Slow(delay) => wait(erp, delay).await,
            Kind::TooMany { retry_after } => return too_many(retry_after),
            Kind::Failed => return failed(caller),
            Kind::Locked => return locked(caller),
            Kind::Down { status } => return down(status),
            Kind::Timeout { close } => return silence(erp, cut, close).await,
            Kind::TimeoutAfterWork { close } => {
                drop(work());
                return silence(erp, cut, close).await;
            }
            Kind::Reset => {
                cut.reset();
                return StatusCode::NO_CONTENT.into_response(); // never leaves the house
            }
        }
    }
    work()
}

/// Ends early when the stand-in stops. A caller who leaves ends it, too: the server then drops this future.
async fn wait(erp: &Erp, delay: Duration) {
    tokio::select! {
        () = tokio::time::sleep(delay) => {}
        () = erp.stop.cancelled() => {}
    }
}

async fn silence(erp: &Erp, cut: &Cut, close: bool) -> Response {
    if !close {
        wait(erp, SILENCE_MAX).await;
    }
    cut.close();
    StatusCode::NO_CONTENT.into_response()
}

/// Comes from the proxy in front, so it is the same for every protocol.
fn too_many(retry_after: u64) -> Response {
    let body = Html("<html><head><title>429 Too Many Requests</title></head></html>");
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], body).into_response()
}

fn down(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, Html(format!("<html><head><title>{status}</title></head></html>"))).into_response()
}

fn failed(caller: &Caller) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    match caller {
        Caller::Json2 { .. } => json2::refuse(Exception::serialization()),
        Caller::JsonRpc { .. } => (status, Html("<title>500 Internal Server Error</title>")).into_response(),
        Caller::Rest => (status, Json(json!({ "error": "internal error" }))).into_response(),
    }
}

fn locked(caller: &Caller) -> Response {
    match caller {
        Caller::Json2 { .. } => json2::refuse(Exception::locked()),
        Caller::JsonRpc { id, .. } => jsonrpc::refuse(id, &Exception::serialization()),
        Caller::Rest => {
            (StatusCode::CONFLICT, Json(json!({ "error": "the order is locked" }))).into_response()
        }
    }
}
