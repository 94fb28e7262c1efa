//! A Lazada seller in Thailand: signed calls, tokens that end, orders of single units, pushes in haste.

mod auth;
mod call;
mod cancel;
mod fulfil;
mod invoice;
mod keys;
mod order;
mod orders;
mod packages;
mod product;
mod products;
mod refused;
mod reverse;
mod seller;
mod signature;
mod stock;
mod table;
mod told;
mod xml;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

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

pub(crate) const NAME: &str = "lazada";

/// A push that is not answered within this time has failed.
const TIMEOUT: Duration = Duration::from_millis(500);
const GAP: Duration = Duration::from_secs(30 * 60);
const RETRIES: usize = 12;

struct State {
    book: Book<Order>,
    shelf: Shelf,
    /// Parcels packed so far.
    packed: u64,
}

/// The seller's state; every handler holds one.
pub(crate) struct Lazada {
    stand: Stand,
    keys: Keys,
    state: Mutex<State>,
    tokens: Mutex<Tokens>,
    requests: AtomicU64,
}

impl Lazada {
    fn new(options: &Options, stop: CancellationToken) -> Result<Self, Error> {
        let keys = options.keys.lazada.clone();
        let (app_key, secret) = (keys.app_key.clone(), keys.app_secret.clone());
        let manners = Manners {
            user_agent: "Lazada-Push",
            timeout: TIMEOUT.min(options.webhook_timeout),
            gaps: options.hurried(&[GAP; RETRIES]),
            taken: |status| status == 200,
            failures_max: None,
            sign: Box::new(move |sealed: &Sealed<'_>| {
                let secret = sealed.target.secret.as_deref().unwrap_or(&secret);
                vec![("authorization", signature::of_push(&app_key, secret, &sealed.parcel.body))]
            }),
        };
        let stand = Stand::new(NAME, options, manners, stop)?;
        let now = stand.now();
        let tokens = Tokens::new(auth::rules(), stand.seed, &keys.access_token, &keys.refresh_token, now);
        let state =
            State { book: Book::starting_at(options.first_order), shelf: Shelf::full(now), packed: 0 };
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
        format!("0ba2887315{:022}", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    fn refuse(&self, refused: &Refused) -> Response {
        Json(refused.show(&self.request_id())).into_response()
    }
}

impl Vendor for Lazada {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    /// A 200 like everything else; how long to wait stands in the sentence.
    fn throttled(&self, retry_after: u64) -> Response {
        let message =
            format!("Api access frequency exceeds the limit. this ban will last {retry_after} seconds");
        self.refuse(&Refused::caller("ApiCallLimit", message))
    }

    fn failed(&self) -> Response {
        self.refuse(&Refused::system("1000", "Internal Application Error"))
    }

    fn token_expired(&self) -> Option<Response> {
        self.tokens().expire(self.stand.now());
        None
    }
}

impl Consenting for Lazada {
    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }
}

/// The seller under his name: `/lazada/rest` stands for both hosts, of the API and of the tokens.
pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let lazada = Arc::new(Lazada::new(options, stop.clone())?);
    let api = Router::new()
        .route("/rest/{*path}", any(call::answer))
        .route("/oauth/authorize", get(auth::authorize));
    let own = order_control().merge(token_control());
    Ok(Booth { name: NAME, router: router(lazada.clone(), api, own), vendor: lazada })
}
