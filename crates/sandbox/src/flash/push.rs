//! Pushes: signed over merchant and nonce alone, so that anybody who saw one could write another.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Refused;
use super::fields::required;
use super::sign::sign;
use super::tracking::word;
use super::{Flash, PushForm, Values};
use crate::chance::Chance;
use crate::courier::{Scan, Shipment};
use crate::seal;
use crate::stand::{Parcel, Target};

const URL_MAX: usize = 500;
/// Of `webhookApiCode`: the state of a parcel.
const STATUS: &str = "0";
const SUBJECTS: [&str; 5] = [STATUS, "1", "2", "3", "4"];

pub(super) fn parcel(seed: u64, values: &Values, shipment: &Shipment, scan: &Scan) -> Parcel {
    let said = said(shipment, scan);
    let nonce = Chance::of(seed, &format!("flash {} {}", shipment.number, scan.at)).uuid().replace('-', "");
    let mut proof =
        BTreeMap::from([("mchId".to_owned(), values.mch_id.clone()), ("nonceStr".to_owned(), nonce)]);
    proof.insert("sign".to_owned(), sign(&proof, &values.key));
    let (content_type, body) = match values.push_form {
        PushForm::Form => {
            proof.insert(values.push_field.clone(), said.to_string());
            let fields = proof.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            ("application/x-www-form-urlencoded", seal::write(fields))
        }
        PushForm::Json => {
            let mut whole = json!(proof);
            whole[&values.push_field] = said;
            ("application/json", whole.to_string())
        }
    };
    let (topic, reference) = (STATUS.to_owned(), shipment.number.clone());
    Parcel { topic, reference, content_type, headers: Vec::new(), body: body.into() }
}

fn said(shipment: &Shipment, scan: &Scan) -> Value {
    let word = word(scan.stage);
    json!({
        "pno": shipment.number,
        "outTradeNo": shipment.reference,
        "state": word.state,
        "stateText": word.text,
        "stateDate": scan.at.timestamp(),
    })
}

/// `serviceCategory` 1 subscribes the address to one subject, 0 ends that.
pub(super) async fn set_up(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    flash.signed(&body, |form| {
        let subject = required(form, "webhookApiCode", 1)?;
        if !SUBJECTS.contains(&subject) {
            return Err(Refused::bad_value("webhookApiCode is from 0 to 4"));
        }
        let on = match required(form, "serviceCategory", 1)? {
            "1" => Some(required(form, "url", URL_MAX)?),
            "0" => None,
            _ => return Err(Refused::bad_value("serviceCategory is 0 or 1")),
        };
        let sender = &flash.stand.sender;
        for target in sender.targets().iter().filter(|target| target.topics == [subject]) {
            sender.unsubscribe(target.id);
        }
        if let Some(url) = on {
            let target = Target { topics: vec![subject.to_owned()], ..Target::new(url) };
            sender.subscribe(target).map_err(Refused::bad_value)?;
        }
        Ok(Value::Null)
    })
}
