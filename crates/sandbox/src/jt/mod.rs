//! J&T Express (Thailand): one JSON text in a form, its digest in a header, a code in every answer.

mod answer;
mod door;
mod fields;
mod label;
mod orders;
mod push;
mod trace;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::courier::{self, Courier, Scan, Shipment, Shipments, manners};
use crate::settings::{Settings, Tunable};
use crate::stand::{Booth, Parcel, Stand, Vendor, router};
use crate::{Error, Options};
use answer::{Refused, respond};

const NAME: &str = "jt";
/// Both systems of J&T answer below this.
const BASE: &str = "/webopenplatformapi/api";

/// What becomes of a second order with the same `txlogisticId`; no document says it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Repeat {
    /// An error, as for any other bad parameter.
    Refuse,
    /// The first answer again.
    Same,
    /// One more parcel: the worst that may happen to a careless caller.
    New,
}

/// How a label comes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LabelAs {
    Base64,
    Url,
}

/// What a push calls its scans.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScansAs {
    Details,
    Traces,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    api_account: String,
    private_key: String,
    customer_code: String,
    /// As the customer types it; what is sent is its salted hash.
    password: String,
    repeat: Repeat,
    label: LabelAs,
    scans: ScansAs,
    /// `code` as a number where it is a text otherwise.
    code_as_number: bool,
    cod_allowed: bool,
}

/// J&T's state; every handler holds one.
pub(crate) struct Jt {
    stand: Stand,
    settings: Settings<Values>,
    shipments: Mutex<Shipments>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let settings = Settings::new(Values {
        api_account: "640826271705595946".to_owned(),
        private_key: options.keys.derived("jt private key"),
        customer_code: "J0086474299".to_owned(),
        password: options.keys.derived("jt password"),
        repeat: Repeat::Refuse,
        label: LabelAs::Base64,
        scans: ScansAs::Details,
        code_as_number: false,
        cod_allowed: true,
    });
    let stand = Stand::new(NAME, options, manners(options, "jnt-open-platform"), stop.clone())?;
    let jt = Arc::new(Jt { stand, settings, shipments: Mutex::default() });
    let router = router(jt.clone(), Router::new().nest(BASE, routes()), courier::routes());
    Ok(Booth { name: NAME, router, vendor: jt })
}

fn routes() -> Router<Arc<Jt>> {
    Router::new()
        .route("/order/addOrder", post(orders::add))
        .route("/order/getOrders", post(orders::get))
        .route("/order/cancelOrder", post(orders::cancel))
        .route("/order/printOrder", post(label::print))
        .route("/logistics/trace", post(trace::trace))
        .route("/labels/{file}", get(label::download))
}

impl Vendor for Jt {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    fn throttled(&self, retry_after: u64) -> Response {
        answer::too_many(retry_after)
    }

    fn failed(&self) -> Response {
        answer::broken()
    }

    /// Keys do not end by themselves; an account may lose its rights.
    fn token_expired(&self) -> Option<Response> {
        let refused = Refused::new(answer::NO_PERMISSION, "API account has no permission");
        Some(respond(Err(refused), self.settings.get().code_as_number))
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for Jt {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}

impl Courier for Jt {
    fn shipments(&self) -> &Mutex<Shipments> {
        &self.shipments
    }

    fn push(&self, shipment: &Shipment, scan: &Scan) -> Option<Parcel> {
        push::parcel(&self.settings.get(), shipment, scan)
    }
}
