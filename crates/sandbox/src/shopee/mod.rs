//! A Shopee shop in Thailand: signed calls that end after five minutes, refresh tokens that are good once.

mod auth;
mod call;
mod cancel;
mod details;
mod keys;
mod logistics;
mod money;
mod order;
mod orders;
mod packages;
mod product;
mod products;
mod push;
mod refused;
mod returns;
mod shop;
mod signature;
mod stock;
mod table;
mod told;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use tokio_util::sync::CancellationToken;

use crate::market::{Book, Consenting, Shelf, Tokens, order_control, token_control};
use crate::stand::{Booth, Manners, Sealed, Stand, Vendor, lock, router};
use crate::{Error, Options};
pub use keys::Keys;
use order::Order;
use refused::Refused;

pub(crate) const NAME: &str = "shopee";

const TIMEOUT: Duration = Duration::from_secs(3);
/// Reported, not published.
const GAPS: [Duration; 3] =
    [Duration::from_secs(300), Duration::from_secs(1_800), Duration::from_secs(10_800)];

struct State {
    book: Book<Order>,
    shelf: Shelf,
    /// Tracking numbers given so far.
    tracked: u64,
}

/// The shop's state; every handler holds one.
pub(crate) struct Shopee {
    stand: Stand,
    keys: Keys,
    state: Mutex<State>,
    tokens: Mutex<Tokens>,
    requests: AtomicU64,
}

impl Shopee {
    fn new(options: &Options, stop: CancellationToken) -> Result<Self, Error> {
        let keys = options.keys.shopee.clone();
        let key = keys.partner_key.clone();
        let manners = Manners {
            user_agent: "Shopee-Push",
            timeout: TIMEOUT.min(options.webhook_timeout),
            gaps: options.hurried(&GAPS),
            taken: |status| (200..=299).contains(&status),
            failures_max: None,
            sign: Box::new(move |sealed: &Sealed<'_>| {
                let key = sealed.target.secret.as_deref().unwrap_or(&key);
                let signature = signature::of_push(key, &sealed.target.url, &sealed.parcel.body);
                vec![("authorization", signature)]
            }),
        };
        let stand = Stand::new(NAME, options, manners, stop)?;
        let now = stand.now();
        let tokens = Tokens::new(auth::rules(), stand.seed, &keys.access_token, &keys.refresh_token, now);
        let state =
            State { book: Book::starting_at(options.first_order), shelf: Shelf::full(now), tracked: 0 };
        Ok(Self {
            stand,
            keys,
            state: Mutex::new(state),
            tokens: Mutex::new(tokens),
            requests: AtomicU64::new(0),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn request_id(&self) -> String {
        format!("e3e3e7f3a1b2{:020x}", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    fn refuse(&self, status: StatusCode, refused: &Refused) -> Response {
        (status, Json(refused.show(&self.request_id()))).into_response()
    }
}

impl Vendor for Shopee {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    /// No header says how long to wait.
    fn throttled(&self, _retry_after: u64) -> Response {
        let message = "Too many requests. You have reached the rate limit. Please try again later.";
        self.refuse(StatusCode::OK, &Refused::new("error_rate_limit", message))
    }

    fn failed(&self) -> Response {
        let refused = Refused::new("error_server", "Something wrong. Please try later.");
        self.refuse(StatusCode::INTERNAL_SERVER_ERROR, &refused)
    }

    fn token_expired(&self) -> Option<Response> {
        self.tokens().expire(self.stand.now());
        None
    }
}

impl Consenting for Shopee {
    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }
}

/// The shop under its name: `/shopee/api/v2/…`, and `/shopee/auth` for the page on which the seller agrees.
pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let shopee = Arc::new(Shopee::new(options, stop.clone())?);
    let api = Router::new()
        .route("/api/v2/shop/auth_partner", get(auth::authorize))
        .route("/auth", get(auth::authorize))
        .route("/api/v2/{*path}", any(call::answer));
    let own = order_control().merge(token_control());
    Ok(Booth { name: NAME, router: router(shopee.clone(), api, own), vendor: shopee })
}
