//! A token by the app's private key, for which nobody's password and no secret of the app is needed (JWT bearer).

use crate::json_web_token::{self, GRANT};
use connector::http::shorten;
use connector::sign_in::Tokens;
use connector::{Connection, Error, Http};
use secrecy::SecretString;
use serde_json::{Value, json};

/// Salesforce takes assertions that end within some minutes.
const LIFE_SECS: i64 = 180;
pub const PRIVATE_KEY: &str = "private_key";
pub const AUDIENCE: &str = "https://login.salesforce.com";

/// Gets a token with the key.
pub async fn exchange(
    http: &Http,
    connection: &Connection,
    url: &str,
    key: &SecretString,
) -> Result<Tokens, Error> {
    let now = http.source().now();
    let assertion = sign(connection, key, now)?;
    let answer = http.post(url).form([("grant_type", GRANT), ("assertion", &assertion)]).send().await?;
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if answer.status.as_u16() == 400 {
        return Err(Error::Connection {
            message: format!(
                "Salesforce does not accept the app's key: {}",
                shorten(text("error_description").unwrap_or_default())
            ),
            advice:
                "Check consumer key, user name and certificate, and that the app is allowed for this user."
                    .into(),
        });
    }
    let token = text("access_token").map(str::to_owned);
    let instance = text("instance_url").map(str::to_owned);
    let answer = answer.error_for_status(|_| None)?;
    let token = token
        .ok_or_else(|| Error::Unreadable { host: answer.host(), message: "no token in the answer".into() })?;
    let mut tokens = Tokens::new(token);
    tokens.made_at = Some(now);
    tokens.facts.extend(instance.map(|url| ("instance_url".to_owned(), url.into())));
    Ok(tokens)
}

/// The signed claim that the app may work as its user; `now` in milliseconds.
fn sign(connection: &Connection, key: &SecretString, now: i64) -> Result<String, Error> {
    let claims = json!({
        "iss": connection.need("client_id")?, "sub": connection.need("username")?,
        "aud": connection.text("audience").unwrap_or(AUDIENCE),
        "exp": now.div_euclid(1_000).saturating_add(LIFE_SECS),
    });
    json_web_token::sign(&claims, key, None)
}
