//! `/_sandbox` of the ERP: what it holds, and what shall go wrong. None of it is Odoo's.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat};
use futures::stream;
use serde_json::{Value, json};

use super::Erp;
use super::database::{Database, Origin};
use super::fields::Model;
use super::rest::RestOrder;
use super::table::Record;

/// Orders rendered at a time, so that a list of 100,000 is never in memory as one text.
const CHUNK: usize = 500;

/// One order of the list, by where it is kept.
#[derive(Clone, Copy)]
enum Held {
    Odoo(i64),
    Rest(u64),
}

/// `?reference=` `?source=odoo|rest` `?offset=` `?limit=` `?count_only=1`
pub(super) async fn list_orders(
    State(erp): State<Arc<Erp>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let asked = |name: &str| query.get(name).map(String::as_str);
    let held = held(&erp, asked("reference"), asked("source"));
    if matches!(asked("count_only"), Some("1" | "true")) {
        return Json(count(&erp, held.len(), asked("reference").is_none())).into_response();
    }
    let number = |name: &str| asked(name).map(str::parse::<usize>).transpose();
    let (Ok(offset), Ok(limit)) = (number("offset"), number("limit")) else {
        return (StatusCode::BAD_REQUEST, "offset and limit are numbers").into_response();
    };
    let total = held.len();
    let page = held.into_iter().skip(offset.unwrap_or(0)).take(limit.unwrap_or(usize::MAX)).collect();
    let headers =
        [(header::CONTENT_TYPE.as_str(), "application/json"), ("x-total-count", &total.to_string())];
    (headers, Body::from_stream(stream::iter(Chunks { erp, page, at: 0, done: false }))).into_response()
}

/// A streamed JSON array.
struct Chunks {
    erp: Arc<Erp>,
    page: Vec<Held>,
    at: usize,
    done: bool,
}

impl Iterator for Chunks {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let end = (self.at + CHUNK).min(self.page.len());
        let mut text = String::from(if self.at == 0 { "[" } else { "" });
        for (place, held) in (self.at..end).zip(&self.page[self.at..end]) {
            text.push_str(if place == 0 { "\n" } else { ",\n" });
            text.push_str(&show(&self.erp, *held).to_string());
        }
        self.at = end;
        self.done = end == self.page.len();
        text.push_str(if self.done { "\n]\n" } else { "" });
        Some(Ok(text.into()))
    }
}

fn held(erp: &Erp, reference: Option<&str>, source: Option<&str>) -> Vec<Held> {
    let mut held = Vec::new();
    if source != Some("rest") {
        let database = erp.database();
        let table = database.table(Model::Order);
        match reference {
            None => held.extend(table.ids().map(Held::Odoo)),
            Some(text) => {
                let ids = table.with_text(Model::Order.place("client_order_ref"), text).unwrap_or_default();
                held.extend(ids.iter().copied().map(Held::Odoo));
            }
        }
    }
    if source != Some("odoo") {
        held.extend(erp.rest().numbers(reference).into_iter().map(Held::Rest));
    }
    held
}

/// `references` against `count` shows at a glance whether anything was written twice.
fn count(erp: &Erp, count: usize, all: bool) -> Value {
    if !all {
        return json!({ "count": count });
    }
    let odoo = erp.database().table(Model::Order).distinct(Model::Order.place("client_order_ref"));
    let rest = erp.rest();
    json!({ "count": count, "rest": rest.len(), "references": odoo + rest.references() })
}

/// `null` for an order that was forgotten while the list was on its way.
fn show(erp: &Erp, held: Held) -> Value {
    match held {
        Held::Odoo(id) => {
            let database = erp.database();
            database.table(Model::Order).get(id).map_or(Value::Null, |order| show_order(&database, order))
        }
        Held::Rest(number) => {
            let rest = erp.rest();
            rest.get(number).map_or(Value::Null, |order| show_rest(number, order))
        }
    }
}

fn show_order(database: &Database, order: &Record) -> Value {
    let of = |name: &str| {
        let place = Model::Order.place(name);
        order.at(place).to_json(Model::Order.fields()[place].kind)
    };
    let or_null = |value: Value| {
        if value == Value::Bool(false) { Value::Null } else { value }
    };
    let lines = order.at(Model::Order.place("order_line")).ids().iter();
    let lines: Vec<Value> = lines
        .filter_map(|id| database.table(Model::Line).get(*id))
        .map(|line| show_line(database, line))
        .collect();
    let customer = order.at(Model::Order.place("partner_id")).as_int();
    let customer = customer.and_then(|id| database.table(Model::Partner).get(id));
    let warehouse = order.at(Model::Order.place("warehouse_id")).as_int();
    let warehouse = warehouse.and_then(|id| database.table(Model::Warehouse).get(id));
    let made_by = database.made_by.get(&order.id).cloned().unwrap_or_default();
    json!({
        "source": "odoo",
        "id": order.id,
        "name": of("name"),
        "reference": or_null(of("client_order_ref")),
        "origin": or_null(of("origin")),
        "state": of("state"),
        "customer": customer.map(|partner| database.display_name(Model::Partner, partner)),
        "warehouse": warehouse.map(|warehouse| database.display_name(Model::Warehouse, warehouse)),
        "lines": lines,
        "total": of("amount_total"),
        "idempotency_key": made_by.idempotency_key,
        "time": show_time(&made_by),
    })
}

fn show_line(database: &Database, line: &Record) -> Value {
    let product = line.at(Model::Line.place("product_id")).as_int();
    let product = product.and_then(|id| database.table(Model::Product).get(id));
    let sku = product.and_then(|product| product.at(Model::Product.place("default_code")).as_text());
    let number = |name: &str| line.at(Model::Line.place(name)).as_number();
    json!({
        "sku": sku,
        "name": line.at(Model::Line.place("name")).as_text(),
        "quantity": number("product_uom_qty"),
        "price": number("price_unit"),
        "total": number("price_total"),
    })
}

fn show_rest(number: u64, order: &RestOrder) -> Value {
    let body: Option<Value> = order.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    let first = |names: &[&str]| {
        let body = body.as_ref()?;
        names.iter().find_map(|name| body.get(name)).cloned()
    };
    json!({
        "source": "rest",
        "id": number,
        "name": format!("R{number:05}"),
        "reference": order.reference,
        "state": "received",
        "lines": first(&["lines", "line_items", "items"]),
        "total": first(&["total", "amount_total", "total_price"]),
        "idempotency_key": order.origin.idempotency_key,
        "time": show_time(&order.origin),
        "body": body,
    })
}

fn show_time(origin: &Origin) -> Option<String> {
    let time = DateTime::from_timestamp_millis(origin.now_millis)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

pub(super) async fn forget_orders(State(erp): State<Arc<Erp>>) -> StatusCode {
    erp.database().forget_orders();
    erp.rest().clear();
    StatusCode::NO_CONTENT
}

pub(super) async fn list_faults(State(erp): State<Arc<Erp>>) -> Json<Value> {
    Json(erp.faults().show())
}

/// Takes any content type, so that a bare `curl -d` works.
pub(super) async fn add_faults(State(erp): State<Arc<Erp>>, body: Bytes) -> Response {
    let body: Value = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return refuse(&format!("the body is not JSON: {error}")),
    };
    let mut faults = erp.faults();
    match faults.add(&body) {
        Ok(()) => (StatusCode::CREATED, Json(faults.show())).into_response(),
        Err(message) => refuse(&message),
    }
}

fn refuse(message: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": message }))).into_response()
}

pub(super) async fn clear_faults(State(erp): State<Arc<Erp>>) -> StatusCode {
    erp.faults().clear();
    StatusCode::NO_CONTENT
}
