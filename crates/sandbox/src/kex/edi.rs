//! `shipment_info`: one consignment in, one code out, status 200 both ways.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::fields::{check, text};
use super::{Kex, Values};
use crate::courier::{Shipment, Stage};
use crate::stand::lock;

pub(super) async fn shipment_info(State(kex): State<Arc<Kex>>, headers: HeaderMap, body: Bytes) -> Response {
    let values = kex.settings.get();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(asked) = asked.pointer("/req/shipment").and_then(Value::as_object) else {
        return refuse("", "Invalid JSON: req.shipment is missing");
    };
    let number = text(asked, "con_no");
    match may_enter(&headers, &values).and_then(|()| kex.act(asked, &number, &values)) {
        Ok(()) => say(&number, "000", "Successfully received"),
        Err(message) => refuse(&number, &message),
    }
}

fn may_enter(headers: &HeaderMap, values: &Values) -> Result<(), String> {
    let given = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let good =
        given("app_id") == Some(values.app_id.as_str()) && given("app_key") == Some(values.app_key.as_str());
    if good { Ok(()) } else { Err("Invalid app_id or app_key".to_owned()) }
}

pub(super) fn refuse(number: &str, message: &str) -> Response {
    say(number, "999", message)
}

fn say(number: &str, code: &str, text: &str) -> Response {
    let shipment = json!({ "con_no": number, "status_code": code, "status_desc": text });
    Json(json!({ "res": { "shipment": shipment } })).into_response()
}

impl Kex {
    fn act(&self, asked: &Map<String, Value>, number: &str, values: &Values) -> Result<(), String> {
        let now = self.stand.now();
        match text(asked, "action_code").as_str() {
            "A" => {
                check(asked, values)?;
                self.stand.ledger.note(now, "order", number, asked.clone().into());
                self.put(asked, number);
                Ok(())
            }
            "U" => {
                self.must_wait(number)?;
                check(asked, values)?;
                self.stand.ledger.note(now, "change", number, asked.clone().into());
                self.put(asked, number);
                Ok(())
            }
            "D" => {
                self.must_wait(number)?;
                self.stand.ledger.note(now, "cancel", number, Value::Null);
                let mut shipments = lock(&self.shipments);
                let shipment = shipments.get_mut(number).ok_or("con_no not found")?;
                shipment.advance(Stage::Cancelled, now).map(|_| ())
            }
            _ => Err("action_code is A, U or D".to_owned()),
        }
    }

    /// What is known under the number is written over: the number is the sender's own, so it is the same parcel.
    fn put(&self, asked: &Map<String, Value>, number: &str) {
        let mut shipments = lock(&self.shipments);
        match shipments.get_mut(number).filter(|known| known.number == number) {
            Some(known) => known.asked = asked.clone().into(),
            None => {
                let reference = text(asked, "ref_no");
                shipments.add(Shipment::new(number, &reference, asked.clone().into(), self.stand.now()));
            }
        }
    }

    /// A parcel that was picked up can be neither changed nor deleted.
    fn must_wait(&self, number: &str) -> Result<(), String> {
        match lock(&self.shipments).get(number).filter(|known| known.number == number).map(Shipment::stage) {
            None => Err("con_no not found".to_owned()),
            Some(Stage::Created) => Ok(()),
            Some(_) => Err("the shipment was picked up already".to_owned()),
        }
    }
}
