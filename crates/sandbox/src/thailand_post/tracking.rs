//! `track`: where up to a hundred barcodes are, within a day's count.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::ThailandPost;
use super::words::{day, item};
use crate::clock::in_thailand;
use crate::stand::lock;

const BARCODES_MAX: usize = 100;

/// What both calls of the tracking bring.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub language: String,
    pub barcode: Vec<String>,
    #[serde(default)]
    pub req_previous_status: bool,
}

pub(super) fn read(body: &[u8]) -> Result<Asked, Response> {
    let refuse = |message: &str| {
        (StatusCode::BAD_REQUEST, Json(json!({ "message": message, "status": false }))).into_response()
    };
    let asked: Asked = serde_json::from_slice(body).map_err(|_| refuse("invalid request"))?;
    match asked.barcode.len() {
        1..=BARCODES_MAX => Ok(asked),
        _ => Err(refuse("barcode: from 1 to 100")),
    }
}

pub(super) async fn track(
    State(post): State<Arc<ThailandPost>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    post.tracked(&headers, || match read(&body) {
        Ok(asked) => post.found(&asked),
        Err(refused) => refused,
    })
}

impl ThailandPost {
    /// A barcode that the post does not know has no items.
    fn found(&self, asked: &Asked) -> Response {
        let (count, fits) = self.count(asked.barcode.len());
        if !fits {
            let response = json!({ "items": {}, "track_count": count });
            let message = "The daily limit of tracking is reached";
            return Json(json!({ "response": response, "message": message, "status": false }))
                .into_response();
        }
        let shipments = lock(&self.shipments);
        let mut items = Map::new();
        for barcode in &asked.barcode {
            let shipment = shipments.get(barcode).filter(|shipment| shipment.number == *barcode);
            let scans = shipment.into_iter().flat_map(|shipment| {
                shipment.scans().iter().filter_map(move |scan| item(shipment, scan, &asked.language))
            });
            items.insert(barcode.clone(), scans.collect());
        }
        let response = json!({ "items": items, "track_count": count });
        Json(json!({ "response": response, "message": "successful", "status": true })).into_response()
    }

    /// Counts these barcodes, if the day has room for them.
    pub(super) fn count(&self, barcodes: usize) -> (Value, bool) {
        let (now, limit) = (self.stand.now(), self.settings.get().track_count_limit);
        let today = Some(in_thailand(now).date_naive());
        let mut count = lock(&self.count);
        if count.day != today {
            (count.day, count.asked) = (today, 0);
        }
        let asked = count.asked.saturating_add(u64::try_from(barcodes).unwrap_or(u64::MAX));
        let fits = asked <= limit;
        if fits {
            count.asked = asked;
        }
        let shown =
            json!({ "track_date": day(now), "count_number": count.asked, "track_count_limit": limit });
        (shown, fits)
    }
}
