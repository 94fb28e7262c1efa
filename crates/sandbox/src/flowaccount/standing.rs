//! Documents that are there: found, paid, made void, deleted.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Refused;
use super::books::{Document, Status};
use super::kinds::{self, Kind};
use super::{FlowAccount, listing, payment};

fn kind(path: &str) -> Result<Kind, Refused> {
    kinds::of(path).ok_or_else(|| Refused::missing("Document type"))
}

pub(super) async fn list(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path(path): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let contains = flowaccount.settings.get().filter_contains;
    flowaccount.authorized(&headers, || {
        let kind = kind(&path)?;
        listing::page(&query, flowaccount.books().documents(kind), contains)
    })
}

pub(super) async fn read(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path((path, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Response {
    flowaccount.authorized(&headers, || Ok(flowaccount.books().document(kind(&path)?, id)?.show(id)))
}

pub(super) async fn pay(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path((path, id)): Path<(String, u64)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |paid| {
        let mut books = flowaccount.books();
        let document = books.document_mut(kind(&path)?, id)?;
        if !matches!(document.status, Status::Awaiting | Status::Delivered) {
            return Err(Refused::bad("The document does not wait for payment."));
        }
        payment::all_of_it(&paid, &document.body)?;
        document.status = Status::Paid;
        flowaccount.stand.ledger.note(flowaccount.stand.now(), "payment", &document.serial, paid);
        Ok(document.show(id))
    })
}

/// `awaiting`, `invoicedelivered` or `void`; from void nothing leads back.
pub(super) async fn set_status(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path((path, id, status)): Path<(String, u64, String)>,
    headers: HeaderMap,
) -> Response {
    flowaccount.authorized(&headers, || {
        let wanted = match status.as_str() {
            "awaiting" => Status::Awaiting,
            "invoicedelivered" => Status::Delivered,
            "void" => Status::Void,
            _ => return Err(Refused::bad("The status is awaiting, invoicedelivered or void.")),
        };
        let mut books = flowaccount.books();
        let document = books.document_mut(kind(&path)?, id)?;
        if !may_become(document, wanted) {
            let text = format!("A document that is {} cannot become {status}.", document.status.name());
            return Err(Refused::bad(text));
        }
        document.status = wanted;
        flowaccount.stand.ledger.note(flowaccount.stand.now(), "status", &document.serial, json!(status));
        Ok(document.show(id))
    })
}

fn may_become(document: &Document, wanted: Status) -> bool {
    match document.status {
        Status::Void => false,
        Status::Paid => wanted == Status::Void,
        Status::Awaiting | Status::Delivered => true,
    }
}

/// A tax document keeps its number for ever; anything else goes while it waits.
pub(super) async fn delete(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path((path, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Response {
    flowaccount.authorized(&headers, || {
        let kind = kind(&path)?;
        let mut books = flowaccount.books();
        let document = books.document(kind, id)?;
        if document.status != Status::Awaiting || kind.is_tax_document {
            return Err(Refused::bad("The document cannot be deleted: make it void."));
        }
        books.remove(id);
        Ok(Value::Null)
    })
}
