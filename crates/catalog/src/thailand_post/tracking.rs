//! The tracking service: a static key gets a token for about a month, and the token asks.

use super::{PUSH_URL, TRACKING_URL, failure};
use connector::http::{Answer, shorten};
use connector::sign_in::Tokens;
use connector::{ActionCx, Connection, Error, Http};
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

/// Barcodes in one question.
pub const BATCH_MAX: usize = 100;

pub fn has_key(connection: &Connection) -> bool {
    connection.secret("tracking_key").is_some_and(|key| !key.expose_secret().is_empty())
}

#[derive(Deserialize)]
struct Given {
    token: String,
    expire: String,
}

pub async fn tokens(http: &Http, connection: &Connection) -> Result<Tokens, Error> {
    let key = connection.need_secret("tracking_key")?;
    let url = format!("{}/authenticate/token", base(connection, "tracking_url", TRACKING_URL));
    let call = http.post(&url).secret_header(AUTHORIZATION.as_str(), &scheme(key)).body(bytes::Bytes::new());
    let given: Given = failure::of_status(call.send().await?)?.json()?;
    let mut tokens = Tokens::new(given.token);
    tokens.made_at = Some(http.source().now());
    tokens.expires_at = crate::since::read_iso(&given.expire.replacen(' ', "T", 1));
    Ok(tokens)
}

/// Asks the tracking service.
pub async fn ask(cx: &ActionCx<'_>, path: &str, body: &Value) -> Result<Value, Error> {
    post(cx, "tracking_url", TRACKING_URL, path, body).await
}

/// Asks the service that pushes.
pub async fn ask_pushes(cx: &ActionCx<'_>, path: &str, body: &Value) -> Result<Value, Error> {
    post(cx, "push_url", PUSH_URL, path, body).await
}

async fn post(cx: &ActionCx<'_>, field: &str, usual: &str, path: &str, body: &Value) -> Result<Value, Error> {
    let connection = cx.connection()?;
    if !has_key(connection) {
        return Err(connection.lacks("tracking key"));
    }
    let url = format!("{}{path}", base(connection, field, usual));
    let token = scheme(connection.access_token()?);
    let answer = cx.http.post(&url).secret_header(AUTHORIZATION.as_str(), &token).json(body).send().await?;
    read(answer)
}

fn read(answer: Answer) -> Result<Value, Error> {
    let host = answer.host();
    if matches!(answer.status.as_u16(), 401 | 403) {
        return Err(Error::TokenEnded { host, message: "the token is not accepted".into() });
    }
    let said: Value = failure::of_status(answer)?.json()?;
    match said.get("status") {
        Some(Value::Bool(true)) => return Ok(said),
        Some(Value::Bool(false)) => {}
        _ => return Err(Error::Unreadable { host, message: "an answer without a status".into() }),
    }
    let words = shorten(said.get("message").and_then(Value::as_str).unwrap_or("no reason given"));
    Err(Error::Refused {
        message: format!("Thailand Post refuses: {words}"),
        advice: "Check the barcodes, and whether today's number of questions is used up.".into(),
    })
}

fn scheme(token: &SecretString) -> SecretString {
    SecretString::from(format!("Token {}", token.expose_secret()))
}

fn base<'a>(connection: &'a Connection, field: &str, usual: &'a str) -> &'a str {
    connection.text(field).unwrap_or(usual).trim_end_matches('/')
}
