//! A document's public page, its way by mail, and what the company says about itself.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Refused;
use super::{FlowAccount, NAME, kinds};
use crate::chance::Chance;

fn wanted(flowaccount: &FlowAccount, path: &str, asked: &Value) -> Result<(u64, String), Refused> {
    let kind = kinds::of(path).ok_or_else(|| Refused::missing("Document type"))?;
    let id = asked["documentId"].as_u64().ok_or_else(|| Refused::bad("documentId is required."))?;
    let books = flowaccount.books();
    Ok((id, books.document(kind, id)?.serial.clone()))
}

/// An address nobody guesses, on the host that the caller used.
pub(super) async fn share(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |asked| {
        let (_, serial) = wanted(&flowaccount, &path, &asked)?;
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let secret = secret(flowaccount.stand.seed, &serial);
        Ok(json!({ "link": format!("http://{host}/{NAME}/share/{serial}-{secret}") }))
    })
}

fn secret(seed: u64, serial: &str) -> String {
    format!("{:016x}", Chance::of(seed, &format!("flowaccount share {serial}")).next())
}

pub(super) async fn page(State(flowaccount): State<Arc<FlowAccount>>, Path(name): Path<String>) -> Response {
    match name.rsplit_once('-') {
        Some((serial, given)) if given == secret(flowaccount.stand.seed, serial) => {
            Html(format!("<!DOCTYPE html><title>{serial}</title><h1>{serial}</h1>")).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) async fn email(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |asked| {
        let (id, serial) = wanted(&flowaccount, &path, &asked)?;
        flowaccount.stand.ledger.note(flowaccount.stand.now(), "email", &serial, asked);
        Ok(json!({ "documentId": id }))
    })
}

pub(super) async fn company(State(flowaccount): State<Arc<FlowAccount>>, headers: HeaderMap) -> Response {
    flowaccount.authorized(&headers, || {
        Ok(json!({
            "companyName": "บริษัท คลองที จำกัด",
            "companyTaxId": "0105560000009",
            "companyAddress": "1 ถนนสีลม แขวงสีลม เขตบางรัก กรุงเทพมหานคร 10500",
            "isVatRegistration": true,
        }))
    })
}

pub(super) async fn bank_accounts(
    State(flowaccount): State<Arc<FlowAccount>>,
    headers: HeaderMap,
) -> Response {
    flowaccount.authorized(&headers, || {
        Ok(json!([{ "bankAccountId": 1201, "bankId": 2, "bankAccountNumber": "0000000001", "bankAccountType": 1 }]))
    })
}
