//! The Shipment Tracking extension's own namespace.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Value, json};

use super::orders::{lost, number_of};
use super::refused::{Answer, Refused, refused};
use super::words::{id, read};
use super::{State, Woo};

/// Trackings of one order.
const TRACKINGS_MAX: usize = 50;

/// A store without the extension does not know the namespace.
fn number(state: &State, text: &str) -> Result<u64, Refused> {
    installed(state)?;
    number_of(state, id(text)?)
}

fn installed(state: &State) -> Result<(), Refused> {
    if state.site.shipment_tracking { Ok(()) } else { Err(Refused::no_route()) }
}

fn missing() -> Refused {
    let code = "woocommerce_rest_invalid_shipment_tracking_id";
    refused(StatusCode::NOT_FOUND, code, "Invalid shipment tracking ID.")
}

pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let state = woo.state();
    let number = number(&state, &text)?;
    Ok(Json(state.book.get(number).map(|order| order.trackings.clone())).into_response())
}

pub(super) async fn one(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, tracking)): Path<(String, String)>,
) -> Answer {
    let state = woo.state();
    let order = state.book.get(number(&state, &text)?).ok_or_else(lost)?;
    let found = order.trackings.iter().find(|found| found["tracking_id"] == tracking).ok_or_else(missing)?;
    Ok(Json(found.clone()).into_response())
}

pub(super) async fn add(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    let (body, now) = (read(&body)?, woo.stand.now());
    let Some(tracking) = body["tracking_number"].as_str().filter(|tracking| !tracking.is_empty()) else {
        return Err(Refused::invalid("tracking_number"));
    };
    let mut state = woo.state();
    let number = number(&state, &text)?;
    let order = state.book.get_mut(number).ok_or_else(lost)?;
    if order.trackings.len() >= TRACKINGS_MAX {
        return Err(Refused::invalid("tracking_number"));
    }
    let provider = body["custom_tracking_provider"].as_str().or(body["tracking_provider"].as_str());
    let link = body["custom_tracking_link"].as_str().unwrap_or_default();
    let kept = json!({
        "tracking_id": format!("{:032x}", order.item_id(20) + order.trackings.len() as u64),
        "tracking_provider": provider.unwrap_or_default(),
        "tracking_link": link,
        "tracking_number": tracking,
        "date_shipped": body["date_shipped"].as_str().map_or_else(|| now.format("%Y-%m-%d").to_string(), str::to_owned),
    });
    order.trackings.push(kept.clone());
    order.modified_at = now;
    woo.stand.ledger.note(now, "fulfilment", &order.id.to_string(), kept.clone());
    Ok((StatusCode::CREATED, Json(kept)).into_response())
}

pub(super) async fn remove(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, tracking)): Path<(String, String)>,
) -> Answer {
    let mut state = woo.state();
    let number = number(&state, &text)?;
    let order = state.book.get_mut(number).ok_or_else(lost)?;
    let place = order.trackings.iter().position(|found| found["tracking_id"] == tracking);
    let place = place.ok_or_else(missing)?;
    Ok(Json(order.trackings.remove(place)).into_response())
}

pub(super) async fn providers(Shared(woo): Shared<Arc<Woo>>) -> Answer {
    installed(&woo.state())?;
    let known: Value = json!({
        "Thailand": { "Thailand Post": "https://track.thailandpost.co.th/?trackNumber=%1$s" },
        "Global": { "DHL": "https://www.dhl.com/tracking?id=%1$s" },
    });
    Ok(Json(known).into_response())
}
