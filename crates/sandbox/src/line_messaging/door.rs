//! The door: the channel access token, and what it opens that is no message.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::json;

use super::Line;
use super::answer::{Answer, Refused};
use crate::seal;
use crate::stand::lock;

/// Fifteen minutes.
const TOKEN_SECONDS: i64 = 900;
/// Tokens remembered; LINE itself has no bound.
const TOKENS_MAX: usize = 1_000;

pub(super) fn unauthorized() -> Refused {
    let text = "Authentication failed. Confirm that the access token in the authorization header is valid.";
    Refused::new(StatusCode::UNAUTHORIZED, text)
}

impl Line {
    pub(super) fn may_enter(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = given.strip_prefix("Bearer ").ok_or_else(unauthorized)?;
        let now = self.stand.now();
        let state = lock(&self.state);
        let short = state.tokens.iter().any(|(held, until)| held == token && now < *until);
        if short || token == self.settings.get().channel_access_token { Ok(()) } else { Err(unauthorized()) }
    }
}

/// A token of fifteen minutes for the channel's id and secret.
pub(super) async fn token(State(line): State<Arc<Line>>, body: Bytes) -> Response {
    line.say(issue(&line, &body).unwrap_or_else(Answer::from))
}

fn issue(line: &Line, body: &[u8]) -> Result<Answer, Refused> {
    let form = seal::read(body).ok_or_else(|| Refused::bad("invalid_request"))?;
    let given = |name: &str| form.get(name).map_or("", String::as_str);
    let values = line.settings.get();
    if given("grant_type") != "client_credentials" {
        return Err(Refused::bad("unsupported_grant_type"));
    }
    if given("client_id") != values.channel_id || given("client_secret") != values.channel_secret {
        return Err(Refused::bad("invalid_client"));
    }
    let until = line.stand.now() + TimeDelta::seconds(TOKEN_SECONDS);
    let mut state = lock(&line.state);
    state.requests += 1;
    let token = seal::sha256_hex(format!("{} token {}", values.channel_secret, state.requests));
    state.tokens.push_back((token.clone(), until));
    if state.tokens.len() > TOKENS_MAX {
        state.tokens.pop_front();
    }
    Ok(Answer::good(json!({ "token_type": "Bearer", "access_token": token, "expires_in": TOKEN_SECONDS })))
}

/// Only of those who have added the account and not blocked it.
pub(super) async fn profile(
    State(line): State<Arc<Line>>,
    Path(user): Path<String>,
    headers: HeaderMap,
) -> Response {
    let values = line.settings.get();
    let answer = line.may_enter(&headers).and_then(|()| {
        let name = values.friends.get(&user).filter(|_| !values.blocked.contains(&user));
        let name = name.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "Not found"))?;
        Ok(Answer::good(json!({ "displayName": name, "userId": user, "language": "th" })))
    });
    line.say(answer.unwrap_or_else(Answer::from))
}

pub(super) async fn info(State(line): State<Arc<Line>>, headers: HeaderMap) -> Response {
    let answer = line.may_enter(&headers).map(|()| {
        Answer::good(json!({
            "userId": line.settings.get().bot_user_id,
            "basicId": "@khlongtea",
            "displayName": "Khlong Tea",
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }))
    });
    line.say(answer.unwrap_or_else(Answer::from))
}
