//! `/_sandbox` of the shop: orders on demand, what was delivered, and to whom.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use super::deliver::{DUPLICATES_MAX, Fate, WAITING_MAX};
use super::order::Overrides;
use super::webhook::check_topics;
use super::{Shop, ShopOrder, Webhook};
use crate::chance::Chance;

/// Orders of one request.
const COUNT_MAX: usize = 5_000;
/// Orders on their way at the same time, if the request does not say.
const AT_ONCE: usize = 8;
const AT_ONCE_MAX: usize = 256;
/// Orders or deliveries of one page, if the request does not say.
const PAGE: usize = 100;

/// What shall be sent. Everything may be left out: then it is one ordinary order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wish {
    count: Option<usize>,
    overrides: Overrides,
    /// Sends an order again that is there already (name, number or id) instead of making one.
    order: Option<Value>,
    topics: Option<Vec<String>>,
    /// Further copies of each delivery, with the same id.
    duplicates: u32,
    /// Shuffles the orders, and turns the topics of each around.
    out_of_order: bool,
    at_once: Option<usize>,
}

/// Answers after the first attempt of every delivery.
pub(super) async fn send_orders(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let wish = match read(&body) {
        Ok(wish) => wish,
        Err(message) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &message),
    };
    let (count, subscribed) = (wish.count.unwrap_or(1), shop.state().target.is_some());
    let mut topics = topics(&shop, &wish);
    if subscribed && !shop.state().deliveries.has_room(count * topics.len()) {
        let message = format!("{WAITING_MAX} deliveries wait already: nobody seems to take them");
        return refuse(StatusCode::SERVICE_UNAVAILABLE, &message);
    }
    let mut orders = match &wish.order {
        None => {
            let made = (0..count).map(|_| shop.make(&wish.overrides)).collect::<Vec<_>>();
            made.iter().for_each(|order| shop.tell_of_new(order));
            made
        }
        Some(wanted) => match shop.find(wanted) {
            Some(order) => vec![order],
            None => return refuse(StatusCode::NOT_FOUND, &format!("there is no order {wanted}")),
        },
    };
    if wish.out_of_order {
        shuffle(&mut orders, shop.options.seed);
        topics.reverse();
    }
    let numbers = if subscribed { deliver(&shop, &orders, &topics, &wish).await } else { Vec::new() };
    Json(report(&shop, &orders, &numbers)).into_response()
}

fn read(body: &[u8]) -> Result<Wish, String> {
    let wish = match body {
        [] => Wish::default(),
        body => serde_json::from_slice(body).map_err(|error| error.to_string())?,
    };
    if wish.count.is_some_and(|count| !(1..=COUNT_MAX).contains(&count)) {
        return Err(format!("`count` is from 1 to {COUNT_MAX}"));
    }
    if wish.duplicates > DUPLICATES_MAX {
        return Err(format!("`duplicates` is at most {DUPLICATES_MAX}"));
    }
    wish.topics.as_deref().map_or(Ok(()), check_topics)?;
    wish.overrides.check()?;
    Ok(wish)
}

fn topics(shop: &Shop, wish: &Wish) -> Vec<String> {
    let subscribed = || shop.state().target.as_ref().map(|target| target.topics.clone());
    wish.topics.clone().or_else(subscribed).unwrap_or_default()
}

fn shuffle(orders: &mut [Arc<ShopOrder>], seed: u64) {
    let mut chance = Chance::new(seed ^ orders.first().map_or(0, |order| order.id));
    for last in (1..orders.len()).rev() {
        orders.swap(last, chance.below(last + 1));
    }
    if orders.is_sorted_by_key(|order| order.number) {
        orders.reverse(); // two orders would stay in order half of the time
    }
}

async fn deliver(shop: &Arc<Shop>, orders: &[Arc<ShopOrder>], topics: &[String], wish: &Wish) -> Vec<u64> {
    let at_once = wish.at_once.unwrap_or(if wish.out_of_order { 1 } else { AT_ONCE }).clamp(1, AT_ONCE_MAX);
    // Each in a task of its own: a caller who leaves does not take the webhooks with him.
    let sends = stream::iter(orders.iter().cloned()).map(|order| {
        let (shop, topics, duplicates) = (shop.clone(), topics.to_vec(), wish.duplicates);
        let tasks = shop.tasks.clone();
        tasks.spawn(async move { shop.send(&order, &topics, duplicates).await })
    });
    sends.buffered(at_once).filter_map(|sent| async { sent.ok() }).flat_map(stream::iter).collect().await
}

fn report(shop: &Shop, orders: &[Arc<ShopOrder>], numbers: &[u64]) -> Value {
    let state = shop.state();
    let deliveries: Vec<_> = numbers.iter().filter_map(|number| state.deliveries.get(*number)).collect();
    let delivered = deliveries.iter().filter(|delivery| delivery.fate == Fate::Delivered).count();
    json!({
        "orders": orders.iter().map(|order| show(order)).collect::<Vec<_>>(),
        "delivered": delivered,
        "failed": deliveries.len() - delivered,
        "deliveries": deliveries.iter().map(|delivery| delivery.show()).collect::<Vec<_>>(),
    })
}

fn show(order: &ShopOrder) -> Value {
    json!({
        "id": order.id,
        "admin_graphql_api_id": format!("gid://shopify/Order/{}", order.id),
        "name": order.name,
        "total_price": order.total,
        "financial_status": order.financial_status,
    })
}

/// Newest first; `?full=1` for the whole orders, `?limit=` `?offset=` `?count_only=1`.
pub(super) async fn list_orders(
    State(shop): State<Arc<Shop>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let state = shop.state();
    let full = query.contains_key("full");
    let show = |order: &Arc<ShopOrder>| match full {
        true => serde_json::from_slice(&order.body).unwrap_or_default(),
        false => show(order),
    };
    page(&query, state.orders.len(), state.orders.values().rev(), show)
}

/// Newest first; `?state=waiting|delivered|given_up` `?limit=` `?offset=` `?count_only=1`.
pub(super) async fn list_deliveries(
    State(shop): State<Arc<Shop>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let state = shop.state();
    let wanted = query.get("state").map(String::as_str);
    let fits = |fate: Fate| wanted.is_none_or(|wanted| wanted == fate.name());
    let found: Vec<_> = state.deliveries.all().rev().filter(|delivery| fits(delivery.fate)).collect();
    page(&query, found.len(), found.iter(), |delivery| delivery.show())
}

fn page<T>(
    query: &HashMap<String, String>,
    count: usize,
    items: impl Iterator<Item = T>,
    show: impl Fn(T) -> Value,
) -> Response {
    if query.contains_key("count_only") {
        return Json(json!({ "count": count })).into_response();
    }
    let number = |name: &str, otherwise: usize| match query.get(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| format!("{name} is a number")),
    };
    match (number("offset", 0), number("limit", PAGE)) {
        (Ok(offset), Ok(limit)) => {
            Json(items.skip(offset).take(limit).map(show).collect::<Value>()).into_response()
        }
        (Err(message), _) | (_, Err(message)) => refuse(StatusCode::BAD_REQUEST, &message),
    }
}

pub(super) async fn show_webhook(State(shop): State<Arc<Shop>>) -> Json<Value> {
    Json(json!(shop.state().target))
}

pub(super) async fn set_webhook(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let webhook: Webhook = match serde_json::from_slice(&body) {
        Ok(webhook) => webhook,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    match shop.subscribe(webhook) {
        Ok(()) => show_webhook(State(shop)).await.into_response(),
        Err(error) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

pub(super) async fn drop_webhook(State(shop): State<Arc<Shop>>) -> StatusCode {
    shop.state().target = None;
    StatusCode::NO_CONTENT
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({ "error": message }))).into_response()
}
