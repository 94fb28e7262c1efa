//! What the store says of itself, and how this one differs from the next: versions, features, plugins.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Woo;
use crate::stand::refuse;

/// The switches of `_sandbox/site`: no two stores are alike.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Site {
    /// Core order fulfilments: a feature that is off by default.
    pub fulfillments: bool,
    /// The Shipment Tracking extension is installed.
    pub shipment_tracking: bool,
    /// `orderby=modified` is known; an old store refuses it.
    pub orderby_modified: bool,
    /// The keys may read only.
    pub read_only: bool,
}

impl Default for Site {
    fn default() -> Self {
        Self { fulfillments: false, shipment_tracking: true, orderby_modified: true, read_only: false }
    }
}

pub(super) async fn show(State(woo): State<Arc<Woo>>) -> Json<Site> {
    Json(woo.state().site.clone())
}

pub(super) async fn change(State(woo): State<Arc<Woo>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Site>(&body) {
        Ok(site) => {
            woo.state().site = site.clone();
            Json(site).into_response()
        }
        Err(error) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// Open to everybody, as WordPress's index is.
pub(super) async fn index(State(woo): State<Arc<Woo>>) -> Json<Value> {
    let mut namespaces = vec!["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wp/v2"];
    if woo.state().site.shipment_tracking {
        namespaces.push("wc-shipment-tracking/v3");
    }
    Json(json!({
        "name": "Khlong Tea",
        "description": "",
        "url": woo.url,
        "home": woo.url,
        "gmt_offset": "7",
        "timezone_string": "Asia/Bangkok",
        "namespaces": namespaces,
        "authentication": [],
        "routes": {},
    }))
}

pub(super) async fn status(State(woo): State<Arc<Woo>>) -> Json<Value> {
    Json(json!({
        "environment": { "home_url": woo.url, "site_url": woo.url, "version": "10.3.5", "wp_version": "6.9" },
        "settings": {
            "api_enabled": true, "currency": "THB", "currency_symbol": "฿", "currency_position": "left",
            "thousand_separator": ",", "decimal_separator": ".", "number_of_decimals": 2,
        },
        "active_plugins": [],
    }))
}
