//! Thailand Post: two systems side by side, one that tracks barcodes and one that takes parcels in before they come.

mod barcode;
mod door;
mod fields;
mod hook;
mod paper;
mod parcels;
mod tracking;
mod words;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post, put};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::courier::{self, Courier, Scan, Shipment, Shipments, manners};
use crate::settings::{Settings, Tunable};
use crate::stand::{Booth, Manners, Parcel, Stand, Vendor, lock, router};
use crate::{Error, Options};
use door::Tokens;

const NAME: &str = "thailand_post";

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    /// Of the tracking: exchanged for a token of about a month.
    static_key: String,
    token_days: i64,
    /// Barcodes that may be asked for in a day.
    track_count_limit: u64,
    /// Of the parcel system.
    username: String,
    password: String,
    grams_max: u64,
    /// Barcodes with a wrong check digit are refused.
    checks_digit: bool,
    /// What a push shows as its bearer, unless the target has a secret of its own.
    webhook_bearer: String,
}

/// Barcodes asked for on one Thai day.
#[derive(Default)]
struct Count {
    day: Option<NaiveDate>,
    asked: u64,
}

/// The post's state; every handler holds one.
pub(crate) struct ThailandPost {
    stand: Stand,
    settings: Settings<Values>,
    shipments: Mutex<Shipments>,
    tokens: Mutex<Tokens>,
    count: Mutex<Count>,
    /// Barcodes whose changes are pushed.
    hooked: Mutex<HashSet<String>>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let settings = Settings::new(Values {
        static_key: options.keys.derived("thailand post static key"),
        token_days: 30,
        track_count_limit: 1_500,
        username: "khlongtea".to_owned(),
        password: options.keys.derived("thailand post password"),
        grams_max: 20_000,
        checks_digit: true,
        webhook_bearer: options.keys.derived("thailand post bearer"),
    });
    let post = Arc::new(ThailandPost {
        stand: Stand::new(NAME, options, with_bearer(options, settings.clone()), stop.clone())?,
        settings,
        shipments: Mutex::default(),
        tokens: Mutex::default(),
        count: Mutex::default(),
        hooked: Mutex::default(),
    });
    let api = Router::new().nest("/post/api/v1", tracking_routes()).nest("/webservice", parcel_routes());
    Ok(Booth { name: NAME, router: router(post.clone(), api, courier::routes()), vendor: post })
}

/// A push is not signed: it shows the key that its receiver chose.
fn with_bearer(options: &Options, settings: Settings<Values>) -> Manners {
    Manners {
        sign: Box::new(move |sealed| {
            let key = sealed.target.secret.clone().unwrap_or_else(|| settings.get().webhook_bearer);
            vec![("authorization", format!("Bearer {key}"))]
        }),
        ..manners(options, "thailand-post-webhook")
    }
}

fn tracking_routes() -> Router<Arc<ThailandPost>> {
    Router::new()
        .route("/authenticate/token", post(door::token))
        .route("/track", post(tracking::track))
        .route("/hook", post(hook::hook))
}

fn parcel_routes() -> Router<Arc<ThailandPost>> {
    Router::new()
        .route("/addItem", post(parcels::add_item))
        .route("/addItems", post(parcels::add_items))
        .route("/updateItem", post(parcels::update_item))
        .route("/cancelOrder", post(parcels::cancel_order))
        .route("/addMerchant", put(parcels::note))
        .route("/addStoreLocation", put(parcels::note))
        .route("/LabelPDF", get(paper::label))
        .route("/DepositPDF", get(paper::deposit))
        .route("/getOrderByBarcode", get(paper::order))
        .route("/getHistoryStatus", get(paper::history))
        .route("/getAllOrderDelivered", get(paper::delivered))
}

impl Vendor for ThailandPost {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    fn throttled(&self, retry_after: u64) -> Response {
        let page = Html("<html><head><title>429 Too Many Requests</title></head></html>");
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], page)
            .into_response()
    }

    fn failed(&self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, Html("<html><head><title>500</title></head></html>"))
            .into_response()
    }

    /// Every token of the tracking ends now.
    fn token_expired(&self) -> Option<Response> {
        lock(&self.tokens).clear();
        None
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for ThailandPost {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}

impl Courier for ThailandPost {
    fn shipments(&self) -> &Mutex<Shipments> {
        &self.shipments
    }

    /// Only about barcodes that somebody hooked.
    fn push(&self, shipment: &Shipment, scan: &Scan) -> Option<Parcel> {
        let is_hooked = lock(&self.hooked).contains(&shipment.number);
        is_hooked.then(|| hook::parcel(shipment, scan)).flatten()
    }
}
