//! Tokens: the page on which the seller agrees, the exchange of its code, and the refresh.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::Duration;
use serde_json::{Map, Value, json};

use super::Lazada;
use super::call::{Answer, Reply};
use super::refused::Refused;
use crate::market::{Asked, Consenting, Pair, Rotation, Rules, send_back};
use crate::stand::refuse;

/// As for an app that is online. A refresh does not move the end of the consent.
pub(super) fn rules() -> Rules {
    Rules {
        access_prefix: "500001",
        refresh_prefix: "500011",
        access: Duration::days(30),
        refresh: Duration::days(180),
        grace: Duration::zero(),
        code: Duration::minutes(30),
        rotation: Rotation::WhenNewIsUsed,
        deadline_moves: false,
    }
}

/// `/oauth/authorize?client_id=…&redirect_uri=…&state=…`
pub(super) async fn authorize(State(lazada): State<Arc<Lazada>>, uri: Uri) -> Response {
    let asked = Asked::of(&uri);
    if asked.text("client_id") != lazada.keys.app_key || asked.text("response_type") != "code" {
        return refuse(StatusCode::BAD_REQUEST, "client_id or response_type is wrong");
    }
    let code = lazada.tokens().consent(lazada.stand.now());
    let Some(code) = code else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "too many codes wait to be exchanged");
    };
    send_back(asked.text("redirect_uri"), &[("code", &code), ("state", asked.text("state"))])
}

pub(super) fn create(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let code = asked.get("code").ok_or_else(|| Refused::missing("code"))?;
    let pair = lazada.tokens().exchange(code, lazada.stand.now());
    let pair = pair.map_err(|_| Refused::caller("InvalidCode", "Invalid authorization code"))?;
    Ok(show(lazada, &pair))
}

pub(super) fn refresh(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let token = asked.get("refresh_token").ok_or_else(|| Refused::missing("refresh_token"))?;
    let pair = lazada.tokens().refresh(token, lazada.stand.now());
    let message = "The specified refresh token is invalid or expired";
    let pair = pair.map_err(|_| Refused::caller("IllegalRefreshToken", message))?;
    Ok(show(lazada, &pair))
}

fn show(lazada: &Lazada, pair: &Pair) -> Reply {
    let now = lazada.stand.now();
    let seller = &lazada.keys.seller_id;
    let fields = json!({
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "expires_in": (pair.access_until - now).num_seconds(),
        "refresh_expires_in": (pair.refresh_until - now).num_seconds(),
        "country": "th",
        "account_platform": "seller_center",
        "account": "shop@example.com",
        "country_user_info": [{ "country": "th", "user_id": seller, "seller_id": seller, "short_code": "TH1K2J3" }],
    });
    let Value::Object(fields) = fields else { return Reply::Flat(Map::new()) };
    Reply::Flat(fields)
}
