//! Tokens: the page on which the seller agrees, the exchange of its code, and the refresh. None of it is signed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use serde_json::json;

use super::TikTokShop;
use crate::market::{Asked, Consenting, Pair, Rotation, Rules, Stale, send_back};
use crate::stand::refuse;

/// The refresh token ends with the consent, whatever is refreshed.
pub(super) fn rules() -> Rules {
    Rules {
        access_prefix: "ROW_",
        refresh_prefix: "ROW_",
        access: Duration::days(7),
        refresh: Duration::days(365),
        grace: Duration::zero(),
        code: Duration::minutes(30),
        rotation: Rotation::WhenNewIsUsed,
        deadline_moves: false,
    }
}

/// `/open/authorize?service_id=…&state=…`. The vendor knows from its console where to send the seller back to;
/// here a `redirect_uri` says it.
pub(super) async fn authorize(State(shop): State<Arc<TikTokShop>>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    if asked.text("service_id") != shop.keys.service_id {
        return refuse(StatusCode::BAD_REQUEST, "service_id is wrong");
    }
    let code = shop.tokens().consent(shop.stand.now());
    let Some(code) = code else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "too many codes wait to be exchanged");
    };
    let parameters = [
        ("app_key", shop.keys.app_key.as_str()),
        ("code", &code),
        ("locale", "th-TH"),
        ("shop_region", "TH"),
        ("state", asked.text("state")),
    ];
    send_back(asked.text("redirect_uri"), &parameters)
}

pub(super) async fn get(State(shop): State<Arc<TikTokShop>>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    if asked.text("grant_type") != "authorized_code" {
        return failed(&shop, 36_004_003, "grant_type is authorized_code");
    }
    grant(&shop, &asked, |tokens, now| tokens.exchange(asked.text("auth_code"), now))
}

pub(super) async fn refresh(State(shop): State<Arc<TikTokShop>>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    if asked.text("grant_type") != "refresh_token" {
        return failed(&shop, 36_004_003, "grant_type is refresh_token");
    }
    grant(&shop, &asked, |tokens, now| tokens.refresh(asked.text("refresh_token"), now))
}

fn grant(
    shop: &TikTokShop,
    asked: &Asked,
    take: impl FnOnce(&mut crate::market::Tokens, chrono::DateTime<chrono::Utc>) -> Result<Pair, Stale>,
) -> Response {
    if asked.text("app_key") != shop.keys.app_key || asked.text("app_secret") != shop.keys.app_secret {
        return failed(shop, 36_004_001, "app_key or app_secret is wrong");
    }
    let taken = take(&mut shop.tokens(), shop.stand.now());
    match taken {
        Ok(pair) => show(shop, &pair),
        Err(Stale::Expired) => failed(shop, 36_004_005, "the code or the refresh token has expired"),
        Err(Stale::Unknown) => failed(shop, 36_004_004, "the code or the refresh token is invalid"),
    }
}

fn failed(shop: &TikTokShop, code: u64, message: &str) -> Response {
    Json(json!({ "code": code, "message": message, "data": null, "request_id": shop.request_id() }))
        .into_response()
}

/// `*_expire_in` are moments, not lengths.
fn show(shop: &TikTokShop, pair: &Pair) -> Response {
    let data = json!({
        "access_token": pair.access,
        "access_token_expire_in": pair.access_until.timestamp(),
        "refresh_token": pair.refresh,
        "refresh_token_expire_in": pair.refresh_until.timestamp(),
        "open_id": "7010736057180325637",
        "seller_name": "Khlong Tea",
        "seller_base_region": "TH",
        "user_type": 0,
        "granted_scopes": ["seller.order.info", "seller.product.basic", "seller.fulfillment.basic", "seller.return_refund.basic"],
    });
    Json(json!({ "code": 0, "message": "success", "data": data, "request_id": shop.request_id() }))
        .into_response()
}
