//! `/orders`: the pull, one order, its status, its notes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::listing::page;
use super::order::{Order, STATUSES};
use super::refused::{Answer, Refused, refused};
use super::told::restock;
use super::words::{gmt, id, integer, local, read, time, truth};
use super::{State, Woo};
use crate::market::Asked;

/// Objects of one batch.
pub(super) const BATCH_MAX: usize = 100;
/// Notes of one order.
const NOTES_MAX: usize = 200;

pub(super) fn lost() -> Refused {
    refused(StatusCode::NOT_FOUND, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
}

/// The number under which the book has the order with this id.
pub(super) fn number_of(state: &State, id: u64) -> Result<u64, Refused> {
    let found = state.book.all().find(|order| order.id == id);
    found.map(|order| order.sale.number).ok_or_else(lost)
}

/// What the list was asked for.
struct Filter {
    statuses: Vec<String>,
    customer: Option<u64>,
    modified_after: Option<DateTime<Utc>>,
    modified_before: Option<DateTime<Utc>>,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
}

impl Filter {
    fn read(asked: &Asked) -> Result<Self, Refused> {
        let gmt = matches!(asked.text("dates_are_gmt"), "true" | "1");
        let moment = |name: &str| asked.get(name).map(|text| time(name, text, gmt)).transpose();
        let statuses: Vec<String> = asked.list("status").into_iter().map(str::to_owned).collect();
        if statuses.iter().any(|status| status != "any" && !STATUSES.contains(&status.as_str())) {
            return Err(Refused::invalid("status"));
        }
        Ok(Self {
            statuses: if statuses.iter().any(|status| status == "any") { Vec::new() } else { statuses },
            customer: asked.get("customer").map(id).transpose()?,
            modified_after: moment("modified_after")?,
            modified_before: moment("modified_before")?,
            after: moment("after")?,
            before: moment("before")?,
        })
    }

    /// Times are compared to the second, and the bounds themselves are outside.
    fn fits(&self, order: &Order) -> bool {
        let later = |time: DateTime<Utc>, than: Option<DateTime<Utc>>| {
            than.is_none_or(|than| time.timestamp() > than.timestamp())
        };
        let earlier = |time: DateTime<Utc>, than: Option<DateTime<Utc>>| {
            than.is_none_or(|than| time.timestamp() < than.timestamp())
        };
        (self.statuses.is_empty() || self.statuses.contains(&order.status))
            && self.customer.is_none_or(|customer| customer == order.customer_id())
            && later(order.modified_at, self.modified_after)
            && earlier(order.modified_at, self.modified_before)
            && later(order.sale.at, self.after)
            && earlier(order.sale.at, self.before)
    }
}

pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, uri: Uri) -> Answer {
    let asked = Asked::of(&uri);
    let filter = Filter::read(&asked)?;
    let state = woo.state();
    let mut found: Vec<&Order> = state.book.all().filter(|order| filter.fits(order)).collect();
    match asked.get("orderby").unwrap_or("date") {
        "date" | "id" | "include" | "title" | "slug" => {} // numbers, ids and times rise together
        "modified" if state.site.orderby_modified => found.sort_by_key(|order| order.modified_at),
        _ => return Err(Refused::invalid("orderby")),
    }
    match asked.get("order").unwrap_or("desc") {
        "asc" => {}
        "desc" => found.reverse(),
        _ => return Err(Refused::invalid("order")),
    }
    page(&uri, &asked, found, |order| order.show())
}

pub(super) async fn one(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let state = woo.state();
    let number = number_of(&state, id(&text)?)?;
    let order = state.book.get(number).ok_or_else(lost)?;
    Ok(Json(order.show()).into_response())
}

pub(super) async fn change(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    Ok(Json(update(&woo, id(&text)?, &read(&body)?)?).into_response())
}

/// `{"update":[{"id":…,…}]}`; each object stands or falls alone.
pub(super) async fn batch(Shared(woo): Shared<Arc<Woo>>, body: Bytes) -> Answer {
    let body = read(&body)?;
    let updates = body["update"].as_array().map_or(&[][..], Vec::as_slice);
    if updates.len() > BATCH_MAX {
        return Err(too_large());
    }
    let one = |change: &Value| {
        let id = integer(&change["id"]).and_then(|id| u64::try_from(id).ok()).unwrap_or(0);
        update(&woo, id, change).unwrap_or_else(|error| json!({ "id": id, "error": error.show() }))
    };
    Ok(Json(json!({ "update": updates.iter().map(one).collect::<Vec<_>>() })).into_response())
}

pub(super) fn too_large() -> Refused {
    let message = format!("Unable to accept more than {BATCH_MAX} items for this request.");
    refused(StatusCode::PAYLOAD_TOO_LARGE, "woocommerce_rest_request_entity_too_large", message)
}

fn update(woo: &Arc<Woo>, id: u64, body: &Value) -> Result<Value, Refused> {
    let now = woo.stand.now();
    let shown = {
        let mut state = woo.state();
        let number = number_of(&state, id)?;
        if let Some(status) = body["status"].as_str() {
            let before = set_status(&mut state, number, status, now)?;
            note_status(woo, id, &before, status);
        }
        let order = state.book.get_mut(number).ok_or_else(lost)?;
        write_fields(order, body, now);
        order.modified_at = now;
        order.show()
    };
    if body.get("status").is_none() {
        woo.stand.ledger.note(now, "order", &id.to_string(), body.clone());
    }
    woo.tell("order.updated", id, &shown);
    Ok(shown)
}

/// Gives the status before. Who cancels puts the pieces back into the stock.
pub(super) fn set_status(
    state: &mut State,
    number: u64,
    status: &str,
    now: DateTime<Utc>,
) -> Result<String, Refused> {
    let status = status.strip_prefix("wc-").unwrap_or(status);
    if !STATUSES.contains(&status) {
        return Err(Refused::invalid("status"));
    }
    let before = state.book.get(number).map(|order| order.status.clone()).unwrap_or_default();
    if status == "cancelled" && before != "cancelled" {
        restock(state, number);
    }
    let order = state.book.get_mut(number).ok_or_else(lost)?;
    order.status = status.to_owned();
    order.modified_at = now;
    if status == "completed" {
        order.completed_at = Some(now);
    }
    if matches!(status, "processing" | "completed") {
        order.paid_at = order.paid_at.or(Some(now));
    }
    Ok(before)
}

fn note_status(woo: &Woo, id: u64, before: &str, status: &str) {
    let kind = if status == "cancelled" { "cancel" } else { "status" };
    woo.stand.ledger.note(woo.stand.now(), kind, &id.to_string(), json!({ "from": before, "to": status }));
}

fn write_fields(order: &mut Order, body: &Value, now: DateTime<Utc>) {
    for entry in body["meta_data"].as_array().into_iter().flatten() {
        if let Some(key) = entry["key"].as_str() {
            order.set_meta(key, entry["value"].clone());
        }
    }
    if truth(&body["set_paid"], false) {
        order.paid_at = order.paid_at.or(Some(now));
    }
}

pub(super) async fn notes(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let state = woo.state();
    let number = number_of(&state, id(&text)?)?;
    Ok(Json(state.book.get(number).map(|order| order.notes.clone())).into_response())
}

pub(super) async fn add_note(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    let (order, body, now) = (id(&text)?, read(&body)?, woo.stand.now());
    let Some(text) = body["note"].as_str().filter(|note| !note.is_empty()) else {
        return Err(Refused::invalid("note"));
    };
    let mut state = woo.state();
    let number = number_of(&state, order)?;
    let kept = state.book.get_mut(number).ok_or_else(lost)?;
    if kept.notes.len() >= NOTES_MAX {
        return Err(Refused::invalid("note"));
    }
    let note = json!({
        "id": kept.item_id(0) + kept.notes.len() as u64,
        "author": "khlong",
        "date_created": local(now),
        "date_created_gmt": gmt(now),
        "note": text,
        "customer_note": truth(&body["customer_note"], false),
    });
    kept.notes.insert(0, note.clone()); // newest first
    woo.stand.ledger.note(now, "note", &order.to_string(), note.clone());
    Ok((StatusCode::CREATED, Json(note)).into_response())
}
