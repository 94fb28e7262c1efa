//! `/orders/{id}/refunds`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::Value;

use super::listing::page;
use super::order::Order;
use super::orders::{lost, number_of};
use super::refunded::{Wished, show};
use super::refused::{Answer, Refused, refused};
use super::words::{id, read};
use super::{State, Woo};
use crate::market::Asked;

/// Refunds of one order: their ids share its room.
const REFUNDS_MAX: usize = 8;

fn cannot(message: &str) -> Refused {
    refused(StatusCode::INTERNAL_SERVER_ERROR, "woocommerce_rest_cannot_create_order_refund", message)
}

pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, uri: Uri) -> Answer {
    let state = woo.state();
    let number = number_of(&state, id(&text)?)?;
    let order = state.book.get(number).ok_or_else(lost)?;
    let newest_first = order.refunds.iter().rev().collect();
    page(&uri, &Asked::of(&uri), newest_first, |refund| show(order, refund))
}

pub(super) async fn one(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, refund)): Path<(String, String)>,
) -> Answer {
    let state = woo.state();
    let number = number_of(&state, id(&text)?)?;
    let (order, wanted) = (state.book.get(number).ok_or_else(lost)?, id(&refund)?);
    let invalid = "woocommerce_rest_invalid_order_refund_id";
    let found = order.refunds.iter().find(|refund| refund.id == wanted);
    let found = found.ok_or_else(|| refused(StatusCode::NOT_FOUND, invalid, "Invalid order refund ID."))?;
    Ok(Json(show(order, found)).into_response())
}

pub(super) async fn create(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    let (order, body, now) = (id(&text)?, read(&body)?, woo.stand.now());
    let (shown, whole) = {
        let mut state = woo.state();
        let number = number_of(&state, order)?;
        let shown = book(&woo, &mut state, number, &body)?;
        (shown, state.book.get(number).map(Order::show).unwrap_or_default())
    };
    woo.stand.ledger.note(now, "refund", &order.to_string(), body);
    woo.tell("order.updated", order, &whole);
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

fn book(woo: &Woo, state: &mut State, number: u64, body: &Value) -> Result<Value, Refused> {
    let (wished, now) = (Wished::read(body)?, woo.stand.now());
    let order = state.book.get(number).ok_or_else(lost)?;
    check(order, &wished)?;
    if wished.api_restock {
        let back: Vec<_> = wished
            .lines
            .iter()
            .filter_map(|line| Some((order.line_of(line.item)?.sku.clone(), line.quantity)))
            .collect();
        back.iter().for_each(|(sku, quantity)| state.catalogue.move_stock(sku, *quantity));
    }
    let order = state.book.get_mut(number).ok_or_else(lost)?;
    let refund = wished.booked(order.next_refund_id(), now);
    order.refunds.push(refund.clone());
    order.modified_at = now;
    if order.refunded() == order.sale.total() {
        order.status = "refunded".to_owned();
    }
    Ok(show(order, &refund))
}

fn check(order: &Order, wished: &Wished) -> Result<(), Refused> {
    let (amount, left) = (wished.amount(), order.sale.total() - order.refunded());
    if amount < 0 || amount > left || order.refunds.len() >= REFUNDS_MAX {
        return Err(cannot("Invalid refund amount."));
    }
    for line in &wished.lines {
        let sold = order.line_of(line.item).ok_or_else(|| Refused::invalid("line_items"))?;
        if line.quantity < 0 || order.refunded_quantity(line.item) + line.quantity > sold.quantity {
            return Err(cannot("Refund quantity exceeds the quantity that was ordered."));
        }
    }
    // Only a card's gateway can pay back by itself; none of this store's can.
    if wished.api_refund && amount > 0 {
        return Err(cannot("The payment gateway for this order does not support automatic refunds."));
    }
    Ok(())
}
