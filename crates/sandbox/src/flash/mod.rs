//! Flash Express: signed forms in, a code in every answer, pushes that prove little.

mod answer;
mod api;
mod fields;
mod orders;
mod push;
mod sign;
mod tracking;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::courier::{self, Courier, Scan, Shipment, Shipments, manners};
use crate::settings::{Settings, Tunable};
use crate::stand::{Booth, Parcel, Stand, Vendor, router};
use crate::{Error, Options};
use answer::{Refused, respond};

const NAME: &str = "flash";

/// What Flash says when province, city and postcode do not fit together: its sources name three answers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AreaMismatch {
    /// 1000
    BadValue,
    /// 1004 for the origin, 1005 for the destination
    Ends,
    /// 40004 and 40005, as seen in the training system
    Training,
}

/// How a push is written down; the documents leave it open.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PushForm {
    Form,
    Json,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    mch_id: String,
    key: String,
    cod_allowed: bool,
    area_mismatch: AreaMismatch,
    /// Postcodes that Flash does not go to.
    no_service: Vec<String>,
    /// Whether the answer 1003 names the shipment that is there already; no document says that it does.
    pno_on_repeat: bool,
    numbers_as_text: bool,
    push_form: PushForm,
    /// The field that holds a push's content: `data` or `dataJson`.
    push_field: String,
}

/// Flash's state; every handler holds one.
pub(crate) struct Flash {
    stand: Stand,
    settings: Settings<Values>,
    shipments: Mutex<Shipments>,
    /// The Thai day for which a courier was asked to come.
    pickup: Mutex<Option<NaiveDate>>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let settings = Settings::new(Values {
        mch_id: "AA2315".to_owned(),
        key: options.keys.derived("flash key"),
        cod_allowed: true,
        area_mismatch: AreaMismatch::BadValue,
        no_service: Vec::new(),
        pno_on_repeat: false,
        numbers_as_text: false,
        push_form: PushForm::Form,
        push_field: "data".to_owned(),
    });
    let stand = Stand::new(NAME, options, manners(options, "flash-open-api"), stop.clone())?;
    let flash = Arc::new(Flash { stand, settings, shipments: Mutex::default(), pickup: Mutex::default() });
    let router = router(flash.clone(), routes(), courier::routes());
    Ok(Booth { name: NAME, router, vendor: flash })
}

fn routes() -> Router<Arc<Flash>> {
    Router::new()
        .route("/open/v1/ping", post(api::ping))
        .route("/open/v1/orders", post(orders::create))
        .route("/open/v3/orders", post(orders::create))
        .route("/open/v1/orders/modify", post(orders::modify))
        .route("/open/v1/orders/estimate_rate", post(api::estimate_rate))
        .route("/open/v1/orders/routesBatch", post(tracking::routes_batch))
        .route("/open/v1/orders/{pno}/cancel", post(orders::cancel))
        .route("/open/v1/orders/{pno}/routes", post(tracking::routes))
        .route("/open/v1/orders/{pno}/pre_print", post(api::label))
        .route("/open/v1/orders/{pno}/small/pre_print", post(api::small_label))
        .route("/open/v1/notify", post(api::notify))
        .route("/open/v1/warehouses", post(api::warehouses))
        .route("/open/v1/setting/web_hook_service", post(push::set_up))
}

impl Vendor for Flash {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    /// No limit is published; the gateway in front answers, not Flash.
    fn throttled(&self, retry_after: u64) -> Response {
        api::too_many(retry_after)
    }

    /// The one code that is to be tried again.
    fn failed(&self) -> Response {
        respond(Err(Refused::new(0, "Internal error")), self.settings.get().numbers_as_text)
    }

    /// Keys do not end by themselves; a merchant may be closed.
    fn token_expired(&self) -> Option<Response> {
        Some(respond(Err(Refused::new(1001, "The merchant does not exist")), false))
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for Flash {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}

impl Courier for Flash {
    fn shipments(&self) -> &Mutex<Shipments> {
        &self.shipments
    }

    fn push(&self, shipment: &Shipment, scan: &Scan) -> Option<Parcel> {
        Some(push::parcel(self.stand.seed, &self.settings.get(), shipment, scan))
    }
}
