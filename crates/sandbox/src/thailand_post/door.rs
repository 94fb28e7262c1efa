//! Two doors: a token for the tracking, name and password for the parcels.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::ThailandPost;
use super::parcels::Refused;
use crate::chance::Chance;
use crate::clock::in_thailand;
use crate::seal;
use crate::stand::lock;

const TOKENS_MAX: usize = 1_000;

/// Tokens and until when each is good, oldest first.
#[derive(Default)]
pub(super) struct Tokens {
    good: VecDeque<(String, DateTime<Utc>)>,
    issued: u64,
}

impl Tokens {
    pub(super) fn clear(&mut self) {
        self.good.clear();
    }
}

fn given<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    headers.get("authorization")?.to_str().ok()?.strip_prefix(scheme)?.strip_prefix(' ')
}

fn unauthorized() -> Response {
    let body = json!({ "message": "Invalid or expired token", "status": false });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

/// The static key against a token of about a month.
pub(super) async fn token(State(post): State<Arc<ThailandPost>>, headers: HeaderMap) -> Response {
    let values = post.settings.get();
    if given(&headers, "Token") != Some(values.static_key.as_str()) {
        return unauthorized();
    }
    let until = post.stand.now() + TimeDelta::days(values.token_days);
    let mut tokens = lock(&post.tokens);
    tokens.issued += 1;
    let mut chance = Chance::of(post.stand.seed, &format!("{} {}", values.static_key, tokens.issued));
    let token = format!("{:016x}.{:016x}.{:016x}", chance.next(), chance.next(), chance.next());
    tokens.good.push_back((token.clone(), until));
    if tokens.good.len() > TOKENS_MAX {
        tokens.good.pop_front();
    }
    let expire = in_thailand(until).format("%Y-%m-%d %H:%M:%S%:z").to_string();
    Json(json!({ "expire": expire, "token": token })).into_response()
}

impl ThailandPost {
    /// Lets a call of the tracking in whose token is good.
    pub(super) fn tracked(&self, headers: &HeaderMap, work: impl FnOnce() -> Response) -> Response {
        let token = given(headers, "Token").unwrap_or_default();
        let now = self.stand.now();
        let good = lock(&self.tokens).good.iter().any(|(held, until)| held == token && now < *until);
        if good { work() } else { unauthorized() }
    }

    /// Name and password of the parcel system.
    pub(super) fn may_enter(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let values = self.settings.get();
        let wanted = seal::base64(format!("{}:{}", values.username, values.password));
        if given(headers, "Basic") == Some(wanted.as_str()) {
            Ok(())
        } else {
            Err(Refused { code: "001", message: "Invalid username or password".to_owned() })
        }
    }
}
