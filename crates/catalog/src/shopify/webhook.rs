//! What all of Shopify's webhooks share: who sent it, what it is about, and which delivery it is.

use crate::door;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::oauth2::CLIENT_SECRET;
use connector::{Body, Connection, Delivery, Refusal, Request};
use hmac::Hmac;
use http::HeaderMap;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::Sha256;
use url::Url;

/// Orders with hundreds of lines stay far below this.
pub const BODY_BYTES_MAX: u64 = 4 << 20;

/// What is kept of a delivery's headers: the name in `trigger`, and the header without its `x-shopify-`.
const KEPT: [(&str, &str); 6] = [
    ("topic", "topic"),
    ("shop_domain", "shop-domain"),
    ("webhook_id", "webhook-id"),
    ("event_id", "event-id"),
    ("triggered_at", "triggered-at"),
    ("api_version", "api-version"),
];

/// Checks the signature on the raw bytes, then the topic and the shop, and only then reads the body.
pub fn receive(
    request: &Request<'_>,
    topics: &[&str],
    connection: Option<&Connection>,
) -> Result<Delivery, Refusal> {
    check(request, topics, connection)?;
    let body = door::read_json(request.body)?;
    let id = header(request.headers, "webhook-id").map(str::to_owned);
    let head = head(request, &body);
    Ok(door::delivery(id, body, head))
}

/// Who sent it, and whether it is about one of the topics; `orders/` is every topic of orders.
pub fn check(request: &Request<'_>, topics: &[&str], connection: Option<&Connection>) -> Result<(), Refusal> {
    door::posted(request, BODY_BYTES_MAX)?;
    let connection =
        connection.ok_or_else(|| Refusal::NotSetUp("the trigger has no connection to a shop".into()))?;
    check_signature(request, connection)?;
    check_topic(request.headers, topics)?;
    check_shop(request.headers, connection)
}

fn check_topic(headers: &HeaderMap, topics: &[&str]) -> Result<(), Refusal> {
    let given = header(headers, "topic").unwrap_or_default().to_ascii_lowercase();
    let is = |topic: &&str| given == **topic || topic.ends_with('/') && given.starts_with(*topic);
    if topics.iter().any(is) {
        return Ok(());
    }
    Err(Refusal::Ignored(format!("this trigger is for {}, not for \"{given}\"", topics.join(" and "))))
}

/// Webhooks of an app are signed with its client secret, those made by hand in the shop with a secret of their own.
fn check_signature(request: &Request<'_>, connection: &Connection) -> Result<(), Refusal> {
    let secret = connection
        .secret("webhook_secret")
        .into_iter()
        .chain(connection.secret(CLIENT_SECRET))
        .map(ExposeSecret::expose_secret)
        .find(|secret| !secret.is_empty())
        .ok_or_else(|| Refusal::NotSetUp("the connection has no webhook secret".into()))?;
    let wanted = door::sign::<Hmac<Sha256>>(secret.as_bytes(), request.body);
    let given = header(request.headers, "hmac-sha256")
        .and_then(|text| STANDARD.decode(text.trim()).ok())
        .ok_or(Refusal::Unauthorized)?;
    if door::same(&given, &wanted) { Ok(()) } else { Err(Refusal::Unauthorized) }
}

/// One app secret may serve several shops. A stand-in's address names no shop and is not compared.
fn check_shop(headers: &HeaderMap, connection: &Connection) -> Result<(), Refusal> {
    let expected = connection
        .text("shop_url")
        .and_then(|url| Url::parse(url).ok())
        .and_then(|url| url.host_str().map(str::to_owned))
        .filter(|host| host.ends_with(".myshopify.com"));
    let given = header(headers, "shop-domain").unwrap_or_default();
    match expected {
        Some(expected) if !expected.eq_ignore_ascii_case(given) => {
            Err(Refusal::Ignored(format!("this trigger is for {expected}, not for \"{given}\"")))
        }
        _ => Ok(()),
    }
}

/// What the head says of an order.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Order {
    test: bool,
}

fn head(request: &Request<'_>, body: &Body) -> Map<String, Value> {
    let mut head = door::place(request);
    for (name, suffix) in KEPT {
        if let Some(value) = header(request.headers, suffix) {
            head.insert(name.into(), value.into());
        }
    }
    head.insert("test".into(), body.read::<Order>().unwrap_or_default().test.into());
    head
}

/// A header of Shopify's by the end of its name; newer deliveries leave out the `x-`.
fn header<'a>(headers: &'a HeaderMap, suffix: &str) -> Option<&'a str> {
    door::header(headers, &format!("x-shopify-{suffix}"))
        .or_else(|| door::header(headers, &format!("shopify-{suffix}")))
}
