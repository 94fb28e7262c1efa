//! The shop: makes orders, sends them as signed webhooks until somebody takes them, and lets them be pulled.

mod cancel;
mod control;
mod customers_query;
mod deliver;
mod fragments;
mod fulfilments;
mod goods;
mod goods_query;
mod graphql;
mod hooks;
mod metafields;
mod mutation;
mod oauth;
mod order;
mod order_node;
mod order_parts;
mod orders_query;
mod products;
mod query;
mod refunds;
mod root_query;
mod schema;
mod search;
mod stock;
mod thai;
mod webhook;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::market::{Shelf, Tokens, token_control};
use crate::stand::{Manners, Stand, Vendor, lock, router_without_webhooks};
use crate::{Error, Keys, Options};
use deliver::Deliveries;
use graphql::Bucket;
use mutation::{Remembered, UserError, user_error};
use order::{Overrides, Seeded};
pub(crate) use thai::Person;
pub use webhook::{SHOPIFY_RETRY_GAPS, Webhook, sign};

/// The version of the Admin API the shop speaks.
pub(crate) const API_VERSION: &str = "2026-10";
/// The shop remembers its newest orders; older ones can no longer be pulled.
const ORDERS_KEPT_MAX: usize = 10_000;
/// A subscription that failed so often in a row is deleted at the next failure.
const FAILURES_MAX: u32 = 7;
const MINUTE: Duration = Duration::from_secs(60);

/// One order, as it was sent or as it became since.
#[derive(Clone, Debug)]
pub(crate) struct ShopOrder {
    pub number: u64,
    pub id: u64,
    pub name: String,
    pub total: String,
    pub financial_status: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub body: Bytes,
}

impl ShopOrder {
    fn of(number: u64, body: &Value, created_at: DateTime<Utc>, updated_at: DateTime<Utc>) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            number,
            id: order::id_of(number),
            name: text("name"),
            total: text("total_price"),
            financial_status: text("financial_status"),
            created_at,
            updated_at,
            body: body.to_string().into(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

struct State {
    target: Option<Webhook>,
    next_number: u64,
    orders: BTreeMap<u64, Arc<ShopOrder>>,
    deliveries: Deliveries,
    bucket: Bucket,
    shelf: Shelf,
    /// Groups of stock changes so far.
    adjustments: u64,
}

/// The shop's state; every handler holds one.
pub(crate) struct Shop {
    options: Options,
    client: reqwest::Client,
    state: Mutex<State>,
    /// Faults, the ledger, and the subscriptions made over the API.
    stand: Stand,
    tokens: Mutex<Tokens>,
    /// Tokens of the client-credentials grant, and when each ends.
    day_tokens: Mutex<Vec<(String, DateTime<Utc>)>>,
    keys: Mutex<HashMap<String, Remembered>>,
    events: AtomicU64,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Shop {
    pub(crate) fn new(options: Options, stop: CancellationToken) -> Result<Self, Error> {
        let client = webhook::client(options.webhook_timeout)?;
        let state = State {
            target: None,
            next_number: options.first_order,
            orders: BTreeMap::new(),
            deliveries: Deliveries::default(),
            bucket: Bucket::full(options.clock.now()),
            shelf: Shelf::full(options.clock.now()),
            adjustments: 0,
        };
        let manners = Manners {
            user_agent: "Shopify-Captain-Hook",
            timeout: options.webhook_timeout,
            gaps: options.retry_gaps.clone(),
            taken: |status| (200..=299).contains(&status),
            failures_max: Some(FAILURES_MAX),
            sign: hooks::signer(options.keys.webhook_secret.clone()),
        };
        let stand = Stand::new("shop", &options, manners, stop.clone())?;
        let tokens = Tokens::unknown(oauth::rules(), options.seed, options.clock.now());
        let target = options.webhook.clone();
        let shop = Self {
            options,
            client,
            state: Mutex::new(state),
            stand,
            tokens: Mutex::new(tokens),
            day_tokens: Mutex::new(Vec::new()),
            keys: Mutex::new(HashMap::new()),
            events: AtomicU64::new(0),
            stop,
            tasks: TaskTracker::new(),
        };
        target.map_or(Ok(()), |target| shop.subscribe(target))?;
        Ok(shop)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }

    fn idempotency_keys(&self) -> MutexGuard<'_, HashMap<String, Remembered>> {
        lock(&self.keys)
    }

    fn next_event(&self) -> u64 {
        self.events.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.options.keys
    }

    pub(crate) fn domain(&self) -> &str {
        &self.options.shop_domain
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.state().next_number
    }

    /// Returns once nothing waits to be delivered any more.
    pub(crate) async fn settled(&self) {
        let mut waiting = self.state().deliveries.watch();
        let _ = waiting.wait_for(|waiting| *waiting == 0).await; // fails only when the shop is gone
    }

    pub(crate) fn subscribe(&self, webhook: Webhook) -> Result<(), Error> {
        webhook.check()?;
        self.state().target = Some(webhook);
        Ok(())
    }

    /// Makes one order and keeps it, sending nothing.
    fn make(&self, overrides: &Overrides) -> Arc<ShopOrder> {
        let now = self.options.clock.now();
        let mut state = self.state();
        let number = state.next_number;
        state.next_number += 1;
        let seeded = Seeded { seed: self.options.seed, number, now, domain: self.domain() };
        let body = order::make(&seeded, overrides);
        let order = Arc::new(ShopOrder::of(number, &body, now, now));
        for line in order_node::items(&body["line_items"]).filter(|_| !overrides.cancelled) {
            let quantity = line["quantity"].as_i64().unwrap_or(0);
            state.shelf.sell(line["sku"].as_str().unwrap_or_default(), quantity);
        }
        state.orders.insert(number, order.clone());
        if state.orders.len() > ORDERS_KEPT_MAX {
            state.orders.pop_first();
        }
        order
    }

    /// Changes a kept order, all or nothing.
    fn rewrite<T>(
        &self,
        id: u64,
        change: impl FnOnce(&mut Value) -> Result<T, UserError>,
    ) -> Result<(Arc<ShopOrder>, T), UserError> {
        let now = self.now();
        let mut state = self.state();
        let kept = order::number_of(id).and_then(|number| state.orders.get(&number));
        let kept = kept.filter(|order| order.id == id).cloned();
        let kept = kept.ok_or_else(|| user_error("orderId", "Order does not exist", "NOT_FOUND"))?;
        let mut body = kept.json();
        let made = change(&mut body)?;
        body["updated_at"] = order::bangkok(now).into();
        let order = Arc::new(ShopOrder::of(kept.number, &body, kept.created_at, now));
        state.orders.insert(kept.number, order.clone());
        Ok((order, made))
    }

    fn restock(&self, back: &[(String, i64)]) {
        let mut state = self.state();
        back.iter().for_each(|(sku, quantity)| state.shelf.sell(sku, -quantity));
    }

    /// Lets orders arrive at the asked rate for as long as somebody listens.
    pub(crate) async fn make_orders(self: Arc<Self>) {
        if self.options.orders_per_minute == 0 {
            return;
        }
        let mut ticks = tokio::time::interval(MINUTE / self.options.orders_per_minute);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut made: u64 = 0;
        loop {
            ticks.tick().await;
            let Some(target) = self.state().target.clone() else {
                continue;
            };
            if !self.state().deliveries.has_room(target.topics.len()) {
                continue; // nobody takes them: a shop without end would only fill the memory
            }
            made += 1;
            let order = self.make(&self.trouble(made));
            self.tell_of_new(&order);
            let shop = self.clone();
            self.tasks.spawn(async move { shop.send(&order, &target.topics, 0).await });
        }
    }

    /// Now and then something to repair: alternately an address and an article.
    fn trouble(&self, made: u64) -> Overrides {
        let every = self.options.trouble_every;
        let due = every > 0 && made.is_multiple_of(every);
        let address = due && (made / every) % 2 == 1;
        Overrides { missing_postcode: address, unknown_sku: due && !address, ..Overrides::default() }
    }

    /// Ends the retries; what is on its way may still arrive, but not for longer than `grace`.
    pub(crate) async fn stop_deliveries(&self, grace: Duration) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(grace, self.tasks.wait()).await;
    }

    /// The kept order with this name (`#1001`), number or id.
    fn find(&self, wanted: &Value) -> Option<Arc<ShopOrder>> {
        let wanted = match wanted {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let wanted = wanted.trim_start_matches('#').parse::<u64>().ok()?;
        let state = self.state();
        let by_id = |id| state.orders.values().find(|order| order.id == id);
        state.orders.get(&wanted).or_else(|| by_id(wanted)).cloned()
    }
}

impl Vendor for Shop {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    /// A 200 like most of this API's errors; how many points are left says how long to wait.
    fn throttled(&self, _retry_after: u64) -> Response {
        let status = json!({ "maximumAvailable": 2_000.0, "currentlyAvailable": 0, "restoreRate": 100.0 });
        Json(json!({
            "errors": [{ "message": "Throttled", "extensions": { "code": "THROTTLED" } }],
            "extensions": { "cost": { "requestedQueryCost": 10, "actualQueryCost": null, "throttleStatus": status } },
        }))
        .into_response()
    }

    fn failed(&self) -> Response {
        let error = json!({ "message": "Internal error", "extensions": { "code": "INTERNAL_SERVER_ERROR" } });
        (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "errors": [error] }))).into_response()
    }

    /// The permanent token does not end, so the answer comes from here.
    fn token_expired(&self) -> Option<Response> {
        lock(&self.tokens).expire(self.now());
        Some(graphql::no_token())
    }
}

pub(crate) fn router(shop: Arc<Shop>) -> Router {
    let api = Router::new()
        .route("/admin/api/{version}/graphql.json", post(graphql::answer))
        .route("/admin/oauth/access_token", post(oauth::access_token))
        .route("/admin/oauth/authorize", get(oauth::authorize));
    let own = token_control()
        .route("/_sandbox/orders", get(control::list_orders).post(control::send_orders))
        .route("/_sandbox/deliveries", get(control::list_deliveries))
        .route(
            "/_sandbox/webhooks",
            get(control::show_webhook).put(control::set_webhook).delete(control::drop_webhook),
        );
    router_without_webhooks(shop, api, own)
}
