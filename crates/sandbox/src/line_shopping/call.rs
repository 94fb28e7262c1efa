//! One call: the key at the door, the path to its handler, the headers of the answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::Value;

use super::LineShopping;
use super::refused::Refused;
use super::{orders, products, ship, stock};
use crate::market::Asked;
use crate::seal::same;

/// Requests of one second, as the headers of every answer say.
pub(super) const PER_SECOND: u64 = 50;
const PER_PAGE: usize = 25;
const PER_PAGE_MAX: usize = 100;

/// What a call says beside its path.
pub(super) struct Params {
    pub query: Asked,
    pub body: Value,
}

pub(super) type Answer = Result<(StatusCode, Value), Refused>;

pub(super) async fn answer(
    State(line): State<Arc<LineShopping>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = line.stand.now().timestamp();
    let mut response = match run(&line, &method, &uri, &headers, &body) {
        Ok((StatusCode::NO_CONTENT, _)) => StatusCode::NO_CONTENT.into_response(),
        Ok((status, body)) => (status, Json(body)).into_response(),
        Err(refused) => refused.at(now),
    };
    describe(&mut response, &line.request_id(), PER_SECOND - 1);
    response
}

/// The headers that every answer has.
pub(super) fn describe(response: &mut Response, request_id: &str, left: u64) {
    let mut set = |name: &'static str, value: HeaderValue| {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    };
    if let Ok(id) = HeaderValue::from_str(request_id) {
        set("x-line-oap-request-id", id);
    }
    set("x-ratelimit-limit-second", PER_SECOND.into());
    set("x-ratelimit-remaining-second", left.into());
}

fn run(line: &Arc<LineShopping>, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Answer {
    let key = headers.get("x-api-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    if !same(key, &line.keys.api_key) {
        return Err(Refused::key());
    }
    let body = match body {
        [] => Value::Null,
        body => serde_json::from_slice(body).map_err(|_| Refused::bad("The body is not JSON."))?,
    };
    let params = Params { query: Asked::of(uri), body };
    let path: Vec<&str> = uri.path().trim_start_matches("/myshop/v1").split('/').skip(1).collect();
    route(line, method.as_str(), &path, &params)
}

fn route(line: &Arc<LineShopping>, method: &str, path: &[&str], params: &Params) -> Answer {
    match (method, path) {
        ("GET", ["products"]) => products::list(line, params),
        ("POST", ["products"]) => products::create(line, params),
        ("GET", ["products", id]) => products::one(line, id),
        ("PATCH", ["products", id]) => products::change(line, id, params),
        ("DELETE", ["products", id]) => products::remove(line, id),
        ("POST", ["products", id, "display-status", status]) => products::display(line, id, status),
        ("PATCH", ["products", id, "prices"]) => stock::prices(line, id, params),
        ("PATCH", ["products", id, "variant"]) => stock::variant(line, id, params),
        ("PUT", ["inventory", id, what]) => stock::inventory(line, id, what, params),
        ("GET", ["orders"]) => orders::list(line, params),
        ("GET", ["orders", number]) => orders::one(line, number),
        ("PUT", ["orders", number, "cancel"]) => orders::cancel(line, number, params),
        ("GET", ["settlements", number]) => orders::settlement(line, number),
        ("POST", ["orders", number, "mark-as-ship"]) => ship::mark_as_ship(line, number, params),
        ("PUT", ["orders", number, "shipments"]) => ship::correct(line, number, params),
        ("POST", ["orders", number, "mark-as-paid"]) => ship::mark_as_paid(line, number),
        ("POST", ["orders", number, "parcel-label"]) => ship::label(line, number, params),
        _ => Err(Refused::not_found("path")),
    }
}

/// One page of what was found: `page` from 1, `perPage` up to 100.
pub(super) fn page<T>(params: &Params, found: &[T], show: impl Fn(&T) -> Value) -> Answer {
    let number = |name: &str, otherwise: usize, most: usize| {
        let number = params.query.number(name, otherwise).filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| Refused::bad(format!("{name} is from 1 to {most}.")))
    };
    let (page, per_page) = (number("page", 1, usize::MAX)?, number("perPage", PER_PAGE, PER_PAGE_MAX)?);
    let skipped = (page - 1).saturating_mul(per_page);
    let data: Vec<Value> = found.iter().skip(skipped).take(per_page).map(show).collect();
    Ok((
        StatusCode::OK,
        serde_json::json!({
            "currentPage": page,
            "perPage": per_page,
            "totalPage": found.len().div_ceil(per_page),
            "totalRow": found.len(),
            "data": data,
        }),
    ))
}
