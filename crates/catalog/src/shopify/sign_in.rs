//! How a connection comes to its token: entered, by the app's own keys, or by a person who consents in Shopify.

use crate::signature;
use connector::http::{Answer, shorten};
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET};
use connector::sign_in::{Consent, Grant, Return, TokenRule, Tokens};
use connector::{Connection, Error, Http, sign_in};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::Url;

/// What the seven flows of the guide need.
pub const SCOPE: &str = "read_products,write_products,read_inventory,write_inventory,read_locations,read_orders,\
                         write_orders,read_customers,read_merchant_managed_fulfillment_orders,\
                         write_merchant_managed_fulfillment_orders";
/// How far Shopify's clock and ours may differ when a browser comes back.
const CLOCK_SECS_MAX: i64 = 90;
const SHOPS: &str = ".myshopify.com";

pub fn rule(connection: &Connection) -> TokenRule {
    match connection.text("sign_in") {
        Some("keys") => TokenRule::Keys,
        Some("consent") => TokenRule::Consent,
        _ => TokenRule::None,
    }
}

pub fn is_renewed(connection: &Connection) -> bool {
    rule(connection) != TokenRule::None
}

pub fn consent_url(connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
    let mut url = connector::http::read_url(&address(connection, "authorize")?)?;
    url.query_pairs_mut()
        .append_pair("client_id", connection.need(CLIENT_ID)?)
        .append_pair("scope", connection.text("scope").unwrap_or(SCOPE))
        .append_pair("redirect_uri", consent.redirect_uri)
        .append_pair("state", consent.state);
    Ok(url)
}

pub async fn tokens(http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
    let (id, secret) = (connection.need(CLIENT_ID)?, connection.need_secret(CLIENT_SECRET)?.expose_secret());
    let call = http.post(&address(connection, "access_token")?).header("accept", "application/json");
    let call = match grant {
        Grant::Keys => {
            let pairs = [("grant_type", "client_credentials"), (CLIENT_ID, id), (CLIENT_SECRET, secret)];
            call.form(pairs)
        }
        Grant::Code(back) => {
            check_return(connection, secret, back, http.source().now())?;
            // "expiring" asks for a token that ends and is renewed; a permanent one is not given to new public apps.
            call.json(&json!({CLIENT_ID: id, CLIENT_SECRET: secret, "code": back.code()?, "expiring": 1}))
        }
        Grant::Refresh(tokens) => {
            let refresh = tokens.refresh.as_ref().ok_or_else(|| sign_in::needed(connection.name.as_str()))?;
            call.json(&json!({CLIENT_ID: id, CLIENT_SECRET: secret, "grant_type": "refresh_token",
                "refresh_token": refresh.expose_secret()}))
        }
    };
    read(http, call.send().await?, grant)
}

fn address(connection: &Connection, end: &str) -> Result<String, Error> {
    Ok(format!("{}/admin/oauth/{end}", connection.need("shop_url")?.trim_end_matches('/')))
}

/// Whether it was Shopify that sent the browser back, just now, for this shop.
fn check_return(connection: &Connection, secret: &str, back: &Return<'_>, now: i64) -> Result<(), Error> {
    let text = |name: &str| back.query.get(name).map(String::as_str).unwrap_or_default();
    if !is_signed(secret, back.query) {
        return Err(not_trusted("its signature is wrong", "Check the client secret in the connection."));
    }
    let differs = text("timestamp").parse::<i64>().map_or(i64::MAX, |at| (now / 1_000).saturating_sub(at));
    if differs.saturating_abs() > CLOCK_SECS_MAX {
        return Err(not_trusted("its time is not now", "Set this machine's clock, and sign in again."));
    }
    let shop = text("shop");
    let ours = connection.need("shop_url").map(shop_of)?;
    if !is_shop(shop) || ours.is_some_and(|ours| ours != shop) {
        return Err(not_trusted("it is for another shop", "Sign in to the shop that the connection names."));
    }
    Ok(())
}

fn not_trusted(why: &str, advice: &str) -> Error {
    Error::Connection {
        message: format!("what came back from Shopify is not trusted: {why}"),
        advice: advice.into(),
    }
}

/// Shopify's own libraries differ in whether the pairs are encoded when they are signed; for what Shopify sends it is
/// nearly always the same.
fn is_signed(secret: &str, query: &BTreeMap<String, String>) -> bool {
    let given = query.get("hmac").map(String::as_str).unwrap_or_default();
    let signed = || query.iter().filter(|(name, _)| !matches!(name.as_str(), "hmac" | "signature"));
    let plain = signed().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(signed()).finish();
    let is = |text: &str| signature::same(given, &signature::hmac_sha256_hex(secret, text.as_bytes()));
    is(&plain) | is(&encoded)
}

/// `^[a-z0-9][a-z0-9-]*\.myshopify\.com$`
fn is_shop(host: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    host.strip_suffix(SHOPS).is_some_and(|name| {
        name.bytes().next().is_some_and(letter) && name.bytes().all(|byte| letter(byte) || byte == b'-')
    })
}

/// The shop that an address names; nothing for a stand-in's.
fn shop_of(url: &str) -> Option<String> {
    let host = Url::parse(url).ok()?.host_str()?.to_ascii_lowercase();
    host.ends_with(SHOPS).then_some(host)
}

#[derive(Deserialize)]
struct Told {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    expires_in: Option<i64>,
    #[serde(default)]
    refresh_token_expires_in: Option<i64>,
    #[serde(default)]
    scope: Option<String>,
}

fn read(http: &Http, answer: Answer, grant: &Grant<'_>) -> Result<Tokens, Error> {
    if !answer.status.is_success() {
        return Err(refused(answer));
    }
    let told: Told = answer.json().map_err(|_| Error::Unreadable {
        host: answer.host(),
        message: "the answer holds no access token".into(),
    })?;
    let now = http.source().now();
    let at = |secs: Option<i64>| secs.map(|secs| now.saturating_add(secs.saturating_mul(1_000)));
    let (kept, mut facts) = match grant {
        Grant::Refresh(tokens) => (tokens.refresh.clone(), tokens.facts.clone()),
        Grant::Keys | Grant::Code(_) => (None, Map::new()),
    };
    facts.extend(told.scope.map(|scope| ("scope".to_owned(), Value::from(scope))));
    Ok(Tokens {
        access: told.access_token.into(),
        refresh: told.refresh_token.map(SecretString::from).or(kept),
        made_at: Some(now),
        expires_at: at(told.expires_in),
        refresh_expires_at: at(told.refresh_token_expires_in),
        facts,
    })
}

fn refused(answer: Answer) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(shorten);
    let said = text("error_description").or_else(|| text("error")).unwrap_or_default();
    match answer.status.as_u16() {
        400 | 401 | 403 | 404 => Error::Connection {
            message: format!("{} gives no token: {said}", answer.host()),
            advice: "Check the shop's address, client id and client secret, and that the app is installed; then sign in again.".into(),
        },
        _ => answer.failed(&said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &str, hmac: &str) -> BTreeMap<String, String> {
        let all = format!("{pairs}&hmac={hmac}");
        url::form_urlencoded::parse(all.as_bytes()).into_owned().collect()
    }

    #[test]
    fn the_vendor_s_own_callbacks_are_accepted_and_a_changed_one_is_not() {
        let vectors = [
            (
                "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173",
                "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20",
            ),
            (
                "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&state=abcd&timestamp=1337178173",
                "7db6973c2aff68295ebcf354c2ce528a6b09aef1146baafccc2e0b369fff5f6d",
            ),
        ];
        for (pairs, hmac) in vectors {
            assert!(is_signed("hush", &query(pairs, hmac)), "{pairs}");
            assert!(is_signed("hush", &query(&format!("signature=old&{pairs}"), hmac)), "{pairs}");
            assert!(!is_signed("hush", &query(&pairs.replace("some-shop", "other"), hmac)));
            assert!(!is_signed("other", &query(pairs, hmac)));
        }
        assert!(!is_signed("hush", &BTreeMap::new()), "nothing is no signature");
    }

    #[test]
    fn only_a_shop_of_shopify_s_is_a_shop() {
        for shop in ["some-shop.myshopify.com", "1.myshopify.com"] {
            assert!(is_shop(shop), "{shop}");
        }
        for other in [
            ".myshopify.com",
            "-a.myshopify.com",
            "a.b.myshopify.com",
            "a.myshopify.com.evil.example",
            "A.myshopify.com",
            "",
        ] {
            assert!(!is_shop(other), "{other}");
        }
    }
}
