//! `/products`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::Woo;
use super::listing::page;
use super::orders::{BATCH_MAX, too_large};
use super::product::Product;
use super::refused::{Answer, Refused, refused};
use super::words::{id, integer, read, time};
use crate::market::Asked;

pub(super) fn lost(status: StatusCode) -> Refused {
    refused(status, "woocommerce_rest_product_invalid_id", "Invalid ID.")
}

/// `?sku=A,B` finds variations, too; without it they are not in the list.
pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, uri: Uri) -> Answer {
    let asked = Asked::of(&uri);
    let gmt = matches!(asked.text("dates_are_gmt"), "true" | "1");
    let after = asked.get("modified_after").map(|text| time("modified_after", text, gmt)).transpose()?;
    let skus = asked.list("sku");
    let status = asked.get("status").filter(|status| *status != "any");
    let fits = |product: &&Product| {
        let named = if skus.is_empty() { product.parent == 0 } else { skus.contains(&product.sku.as_str()) };
        named
            && status.is_none_or(|status| status == product.status)
            && after.is_none_or(|after| product.modified_at > after)
    };
    let state = woo.state();
    let mut found: Vec<&Product> = state.catalogue.all().filter(fits).collect();
    if asked.get("order") != Some("asc") {
        found.reverse();
    }
    page(&uri, &asked, found, |product| product.show(&state.catalogue, &woo.url))
}

pub(super) async fn one(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let state = woo.state();
    let product = state.catalogue.get(id(&text)?).ok_or_else(|| lost(StatusCode::NOT_FOUND))?;
    Ok(Json(product.show(&state.catalogue, &woo.url)).into_response())
}

pub(super) async fn create(Shared(woo): Shared<Arc<Woo>>, body: Bytes) -> Answer {
    Ok((StatusCode::CREATED, Json(add(&woo, 0, &read(&body)?)?)).into_response())
}

pub(super) async fn change(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    Ok(Json(update(&woo, None, id(&text)?, &read(&body)?)?).into_response())
}

pub(super) async fn remove(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let id = id(&text)?;
    let shown = {
        let mut state = woo.state();
        let product = state.catalogue.remove(id).ok_or_else(|| lost(StatusCode::NOT_FOUND))?;
        product.show(&state.catalogue, &woo.url)
    };
    woo.stand.ledger.note(woo.stand.now(), "product", &id.to_string(), json!({ "deleted": true }));
    woo.tell("product.deleted", id, &json!({ "id": id }));
    Ok(Json(shown).into_response())
}

pub(super) async fn batch(Shared(woo): Shared<Arc<Woo>>, body: Bytes) -> Answer {
    Ok(Json(many(&woo, None, &read(&body)?)?).into_response())
}

/// `{create:[…], update:[…]}`; each object stands or falls alone, inside one 200.
pub(super) fn many(woo: &Arc<Woo>, parent: Option<u64>, body: &Value) -> Result<Value, Refused> {
    let part = |name: &str| body[name].as_array().map_or(&[][..], Vec::as_slice);
    if part("create").len() + part("update").len() + part("delete").len() > BATCH_MAX {
        return Err(too_large());
    }
    let mut answer = Map::new();
    let created = part("create").iter().map(|one| {
        add(woo, parent.unwrap_or(0), one).unwrap_or_else(|error| json!({ "id": 0, "error": error.show() }))
    });
    let created: Vec<Value> = created.collect();
    let updated = part("update").iter().map(|one| {
        let id = integer(&one["id"]).and_then(|id| u64::try_from(id).ok()).unwrap_or(0);
        update(woo, parent, id, one).unwrap_or_else(|error| json!({ "id": id, "error": error.show() }))
    });
    let updated: Vec<Value> = updated.collect();
    for (name, list) in [("create", created), ("update", updated)] {
        if !list.is_empty() {
            answer.insert(name.to_owned(), list.into());
        }
    }
    Ok(answer.into())
}

pub(super) fn add(woo: &Arc<Woo>, parent: u64, body: &Value) -> Result<Value, Refused> {
    let now = woo.stand.now();
    let (product, shown) = {
        let mut state = woo.state();
        let product = state.catalogue.create(parent, body, now)?;
        let shown = product.show(&state.catalogue, &woo.url);
        (product, shown)
    };
    note(woo, &product, body, true);
    woo.tell("product.created", product.id, &shown);
    Ok(shown)
}

/// Even a value that does not change fires `product.updated`: that is how echoes begin.
pub(super) fn update(woo: &Arc<Woo>, parent: Option<u64>, id: u64, body: &Value) -> Result<Value, Refused> {
    let now = woo.stand.now();
    let (product, shown) = {
        let mut state = woo.state();
        let known =
            state.catalogue.get(id).filter(|product| parent.is_none_or(|parent| parent == product.parent));
        // A variation is changed under its product only.
        if known.is_none_or(|product| parent.is_none() && product.parent != 0) {
            return Err(lost(StatusCode::BAD_REQUEST));
        }
        let product = state.catalogue.change(id, body, now)?;
        let shown = product.show(&state.catalogue, &woo.url);
        (product, shown)
    };
    note(woo, &product, body, false);
    woo.tell("product.updated", if product.parent == 0 { id } else { product.parent }, &shown);
    Ok(shown)
}

/// One entry per meaning, so that stock and prices are counted apart.
fn note(woo: &Woo, product: &Product, body: &Value, created: bool) {
    let has = |names: &[&str]| names.iter().any(|name| body.get(name).is_some());
    let mut kinds = Vec::new();
    if has(&["stock_quantity", "stock_status"]) {
        kinds.push("stock");
    }
    if has(&["regular_price", "sale_price"]) {
        kinds.push("price");
    }
    if created || has(&["name", "description", "status", "sku"]) {
        kinds.push("product");
    }
    for kind in kinds {
        woo.stand.ledger.note(woo.stand.now(), kind, &product.sku, body.clone());
    }
}
