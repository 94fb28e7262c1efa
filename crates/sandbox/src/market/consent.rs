//! `/_sandbox/tokens`, and the page on which a seller agrees.

use std::sync::{Arc, MutexGuard};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tokens;
use crate::stand::{Vendor, refuse};

/// A vendor whose access tokens end.
pub(crate) trait Consenting: Vendor {
    fn tokens(&self) -> MutexGuard<'_, Tokens>;
}

/// `{"do":"expire"}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    r#do: Do,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Do {
    /// The access token ends now.
    Expire,
    /// The refresh token ends as well.
    Revoke,
    /// The seller agrees (again): gives a code to exchange.
    Consent,
}

pub(crate) fn control<C: Consenting>() -> Router<Arc<C>> {
    Router::new().route("/_sandbox/tokens", get(show::<C>).post(command::<C>))
}

async fn show<C: Consenting>(State(vendor): State<Arc<C>>) -> Json<Value> {
    Json(vendor.tokens().show())
}

async fn command<C: Consenting>(State(vendor): State<Arc<C>>, body: Bytes) -> Response {
    let command: Command = match serde_json::from_slice(&body) {
        Ok(command) => command,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    };
    let (now, mut tokens) = (vendor.stand().now(), vendor.tokens());
    match command.r#do {
        Do::Expire => tokens.expire(now),
        Do::Revoke => tokens.revoke(now),
        Do::Consent => {
            return match tokens.consent(now) {
                Some(code) => Json(json!({ "code": code })).into_response(),
                None => refuse(StatusCode::SERVICE_UNAVAILABLE, "too many codes wait to be exchanged"),
            };
        }
    }
    Json(tokens.show()).into_response()
}

/// Sends the browser back, as if the seller had pressed "Allow" at once.
pub(crate) fn send_back(redirect: &str, parameters: &[(&str, &str)]) -> Response {
    let Ok(mut url) = url::Url::parse(redirect) else {
        return refuse(StatusCode::BAD_REQUEST, "the redirect URL is not one");
    };
    url.query_pairs_mut().extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
    (StatusCode::FOUND, [(header::LOCATION, String::from(url))]).into_response()
}
