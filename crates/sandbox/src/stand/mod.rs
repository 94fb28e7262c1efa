//! What every stand-in of a vendor has: planned faults, a sender of webhooks, a ledger of what it was told.
//!
//! A vendor keeps a [`Stand`] in its state, says in [`Vendor`] how its own "too many" looks, and hands the routes of its
//! API to [`router`], which puts the faults in front of them and `/_sandbox` beside them.

mod control;
mod delivery;
mod faults;
mod ledger;
mod plan;
mod sender;
mod struck;
mod target;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{Clock, Error, Options};
pub(crate) use control::{page, refuse};
use faults::Faults;
pub(crate) use ledger::Ledger;
pub(crate) use sender::{Manners, Sealed, Sender, Sign};
pub(crate) use target::{Parcel, Target};

/// The largest request; no order, stock list or product is that long.
pub(crate) const BODY_BYTES_MAX: usize = 8 << 20;

/// The parts of a stand-in that do not depend on the vendor.
pub(crate) struct Stand {
    pub seed: u64,
    pub clock: Clock,
    pub stop: CancellationToken,
    pub ledger: Ledger,
    pub sender: Arc<Sender>,
    faults: Mutex<Faults>,
}

impl Stand {
    /// `name` gives the vendor dice of its own, so that two vendors do not fail in step.
    pub(crate) fn new(
        name: &str,
        options: &Options,
        manners: Manners,
        stop: CancellationToken,
    ) -> Result<Self, Error> {
        Ok(Self {
            seed: options.seed,
            clock: options.clock.clone(),
            ledger: Ledger::default(),
            sender: Arc::new(Sender::new(manners, options.clock.clone(), stop.clone())?),
            faults: Mutex::new(Faults::new(options.seed, name)),
            stop,
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }
}

/// A vendor's own words for what [`Stand`] makes happen.
pub(crate) trait Vendor: Send + Sync + 'static {
    fn stand(&self) -> &Stand;

    /// What a caller needs to be let in, for the guide; these stand-ins guard nothing.
    fn keys(&self) -> Value {
        Value::Null
    }

    /// Too many requests.
    fn throttled(&self, retry_after: u64) -> Response;

    /// Something broke inside.
    fn failed(&self) -> Response;

    /// Ends the access tokens, so that the vendor's own check finds them expired; a vendor with keys that never end
    /// gives the answer to a key that was taken back.
    fn token_expired(&self) -> Option<Response>;
}

/// A stand-in, ready to be served under its name on the one port.
pub(crate) struct Booth {
    pub name: &'static str,
    pub router: Router,
    pub vendor: Arc<dyn Vendor>,
}

/// The vendor's routes behind the faults, and the controls, which no fault reaches.
pub(crate) fn router<V: Vendor>(vendor: Arc<V>, api: Router<Arc<V>>, own: Router<Arc<V>>) -> Router {
    router_without_webhooks(vendor, api, own.merge(control::webhooks()))
}

/// The same for a vendor who has controls of his own for webhooks.
pub(crate) fn router_without_webhooks<V: Vendor>(
    vendor: Arc<V>,
    api: Router<Arc<V>>,
    own: Router<Arc<V>>,
) -> Router {
    api.layer(from_fn_with_state(vendor.clone(), struck::under_faults::<V>))
        .merge(control::faults_and_ledger())
        .merge(own)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(vendor)
}

/// A panic elsewhere must not take the stand-in down with it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
