//! One call: its parameters, its signature, its token, and the envelope of its answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::refused::Refused;
use super::{Lazada, signature, table};
use crate::market::{Asked, Consenting, form};
use crate::seal::same;

/// A call is good for so long, in both directions of the clock.
const WINDOW_SECONDS: i64 = 7_200;

/// Under which name an answer carries what was asked for.
pub(super) enum Reply {
    Data(Value),
    /// The fulfilment services, which came later.
    Result(Value),
    /// Tokens stand beside the code.
    Flat(Map<String, Value>),
}

pub(super) type Answer = Result<Reply, Refused>;

/// What a call is answered with: all that it names is in its parameters.
pub(super) type Handler = fn(&Arc<Lazada>, &Asked) -> Answer;

pub(super) async fn answer(
    State(lazada): State<Arc<Lazada>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request_id = lazada.request_id();
    let path = uri.path().strip_prefix("/rest").unwrap_or_default();
    let answered = run(&lazada, path, &uri, &headers, &body);
    Json(match answered {
        Ok(reply) => wrapped(reply, &request_id),
        Err(refused) => refused.show(&request_id),
    })
    .into_response()
}

fn run(lazada: &Arc<Lazada>, path: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Answer {
    let mut asked = Asked::of(uri);
    let is_form = content_type(headers).starts_with("application/x-www-form-urlencoded");
    let raw = if is_form { &[][..] } else { body };
    if is_form {
        asked.0.extend(form(body));
    }
    let handler = table::handler(path)
        .ok_or_else(|| Refused::caller("InvalidApiPath", "The specified API path is invalid"))?;
    admit(lazada, path, &asked, raw)?;
    if !path.starts_with("/auth/") {
        admit_token(lazada, asked.text("access_token"))?;
    }
    handler(lazada, &asked)
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn admit(lazada: &Lazada, path: &str, asked: &Asked, raw: &[u8]) -> Result<(), Refused> {
    for name in ["app_key", "timestamp", "sign_method", "sign"] {
        asked.get(name).ok_or_else(|| Refused::missing(name))?;
    }
    if asked.text("app_key") != lazada.keys.app_key {
        return Err(Refused::caller("InvalidAppKey", "The specified App Key is invalid"));
    }
    if asked.text("sign_method") != "sha256" {
        return Err(Refused::invalid("sign_method"));
    }
    if !recent(asked.text("timestamp"), lazada.stand.now().timestamp()) {
        return Err(Refused::caller(
            "IllegalTimestamp",
            "The specified timestamp is not within 7200 seconds",
        ));
    }
    let right = signature::of_call(&lazada.keys.app_secret, path, &asked.0, raw);
    match same(asked.text("sign"), &right) {
        true => Ok(()),
        false => Err(Refused::caller(
            "IncompleteSignature",
            "The request signature does not conform to Lazada standards",
        )),
    }
}

/// Milliseconds since 1970, or ISO 8601.
fn recent(timestamp: &str, now: i64) -> bool {
    let seconds = match timestamp.parse::<i64>() {
        Ok(milliseconds) => Some(milliseconds / 1_000),
        Err(_) => DateTime::parse_from_rfc3339(timestamp).ok().map(|time| time.timestamp()),
    };
    seconds.is_some_and(|seconds| (now - seconds).abs() <= WINDOW_SECONDS)
}

fn admit_token(lazada: &Lazada, token: &str) -> Result<(), Refused> {
    if token.is_empty() {
        return Err(Refused::missing("access_token"));
    }
    lazada.tokens().check(token, lazada.stand.now()).map_err(|_| Refused::token())
}

fn wrapped(reply: Reply, request_id: &str) -> Value {
    match reply {
        Reply::Data(data) => json!({ "code": "0", "data": data, "request_id": request_id }),
        Reply::Result(result) => json!({ "code": "0", "result": result, "request_id": request_id }),
        Reply::Flat(mut fields) => {
            fields.insert("code".to_owned(), "0".into());
            fields.insert("request_id".to_owned(), request_id.into());
            fields.into()
        }
    }
}

/// A parameter that is itself JSON: `[1,2]`, `{"packages":[…]}`.
pub(super) fn inner(asked: &Asked, name: &str) -> Result<Value, Refused> {
    let text = asked.get(name).ok_or_else(|| Refused::missing(name))?;
    serde_json::from_str(text).map_err(|_| Refused::invalid(name))
}

/// An id given as a number or as text.
pub(super) fn id(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `[1,2]` or `["1","2"]`
pub(super) fn ids(asked: &Asked, name: &str) -> Result<Vec<u64>, Refused> {
    let list = inner(asked, name)?;
    let list = list.as_array().ok_or_else(|| Refused::invalid(name))?;
    list.iter().map(|value| id(value).ok_or_else(|| Refused::invalid(name))).collect()
}
