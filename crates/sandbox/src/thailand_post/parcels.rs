//! Parcels announced before they come to the counter.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::ThailandPost;
use super::fields::{Asked, check, text};
use crate::courier::{Shipment, Stage};
use crate::stand::lock;

const ITEMS_MAX: usize = 100;

/// Why the post does not take a parcel.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    pub code: &'static str,
    pub message: String,
}

fn said(result: &Result<(), Refused>) -> Value {
    match result {
        Ok(()) => json!({ "statusCode": "000", "message": "success" }),
        Err(refused) => json!({ "statusCode": refused.code, "message": refused.message }),
    }
}

pub(super) fn respond(result: Result<(), Refused>) -> Response {
    Json(said(&result)).into_response()
}

pub(super) fn missing() -> Refused {
    Refused { code: "002", message: "barcode not found".to_owned() }
}

fn object(body: &[u8]) -> Result<Asked, Refused> {
    let wrong = |_| Refused { code: "002", message: "the body is not a JSON object".to_owned() };
    serde_json::from_slice(body).map_err(wrong)
}

pub(super) async fn add_item(
    State(post): State<Arc<ThailandPost>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    respond(post.may_enter(&headers).and_then(|()| object(&body)).and_then(|asked| post.add(asked)))
}

/// Each is taken or refused by itself.
pub(super) async fn add_items(
    State(post): State<Arc<ThailandPost>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = post.may_enter(&headers) {
        return respond(Err(refused));
    }
    let items: Vec<Asked> = serde_json::from_slice(&body).unwrap_or_default();
    if items.is_empty() || items.len() > ITEMS_MAX {
        let message = format!("a list of 1 to {ITEMS_MAX} parcels");
        return respond(Err(Refused { code: "002", message }));
    }
    let answer = |asked: Asked| {
        let barcode = text(&asked, "barcode");
        let mut said = said(&post.add(asked));
        said["barcode"] = json!(barcode);
        said
    };
    let items: Vec<Value> = items.into_iter().map(answer).collect();
    Json(json!({ "statusCode": "000", "message": "success", "items": items })).into_response()
}

impl ThailandPost {
    /// A barcode is good once, also when its parcel was cancelled.
    fn add(&self, asked: Asked) -> Result<(), Refused> {
        let barcode = check(&asked, &self.settings.get())?;
        let mut shipments = lock(&self.shipments);
        if shipments.get(&barcode).is_some_and(|known| known.number == barcode) {
            return Err(Refused { code: "018", message: "the barcode is used already".to_owned() });
        }
        let (now, reference) = (self.stand.now(), text(&asked, "orderId"));
        self.stand.ledger.note(now, "order", &reference, asked.clone().into());
        shipments.add(Shipment::new(&barcode, &reference, asked.into(), now));
        Ok(())
    }

    /// Changes a parcel that the counter has not seen.
    fn change(
        &self,
        barcode: &str,
        change: impl FnOnce(&mut Shipment) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let mut shipments = lock(&self.shipments);
        let known = shipments.get_mut(barcode).filter(|known| known.number == barcode).ok_or_else(missing)?;
        if known.stage() != Stage::Created {
            return Err(Refused { code: "002", message: "the parcel was accepted already".to_owned() });
        }
        change(known)
    }
}

pub(super) async fn update_item(
    State(post): State<Arc<ThailandPost>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let change = |asked: Asked| {
        let barcode = check(&asked, &post.settings.get())?;
        post.change(&barcode, |known| {
            known.asked = asked.into();
            Ok(())
        })
    };
    respond(post.may_enter(&headers).and_then(|()| object(&body)).and_then(change))
}

pub(super) async fn cancel_order(
    State(post): State<Arc<ThailandPost>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = post.stand.now();
    let cancel = |asked: Asked| {
        let barcode = text(&asked, "barcode");
        post.change(&barcode, |known| {
            let late = |message| Refused { code: "002", message };
            known.advance(Stage::Cancelled, now).map(|_| ()).map_err(late)
        })?;
        post.stand.ledger.note(now, "cancel", &barcode, Value::Null);
        Ok(())
    };
    respond(post.may_enter(&headers).and_then(|()| object(&body)).and_then(cancel))
}

/// Merchants and store locations are taken down as they come.
pub(super) async fn note(
    State(post): State<Arc<ThailandPost>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let note = |asked: Asked| {
        post.stand.ledger.note(post.stand.now(), "set-up", uri.path(), asked.into());
        Ok(())
    };
    respond(post.may_enter(&headers).and_then(|()| object(&body)).and_then(note))
}
