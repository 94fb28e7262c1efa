//! `/_sandbox` of a stand-in: what it was told, what shall go wrong, who gets its webhooks. None of it is the vendor's.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use super::Vendor;
use super::target::{Posted, Target};

/// Entries of one page, if the request does not say.
const PAGE: usize = 1_000;

/// What goes wrong, and what was received.
pub(super) fn faults_and_ledger<V: Vendor>() -> Router<Arc<V>> {
    Router::new()
        .route("/_sandbox/faults", get(list_faults::<V>).post(add_faults::<V>).delete(clear_faults::<V>))
        .route("/_sandbox/received", get(received::<V>).delete(forget_received::<V>))
}

/// Who gets webhooks, and what became of them.
pub(super) fn webhooks<V: Vendor>() -> Router<Arc<V>> {
    Router::new()
        .route("/_sandbox/webhooks", get(targets::<V>).put(set_target::<V>).delete(drop_targets::<V>))
        .route("/_sandbox/deliveries", get(deliveries::<V>))
}

pub(crate) fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}

/// `?offset=` `?limit=` `?count_only=1` of a list.
pub(crate) fn page(query: &HashMap<String, String>, list: Vec<Value>) -> Response {
    if query.contains_key("count_only") {
        return Json(json!({ "count": list.len() })).into_response();
    }
    let number = |name: &str, otherwise: usize| match query.get(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| format!("{name} is a number")),
    };
    match (number("offset", 0), number("limit", PAGE)) {
        (Ok(offset), Ok(limit)) => {
            Json(list.into_iter().skip(offset).take(limit).collect::<Value>()).into_response()
        }
        (Err(message), _) | (_, Err(message)) => refuse(StatusCode::BAD_REQUEST, &message),
    }
}

async fn list_faults<V: Vendor>(State(vendor): State<Arc<V>>) -> Json<Value> {
    Json(vendor.stand().faults().show())
}

/// Takes any content type, so that a bare `curl -d` works.
async fn add_faults<V: Vendor>(State(vendor): State<Arc<V>>, body: Bytes) -> Response {
    let body: Value = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => {
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, &format!("the body is not JSON: {error}"));
        }
    };
    let mut faults = vendor.stand().faults();
    match faults.add(&body) {
        Ok(()) => (StatusCode::CREATED, Json(faults.show())).into_response(),
        Err(message) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

async fn clear_faults<V: Vendor>(State(vendor): State<Arc<V>>) -> StatusCode {
    vendor.stand().faults().clear();
    StatusCode::NO_CONTENT
}

/// Oldest first; `?kind=` `?reference=` `?limit=` `?offset=` `?count_only=1`, or `?counts=1` for how many of each kind.
async fn received<V: Vendor>(
    State(vendor): State<Arc<V>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let ledger = &vendor.stand().ledger;
    if query.contains_key("counts") {
        return Json(ledger.counts()).into_response();
    }
    let asked = |name: &str| query.get(name).map(String::as_str);
    page(&query, ledger.show(asked("kind"), asked("reference")))
}

async fn forget_received<V: Vendor>(State(vendor): State<Arc<V>>) -> StatusCode {
    vendor.stand().ledger.clear();
    StatusCode::NO_CONTENT
}

async fn targets<V: Vendor>(State(vendor): State<Arc<V>>) -> Json<Value> {
    Json(vendor.stand().sender.targets().iter().map(Target::show).collect())
}

async fn set_target<V: Vendor>(State(vendor): State<Arc<V>>, body: Bytes) -> Response {
    let posted: Posted = match serde_json::from_slice(&body) {
        Ok(posted) => posted,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    match vendor.stand().sender.replace(Target::posted(posted)) {
        Ok(target) => Json(target.show()).into_response(),
        Err(message) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

async fn drop_targets<V: Vendor>(State(vendor): State<Arc<V>>) -> StatusCode {
    vendor.stand().sender.unsubscribe_all();
    StatusCode::NO_CONTENT
}

/// Newest first; `?state=waiting|delivered|given_up` `?limit=` `?offset=` `?count_only=1`.
async fn deliveries<V: Vendor>(
    State(vendor): State<Arc<V>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let list = vendor.stand().sender.deliveries(query.get("state").map(String::as_str));
    page(&query, list)
}
