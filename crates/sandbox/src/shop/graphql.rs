//! The Admin API's one endpoint: token, points, and the errors that come with a 200.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{API_VERSION, Shop, mutation, query, root_query};

/// Points of a shop on the Standard plan: the bucket, and what drips back in each second.
const POINTS_MAX: f64 = 2_000.0;
const POINTS_PER_SECOND: f64 = 100.0;
/// Points of one query.
const COST_MAX: u64 = 1_000;
const MUTATION_COST: u64 = 10;

/// The leaky bucket that all clients of the shop share here.
#[derive(Debug)]
pub(crate) struct Bucket {
    points: f64,
    at: DateTime<Utc>,
}

impl Bucket {
    pub(crate) fn full(now: DateTime<Utc>) -> Self {
        Self { points: POINTS_MAX, at: now }
    }

    /// Takes the points if they are there.
    fn take(&mut self, cost: u64, now: DateTime<Utc>) -> bool {
        let seconds = (now - self.at).num_milliseconds().max(0) as f64 / 1_000.0;
        self.points = (self.points + seconds * POINTS_PER_SECOND).min(POINTS_MAX);
        self.at = now;
        let enough = self.points >= cost as f64;
        self.points -= if enough { cost as f64 } else { 0.0 };
        enough
    }

    fn show(&self, cost: u64, paid: bool) -> Value {
        json!({
            "requestedQueryCost": cost,
            "actualQueryCost": paid.then_some(cost),
            "throttleStatus": {
                "maximumAvailable": POINTS_MAX,
                "currentlyAvailable": self.points.floor() as i64,
                "restoreRate": POINTS_PER_SECOND,
            },
        })
    }
}

pub(super) async fn answer(
    State(shop): State<Arc<Shop>>,
    Path(version): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = headers.get("x-shopify-access-token").and_then(|value| value.to_str().ok());
    if !token.is_some_and(|token| shop.admits(token)) {
        return no_token();
    }
    if !is_version(&version) {
        return (StatusCode::NOT_FOUND, Json(json!({ "errors": "Not Found" }))).into_response();
    }
    // This shop speaks one version and says so, as Shopify does when it falls forward.
    ([("x-shopify-api-version", API_VERSION)], Json(run(&shop, &body))).into_response()
}

pub(super) fn no_token() -> Response {
    let message = "[API] Invalid API key or access token (unrecognized login or wrong password)";
    (StatusCode::UNAUTHORIZED, Json(json!({ "errors": message }))).into_response()
}

/// `2026-10`, or `unstable`
fn is_version(text: &str) -> bool {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text == "unstable"
        || text.split_once('-').is_some_and(|(year, month)| digits(year, 4) && digits(month, 2))
}

fn run(shop: &Arc<Shop>, body: &[u8]) -> Value {
    let failed = |message: &str, extensions: Value| {
        json!({
            "errors": [{ "message": message, "extensions": extensions }],
        })
    };
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return failed("Unexpected end of document", json!({ "code": "BAD_REQUEST" }));
    };
    let none = Map::new();
    let variables = request["variables"].as_object().unwrap_or(&none);
    let operation = match query::parse(request["query"].as_str().unwrap_or_default(), variables) {
        Ok(operation) => operation,
        Err(message) => return failed(&message, json!({ "code": "parseError" })),
    };
    // A mutation has a price of its own on top of what it gives back.
    let cost = root_query::cost(&operation.fields) + if operation.mutation { MUTATION_COST } else { 0 };
    if cost > COST_MAX {
        let message =
            format!("Query cost is {cost}, which exceeds the single query max cost limit ({COST_MAX}).");
        return failed(&message, json!({ "code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": COST_MAX }));
    }
    let (paid, points) = {
        let now = shop.options.clock.now();
        let bucket = &mut shop.state().bucket;
        let paid = bucket.take(cost, now);
        (paid, bucket.show(cost, paid))
    };
    let mut answer = match paid {
        false => failed("Throttled", json!({ "code": "THROTTLED" })),
        true => {
            let answered = match operation.mutation {
                true => mutation::answer(shop, &operation.fields),
                false => root_query::answer(shop, &operation.fields),
            };
            match answered {
                Ok(data) => json!({ "data": data }),
                Err(refused) => failed(&refused.message, refused.extensions),
            }
        }
    };
    answer["extensions"] = json!({ "cost": points });
    answer
}
