//! Documents come in: simple or with VAT and discount per line, paid or not.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::FlowAccount;
use super::answer::Refused;
use super::books::Status;
use super::kinds;
use super::payment::{self, date, text};
use super::totals::{self, Vat};

/// Credit days, cash, credit without a due date shown.
const CREDIT_TYPES: [u64; 3] = [1, 3, 5];

/// Which of the four ways a document comes in.
#[derive(Clone, Copy)]
struct Way {
    inline: bool,
    paid: bool,
}

type Held = State<Arc<FlowAccount>>;

pub(super) async fn simple(held: Held, kind: Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    create(&held, &kind, &headers, &body, Way { inline: false, paid: false })
}

pub(super) async fn inline(held: Held, kind: Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    create(&held, &kind, &headers, &body, Way { inline: true, paid: false })
}

pub(super) async fn simple_with_payment(
    held: Held,
    kind: Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    create(&held, &kind, &headers, &body, Way { inline: false, paid: true })
}

pub(super) async fn inline_with_payment(
    held: Held,
    kind: Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    create(&held, &kind, &headers, &body, Way { inline: true, paid: true })
}

/// The same reference twice makes two documents: nothing here keeps a tax invoice from being made again.
fn create(flowaccount: &FlowAccount, kind: &str, headers: &HeaderMap, body: &[u8], way: Way) -> Response {
    flowaccount.posted(headers, body, |document| {
        let kind = kinds::of(kind).ok_or_else(|| Refused::missing("Document type"))?;
        flowaccount.check(&document, way)?;
        let reference = document["reference"].as_str().unwrap_or_default();
        flowaccount.stand.ledger.note(flowaccount.stand.now(), kind.path, reference, document.clone());
        let status = if way.paid { Status::Paid } else { Status::Awaiting };
        let mut books = flowaccount.books();
        let id = books.add(kind, status, document)?;
        Ok(books.document(kind, id)?.show(id))
    })
}

/// Only what waits for payment can be changed; the number stays.
pub(super) async fn change(
    State(flowaccount): Held,
    Path((kind, id)): Path<(String, u64)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |changed| {
        let kind = kinds::of(&kind).ok_or_else(|| Refused::missing("Document type"))?;
        let inline = changed["documentStructureType"] == json!("InlineDocument");
        flowaccount.check(&changed, Way { inline, paid: false })?;
        let mut books = flowaccount.books();
        let document = books.document_mut(kind, id)?;
        if document.status != Status::Awaiting {
            return Err(Refused::bad("Only a document that is awaiting can be changed."));
        }
        document.body = changed;
        Ok(document.show(id))
    })
}

impl FlowAccount {
    fn check(&self, document: &Value, way: Way) -> Result<(), Refused> {
        let values = self.settings.get();
        text(document, "contactName")?;
        if date(document, "dueDate")? < date(document, "publishedOn")? {
            return Err(Refused::bad("dueDate is before publishedOn."));
        }
        let credit = &document["creditType"];
        if !credit.is_null() && !credit.as_u64().is_some_and(|kind| CREDIT_TYPES.contains(&kind)) {
            return Err(Refused::bad(format!("creditType is one of {CREDIT_TYPES:?}.")));
        }
        totals::check(document, Vat { rate: values.vat_rate, inline: way.inline })?;
        if way.paid {
            return payment::check(document, way.inline, values.checks_payment_type);
        }
        let structure = if way.inline { "InlineDocument" } else { "SimpleDocument" };
        match text(document, "documentStructureType")? {
            given if given == structure => Ok(()),
            _ => Err(Refused::bad(format!("documentStructureType is {structure}."))),
        }
    }
}
