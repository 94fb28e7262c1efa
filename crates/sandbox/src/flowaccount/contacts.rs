//! Contacts: found by a list filter, changed by their id. Nothing keeps a second one of the same code away.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use super::answer::Refused;
use super::{FlowAccount, listing};

/// A person, a company.
const GROUPS: [u64; 2] = [1, 3];
/// Customer, vendor, both.
const TYPES: [u64; 3] = [3, 5, 7];
/// The right spelling of a name that FlowAccount spells `conatactShippingAddress`: nothing comes of it.
const NOT_ITS_SPELLING: &str = "contactShippingAddress";

fn check(contact: &mut Value) -> Result<(), Refused> {
    if contact["contactName"].as_str().is_none_or(str::is_empty) {
        return Err(Refused::bad("contactName is required."));
    }
    for (name, known) in [("contactGroup", &GROUPS[..]), ("contactType", &TYPES[..])] {
        if !contact[name].as_u64().is_some_and(|value| known.contains(&value)) {
            return Err(Refused::bad(format!("{name} is one of {known:?}.")));
        }
    }
    if let Some(members) = contact.as_object_mut() {
        members.shift_remove(NOT_ITS_SPELLING);
    }
    Ok(())
}

pub(super) async fn list(
    State(flowaccount): State<Arc<FlowAccount>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let contains = flowaccount.settings.get().filter_contains;
    flowaccount.authorized(&headers, || listing::page(&query, flowaccount.books().contacts.all(), contains))
}

pub(super) async fn create(
    State(flowaccount): State<Arc<FlowAccount>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |mut contact| {
        check(&mut contact)?;
        let code = contact["contactCode"].as_str().unwrap_or_default();
        flowaccount.stand.ledger.note(flowaccount.stand.now(), "contact", code, contact.clone());
        flowaccount.books().contacts.add(contact)
    })
}

pub(super) async fn read(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Response {
    flowaccount.authorized(&headers, || flowaccount.books().contacts.get(id).cloned())
}

pub(super) async fn change(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |mut contact| {
        check(&mut contact)?;
        flowaccount.books().contacts.change(id, contact)
    })
}
