//! FlowAccount: tokens that end, documents whose totals must add up to the satang, success told in the body alone.

mod answer;
mod books;
mod contacts;
mod documents;
mod kinds;
mod listing;
mod payment;
mod products;
mod share;
mod standing;
mod token;
mod totals;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::settings::{self, Settings, Tunable};
use crate::stand::{Booth, Manners, Stand, Vendor, lock, router};
use crate::{Error, Options};
use books::Books;

const NAME: &str = "flowaccount";
/// The real system and the one for trials, on the same books here.
const EDITIONS: [&str; 2] = ["/v1", "/test"];

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    client_id: String,
    client_secret: String,
    token_seconds: i64,
    /// Percent; it changes by royal decree.
    vat_rate: u32,
    /// A filter finds what contains the value; otherwise only what equals it. No document says which.
    filter_contains: bool,
    /// The name of the payment's schema must fit the way of payment. No document gives the names as values.
    checks_payment_type: bool,
}

/// FlowAccount's state; every handler holds one.
pub(crate) struct FlowAccount {
    stand: Stand,
    settings: Settings<Values>,
    books: Mutex<Books>,
    /// Tokens and until when each is good, oldest first.
    tokens: Mutex<VecDeque<(String, DateTime<Utc>)>>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let settings = Settings::new(Values {
        client_id: "khlong-tea".to_owned(),
        client_secret: options.keys.derived("flowaccount client secret"),
        token_seconds: 86_400,
        vat_rate: 7,
        filter_contains: true,
        checks_payment_type: true,
    });
    let stand = Stand::new(NAME, options, no_webhooks(), stop.clone())?;
    let books = Mutex::new(Books::opened());
    let flowaccount = Arc::new(FlowAccount { stand, settings, books, tokens: Mutex::default() });
    let api = EDITIONS.iter().fold(Router::new(), |router, edition| router.nest(edition, routes()));
    let api = api.route("/share/{name}", get(share::page));
    let router = router(flowaccount.clone(), api, settings::routes());
    Ok(Booth { name: NAME, router, vendor: flowaccount })
}

/// Nothing is known of webhooks, so there are none.
fn no_webhooks() -> Manners {
    Manners {
        user_agent: "FlowAccount",
        timeout: Duration::from_secs(5),
        gaps: Vec::new(),
        taken: |status| matches!(status, 200..=299),
        failures_max: None,
        sign: Box::new(|_| Vec::new()),
    }
}

fn routes() -> Router<Arc<FlowAccount>> {
    Router::new()
        .route("/token", post(token::issue))
        .route("/company/info", get(share::company))
        .route("/bank-accounts", get(share::bank_accounts))
        .route("/contacts", get(contacts::list).post(contacts::create))
        .route("/contacts/{id}", get(contacts::read).put(contacts::change))
        .route("/products", get(products::list).post(products::create))
        .route("/products/{id}", get(products::read).put(products::change))
        .route("/{kind}", get(standing::list).post(documents::simple))
        .route("/{kind}/inline", post(documents::inline))
        .route("/{kind}/with-payment", post(documents::simple_with_payment))
        .route("/{kind}/inline/with-payment", post(documents::inline_with_payment))
        .route("/{kind}/sharedocument", post(share::share))
        .route("/{kind}/email-document", post(share::email))
        .route("/{kind}/{id}", get(standing::read).put(documents::change).delete(standing::delete))
        .route("/{kind}/{id}/payment", post(standing::pay))
        .route("/{kind}/{id}/status/{status}", post(standing::set_status).put(standing::set_status))
}

impl FlowAccount {
    fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }
}

impl Vendor for FlowAccount {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    fn throttled(&self, retry_after: u64) -> Response {
        answer::too_many(retry_after)
    }

    fn failed(&self) -> Response {
        answer::Refused::new(500, "An error has occurred.").with_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Every token ends now.
    fn token_expired(&self) -> Option<Response> {
        lock(&self.tokens).clear();
        None
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for FlowAccount {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}
