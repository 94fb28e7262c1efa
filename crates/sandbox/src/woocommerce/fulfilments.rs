//! `/orders/{id}/fulfillments`: the core's own shipments, where the store has switched them on.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Value, json};

use super::order::Order;
use super::orders::{lost, number_of};
use super::refused::{Answer, Refused, refused};
use super::words::{gmt, id, integer, read, truth};
use super::{State, Woo};

/// Shipments of one order.
const FULFILMENTS_MAX: usize = 50;

fn missing() -> Refused {
    refused(StatusCode::NOT_FOUND, "woocommerce_rest_order_fulfillment_invalid_id", "Invalid ID.")
}

/// A store without the feature does not know the route at all.
fn number(state: &State, text: &str) -> Result<u64, Refused> {
    if !state.site.fulfillments {
        return Err(Refused::no_route());
    }
    number_of(state, id(text)?)
}

pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let state = woo.state();
    let number = number(&state, &text)?;
    Ok(Json(state.book.get(number).map(|order| order.fulfilments.clone())).into_response())
}

pub(super) async fn one(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, fulfilment)): Path<(String, String)>,
) -> Answer {
    let state = woo.state();
    let (number, wanted) = (number(&state, &text)?, id(&fulfilment)?);
    let order = state.book.get(number).ok_or_else(lost)?;
    let found = order.fulfilments.iter().find(|found| found["id"] == wanted).ok_or_else(missing)?;
    Ok(Json(found.clone()).into_response())
}

pub(super) async fn create(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    let (body, now) = (read(&body)?, woo.stand.now());
    let (shown, order) = {
        let mut state = woo.state();
        let number = number(&state, &text)?;
        let order = state.book.get_mut(number).ok_or_else(lost)?;
        check(order, &body, None)?;
        let fulfilment = json!({
            "id": order.item_id(10) + order.fulfilments.len() as u64,
            "entity_type": "WC_Order",
            "entity_id": order.id.to_string(),
            "status": body["status"].as_str().unwrap_or("unfulfilled"),
            "is_fulfilled": truth(&body["is_fulfilled"], body["status"] == "fulfilled"),
            "date_updated": gmt(now),
            "date_deleted": null,
            "meta_data": body["meta_data"],
        });
        order.fulfilments.push(fulfilment.clone());
        order.modified_at = now;
        (fulfilment, order.show())
    };
    tell(&woo, &order, &body);
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

pub(super) async fn change(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, fulfilment)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let (body, now, wanted) = (read(&body)?, woo.stand.now(), id(&fulfilment)?);
    let (shown, order) = {
        let mut state = woo.state();
        let number = number(&state, &text)?;
        let order = state.book.get_mut(number).ok_or_else(lost)?;
        check(order, &body, Some(wanted))?;
        let found = order.fulfilments.iter_mut().find(|found| found["id"] == wanted).ok_or_else(missing)?;
        for name in ["status", "is_fulfilled", "meta_data"] {
            if let Some(value) = body.get(name) {
                found[name] = value.clone();
            }
        }
        found["date_updated"] = gmt(now).into();
        let shown = found.clone();
        order.modified_at = now;
        (shown, order.show())
    };
    tell(&woo, &order, &body);
    Ok(Json(shown).into_response())
}

pub(super) async fn remove(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, fulfilment)): Path<(String, String)>,
) -> Answer {
    let mut state = woo.state();
    let (number, wanted) = (number(&state, &text)?, id(&fulfilment)?);
    let order = state.book.get_mut(number).ok_or_else(lost)?;
    let place = order.fulfilments.iter().position(|found| found["id"] == wanted).ok_or_else(missing)?;
    Ok(Json(order.fulfilments.remove(place)).into_response())
}

fn tell(woo: &Arc<Woo>, order: &Value, body: &Value) {
    let id = order["id"].as_u64().unwrap_or_default();
    woo.stand.ledger.note(woo.stand.now(), "fulfilment", &id.to_string(), body.clone());
    woo.tell("order.updated", id, order);
}

/// `_items` names what is in the parcel; no piece can be in two.
fn check(order: &Order, body: &Value, except: Option<u64>) -> Result<(), Refused> {
    if order.fulfilments.len() >= FULFILMENTS_MAX {
        return Err(Refused::invalid("meta_data"));
    }
    for (item, quantity) in items(body) {
        let sold = order.line_of(item).ok_or_else(|| Refused::invalid("_items"))?.quantity;
        let others =
            order.fulfilments.iter().filter(|other| except.is_none_or(|except| other["id"] != except));
        let packed: i64 =
            others.flat_map(items).filter(|(other, _)| *other == item).map(|(_, quantity)| quantity).sum();
        if quantity <= 0 || packed + quantity > sold {
            let message = "The quantity of a fulfilled item is more than what is left of it.";
            return Err(refused(
                StatusCode::BAD_REQUEST,
                "woocommerce_rest_fulfillment_invalid_items",
                message,
            ));
        }
    }
    Ok(())
}

fn items(fulfilment: &Value) -> Vec<(u64, i64)> {
    let meta = fulfilment["meta_data"].as_array().into_iter().flatten();
    let items = meta.filter(|entry| entry["key"] == "_items").filter_map(|entry| entry["value"].as_array());
    let read = |item: &Value| {
        let id = integer(&item["item_id"]).and_then(|id| u64::try_from(id).ok())?;
        Some((id, integer(&item["qty"])?))
    };
    items.flatten().filter_map(read).collect()
}
