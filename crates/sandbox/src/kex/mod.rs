//! KEX Express (the former Kerry), Smart-EDI: an id and a key in headers, consignment numbers made by the sender.

mod edi;
mod fields;
mod push;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::courier::{self, Courier, Scan, Shipment, Shipments, Stage, manners};
use crate::settings::{Settings, Tunable};
use crate::stand::{Booth, Parcel, Stand, Vendor, router};
use crate::{Error, Options};

const NAME: &str = "kex";

/// How a push is written down: some installations send the JSON as the name of a form's only field.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PushForm {
    Json,
    FormKey,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Values {
    app_id: String,
    app_key: String,
    /// What KEX assigned to the sender: every consignment number begins with it.
    prefix: String,
    cod_allowed: bool,
    push_form: PushForm,
    /// What a push calls each stage. Only `010` and `POD` have been seen; the others are made up.
    codes: BTreeMap<Stage, String>,
}

/// KEX's state; every handler holds one.
pub(crate) struct Kex {
    stand: Stand,
    settings: Settings<Values>,
    shipments: Mutex<Shipments>,
}

pub(crate) fn booth(options: &Options, stop: &CancellationToken) -> Result<Booth, Error> {
    let settings = Settings::new(Values {
        app_id: "KHLONG".to_owned(),
        app_key: options.keys.derived("kex app_key"),
        prefix: "KHL".to_owned(),
        cod_allowed: true,
        push_form: PushForm::Json,
        codes: Stage::ALL
            .into_iter()
            .filter_map(|stage| Some((stage, push::code(stage)?.to_owned())))
            .collect(),
    });
    let stand = Stand::new(NAME, options, manners(options, "kex-smart-edi"), stop.clone())?;
    let kex = Arc::new(Kex { stand, settings, shipments: Mutex::default() });
    let router = router(kex.clone(), routes(), courier::routes());
    Ok(Booth { name: NAME, router, vendor: kex })
}

/// The first is the published address, the second the one of the test system.
fn routes() -> Router<Arc<Kex>> {
    Router::new()
        .route("/ediwebapi/SmartEDI/shipment_info", post(edi::shipment_info))
        .route("/ediwebapi_uat/SmartEDI/shipment_info", post(edi::shipment_info))
}

impl Vendor for Kex {
    fn stand(&self) -> &Stand {
        &self.stand
    }

    fn throttled(&self, retry_after: u64) -> Response {
        let page = Html("<html><head><title>429 Too Many Requests</title></head></html>");
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], page)
            .into_response()
    }

    fn failed(&self) -> Response {
        edi::refuse("", "System error")
    }

    /// Keys do not end by themselves; a contract does.
    fn token_expired(&self) -> Option<Response> {
        Some(edi::refuse("", "Invalid app_id or app_key"))
    }

    fn keys(&self) -> Value {
        json!(self.settings.get())
    }
}

impl Tunable for Kex {
    type Values = Values;

    fn settings(&self) -> &Settings<Values> {
        &self.settings
    }
}

impl Courier for Kex {
    fn shipments(&self) -> &Mutex<Shipments> {
        &self.shipments
    }

    fn push(&self, shipment: &Shipment, scan: &Scan) -> Option<Parcel> {
        push::parcel(&self.settings.get(), shipment, scan)
    }
}
