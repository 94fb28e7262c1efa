//! The seller's consent, and the tokens that come of it.

use super::api::{AUTH_URL, Api};
use crate::market::{self, text_at, text_of};
use connector::sign_in::{Consent, Grant, Tokens, needed};
use connector::{Connection, Error, Http};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use url::Url;

/// Where the seller is sent.
pub fn consent_url(connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
    let base = market::base(connection, "auth_url", AUTH_URL);
    let mut url = connector::http::read_url(&format!("{base}/oauth/authorize"))?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("force_auth", "true")
        .append_pair("redirect_uri", consent.redirect_uri)
        .append_pair("client_id", connection.need("app_key")?)
        .append_pair("state", consent.state);
    Ok(url)
}

pub async fn tokens(http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
    let api = Api::new(http, connection);
    match grant {
        Grant::Code(back) => {
            let told = api.token("/auth/token/create", vec![("code", back.code()?.to_owned())]).await?;
            read(&told, http.source().now(), Map::new())
        }
        Grant::Refresh(tokens) => {
            let refresh = tokens.refresh.as_ref().ok_or_else(|| needed(connection.name.as_str()))?;
            let pairs = vec![("refresh_token", refresh.expose_secret().to_owned())];
            let told = api.token("/auth/token/refresh", pairs).await?;
            read(&told, http.source().now(), tokens.facts.clone())
        }
        Grant::Keys => Err(needed(connection.name.as_str())),
    }
}

/// Lazada wants tokens replaced half an hour before their end. None of them is as short-lived as that.
const EARLY_SECS: i64 = 30 * 60;

/// How long a token lasts depends on the state of the app: what the answer says counts.
fn read(told: &Value, now: i64, facts: Map<String, Value>) -> Result<Tokens, Error> {
    let text = |name: &str| Some(text_at(told, &format!("/{name}"))).filter(|text| !text.is_empty());
    let access = text("access_token").ok_or_else(|| Error::Unreadable {
        host: "Lazada".into(),
        message: "the answer holds no access token".into(),
    })?;
    let secs = |name: &str| text(name)?.parse::<i64>().ok().filter(|secs| *secs > 0);
    let until = |secs: i64| now.saturating_add(secs.saturating_mul(1_000));
    let refresh_until = secs("refresh_expires_in").map(until);
    Ok(Tokens {
        access: access.into(),
        // Without a time of its own a refresh token cannot be used.
        refresh: text("refresh_token").filter(|_| refresh_until.is_some()).map(SecretString::from),
        made_at: Some(now),
        expires_at: secs("expires_in").map(|secs| until(secs - EARLY_SECS)),
        refresh_expires_at: refresh_until,
        facts: facts.into_iter().chain(learnt(told)).collect(),
    })
}

/// Which shop it is, and where.
fn learnt(told: &Value) -> Vec<(String, Value)> {
    let country = text_at(told, "/country");
    let infos = ["/country_user_info", "/country_user_info_list"].map(|place| market::list(told, place));
    let shops = || infos.iter().flat_map(|infos| infos.iter());
    let of_country =
        |info: &&Value| info.get("country").is_some_and(|its| text_of(its).eq_ignore_ascii_case(&country));
    let shop = shops().find(of_country).or_else(|| shops().next());
    let of_shop = |name: &str| shop.and_then(|shop| shop.get(name)).map(text_of).unwrap_or_default();
    let facts = [
        ("country", country.clone()),
        ("account", text_at(told, "/account")),
        ("seller_id", of_shop("seller_id")),
        ("user_id", of_shop("user_id")),
        ("short_code", of_shop("short_code")),
    ];
    let known = facts.into_iter().filter(|(_, value)| !value.is_empty());
    known.map(|(name, value)| (name.to_owned(), value.into())).collect()
}
