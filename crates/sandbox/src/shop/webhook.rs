//! A webhook: who gets it, how it is signed, what one attempt looks like.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::redirect;
use serde::{Deserialize, Serialize};

use super::API_VERSION;
use crate::{Error, seal};

/// Waits between attempts as Shopify's: eight more tries within four hours, further and further apart.
pub const SHOPIFY_RETRY_GAPS: [Duration; 8] = [
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
    Duration::from_secs(600),
    Duration::from_secs(1_200),
    Duration::from_secs(2_400),
    Duration::from_secs(3_600),
    Duration::from_secs(6_120),
];

/// The topics this shop has something to say about.
pub(crate) const TOPICS: [&str; 9] = [
    "orders/create",
    "orders/paid",
    "orders/updated",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/partially_fulfilled",
    "fulfillments/create",
    "fulfillments/update",
    "refunds/create",
];

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Of an answer only the status counts; this much of its body is read so that the connection can be used again.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Where webhooks go, what signs them, and which there are.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub url: String,
    /// The shop's own secret if absent.
    #[serde(default, skip_serializing)]
    pub secret: Option<String>,
    #[serde(default = "orders_create")]
    pub topics: Vec<String>,
}

fn orders_create() -> Vec<String> {
    vec![TOPICS[0].to_owned()]
}

impl Webhook {
    /// `orders/create` to this address, signed with the shop's own secret.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), secret: None, topics: orders_create() }
    }

    pub fn topics<T: Into<String>>(mut self, topics: impl IntoIterator<Item = T>) -> Self {
        self.topics = topics.into_iter().map(Into::into).collect();
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let url = reqwest::Url::parse(&self.url)
            .map_err(|error| Error::Webhook(format!("{}: {error}", self.url)))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::Webhook(format!("{} is neither http nor https", self.url)));
        }
        check_topics(&self.topics).map_err(Error::Webhook)
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("url", &self.url)
            .field("topics", &self.topics)
            .finish_non_exhaustive()
    }
}

pub(crate) fn check_topics(topics: &[String]) -> Result<(), String> {
    match topics.iter().find(|topic| !TOPICS.contains(&topic.as_str())) {
        None if topics.is_empty() => Err("no topic is named".to_owned()),
        None => Ok(()),
        Some(topic) => Err(format!("unknown topic {topic:?}: use {}", TOPICS.join(", "))),
    }
}

/// `X-Shopify-Hmac-Sha256`: base64 of the HMAC-SHA256 of the raw body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    seal::base64(seal::hmac_sha256(secret, &[body]))
}

/// What is sent, again and again the same until somebody takes it.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub webhook_id: String,
    pub event_id: String,
    pub topic: String,
    pub triggered_at: DateTime<Utc>,
    pub body: Bytes,
}

/// A redirect is a failure, and a proxy of the environment is not asked for a local address.
pub(crate) fn client(timeout: Duration) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT.min(timeout)).timeout(timeout);
    Ok(builder
        .redirect(redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .user_agent("Shopify-Captain-Hook")
        .build()?)
}

/// One attempt: the status that came back, or why none did.
pub(crate) async fn attempt(
    client: &reqwest::Client,
    parcel: &Parcel,
    url: &str,
    secret: &str,
    domain: &str,
) -> Result<u16, String> {
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("x-shopify-topic", &parcel.topic)
        .header("x-shopify-shop-domain", domain)
        .header("x-shopify-api-version", API_VERSION)
        .header("x-shopify-hmac-sha256", sign(secret, &parcel.body))
        .header("x-shopify-webhook-id", &parcel.webhook_id)
        .header("x-shopify-event-id", &parcel.event_id)
        .header("x-shopify-triggered-at", parcel.triggered_at.to_rfc3339_opts(SecondsFormat::Nanos, true))
        .header("x-shopify-name", "khlong")
        .body(parcel.body.clone());
    let mut answer = request.send().await.map_err(|error| reason(&error))?;
    let status = answer.status().as_u16();
    let mut read = 0;
    while read < ANSWER_BYTES_MAX {
        match answer.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) | Err(_) => break,
        }
    }
    Ok(status)
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "cannot connect".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_shopify_publishes() {
        let vectors = [
            ("hush", r#""my secret message""#, "hMTq0K2x7oyOjoBwGYeTj5oxfnaVYXzbanUG9aajpKI="),
            ("test_secret_key", r#"{"foo": "bar"}"#, "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g="),
            (
                "hush",
                r##"{"id":820982911946154508,"name":"#1001","currency":"THB","total_price":"1070.00"}"##,
                "w/tSuGjSeUsse0in9egv/Y9E3gOqYKlE0yVcOyIlkfc=",
            ),
        ];
        for (secret, body, signature) in vectors {
            assert_eq!(sign(secret, body.as_bytes()), signature);
        }
    }

    #[test]
    fn the_retries_fit_into_four_hours_and_grow() {
        assert!(SHOPIFY_RETRY_GAPS.is_sorted());
        assert!(SHOPIFY_RETRY_GAPS.iter().sum::<Duration>() <= Duration::from_secs(4 * 3_600));
    }
}
