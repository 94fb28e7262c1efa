//! A service account's key file: a token for a claim that is signed by the key in it.

use super::guide::SCOPE;
use crate::json_web_token::{self, GRANT};
use connector::http::shorten;
use connector::sign_in::Tokens;
use connector::{Connection, Error, Http};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

pub const KEY_FILE: &str = "service_account";
/// Google takes claims that end within an hour.
const LIFE_SECS: i64 = 3_600;
/// A token's life, where the answer says nothing of it.
const TOKEN_SECS: i64 = 3_000;
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";

#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: Option<String>,
    #[serde(default)]
    token_uri: Option<String>,
}

pub fn is_given(connection: &Connection) -> bool {
    connection.secret(KEY_FILE).is_some_and(|text| !text.expose_secret().trim().is_empty())
}

/// Whom spreadsheets have to be shared with.
pub fn email(connection: &Connection) -> Option<String> {
    is_given(connection).then(|| read(connection).ok().map(|file| file.client_email))?
}

pub async fn exchange(http: &Http, connection: &Connection, url: &str) -> Result<Tokens, Error> {
    let (file, now) = (read(connection)?, http.source().now());
    let began = now.div_euclid(1_000);
    let mut claims = json!({
        "iss": file.client_email, "scope": SCOPE, "aud": file.token_uri.as_deref().unwrap_or(AUDIENCE),
        "iat": began, "exp": began.saturating_add(LIFE_SECS),
    });
    if let Some(user) = connection.text("subject") {
        claims["sub"] = user.into();
    }
    let assertion =
        json_web_token::sign(&claims, &SecretString::from(file.private_key), file.private_key_id.as_deref())?;
    let answer = http.post(url).form([("grant_type", GRANT), ("assertion", &assertion)]).send().await?;
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    if matches!(answer.status.as_u16(), 400 | 401 | 403) {
        return Err(Error::Connection {
            message: format!(
                "Google does not accept the service account's key: {} {}",
                text("error"),
                shorten(text("error_description"))
            ),
            advice: "Make a new key for the service account and paste its whole JSON; check that this server's clock is right.".into(),
        });
    }
    let (token, life) = (text("access_token").to_owned(), body.get("expires_in").and_then(Value::as_i64));
    let answer = answer.error_for_status(|_| None)?;
    if token.is_empty() {
        return Err(Error::Unreadable { host: answer.host(), message: "no token in the answer".into() });
    }
    let mut tokens = Tokens::new(token);
    let life = life.filter(|secs| *secs > 0).unwrap_or(TOKEN_SECS);
    (tokens.made_at, tokens.expires_at) = (Some(now), Some(now.saturating_add(life.saturating_mul(1_000))));
    Ok(tokens)
}

fn read(connection: &Connection) -> Result<KeyFile, Error> {
    let text = connection.need_secret(KEY_FILE)?.expose_secret();
    // The reason would repeat a piece of the key.
    serde_json::from_str(text).map_err(|_| Error::Connection {
        message: "the service account's key is not the JSON that Google gives".into(),
        advice: "Paste the whole file, from the first to the last curly bracket.".into(),
    })
}
