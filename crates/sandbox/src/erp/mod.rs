//! The ERP: Odoo's two JSON protocols over a small database, a plain REST target, and the controls of both.

mod calls;
mod cell;
mod control;
mod database;
mod domain;
mod exception;
mod faults;
mod fields;
mod invoice;
mod json2;
mod jsonrpc;
mod load;
mod order;
mod picking;
mod rest;
mod sale;
mod seed;
mod struck;
mod table;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::routing::{any, get, post};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{Clock, Keys, Options};
pub use database::ORDERS_MAX;
use database::{Database, Origin};
use faults::Faults;
use rest::RestOrders;

/// The largest request; Odoo itself takes more, but no order is that long.
const BODY_BYTES_MAX: usize = 8 << 20;

/// Which release of Odoo the ERP stands in for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Series {
    /// JSON-RPC only; lines have `product_uom` and `tax_id`.
    V17,
    /// JSON-2 beside JSON-RPC; lines have `product_uom_id` and `tax_ids`.
    #[default]
    V19,
}

/// What the ERP does when it holds as many orders as it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// Refuses new ones as a full disk would, so that a test never miscounts.
    #[default]
    Refuse,
    /// Forgets the oldest orders: for a demo that runs for weeks.
    DropOldest,
}

/// How many orders fit, and what then.
#[derive(Clone, Copy, Debug)]
struct Full {
    orders_max: usize,
    rule: WhenFull,
}

/// The ERP's state; every handler holds one.
pub(crate) struct Erp {
    keys: Keys,
    series: Series,
    clock: Clock,
    stop: CancellationToken,
    database: Mutex<Database>,
    faults: Mutex<Faults>,
    rest: Mutex<RestOrders>,
}

impl Erp {
    pub(crate) fn new(options: &Options, stop: CancellationToken) -> Self {
        let now = options.clock.now().timestamp();
        let full = Full { orders_max: options.orders_max.min(ORDERS_MAX), rule: options.when_full };
        Self {
            keys: options.keys.clone(),
            series: options.series,
            clock: options.clock.clone(),
            stop,
            database: Mutex::new(Database::new(options.series, full, now, options.customers)),
            faults: Mutex::new(Faults::new(options.seed)),
            rest: Mutex::new(RestOrders::new(full)),
        }
    }

    /// What is noted about a request beside its arguments.
    fn origin(&self, headers: &HeaderMap) -> Origin {
        let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
        Origin {
            idempotency_key: key.filter(|key| !key.is_empty()).map(str::to_owned),
            now_millis: self.clock.now().timestamp_millis(),
        }
    }

    fn database(&self) -> MutexGuard<'_, Database> {
        lock(&self.database)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    fn rest(&self) -> MutexGuard<'_, RestOrders> {
        lock(&self.rest)
    }
}

/// A panic elsewhere must not take the stand-in down with it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn router(erp: Arc<Erp>) -> Router {
    let router = Router::new()
        .route("/web/version", get(json2::version))
        .route("/json/version", get(json2::version))
        .route("/web/health", get(json2::health))
        .route("/json/2/{model}/{method}", post(json2::call).fallback(json2::lost))
        .route("/json/2/{model}", any(json2::lost))
        .route("/jsonrpc", post(jsonrpc::call))
        .route("/rest/orders", post(rest::take))
        .route("/_sandbox/orders", get(control::list_orders).delete(control::forget_orders))
        .route(
            "/_sandbox/faults",
            get(control::list_faults).post(control::add_faults).delete(control::clear_faults),
        );
    router.layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).with_state(erp)
}
