//! Invoices, and what they have in common with credit notes: both are booked as soon as they are made.

use super::SYSTEM;
use super::api::Api;
use super::order;
use crate::odata::quoted;
use connector::Error;
use serde_json::{Map, Value};

pub const INVOICES: &str = "Invoices";
/// The types of documents, by which a line names the one that it comes from.
pub const DELIVERY_TYPE: i64 = 15;
pub const INVOICE_TYPE: i64 = 13;

/// The one of its kind with a reference that was not cancelled.
pub async fn find(api: &Api<'_>, entity: &str, reference: &str) -> Result<Option<Value>, Error> {
    let filter = format!("{} eq {} and Cancelled eq 'tNO'", api.reference(), quoted(reference));
    order::newest(api, entity, &filter).await
}

/// Nothing is booked that somebody wanted to look at first: there are no drafts here.
pub fn must_post(post: bool) -> Result<(), Error> {
    match post {
        true => Ok(()),
        false => Err(Error::Input {
            message: format!("{} books this document at once, and \"Post it\" is off", SYSTEM.name),
            advice: "Switch Post it on, or let a person make the document.".into(),
        }),
    }
}

/// A line that comes from the line of another document.
pub fn based_on(kind: i64, entry: i64, line: &Value) -> Map<String, Value> {
    Map::from_iter([
        ("BaseType".into(), kind.into()),
        ("BaseEntry".into(), entry.into()),
        ("BaseLine".into(), line.get("LineNum").cloned().unwrap_or_default()),
    ])
}

pub fn is_open(line: &Value) -> bool {
    line.get("LineStatus").and_then(Value::as_str).is_none_or(|status| status == "bost_Open")
}
