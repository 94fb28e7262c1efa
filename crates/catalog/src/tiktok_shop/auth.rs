//! The seller's consent, the tokens that come of it, and which shop they are for.

use super::api::Api;
use crate::market::{self, list, text_at};
use connector::sign_in::{Consent, Grant, Tokens, needed};
use connector::{Connection, Error, Http, Retry};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use url::Url;

pub const AUTH_URL: &str = "https://auth.tiktok-shops.com";
pub const CONSENT_URL: &str = "https://services.tiktokshop.com/open/authorize";

/// Where the seller is sent. Where he comes back to is set in Partner Center.
pub fn consent_url(connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
    let mut url = connector::http::read_url(market::base(connection, "consent_url", CONSENT_URL))?;
    url.query_pairs_mut()
        .append_pair("service_id", connection.need("service_id")?)
        .append_pair("state", consent.state);
    Ok(url)
}

pub async fn tokens(http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
    let (path, pairs, facts) = match grant {
        Grant::Code(back) => {
            let pairs = [("auth_code", code(back)?.to_owned()), ("grant_type", "authorized_code".to_owned())];
            ("token/get", pairs, Map::new())
        }
        Grant::Refresh(tokens) => {
            let refresh = tokens.refresh.as_ref().ok_or_else(|| needed(connection.name.as_str()))?;
            let refresh = refresh.expose_secret().to_owned();
            let pairs = [("refresh_token", refresh), ("grant_type", "refresh_token".to_owned())];
            ("token/refresh", pairs, tokens.facts.clone())
        }
        Grant::Keys => return Err(needed(connection.name.as_str())),
    };
    let told = ask(http, connection, path, &pairs).await?;
    let mut tokens = read(&told, http.source().now(), facts)?;
    if !tokens.facts.contains_key("shop_cipher") {
        learn_shop(http, connection, &mut tokens).await?;
    }
    Ok(tokens)
}

/// A refusal comes back as the code `null`.
fn code<'b>(back: &'b connector::sign_in::Return<'_>) -> Result<&'b str, Error> {
    back.code().and_then(|code| match code {
        "null" => Err(Error::Connection {
            message: "the sign-in was not completed: the seller did not agree".into(),
            advice: "Sign in again, and allow what is asked for.".into(),
        }),
        code => Ok(code),
    })
}

/// These calls are not signed: the app's secret stands in the address, which is never shown.
async fn ask(
    http: &Http,
    connection: &Connection,
    path: &str,
    pairs: &[(&str, String)],
) -> Result<Value, Error> {
    let base = market::base(connection, "auth_url", AUTH_URL);
    let call = http.get(&format!("{base}/api/v2/{path}"));
    let call = call.query("app_key", connection.need("app_key")?);
    let call = call.query("app_secret", market::plain(connection, "app_secret")?);
    let call = pairs.iter().fold(call, |call, (name, value)| call.query(name, value));
    let answered = Api::new(http, connection).read(call.send().await?).map_err(ended)?;
    answered.map_err(|said| Error::Connection {
        message: format!("TikTok Shop gives no tokens: {} ({})", said.message, said.code),
        advice: "Open the connection and sign in again.".into(),
    })
}

/// A refresh that is refused cannot be mended by another refresh.
fn ended(error: Error) -> Error {
    match error {
        Error::TokenEnded { message, .. } => connector::sign_in::ended("TikTok Shop", &message),
        other => other,
    }
}

/// Times are absolute, in seconds.
fn read(told: &Value, now: i64, facts: Map<String, Value>) -> Result<Tokens, Error> {
    let text = |place: &str| Some(text_at(told, place)).filter(|text| !text.is_empty());
    let access = text("/access_token").ok_or_else(|| Error::Unreadable {
        host: "TikTok Shop".into(),
        message: "the answer holds no access token".into(),
    })?;
    let ms = |place: &str| text(place)?.parse::<i64>().ok().map(|secs| secs.saturating_mul(1_000));
    let names = ["open_id", "seller_name", "seller_base_region"];
    let learnt =
        names.iter().filter_map(|name| Some(((*name).to_owned(), text(&format!("/{name}"))?.into())));
    Ok(Tokens {
        access: access.into(),
        refresh: text("/refresh_token").map(SecretString::from),
        made_at: Some(now),
        expires_at: ms("/access_token_expire_in"),
        refresh_expires_at: ms("/refresh_token_expire_in"),
        facts: facts.into_iter().chain(learnt).collect(),
    })
}

/// Asks which shop the tokens are for. The code is spent by now, so a passing failure must not lose them: they are kept as
/// due, and the refresh that follows asks again.
async fn learn_shop(http: &Http, connection: &Connection, tokens: &mut Tokens) -> Result<(), Error> {
    let api = Api::new(http, connection);
    match api.shopless(Method::GET, "/authorization/202309/shops", None, &tokens.access).await {
        Ok(told) => {
            tokens.facts.extend(shop(&told, connection)?);
            Ok(())
        }
        Err(error) if error.retry() != Retry::Never && tokens.refresh.is_some() => {
            tokens.expires_at = tokens.made_at;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The shop that the connection names, or the only one.
fn shop(told: &Value, connection: &Connection) -> Result<Map<String, Value>, Error> {
    let shops = list(told, "/shops");
    let chosen = match (connection.text("shop_id"), shops) {
        (Some(named), shops) => shops.iter().find(|shop| text_at(shop, "/id") == named),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let names = shops.iter().map(|shop| format!("{} {}", text_at(shop, "/id"), text_at(shop, "/name")));
    let chosen = chosen.ok_or_else(|| Error::Connection {
        message: format!("the seller has these shops: {}", names.collect::<Vec<_>>().join(", ")),
        advice: "Write the number of one of them into the connection, and sign in again.".into(),
    })?;
    let facts = [
        ("shop_id", "/id"),
        ("shop_name", "/name"),
        ("shop_cipher", "/cipher"),
        ("region", "/region"),
        ("seller_type", "/seller_type"),
    ];
    let known = facts.iter().map(|(name, place)| ((*name).to_owned(), text_at(chosen, place)));
    Ok(known.filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, text.into())).collect())
}
