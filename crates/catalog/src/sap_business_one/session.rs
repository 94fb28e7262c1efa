//! Logging in. A session lives as long as somebody uses it; there is no telling when it ends, so it is used until it is refused.

use super::{api, failure};
use crate::address;
use connector::http::Answer;
use connector::sign_in::Tokens;
use connector::{Connection, Error, Http};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// What the login told: which version it is.
pub const VERSION: &str = "version";
/// The session, and which of several servers holds it: without the second, calls fail by chance behind a balancer.
const COOKIES: [&str; 2] = ["B1SESSION", "ROUTEID"];

pub async fn log_in(http: &Http, connection: &Connection) -> Result<Tokens, Error> {
    let body = json!({
        "CompanyDB": connection.need("company")?, "UserName": connection.need("username")?,
        "Password": connection.need_secret("password")?.expose_secret(),
    });
    let url = address::below(&api::root(connection)?, &["Login"])?;
    let answer = http.post(&url).header("accept", "application/json").json(&body).send().await?;
    if !answer.status.is_success() {
        return Err(failure::of_login(answer));
    }
    let told: Value = answer.json()?;
    let session = told.get("SessionId").and_then(Value::as_str).unwrap_or_default();
    let cookie = cookie(&answer, session).ok_or_else(|| Error::Unreadable {
        host: answer.host(),
        message: "the login's answer holds no session".into(),
    })?;
    let mut tokens = Tokens::new(cookie);
    tokens.made_at = Some(http.source().now());
    let version = told.get("Version").filter(|version| version.is_string()).cloned();
    tokens.facts.extend(version.map(|version| (VERSION.to_owned(), version)));
    Ok(tokens)
}

/// The header that every call of the session carries.
fn cookie(answer: &Answer, session: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs: Vec<(&str, &str)> = set
        .flat_map(|cookie| cookie.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, value)| COOKIES.contains(name) && !value.is_empty())
        .collect();
    if !session.is_empty() && !pairs.iter().any(|(name, _)| *name == COOKIES[0]) {
        pairs.insert(0, (COOKIES[0], session));
    }
    let known = pairs.iter().any(|(name, _)| *name == COOKIES[0]);
    let written: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    known.then(|| written.join("; "))
}
