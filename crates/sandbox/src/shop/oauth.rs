//! Tokens: client credentials for a day, or a consent whose access tokens live an hour and whose refresh tokens rotate.

use std::sync::{Arc, MutexGuard};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::Duration;
use serde_json::{Value, json};

use super::Shop;
use crate::market::{Asked, Consenting, Pair, Rotation, Rules, Tokens, form, send_back};
use crate::seal::{hmac_sha256, same};
use crate::stand::{lock, refuse};

const SCOPES: &str = "read_products,write_products,read_inventory,write_inventory,read_locations,read_orders,write_orders,read_customers,read_merchant_managed_fulfillment_orders,write_merchant_managed_fulfillment_orders";
/// Tokens of the client-credentials grant that are good at the same time.
const DAY_TOKENS_MAX: usize = 100;

/// A refresh token is good until the one that replaced it is used.
pub(super) fn rules() -> Rules {
    Rules {
        access_prefix: "shpua_",
        refresh_prefix: "shprt_",
        access: Duration::hours(1),
        refresh: Duration::days(90),
        grace: Duration::zero(),
        code: Duration::minutes(10),
        rotation: Rotation::WhenNewIsUsed,
        deadline_moves: true,
    }
}

impl Consenting for Shop {
    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }
}

impl Shop {
    /// The permanent token of a custom app, one of a consent, or one for a day.
    pub(super) fn admits(&self, token: &str) -> bool {
        let now = self.now();
        let mut days = lock(&self.day_tokens);
        days.retain(|(_, until)| now < *until);
        same(token, &self.options.keys.shop_token)
            || days.iter().any(|(known, _)| same(token, known))
            || self.tokens().check(token, now).is_ok()
    }
}

/// The callback's `hmac`: every other parameter by name, `k=v` joined by `&`.
fn callback_hmac(secret: &str, parameters: &[(&str, &str)]) -> String {
    let mut pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.sort();
    hex::encode(hmac_sha256(secret, &[pairs.join("&").as_bytes()]))
}

/// Sends the merchant back as if he had pressed "Install" at once.
pub(super) async fn authorize(State(shop): State<Arc<Shop>>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    if asked.text("client_id") != shop.options.keys.shop_client_id {
        return refuse(StatusCode::BAD_REQUEST, "client_id is wrong");
    }
    let code = shop.tokens().consent(shop.now());
    let Some(code) = code else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "too many codes wait to be exchanged");
    };
    let at = shop.now().timestamp().to_string();
    let mut parameters = vec![
        ("code", code.as_str()),
        ("shop", shop.domain()),
        ("state", asked.text("state")),
        ("timestamp", &at),
    ];
    parameters.retain(|(_, value)| !value.is_empty());
    let hmac = callback_hmac(&shop.options.keys.webhook_secret, &parameters);
    parameters.push(("hmac", &hmac));
    send_back(asked.text("redirect_uri"), &parameters)
}

/// JSON or a form: both are taken.
fn read(headers: &HeaderMap, body: &[u8]) -> Value {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return serde_json::from_slice(body).unwrap_or_default();
    }
    form(body).into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

pub(super) async fn access_token(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = read(&headers, &body);
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let keys = &shop.options.keys;
    if text("client_id") != keys.shop_client_id || text("client_secret") != keys.webhook_secret {
        return failed("invalid_client", "The client id or secret is wrong.");
    }
    let now = shop.now();
    let pair = match text("grant_type") {
        "client_credentials" => return for_a_day(&shop),
        "refresh_token" => shop.tokens().refresh(text("refresh_token"), now),
        _ => shop.tokens().exchange(text("code"), now),
    };
    match pair {
        Ok(pair) => show(&shop, &pair),
        Err(_) => failed("invalid_grant", "The code or the refresh token is not valid."),
    }
}

fn for_a_day(shop: &Shop) -> Response {
    let mut days = lock(&shop.day_tokens);
    let token = format!("shpat_day_{:016x}", shop.next_event() + 1);
    days.push((token.clone(), shop.now() + Duration::hours(24)));
    if days.len() > DAY_TOKENS_MAX {
        days.remove(0);
    }
    Json(json!({ "access_token": token, "scope": SCOPES, "expires_in": 86_399 })).into_response()
}

fn show(shop: &Shop, pair: &Pair) -> Response {
    let now = shop.now();
    Json(json!({
        "access_token": pair.access,
        "scope": SCOPES,
        "expires_in": (pair.access_until - now).num_seconds(),
        "refresh_token": pair.refresh,
        "refresh_token_expires_in": (pair.refresh_until - now).num_seconds(),
    }))
    .into_response()
}

fn failed(error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callback_is_signed_as_the_sdk_expects() {
        let (code, shop, at) = ("0907a61c0c8d55e99db179b68161bc00", "some-shop.myshopify.com", "1337178173");
        let without = [("timestamp", at), ("shop", shop), ("code", code)];
        let expected = "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20";
        assert_eq!(callback_hmac("hush", &without), expected);
        let with_state = [("timestamp", at), ("shop", shop), ("code", code), ("state", "abcd")];
        let expected = "7db6973c2aff68295ebcf354c2ce528a6b09aef1146baafccc2e0b369fff5f6d";
        assert_eq!(callback_hmac("hush", &with_state), expected);
    }
}
