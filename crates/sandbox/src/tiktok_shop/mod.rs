//! A TikTok Shop in Thailand: signed calls for a shop that a cipher names, ids and money as text.

mod auth;
mod call;
mod cancel;
mod events;
mod fulfil;
mod keys;
mod order;
mod orders;
mod packages;
mod product;
mod products;
mod refused;
mod returns;
mod shops;
mod signature;
mod split;
mod stock;
mod table;
mod told;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::http::header;
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

pub(crate) const NAME: &str = "tiktok_shop";

const TIMEOUT: Duration = Duration::from_secs(3);
const GAPS: [Duration; 4] = [
    Duration::from_secs(120),
    Duration::from_secs(1_800),
    Duration::from_secs(3 * 3_600),
    Duration::from_secs(12 * 3_600),
];

struct State {
    book: Book<Order>,
    shelf: Shelf,
    /// Tracking numbers given so far.
    tracked: u64,
    /// What the idempotency keys of returns came to.
    returns_by_key: HashMap<String, u64>,
}

/// The shop's state; every handler holds one.
pub(crate) struct TikTokShop {
    stand: Stand,
    keys: Keys,
    /// Where the labels lie.
    url: String,
    state: Mutex<State>,
    tokens: Mutex<Tokens>,
    requests: AtomicU64,
    notifications: AtomicU64,
}

impl TikTokShop {
    fn new(options: &Options, url: &str, stop: CancellationToken) -> Result<Self, Error> {
        let keys = options.keys.tiktok_shop.clone();
        let (app_key, secret) = (keys.app_key.clone(), keys.app_secret.clone());
        let manners = Manners {
            user_agent: "TikTok-Shop-Webhook",
            timeout: TIMEOUT.min(options.webhook_timeout),
            gaps: options.hurried(&GAPS),
            taken: |status| status == 200,
            failures_max: None,
            sign: Box::new(move |sealed: &Sealed<'_>| {
                let secret = sealed.target.secret.as_deref().unwrap_or(&secret);
                vec![("authorization", signature::of_webhook(&app_key, secret, &sealed.parcel.body))]
            }),
        };
        let stand = Stand::new(NAME, options, manners, stop)?;
        let now = stand.now();
        let tokens = Tokens::new(auth::rules(), stand.seed, &keys.access_token, &keys.refresh_token, now);
        let book = Book::starting_at(options.first_order);
        let state = State { book, shelf: Shelf::full(now), tracked: 0, returns_by_key: HashMap::new() };
        Ok(Self {
            stand,
            keys,
            url: format!("{url}/{NAME}"),
            state: Mutex::new(state),
            tokens: Mutex::new(tokens),
            requests: AtomicU64::new(0),
            notifications: AtomicU64::new(0),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn request_id(&self) -> String {
        format!("2026010503211{:021}", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    fn next_notification(&self) -> u64 {
        self.notifications.fetch_add(1, Ordering::Relaxed)
    }

    fn refuse(&self, refused: &Refused) -> Response {
        (refused.status, Json(refused.show(&self.request_id()))).into_response()
    }
}

impl Vendor for TikTokShop {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    fn throttled(&self, retry_after: u64) -> Response {
        let mut response = self.refuse(&Refused::too_many());
        response.headers_mut().insert(header::RETRY_AFTER, retry_after.into());
        response
    }

    fn failed(&self) -> Response {
        self.refuse(&Refused::broken())
    }

    fn token_expired(&self) -> Option<Response> {
        self.tokens().expire(self.stand.now());
        None
    }
}

impl Consenting for TikTokShop {
    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }
}

/// The shop under its name: `/tiktok_shop` stands for all three hosts, of the API, of the tokens and of the consent.
pub(crate) fn booth(options: &Options, url: &str, stop: &CancellationToken) -> Result<Booth, Error> {
    let shop = Arc::new(TikTokShop::new(options, url, stop.clone())?);
    let api = Router::new()
        .route("/api/v2/token/get", get(auth::get))
        .route("/api/v2/token/refresh", get(auth::refresh))
        .route("/open/authorize", get(auth::authorize))
        .route("/{*path}", any(call::answer));
    let own = order_control().merge(token_control());
    // A label's address is open to whoever knows it, and of no API.
    let own = own.route("/_sandbox/labels/{file}", get(|| std::future::ready(packages::label())));
    Ok(Booth { name: NAME, router: router(shop.clone(), api, own), vendor: shop })
}
