//! One call: its signature, its token, its shop, and the envelope of its answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::refused::Refused;
use super::{TikTokShop, signature, table};
use crate::market::{Asked, Consenting, Stale};
use crate::seal::same;

/// A call is taken from so long ago until so far ahead.
const SECONDS_AGO: i64 = 300;
const SECONDS_AHEAD: i64 = 30;

/// What a call says beside its path.
pub(super) struct Params {
    pub query: Asked,
    pub body: Value,
}

/// The `data` of the answer.
pub(super) type Answer = Result<Value, Refused>;

pub(super) async fn answer(
    State(shop): State<Arc<TikTokShop>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request_id = shop.request_id();
    match run(&shop, &method, &uri, &headers, &body) {
        Ok(data) => Json(wrapped(&data, &request_id)).into_response(),
        Err(refused) => (refused.status, Json(refused.show(&request_id))).into_response(),
    }
}

pub(super) fn wrapped(data: &Value, request_id: &str) -> Value {
    json!({ "code": 0, "data": data, "message": "Success", "request_id": request_id })
}

fn run(shop: &Arc<TikTokShop>, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Answer {
    let query = Asked::of(uri);
    admit(shop, uri.path(), &query, headers, body)?;
    let path: Vec<&str> = uri.path().split('/').skip(1).collect();
    admit_shop(shop, &query, &path)?;
    let body = match body {
        [] => Value::Null,
        body => serde_json::from_slice(body).map_err(|_| Refused::format("Invalid request body format."))?,
    };
    table::route(shop, method.as_str(), &path, &Params { query, body })
}

fn admit(
    shop: &TikTokShop,
    path: &str,
    query: &Asked,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Refused> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if query.text("app_key") != shop.keys.app_key {
        return Err(Refused::identifier("Invalid app_key."));
    }
    let (now, at) = (shop.stand.now().timestamp(), query.number("timestamp", 0i64));
    if at.is_none_or(|at| at < now - SECONDS_AGO || at > now + SECONDS_AHEAD) {
        return Err(Refused::identifier("Invalid timestamp."));
    }
    let multipart = header(header::CONTENT_TYPE.as_str()).starts_with("multipart/form-data");
    let signed = if multipart { &[][..] } else { body };
    if !same(query.text("sign"), &signature::of_call(&shop.keys.app_secret, path, &query.0, signed)) {
        return Err(Refused::signature());
    }
    match shop.tokens().check(header("x-tts-access-token"), shop.stand.now()) {
        Ok(()) => Ok(()),
        Err(Stale::Expired) => Err(Refused::expired()),
        Err(Stale::Unknown) => Err(Refused::no_consent()),
    }
}

/// Calls about the seller himself, and images, are for no shop and must name none.
fn admit_shop(shop: &TikTokShop, query: &Asked, path: &[&str]) -> Result<(), Refused> {
    let without = path.first() == Some(&"authorization") || path.contains(&"images");
    match (query.get("shop_cipher"), without) {
        (None, false) => Err(Refused::cipher()),
        (Some(_), true) => Err(Refused::identifier("shop_cipher is not taken by this API.")),
        (Some(cipher), false) if cipher != shop.keys.shop_cipher => {
            Err(Refused::identifier("Invalid shop_cipher."))
        }
        _ => Ok(()),
    }
}

impl Params {
    /// `page_size` up to `most`, and where the page before ended.
    pub(super) fn page(&self, least: usize, most: usize) -> Result<(usize, usize), Refused> {
        let size = self.query.number("page_size", 0).filter(|size| (least..=most).contains(size));
        let size = size.ok_or_else(|| Refused::format(format!("page_size is from {least} to {most}.")))?;
        let start = match self.query.get("page_token") {
            None => Some(0),
            Some(token) => {
                hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok())
            }
        };
        Ok((size, start.ok_or_else(|| Refused::format("Invalid page_token."))?))
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, Refused> {
        let text = self.body[name].as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| Refused::format(format!("{name} is required.")))
    }

    /// `{name}_ge` and `{name}_lt` of the body, in seconds.
    pub(super) fn within(&self, name: &str, at: i64) -> bool {
        let bound = |suffix: &str| self.body[format!("{name}_{suffix}")].as_i64();
        bound("ge").is_none_or(|from| at >= from) && bound("lt").is_none_or(|to| at < to)
    }
}

/// One page of what was found, under its name, with an opaque token for the next.
pub(super) fn page(name: &str, found: &[Value], (size, start): (usize, usize)) -> Value {
    let page: Vec<&Value> = found.iter().skip(start).take(size).collect();
    let end = start.saturating_add(page.len());
    let next = if end < found.len() { hex::encode(end.to_string()) } else { String::new() };
    let mut data = json!({ "next_page_token": next, "total_count": found.len() });
    data[name] = json!(page);
    data
}

/// A list of texts in the body.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
