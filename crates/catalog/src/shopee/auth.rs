//! The seller's consent, and tokens that rotate: each refresh token is good once.

use super::api::Api;
use crate::market::{self, mistake, read::Id, text_at, text_of};
use connector::sign_in::{Consent, Grant, Return, Tokens, needed};
use connector::{Connection, Error, Http};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use url::Url;

pub const CONSENT_URL: &str = "https://open.shopee.com/auth";
/// The vendor does not say it in the answer.
const REFRESH_MS: i64 = 30 * 86_400_000;

/// Where the seller is sent.
pub fn consent_url(connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
    let base = market::base(connection, "consent_url", CONSENT_URL);
    let mut url = connector::http::read_url(base)?;
    url.query_pairs_mut()
        .append_pair("partner_id", connection.need("partner_id")?)
        .append_pair("auth_type", "seller")
        .append_pair("redirect_uri", consent.redirect_uri)
        .append_pair("response_type", "code")
        .append_pair("state", consent.state);
    Ok(url)
}

pub async fn tokens(http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
    let api = Api::new(http, connection);
    let now = http.source().now();
    let partner = number("partner id", connection.need("partner_id")?)?;
    match grant {
        Grant::Code(back) => {
            let mut body = json!({"code": back.code()?, "partner_id": partner});
            let (name, id) = account(back)?;
            body[name] = number(name, id)?;
            let told = api.token("auth/token/get", body).await.map_err(ended)?;
            let shop = if name == "shop_id" { id.to_owned() } else { one_shop(&told, connection)? };
            read(&told, now, Map::from_iter([("shop_id".to_owned(), shop.into())]))
        }
        Grant::Refresh(tokens) => {
            let refresh = tokens.refresh.as_ref().ok_or_else(|| needed(connection.name.as_str()))?;
            let shop = tokens.facts.get("shop_id").map(text_of).unwrap_or_default();
            let body = json!({
                "refresh_token": refresh.expose_secret(), "partner_id": partner, "shop_id": number("shop id", &shop)?,
            });
            let told = api.token("auth/access_token/get", body).await.map_err(ended)?;
            read(&told, now, tokens.facts.clone())
        }
        Grant::Keys => Err(needed(connection.name.as_str())),
    }
}

/// What came back: a shop, or a main account with several.
fn account<'r>(back: &'r Return<'_>) -> Result<(&'static str, &'r str), Error> {
    let given = |name: &'static str| Some((name, back.query.get(name).filter(|id| !id.is_empty())?.as_str()));
    given("shop_id").or_else(|| given("main_account_id")).ok_or_else(|| Error::Connection {
        message: "Shopee did not say which shop it was".into(),
        advice: "Sign in again with the shop's own account.".into(),
    })
}

/// Of a main account's shops, the one that the connection names, or the only one.
fn one_shop(told: &Value, connection: &Connection) -> Result<String, Error> {
    let shops: Vec<String> = market::list(told, "/shop_id_list").iter().map(text_of).collect();
    let named = connection.text("shop_id").map(str::to_owned);
    match (named, shops.as_slice()) {
        (Some(named), shops) if shops.contains(&named) => Ok(named),
        (None, [only]) => Ok(only.clone()),
        _ => Err(Error::Connection {
            message: format!("the account has these shops: {}", shops.join(", ")),
            advice: "Write the number of one of them into the connection, and sign in again.".into(),
        }),
    }
}

fn number(what: &str, digits: &str) -> Result<Value, Error> {
    let id = Id::read(digits)
        .ok_or_else(|| mistake(format!("the {what} is not a number"), "Correct the connection."))?;
    Ok(Value::Number(id.number()?))
}

/// A refresh that is refused cannot be mended by another refresh.
fn ended(error: Error) -> Error {
    match error {
        Error::TokenEnded { message, .. } | Error::Refused { message, .. } => {
            connector::sign_in::ended("Shopee", &message)
        }
        other => other,
    }
}

fn read(told: &Value, now: i64, facts: Map<String, Value>) -> Result<Tokens, Error> {
    let text = |place: &str| Some(text_at(told, place)).filter(|text| !text.is_empty());
    let access = text("/access_token").ok_or_else(|| Error::Unreadable {
        host: "Shopee".into(),
        message: "the answer holds no access token".into(),
    })?;
    let secs = text("/expire_in").and_then(|secs| secs.parse::<i64>().ok());
    let refresh = text("/refresh_token").map(SecretString::from);
    Ok(Tokens {
        access: access.into(),
        made_at: Some(now),
        expires_at: secs.map(|secs| now.saturating_add(secs.saturating_mul(1_000))),
        refresh_expires_at: refresh.is_some().then(|| now.saturating_add(REFRESH_MS)),
        refresh,
        facts,
    })
}
