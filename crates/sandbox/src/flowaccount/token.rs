//! Client credentials against a token, and the token at the door.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::FlowAccount;
use super::answer::{Refused, respond};
use crate::chance::Chance;
use crate::seal;
use crate::stand::lock;

/// Tokens good at the same time; the oldest ends early beyond that.
const TOKENS_MAX: usize = 1_000;
const SCOPE: &str = "flowaccount-api";

pub(super) async fn issue(State(flowaccount): State<Arc<FlowAccount>>, body: Bytes) -> Response {
    match flowaccount.token(&body) {
        Ok(token) => Json(token).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    }
}

impl FlowAccount {
    fn token(&self, body: &[u8]) -> Result<Value, &'static str> {
        let form = seal::read(body).ok_or("invalid_request")?;
        let given = |name: &str| form.get(name).map_or("", String::as_str);
        let values = self.settings.get();
        if given("grant_type") != "client_credentials" {
            return Err("unsupported_grant_type");
        }
        if given("client_id") != values.client_id || given("client_secret") != values.client_secret {
            return Err("invalid_client");
        }
        if given("scope") != SCOPE {
            return Err("invalid_scope");
        }
        let now = self.stand.now();
        let seconds = values.token_seconds;
        let mut tokens = lock(&self.tokens);
        tokens.retain(|(_, until)| now < *until);
        let mut chance = Chance::of(self.stand.seed, &format!("{} {}", values.client_secret, self.issued()));
        let token = format!("{:016x}{:016x}", chance.next(), chance.next());
        tokens.push_back((token.clone(), now + TimeDelta::seconds(seconds)));
        if tokens.len() > TOKENS_MAX {
            tokens.pop_front();
        }
        Ok(json!({ "access_token": token, "expires_in": seconds, "token_type": "Bearer" }))
    }

    /// Counts the tokens, so that none comes twice.
    fn issued(&self) -> u64 {
        let mut books = self.books();
        books.tokens_issued += 1;
        books.tokens_issued
    }

    pub(super) fn may_enter(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = given.strip_prefix("Bearer ").unwrap_or_default();
        let now = self.stand.now();
        let good = lock(&self.tokens).iter().any(|(held, until)| held == token && now < *until);
        if good { Ok(()) } else { Err(Refused::new(401, "Authorization has been denied for this request.")) }
    }

    /// Lets a call in whose token is good, and wraps its answer.
    pub(super) fn authorized(
        &self,
        headers: &HeaderMap,
        work: impl FnOnce() -> Result<Value, Refused>,
    ) -> Response {
        respond(self.may_enter(headers).and_then(|()| work()))
    }

    /// The same for a call with a body.
    pub(super) fn posted(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        work: impl FnOnce(Value) -> Result<Value, Refused>,
    ) -> Response {
        self.authorized(headers, || match serde_json::from_slice(body) {
            Ok(body @ Value::Object(_)) => work(body),
            _ => Err(Refused::bad("The request is invalid.")),
        })
    }
}
