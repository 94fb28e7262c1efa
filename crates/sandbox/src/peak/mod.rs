//! PEAK: a signed time in every call, a token of a day, and a result code at each level of every answer.

mod answer;
mod door;
mod invoices;
mod records;
mod registers;
mod totals;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::settings::{self, Settings, Tunable};
use crate::stand::{Booth, Manners, Stand, Vendor, lock, router};
use crate::{Error, Options};
use registers::Registers;

const NAME: &str = "peak";

/// How the signature of the time is written.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignatureAs {
    Hex,
    Base64,
}

/// What becomes of a second document with the same code; no document says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Repeat {
    Refuse,
    Accept,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    /// Signs the time.
    connect_id: String,
    connect_key: String,
    /// What the connect key is called in the body: `password`, or `connectKey`.
    connect_key_field: String,
    user_token: String,
    signature_as: SignatureAs,
    /// How far the caller's clock may be off.
    skew_seconds: i64,
    repeat: Repeat,
    /// Percent.
    vat_rate: u32,
    /// The `vatType` that adds VAT to the price, and the one whose price has it; any other is without.
    vat_on_top: u64,
    vat_included: u64,
    /// Documents that the package allows.
    transactions_max: u64,
}

/// PEAK's state; every handler holds one.
pub(crate) struct Peak {
    stand: Stand,
    settings: Settings<Values>,
    registers: Mutex<Registers>,
    /// Client tokens and until when each is good, oldest first.
    tokens: Mutex<VecDeque<(String, DateTime<Utc>)>>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let settings = Settings::new(Values {
        connect_id: options.keys.derived("peak connect id")[..32].to_owned(),
        connect_key: options.keys.derived("peak connect key"),
        connect_key_field: "password".to_owned(),
        user_token: options.keys.derived("peak user token")[..32].to_owned(),
        signature_as: SignatureAs::Hex,
        skew_seconds: 300,
        repeat: Repeat::Refuse,
        vat_rate: 7,
        vat_on_top: 1,
        vat_included: 3,
        transactions_max: 100_000,
    });
    let stand = Stand::new(NAME, options, no_webhooks(), stop.clone())?;
    let registers = Mutex::new(Registers::opened(options.seed));
    let peak = Arc::new(Peak { stand, settings, registers, tokens: Mutex::default() });
    let api = Router::new().nest("/api/v1", routes());
    Ok(Booth { name: NAME, router: router(peak.clone(), api, settings::routes()), vendor: peak })
}

/// None were seen; who wants to know polls the list.
fn no_webhooks() -> Manners {
    Manners {
        user_agent: "PEAK",
        timeout: Duration::from_secs(5),
        gaps: Vec::new(),
        taken: |status| matches!(status, 200..=299),
        failures_max: None,
        sign: Box::new(|_| Vec::new()),
    }
}

fn routes() -> Router<Arc<Peak>> {
    Router::new()
        .route("/clienttoken", post(door::client_token))
        .route("/contacts", get(records::contacts).post(records::add_contacts))
        .route("/contacts/edit", post(records::edit_contacts))
        .route("/products", get(records::products).post(records::add_products))
        .route("/products/edit", post(records::edit_products))
        .route("/services", get(records::services).post(records::add_services))
        .route("/paymentmethods", get(records::payment_methods))
        .route("/invoices", get(invoices::find).post(invoices::create))
        .route("/invoices/list", get(invoices::list))
        .route("/invoices/approve", post(invoices::approve))
        .route("/invoices/paidpayment", post(invoices::pay))
        .route("/invoices/voidpayment", post(invoices::void_payment))
}

impl Peak {
    fn registers(&self) -> MutexGuard<'_, Registers> {
        lock(&self.registers)
    }
}

impl Vendor for Peak {
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

    /// Every client token ends now.
    fn token_expired(&self) -> Option<Response> {
        lock(&self.tokens).clear();
        None
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for Peak {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}
