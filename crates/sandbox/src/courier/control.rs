//! `/_sandbox` of a courier: what it carries, and a hand that moves it on.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{Courier, Scan, Shipment, Stage};
use crate::settings;
use crate::stand::{lock, page, refuse};

/// Copies of one push that a caller may ask for.
const DUPLICATES_MAX: u32 = 10;

/// What shall happen to a shipment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// The courier's number or the sender's own.
    #[serde(rename = "ref")]
    reference: String,
    to: Stage,
    /// Further copies of each push.
    #[serde(default)]
    duplicates: u32,
    /// The newest scan is pushed first.
    #[serde(default)]
    out_of_order: bool,
}

/// The settings, the shipments, and `advance`.
pub(crate) fn routes<C: Courier>() -> Router<Arc<C>> {
    settings::routes()
        .route("/_sandbox/shipments", get(list::<C>))
        .route("/_sandbox/advance", post(advance::<C>))
}

/// Newest first; `?ref=` `?offset=` `?limit=` `?count_only=1`.
async fn list<C: Courier>(
    State(courier): State<Arc<C>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let shipments = lock(courier.shipments());
    let fits = |shipment: &&Shipment| {
        query.get("ref").is_none_or(|name| *name == shipment.number || *name == shipment.reference)
    };
    page(&query, shipments.all().filter(fits).map(Shipment::show).collect())
}

/// Answers after the first attempt of every push.
async fn advance<C: Courier>(State(courier): State<Arc<C>>, body: Bytes) -> Response {
    let wish: Wish = match serde_json::from_slice(&body) {
        Ok(wish) => wish,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    let (shipment, scans) = match scanned(&*courier, &wish) {
        Ok(scanned) => scanned,
        Err((status, message)) => return refuse(status, &message),
    };
    let mut pushes: Vec<_> = scans.iter().filter_map(|scan| courier.push(&shipment, scan)).collect();
    if wish.out_of_order {
        pushes.reverse();
    }
    let mut deliveries = Vec::new();
    for push in pushes {
        deliveries.extend(courier.stand().sender.send(push, wish.duplicates).await);
    }
    Json(json!({ "shipment": shipment.show(), "deliveries": deliveries })).into_response()
}

fn scanned<C: Courier>(courier: &C, wish: &Wish) -> Result<(Shipment, Vec<Scan>), (StatusCode, String)> {
    let refused = |message| (StatusCode::UNPROCESSABLE_ENTITY, message);
    if wish.duplicates > DUPLICATES_MAX {
        return Err(refused(format!("`duplicates` is at most {DUPLICATES_MAX}")));
    }
    let now = courier.stand().now();
    let mut shipments = lock(courier.shipments());
    let missing = || (StatusCode::NOT_FOUND, format!("there is no shipment {:?}", wish.reference));
    let shipment = shipments.get_mut(&wish.reference).ok_or_else(missing)?;
    let scans = shipment.advance(wish.to, now).map_err(refused)?;
    Ok((shipment.clone(), scans))
}
