//! The shop: makes orders, sends them as signed webhooks until somebody takes them, and lets them be pulled.

mod control;
mod deliver;
mod graphql;
mod order;
mod orders_query;
mod query;
mod thai;
mod webhook;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Error, Keys, Options};
use deliver::Deliveries;
use graphql::Bucket;
use order::{Overrides, Seeded};
pub(crate) use thai::Person;
pub use webhook::{SHOPIFY_RETRY_GAPS, Webhook, sign};

/// The version of the Admin API the shop speaks.
pub(crate) const API_VERSION: &str = "2026-10";
/// The shop remembers its newest orders; older ones can no longer be pulled.
const ORDERS_KEPT_MAX: usize = 10_000;
const BODY_BYTES_MAX: usize = 1 << 20;
const MINUTE: Duration = Duration::from_secs(60);

/// One order, as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct ShopOrder {
    pub number: u64,
    pub id: u64,
    pub name: String,
    pub total: String,
    pub financial_status: String,
    pub created_at: DateTime<Utc>,
    pub body: Bytes,
}

struct State {
    target: Option<Webhook>,
    next_number: u64,
    orders: BTreeMap<u64, Arc<ShopOrder>>,
    deliveries: Deliveries,
    bucket: Bucket,
}

/// The shop's state; every handler holds one.
pub(crate) struct Shop {
    options: Options,
    client: reqwest::Client,
    state: Mutex<State>,
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
        };
        let target = options.webhook.clone();
        let shop = Self { options, client, state: Mutex::new(state), stop, tasks: TaskTracker::new() };
        target.map_or(Ok(()), |target| shop.subscribe(target))?;
        Ok(shop)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let order = Arc::new(ShopOrder {
            number,
            id: order::id_of(number),
            name: text("name"),
            total: text("total_price"),
            financial_status: text("financial_status"),
            created_at: now,
            body: body.to_string().into(),
        });
        state.orders.insert(number, order.clone());
        if state.orders.len() > ORDERS_KEPT_MAX {
            state.orders.pop_first();
        }
        order
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

pub(crate) fn router(shop: Arc<Shop>) -> Router {
    let router = Router::new()
        .route("/admin/api/{version}/graphql.json", post(graphql::answer))
        .route("/_sandbox/orders", get(control::list_orders).post(control::send_orders))
        .route("/_sandbox/deliveries", get(control::list_deliveries))
        .route(
            "/_sandbox/webhooks",
            get(control::show_webhook).put(control::set_webhook).delete(control::drop_webhook),
        );
    router.layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).with_state(shop)
}
