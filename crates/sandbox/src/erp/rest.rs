//! `POST /rest/orders`: a back office without any vendor's manners, for flows that call plain HTTP.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::database::Origin;
use super::struck::{Caller, under_faults};
use super::{Erp, Full, WhenFull};
use crate::line::Cut;

/// Bytes of bodies kept in all; later orders are counted and listed without theirs.
const BODIES_BYTES_MAX: usize = 128 << 20;

/// An order as it was posted.
#[derive(Clone, Debug)]
pub(super) struct RestOrder {
    pub reference: Option<Arc<str>>,
    pub origin: Origin,
    pub body: Option<Bytes>,
}

/// The orders that were posted, by number.
pub(super) struct RestOrders {
    orders: BTreeMap<u64, RestOrder>,
    by_reference: HashMap<Arc<str>, Vec<u64>>,
    by_key: HashMap<String, u64>,
    bodies_bytes: usize,
    next: u64,
    full: Full,
}

impl RestOrders {
    pub(super) fn new(full: Full) -> Self {
        let (orders, by_reference, by_key) = (BTreeMap::new(), HashMap::new(), HashMap::new());
        Self { orders, by_reference, by_key, bodies_bytes: 0, next: 1, full }
    }

    pub(super) fn len(&self) -> usize {
        self.orders.len()
    }

    pub(super) fn references(&self) -> usize {
        self.by_reference.len()
    }

    pub(super) fn get(&self, number: u64) -> Option<&RestOrder> {
        self.orders.get(&number)
    }

    pub(super) fn numbers(&self, reference: Option<&str>) -> Vec<u64> {
        match reference {
            None => self.orders.keys().copied().collect(),
            Some(reference) => self.by_reference.get(reference).cloned().unwrap_or_default(),
        }
    }

    /// Stores the order; an idempotent caller gets the number its key already has. `None` when full.
    fn take(&mut self, order: RestOrder, idempotent: bool) -> Option<(u64, bool)> {
        let key = order.origin.idempotency_key.clone().filter(|_| idempotent);
        if let Some(number) = key.as_ref().and_then(|key| self.by_key.get(key)) {
            return Some((*number, false));
        }
        if self.orders.len() >= self.full.orders_max {
            match self.full.rule {
                WhenFull::Refuse => return None,
                WhenFull::DropOldest => self.drop_oldest(),
            }
        }
        let number = self.next;
        self.next += 1;
        if let Some(key) = key {
            self.by_key.insert(key, number);
        }
        if let Some(reference) = &order.reference {
            self.by_reference.entry(reference.clone()).or_default().push(number);
        }
        self.keep(number, order);
        Some((number, true))
    }

    fn keep(&mut self, number: u64, mut order: RestOrder) {
        order.body = order.body.filter(|body| self.bodies_bytes + body.len() <= BODIES_BYTES_MAX);
        self.bodies_bytes += order.body.as_ref().map_or(0, Bytes::len);
        self.orders.insert(number, order);
    }

    fn drop_oldest(&mut self) {
        let Some((number, order)) = self.orders.pop_first() else {
            return;
        };
        self.bodies_bytes -= order.body.as_ref().map_or(0, Bytes::len);
        self.by_key.retain(|_, held| *held != number);
        if let Some(reference) = &order.reference
            && let Some(numbers) = self.by_reference.get_mut(reference)
        {
            numbers.retain(|held| *held != number);
            if numbers.is_empty() {
                self.by_reference.remove(reference);
            }
        }
    }

    /// Numbers go on where they were.
    pub(super) fn clear(&mut self) {
        self.orders.clear();
        self.by_reference.clear();
        self.by_key.clear();
        self.bodies_bytes = 0;
    }
}

pub(super) async fn take(
    State(erp): State<Arc<Erp>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let idempotent = query.get("idempotent").is_some_and(|value| value == "1");
    under_faults(&erp, &cut, &Caller::Rest, || answer(&erp, erp.origin(&headers), &body, idempotent)).await
}

fn answer(erp: &Erp, origin: Origin, body: &Bytes, idempotent: bool) -> Response {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "the body is not JSON" }))).into_response();
    };
    let reference = reference(&json).or_else(|| origin.idempotency_key.clone()).map(Arc::from);
    // A copy of its own: a slice would keep the whole read buffer alive.
    let body = Some(Bytes::copy_from_slice(body));
    let taken = erp.rest().take(RestOrder { reference: reference.clone(), origin, body }, idempotent);
    match taken {
        None => (StatusCode::INSUFFICIENT_STORAGE, Json(json!({ "error": "full" }))).into_response(),
        Some((number, new)) => {
            let status = if new { StatusCode::CREATED } else { StatusCode::OK };
            (status, Json(json!({ "id": number, "reference": reference, "created": new }))).into_response()
        }
    }
}

/// What the order calls itself.
fn reference(body: &Value) -> Option<String> {
    let named = ["ref", "reference", "client_order_ref", "name"].iter().find_map(|name| body.get(name));
    match named? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
