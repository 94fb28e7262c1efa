//! Products: code, price, stock.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use super::answer::Refused;
use super::{FlowAccount, listing};

/// Service, non-inventory, inventory.
pub(super) const TYPES: [u64; 3] = [1, 3, 5];
/// With VAT, without, zero-rated, exempt.
const VAT_TYPES: [u64; 4] = [1, 3, 5, 7];

fn check(product: &Value) -> Result<(), Refused> {
    if product["name"].as_str().is_none_or(str::is_empty) {
        return Err(Refused::bad("name is required."));
    }
    if !product["type"].as_u64().is_some_and(|kind| TYPES.contains(&kind)) {
        return Err(Refused::bad(format!("type is one of {TYPES:?}.")));
    }
    let vat = &product["sellVatType"];
    if !vat.is_null() && !vat.as_u64().is_some_and(|kind| VAT_TYPES.contains(&kind)) {
        return Err(Refused::bad(format!("sellVatType is one of {VAT_TYPES:?}.")));
    }
    Ok(())
}

pub(super) async fn list(
    State(flowaccount): State<Arc<FlowAccount>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let contains = flowaccount.settings.get().filter_contains;
    flowaccount.authorized(&headers, || listing::page(&query, flowaccount.books().products.all(), contains))
}

pub(super) async fn create(
    State(flowaccount): State<Arc<FlowAccount>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |product| {
        check(&product)?;
        let code = product["code"].as_str().unwrap_or_default();
        flowaccount.stand.ledger.note(flowaccount.stand.now(), "product", code, product.clone());
        flowaccount.books().products.add(product)
    })
}

pub(super) async fn read(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Response {
    flowaccount.authorized(&headers, || flowaccount.books().products.get(id).cloned())
}

pub(super) async fn change(
    State(flowaccount): State<Arc<FlowAccount>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flowaccount.posted(&headers, &body, |product| {
        check(&product)?;
        flowaccount.books().products.change(id, product)
    })
}
