//! HubSpot: contacts, deals and what they are linked to, batches that half succeed, a search with bounds, rolling limits.

mod answer;
mod associations;
mod batch;
mod door;
mod events;
mod kinds;
mod limits;
mod oauth;
mod objects;
mod properties;
mod records;
mod search;
mod sign;
mod single;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use axum::routing::{any, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::settings::{self, Settings, Tunable};
use crate::stand::{Booth, Manners, Stand, Vendor, lock, router};
use crate::{Clock, Error, Options};
use limits::Limits;
use records::Records;

const NAME: &str = "hubspot";
/// HubSpot tries for a day; how often and when is not certain.
const RETRY_GAPS: [Duration; 4] = [
    Duration::from_secs(60),
    Duration::from_secs(600),
    Duration::from_secs(3_600),
    Duration::from_secs(21_600),
];

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    /// Of a private app; it never ends.
    private_token: String,
    client_id: String,
    /// Signs webhooks, too.
    client_secret: String,
    refresh_token: String,
    access_token_seconds: i64,
    per_ten_seconds: usize,
    per_day: u64,
    searches_per_second: usize,
    /// Properties that the portal made for itself, on every kind of object.
    properties: Vec<String>,
    /// Those of them (or of HubSpot's own) that no two objects may share.
    unique: Vec<String>,
    /// By kind: what a write from version 2026-09 on must hold.
    required: BTreeMap<String, Vec<String>>,
    /// How long a change stays out of the search.
    index_lag_seconds: i64,
    /// What the receiver is called from outside, if a proxy stands before it; it is part of the signature.
    public_uri: Option<String>,
}

/// HubSpot's state; every handler holds one.
pub(crate) struct HubSpot {
    stand: Stand,
    settings: Settings<Values>,
    records: Mutex<Records>,
    limits: Mutex<Limits>,
    tokens: Mutex<Vec<(String, DateTime<Utc>)>>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let derived = |what: &str| options.keys.derived(&format!("hubspot {what}"));
    let settings = Settings::new(Values {
        private_token: format!("pat-na1-{}", derived("private token")),
        client_id: derived("client id")[..32].to_owned(),
        client_secret: derived("client secret")[..36].to_owned(),
        refresh_token: derived("refresh token"),
        access_token_seconds: 1_800,
        per_ten_seconds: 100,
        per_day: 250_000,
        searches_per_second: 5,
        properties: vec!["khlong_external_id".to_owned()],
        unique: vec!["khlong_external_id".to_owned()],
        required: BTreeMap::new(),
        index_lag_seconds: 0,
        public_uri: None,
    });
    let manners = manners(options, settings.clone());
    let hubspot = Arc::new(HubSpot {
        stand: Stand::new(NAME, options, manners, stop.clone())?,
        settings,
        records: Mutex::default(),
        limits: Mutex::default(),
        tokens: Mutex::default(),
    });
    let own = settings::routes().route("/_sandbox/events", post(events::send));
    Ok(Booth { name: NAME, router: router(hubspot.clone(), routes(), own), vendor: hubspot })
}

/// The time of an attempt is part of its signature, so that each attempt has a signature of its own.
fn manners(options: &Options, settings: Settings<Values>) -> Manners {
    let clock: Clock = options.clock.clone();
    Manners {
        user_agent: "HubSpot Connect 2.0 (http://dev.hubspot.com/)",
        timeout: options.webhook_timeout,
        gaps: options.hurried(&RETRY_GAPS),
        taken: |status| matches!(status, 200..=299),
        failures_max: None,
        sign: Box::new(move |sealed| {
            let values = settings.get();
            let secret = sealed.target.secret.as_ref().unwrap_or(&values.client_secret);
            let uri = values.public_uri.as_ref().unwrap_or(&sealed.target.url);
            sign::headers(secret, uri, &sealed.parcel.body, clock.now())
        }),
    }
}

/// The dated paths and those of versions 3 and 4 lead to the same objects.
fn routes() -> Router<Arc<HubSpot>> {
    Router::new()
        .route("/oauth/v1/token", post(oauth::refresh))
        .route("/oauth/v3/token", post(oauth::refresh))
        .route("/crm/objects/{version}/{*rest}", any(objects::dated))
        .route("/crm/v3/objects/{*rest}", any(objects::undated))
        .route("/crm/v4/objects/{*rest}", any(objects::undated))
}

impl HubSpot {
    fn records(&self) -> MutexGuard<'_, Records> {
        lock(&self.records)
    }
}

impl Vendor for HubSpot {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    fn throttled(&self, _retry_after: u64) -> Response {
        limits::too_many(limits::TEN_SECONDS)
    }

    fn failed(&self) -> Response {
        answer::broken()
    }

    /// Ends the tokens of half an hour, and takes the private app's back for this one call.
    fn token_expired(&self) -> Option<Response> {
        lock(&self.tokens).clear();
        Some(answer::respond(Err(door::expired())))
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for HubSpot {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}
