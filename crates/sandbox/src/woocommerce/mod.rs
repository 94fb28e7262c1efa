//! A WooCommerce store: REST API v3 on WordPress, with webhooks that are sent once and never again.

mod auth;
mod customers;
mod fulfilments;
mod hooks;
mod keys;
mod listing;
mod oauth;
mod order;
mod orders;
mod product;
mod products;
mod refunded;
mod refunds;
mod refused;
mod site;
mod told;
mod trackings;
mod variations;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use tokio_util::sync::CancellationToken;

use crate::market::{Book, order_control};
use crate::stand::{Booth, Manners, Stand, Vendor, lock, router};
use crate::{Error, Options};
pub use keys::Keys;
use order::Order;
use product::Catalogue;
use refused::{Refused, refused};
use site::Site;

pub(crate) const NAME: &str = "woocommerce";

const TIMEOUT: Duration = Duration::from_secs(60);
/// After more than so many failures in a row a webhook is disabled.
const FAILURES_MAX: u32 = 5;

struct State {
    site: Site,
    book: Book<Order>,
    catalogue: Catalogue,
    /// Nonces of signed requests, and when each was seen.
    nonces: HashMap<String, i64>,
}

/// The store's state; every handler holds one.
pub(crate) struct Woo {
    stand: Stand,
    keys: Keys,
    /// Stands for `https://{store}`.
    url: String,
    state: Mutex<State>,
}

impl Woo {
    fn new(options: &Options, url: &str, stop: CancellationToken) -> Result<Self, Error> {
        let keys = options.keys.woocommerce.clone();
        let url = format!("{url}/{NAME}");
        let manners = Manners {
            user_agent: "WooCommerce/10.3.5 Hookshot (WordPress/6.9)",
            timeout: TIMEOUT.min(options.webhook_timeout),
            gaps: Vec::new(),
            taken: |status| (200..=302).contains(&status),
            failures_max: Some(FAILURES_MAX),
            sign: hooks::signer(keys.webhook_secret.clone()),
        };
        let stand = Stand::new(NAME, options, manners, stop)?;
        let state = State {
            site: Site::default(),
            book: Book::starting_at(options.first_order),
            catalogue: Catalogue::full(stand.now()),
            nonces: HashMap::new(),
        };
        Ok(Self { stand, keys, url, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Vendor for Woo {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    /// WooCommerce itself never says this: it is the host or the firewall in front.
    fn throttled(&self, retry_after: u64) -> Response {
        let body = Html("<html><head><title>429 Too Many Requests</title></head></html>");
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], body)
            .into_response()
    }

    fn failed(&self) -> Response {
        let message = "<p>There has been a critical error on this website.</p>";
        refused(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", message).into_response()
    }

    /// Keys do not end; somebody took them back.
    fn token_expired(&self) -> Option<Response> {
        Some(Refused::keys("Consumer key is invalid.").into_response())
    }
}

/// The store under its name.
pub(crate) fn booth(options: &Options, url: &str, stop: &CancellationToken) -> Result<Booth, Error> {
    let woo = Arc::new(Woo::new(options, url, stop.clone())?);
    let api = api().layer(from_fn_with_state(woo.clone(), auth::check));
    let api = api.route("/wp-json/", get(site::index));
    let own = order_control().route("/_sandbox/site", get(site::show).put(site::change));
    Ok(Booth { name: NAME, router: router(woo.clone(), api, own), vendor: woo })
}

fn api() -> Router<Arc<Woo>> {
    let v3 = orders_api().merge(products_api()).merge(rest_api());
    let tracking = Router::new()
        .route("/orders/{id}/shipment-trackings", get(trackings::list).post(trackings::add))
        .route("/orders/{id}/shipment-trackings/{tracking}", get(trackings::one).delete(trackings::remove))
        .route("/shipment-trackings/providers", get(trackings::providers));
    Router::new()
        .nest("/wp-json/wc/v3", v3)
        .nest("/wp-json/wc-shipment-tracking/v3", tracking)
        .fallback(|| std::future::ready(Refused::no_route()))
}

fn orders_api() -> Router<Arc<Woo>> {
    Router::new()
        .route("/orders", get(orders::list))
        .route("/orders/batch", post(orders::batch))
        .route(
            "/orders/{id}",
            get(orders::one).put(orders::change).post(orders::change).patch(orders::change),
        )
        .route("/orders/{id}/refunds", get(refunds::list).post(refunds::create))
        .route("/orders/{id}/refunds/{refund}", get(refunds::one))
        .route("/orders/{id}/notes", get(orders::notes).post(orders::add_note))
        .route("/orders/{id}/fulfillments", get(fulfilments::list).post(fulfilments::create))
        .route(
            "/orders/{id}/fulfillments/{fulfilment}",
            get(fulfilments::one).put(fulfilments::change).delete(fulfilments::remove),
        )
}

fn products_api() -> Router<Arc<Woo>> {
    Router::new()
        .route("/products", get(products::list).post(products::create))
        .route("/products/batch", post(products::batch))
        .route(
            "/products/{id}",
            get(products::one).put(products::change).patch(products::change).delete(products::remove),
        )
        .route("/products/{id}/variations", get(variations::list).post(variations::create))
        .route("/products/{id}/variations/batch", post(variations::batch))
        .route(
            "/products/{id}/variations/{variation}",
            get(variations::one).put(variations::change).patch(variations::change),
        )
}

fn rest_api() -> Router<Arc<Woo>> {
    Router::new()
        .route("/customers", get(customers::list))
        .route("/customers/{id}", get(customers::one))
        .route("/webhooks", get(hooks::list).post(hooks::create))
        .route("/webhooks/{id}", get(hooks::one).put(hooks::change).delete(hooks::remove))
        .route("/system_status", get(site::status))
}
