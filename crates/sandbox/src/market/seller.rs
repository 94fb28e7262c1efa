//! `/_sandbox/orders` of a shop: orders on demand, and what happens to them outside the API.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Overrides, Wish};
use crate::stand::{Parcel, Vendor, page, refuse};

/// Something that happened to an order, and the webhooks that tell of it.
pub(crate) struct Told {
    /// The order as the vendor's API shows it.
    pub order: Value,
    pub parcels: Vec<Parcel>,
}

/// A shop that makes orders when it is asked to.
pub(crate) trait Seller: Vendor {
    /// Makes one order and keeps it.
    fn make(&self, overrides: &Overrides) -> Result<Told, String>;

    /// Tells once more about a kept order.
    fn again(&self, order: &str) -> Option<Told>;

    /// What buyers, couriers and the vendor do: pays, ships, delivers, cancels. In the vendor's own words.
    fn happens(&self, order: &str, status: &str) -> Result<Told, String>;

    /// Newest first.
    fn orders(&self) -> Vec<Value>;
}

/// `{"order":"…","status":"…"}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    order: String,
    status: String,
    #[serde(default)]
    duplicates: u32,
}

pub(crate) fn control<S: Seller>() -> Router<Arc<S>> {
    Router::new()
        .route("/_sandbox/orders", get(list::<S>).post(make::<S>))
        .route("/_sandbox/status", post(happens::<S>))
}

/// Answers after the first attempt of every webhook.
async fn make<S: Seller>(State(seller): State<Arc<S>>, body: Bytes) -> Response {
    let wish = match Wish::read(&body) {
        Ok(wish) => wish,
        Err(message) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &message),
    };
    let told = match &wish.order {
        None => (0..wish.count()).map(|_| seller.make(&wish.overrides)).collect::<Result<Vec<_>, _>>(),
        Some(wanted) => match seller.again(wanted) {
            Some(told) => Ok(vec![told]),
            None => return refuse(StatusCode::NOT_FOUND, &format!("there is no order {wanted}")),
        },
    };
    match told {
        Ok(told) => report(&*seller, told, wish.duplicates, wish.quiet).await,
        Err(message) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

async fn happens<S: Seller>(State(seller): State<Arc<S>>, body: Bytes) -> Response {
    let event: Event = match serde_json::from_slice(&body) {
        Ok(event) => event,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    match seller.happens(&event.order, &event.status) {
        Ok(told) => report(&*seller, vec![told], event.duplicates, false).await,
        Err(message) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

async fn report(seller: &impl Seller, told: Vec<Told>, duplicates: u32, quiet: bool) -> Response {
    let mut deliveries = Vec::new();
    let mut orders = Vec::with_capacity(told.len());
    for Told { order, parcels } in told {
        orders.push(order);
        for parcel in parcels.into_iter().filter(|_| !quiet) {
            deliveries.extend(seller.stand().sender.send(parcel, duplicates).await);
        }
    }
    Json(json!({ "orders": orders, "deliveries": deliveries })).into_response()
}

/// Newest first; `?limit=` `?offset=` `?count_only=1`.
async fn list<S: Seller>(
    State(seller): State<Arc<S>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    page(&query, seller.orders())
}
