//! A refresh token against an access token of half an hour.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::HubSpot;
use crate::chance::Chance;
use crate::seal;
use crate::stand::lock;

/// Tokens good at the same time; the oldest ends early beyond that.
const TOKENS_MAX: usize = 1_000;

pub(super) async fn refresh(State(hubspot): State<Arc<HubSpot>>, body: Bytes) -> Response {
    match hubspot.refreshed(&body) {
        Ok(token) => Json(token).into_response(),
        Err((status, message)) => {
            (StatusCode::BAD_REQUEST, Json(json!({ "status": status, "message": message }))).into_response()
        }
    }
}

impl HubSpot {
    fn refreshed(&self, body: &[u8]) -> Result<Value, (&'static str, &'static str)> {
        let form = seal::read(body).ok_or(("BAD_REQUEST", "too many fields"))?;
        let given = |name: &str| form.get(name).map_or("", String::as_str);
        let values = self.settings.get();
        if given("grant_type") != "refresh_token" {
            return Err(("BAD_GRANT_TYPE", "unsupported grant_type"));
        }
        if given("client_id") != values.client_id || given("client_secret") != values.client_secret {
            return Err(("BAD_CLIENT_ID", "missing or unknown client id"));
        }
        if given("refresh_token") != values.refresh_token {
            return Err(("BAD_REFRESH_TOKEN", "missing or invalid refresh token"));
        }
        let (now, seconds) = (self.stand.now(), values.access_token_seconds);
        let issued = lock(&self.limits).count_token();
        let mut chance = Chance::of(self.stand.seed, &format!("{} {issued}", values.refresh_token));
        let token = format!("{:016x}{:016x}", chance.next(), chance.next());
        let mut tokens = lock(&self.tokens);
        tokens.retain(|(_, until)| now < *until);
        if tokens.len() >= TOKENS_MAX {
            tokens.remove(0);
        }
        tokens.push((token.clone(), now + TimeDelta::seconds(seconds)));
        Ok(json!({
            "token_type": "bearer",
            "access_token": token,
            "refresh_token": values.refresh_token,
            "expires_in": seconds,
        }))
    }
}
