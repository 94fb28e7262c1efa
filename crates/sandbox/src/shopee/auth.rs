//! Tokens: the page on which the seller agrees, the exchange of its code, and the refresh that rotates.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::Duration;
use serde_json::{Map, Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};
use super::refused::Refused;
use crate::market::{Asked, Consenting, Pair, Rotation, Rules, send_back};
use crate::stand::refuse;

/// A refresh token is good once; the access token before lives five minutes longer.
pub(super) fn rules() -> Rules {
    Rules {
        access_prefix: "",
        refresh_prefix: "",
        access: Duration::hours(4),
        refresh: Duration::days(30),
        grace: Duration::minutes(5),
        code: Duration::minutes(10),
        rotation: Rotation::AtOnce,
        deadline_moves: true,
    }
}

/// `/auth?partner_id=…&redirect_uri=…&state=…`, and the older signed link, which says `redirect`.
pub(super) async fn authorize(State(shopee): State<Arc<Shopee>>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    if asked.text("partner_id") != shopee.keys.partner_id.to_string() {
        return refuse(StatusCode::BAD_REQUEST, "partner_id is wrong");
    }
    let code = shopee.tokens().consent(shopee.stand.now());
    let Some(code) = code else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "too many codes wait to be exchanged");
    };
    let redirect = asked.get("redirect_uri").or(asked.get("redirect")).unwrap_or_default();
    let shop = shopee.keys.shop_id.to_string();
    send_back(redirect, &[("code", &code), ("shop_id", &shop), ("state", asked.text("state"))])
}

/// Both calls name partner and shop once more.
fn check(shopee: &Shopee, params: &Params) -> Result<(), Refused> {
    let right =
        params.body["partner_id"] == shopee.keys.partner_id && params.body["shop_id"] == shopee.keys.shop_id;
    if right { Ok(()) } else { Err(Refused::gate("error_auth", "Invalid partner_id or shopid.")) }
}

pub(super) fn create(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    check(shopee, params)?;
    let pair = shopee.tokens().exchange(params.text("code")?, shopee.stand.now());
    pair.map(|pair| show(shopee, &pair))
        .map_err(|_| Refused::gate("invalid_code", "Invalid code, please have a check."))
}

pub(super) fn refresh(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    check(shopee, params)?;
    let pair = shopee.tokens().refresh(params.text("refresh_token")?, shopee.stand.now());
    let message = "Invalid refresh_token, please have a check.";
    pair.map(|pair| show(shopee, &pair)).map_err(|_| Refused::gate("error_auth", message))
}

fn show(shopee: &Shopee, pair: &Pair) -> Reply {
    let fields = json!({
        "partner_id": shopee.keys.partner_id,
        "shop_id": shopee.keys.shop_id,
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "expire_in": (pair.access_until - shopee.stand.now()).num_seconds(),
    });
    let Value::Object(fields) = fields else { return Reply::Flat(Map::new()) };
    Reply::Flat(fields)
}
