//! Hooks: barcodes whose changes are pushed to the address that the receiver set.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::ThailandPost;
use super::tracking::read;
use super::words::{item, minute};
use crate::courier::{Scan, Shipment};
use crate::stand::{Parcel, lock};

/// Barcodes hooked at the same time; more are refused.
const HOOKED_MAX: usize = 20_000;

/// With `req_previous_status`, what has happened already is pushed at once.
pub(super) async fn hook(State(post): State<Arc<ThailandPost>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut earlier = Vec::new();
    let answer = post.tracked(&headers, || match read(&body) {
        Ok(asked) => {
            let items: Vec<Value> = asked.barcode.iter().map(|barcode| post.hooked(barcode)).collect();
            if asked.req_previous_status {
                earlier = post.earlier(&asked.barcode);
            }
            let (count, _) = post.count(0);
            let response = json!({ "items": items, "track_count": count });
            Json(json!({ "response": response, "message": "successful", "status": true })).into_response()
        }
        Err(refused) => refused,
    });
    for push in earlier {
        post.stand.sender.send(push, 0).await;
    }
    answer
}

impl ThailandPost {
    fn hooked(&self, barcode: &str) -> Value {
        let mut hooked = lock(&self.hooked);
        let taken = hooked.len() < HOOKED_MAX || hooked.contains(barcode);
        if taken {
            hooked.insert(barcode.to_owned());
        }
        json!({ "barcode": barcode, "status": taken })
    }

    fn earlier(&self, barcodes: &[String]) -> Vec<Parcel> {
        let shipments = lock(&self.shipments);
        let known = barcodes.iter().filter_map(|barcode| shipments.get(barcode));
        known.flat_map(|known| known.scans().iter().filter_map(move |scan| parcel(known, scan))).collect()
    }
}

pub(super) fn parcel(shipment: &Shipment, scan: &Scan) -> Option<Parcel> {
    let item = item(shipment, scan, "TH")?;
    let body = json!({ "items": [item], "track_datetime": minute(scan.at) });
    Some(Parcel::json("hook", shipment.number.clone(), &body))
}
