//! Labels: in the answer as base64, or behind an address in it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

use super::answer::Refused;
use super::fields::required;
use super::orders::held;
use super::{BASE, Jt, LabelAs, NAME};
use crate::courier::{Page, Shipment, pdf};
use crate::seal;
use crate::stand::lock;

/// The size by its number, in millimetres.
fn page(kind: &str) -> Result<Page, Refused> {
    let (width, height) = match kind {
        "1" => (100, 150),
        "2" => (75, 100),
        "3" => (80, 100),
        "4" => (100, 100),
        "5" => (76, 100),
        _ => return Err(Refused::bad("type is from 1 to 5")),
    };
    Ok(Page { width, height })
}

pub(super) async fn print(State(jt): State<Arc<Jt>>, headers: HeaderMap, body: Bytes) -> Response {
    jt.signed(&headers, &body, |asked, values| {
        let page = page(&required(asked, "type", 1)?)?;
        let mut shipments = lock(&jt.shipments);
        let shipment = held(&mut shipments, asked)?;
        let mut answer = json!({ "billCode": shipment.number, "txlogisticId": shipment.reference });
        match values.label {
            LabelAs::Base64 => answer["base64EncodeContent"] = json!(seal::base64(drawn(page, shipment))),
            LabelAs::Url => answer["urlContent"] = json!(address(&headers, shipment)),
        }
        Ok(answer)
    })
}

fn drawn(page: Page, shipment: &Shipment) -> Vec<u8> {
    pdf(page, &["J&T Express", &shipment.number, &shipment.reference])
}

/// On the host that the caller used, so that it is good from wherever he is.
fn address(headers: &HeaderMap, shipment: &Shipment) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}/{NAME}{BASE}/labels/{}.pdf", shipment.number)
}

/// Nobody signs for it: the address is the secret.
pub(super) async fn download(State(jt): State<Arc<Jt>>, Path(file): Path<String>) -> Response {
    let shipments = lock(&jt.shipments);
    match file.strip_suffix(".pdf").and_then(|number| shipments.get(number)) {
        Some(shipment) => {
            let page = Page { width: 100, height: 150 };
            ([(header::CONTENT_TYPE, "application/pdf")], drawn(page, shipment)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
