//! The door that every call goes through, and the calls that are about no order or only print it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use chrono::Days;
use serde_json::{Value, json};

use super::Flash;
use super::answer::{Refused, respond};
use super::fields::{self, Form, required};
use super::sign::sign;
use crate::clock::in_thailand;
use crate::courier::{Page, pdf};
use crate::seal;
use crate::stand::lock;

const MERCHANT_MAX: usize = 32;
const NONCE_MAX: usize = 32;
/// Satang of the first kilogram that is begun, and of each further one.
const FIRST_KILOGRAM: u64 = 3_500;
const FURTHER_KILOGRAM: u64 = 1_000;

const LABEL: Page = Page { width: 100, height: 150 };
const SMALL_LABEL: Page = Page { width: 100, height: 75 };

impl Flash {
    /// Lets a call in whose merchant and signature are good, and wraps its answer.
    pub(super) fn signed(&self, body: &[u8], work: impl FnOnce(&Form) -> Result<Value, Refused>) -> Response {
        let answer = self.form(body).and_then(|form| work(&form));
        respond(answer, self.settings.get().numbers_as_text)
    }

    pub(super) fn form(&self, body: &[u8]) -> Result<Form, Refused> {
        let form = seal::read(body).ok_or_else(|| Refused::bad_value("too many fields"))?;
        let values = self.settings.get();
        if required(&form, "mchId", MERCHANT_MAX)? != values.mch_id {
            return Err(Refused::new(1001, "The merchant does not exist"));
        }
        required(&form, "nonceStr", NONCE_MAX)?;
        if form.get("sign").is_none_or(|given| *given != sign(&form, &values.key)) {
            return Err(Refused::new(1002, "The signature is wrong"));
        }
        Ok(form)
    }
}

pub(super) async fn ping(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    flash.signed(&body, |_| Ok(Value::Null))
}

pub(super) async fn estimate_rate(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    let values = flash.settings.get();
    flash.signed(&body, |form| {
        fields::check_route(form, &values)?;
        let kilograms = fields::grams(form)?.div_ceil(1_000);
        Ok(json!({ "estimatePrice": FIRST_KILOGRAM + FURTHER_KILOGRAM * (kilograms - 1) }))
    })
}

pub(super) async fn label(State(flash): State<Arc<Flash>>, Path(pno): Path<String>, body: Bytes) -> Response {
    print(&flash, &pno, &body, LABEL)
}

pub(super) async fn small_label(
    State(flash): State<Arc<Flash>>,
    Path(pno): Path<String>,
    body: Bytes,
) -> Response {
    print(&flash, &pno, &body, SMALL_LABEL)
}

/// A PDF if all is well and JSON if not: only the content type tells them apart.
fn print(flash: &Flash, pno: &str, body: &[u8], page: Page) -> Response {
    let answer = flash.form(body).and_then(|_| {
        let shipments = lock(&flash.shipments);
        let shipment = shipments.get(pno).filter(|shipment| shipment.number == pno);
        let shipment = shipment.ok_or_else(Refused::no_such_order)?;
        Ok(pdf(page, &["Flash Express", &shipment.number, &shipment.reference]))
    });
    match answer {
        Ok(pdf) => ([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response(),
        Err(refused) => respond(Err(refused), flash.settings.get().numbers_as_text),
    }
}

/// One courier a day comes; who asks again is told so.
pub(super) async fn notify(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    flash.signed(&body, |form| {
        let now = flash.stand.now();
        let today = in_thailand(now).date_naive();
        let mut pickup = lock(&flash.pickup);
        if *pickup == Some(today) {
            return Err(Refused::new(1010, "A courier was asked for already"));
        }
        *pickup = Some(today);
        flash.stand.ledger.note(now, "pickup", &today.to_string(), json!(form));
        let until = today.checked_add_days(Days::new(1)).unwrap_or(today);
        Ok(json!({
            "ticketPickupId": today.format("%Y%m%d").to_string(),
            "staffInfoName": "สมพร ขนส่งไว",
            "timeoutAtText": format!("{until} 12:00:00"),
        }))
    })
}

pub(super) async fn warehouses(State(flash): State<Arc<Flash>>, body: Bytes) -> Response {
    flash.signed(&body, |form| {
        let number = format!("{}_001", form.get("mchId").map_or("", String::as_str));
        Ok(json!([{
            "warehouseNo": number,
            "name": "คลังสีลม",
            "phone": "0810000002",
            "provinceName": "กรุงเทพมหานคร",
            "cityName": "เขตบางรัก",
            "postalCode": "10500",
            "detailAddress": "1 ถนนสีลม",
        }]))
    })
}

pub(super) fn too_many(retry_after: u64) -> Response {
    let page = Html("<html><head><title>429 Too Many Requests</title></head></html>");
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], page).into_response()
}
