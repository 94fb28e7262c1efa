//! `/webhooks`, and how a delivery is signed.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Value, json};

use super::Woo;
use super::listing::page;
use super::refused::{Answer, Refused, refused};
use super::words::{gmt, id, local, read};
use crate::market::Asked;
use crate::seal::{base64, hmac_sha256, sha256_hex};
use crate::stand::{Parcel, Sealed, Sign, Target};

const RESOURCES: [&str; 4] = ["order", "product", "customer", "coupon"];
const EVENTS: [&str; 4] = ["created", "updated", "deleted", "restored"];

/// `X-WC-Webhook-Signature`: base64 of the HMAC-SHA256 of the raw body.
fn signature(secret: &str, body: &[u8]) -> String {
    base64(hmac_sha256(secret, &[body]))
}

/// The ping of a new webhook is not signed.
pub(super) fn signer(own: String) -> Sign {
    Box::new(move |sealed: &Sealed<'_>| {
        let (target, parcel) = (sealed.target, sealed.parcel);
        if parcel.topic == "ping" {
            return Vec::new();
        }
        let secret = target.secret.as_deref().unwrap_or(&own);
        vec![
            ("x-wc-webhook-signature", signature(secret, &parcel.body)),
            ("x-wc-webhook-id", target.id.to_string()),
            ("x-wc-webhook-delivery-id", delivery_id(target.id, sealed)),
        ]
    })
}

/// Of the webhook and the second, so two deliveries within one second share it.
fn delivery_id(webhook: u64, sealed: &Sealed<'_>) -> String {
    let text = format!("{webhook}{}", sealed.at.timestamp());
    sha256_hex(text.as_bytes())[..32].to_owned()
}

pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, uri: Uri) -> Answer {
    let targets = woo.stand.sender.targets();
    page(&uri, &Asked::of(&uri), targets, |target| show(&woo, target))
}

pub(super) async fn one(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let wanted = id(&text)?;
    let found = woo.stand.sender.targets().into_iter().find(|target| target.id == wanted);
    Ok(Json(show(&woo, &found.ok_or_else(lost)?)).into_response())
}

/// The store pings the address first; without a 200 the webhook is kept, but not active.
pub(super) async fn create(Shared(woo): Shared<Arc<Woo>>, body: Bytes) -> Answer {
    let body = read(&body)?;
    let topic = body["topic"].as_str().filter(|topic| is_topic(topic));
    let topic = topic.ok_or_else(|| Refused::invalid("topic"))?;
    let mut target = Target::new(body["delivery_url"].as_str().unwrap_or_default());
    target.topics = vec![topic.to_owned()];
    target.secret = body["secret"].as_str().map(str::to_owned);
    let sender = &woo.stand.sender;
    let target = sender.subscribe(target).map_err(|_| Refused::invalid("delivery_url"))?;
    let active = sender.probe(target.id, &ping(target.id)).await == Some(200);
    let kept = sender.change(target.id, |target| target.active = active).unwrap_or(target);
    Ok((StatusCode::CREATED, Json(show(&woo, &kept))).into_response())
}

pub(super) async fn change(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    let (wanted, body) = (id(&text)?, read(&body)?);
    let status = body["status"].as_str();
    if status.is_some_and(|status| !["active", "paused", "disabled"].contains(&status)) {
        return Err(Refused::invalid("status"));
    }
    let changed = woo.stand.sender.change(wanted, |target| {
        if let Some(status) = status {
            target.active = status == "active";
            target.failures = 0;
        }
        if let Some(url) = body["delivery_url"].as_str() {
            target.url = url.to_owned();
        }
        if let Some(secret) = body["secret"].as_str() {
            target.secret = Some(secret.to_owned());
        }
    });
    Ok(Json(show(&woo, &changed.ok_or_else(lost)?)).into_response())
}

pub(super) async fn remove(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let removed = woo.stand.sender.unsubscribe(id(&text)?);
    Ok(Json(show(&woo, &removed.ok_or_else(lost)?)).into_response())
}

fn lost() -> Refused {
    refused(StatusCode::NOT_FOUND, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
}

fn is_topic(topic: &str) -> bool {
    match topic.split_once('.') {
        Some(("action", hook)) => !hook.is_empty(),
        Some((resource, event)) => RESOURCES.contains(&resource) && EVENTS.contains(&event),
        None => false,
    }
}

fn ping(webhook: u64) -> Parcel {
    Parcel {
        topic: "ping".to_owned(),
        reference: webhook.to_string(),
        content_type: "application/x-www-form-urlencoded",
        headers: Vec::new(),
        body: format!("webhook_id={webhook}").into(),
    }
}

/// The secret is never shown again.
fn show(woo: &Woo, target: &Target) -> Value {
    let topic = target.topics.first().map_or("", String::as_str);
    let (resource, event) = topic.split_once('.').unwrap_or((topic, ""));
    let now = woo.stand.now();
    json!({
        "id": target.id,
        "name": format!("Webhook {}", target.id),
        "status": if target.active { "active" } else { "disabled" },
        "topic": topic,
        "resource": resource,
        "event": event,
        "hooks": [],
        "delivery_url": target.url,
        "date_created": local(now),
        "date_created_gmt": gmt(now),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhooks_signature_is_the_known_one() {
        let body = r#"{"id": 123, "status": "processing"}"#;
        let expected = "xsxL38gsSDx9IOHLzQLecldfYxJ+KsjjqHc70XAIyyM=";
        assert_eq!(signature("test_woocommerce_secret_key", body.as_bytes()), expected);
    }

    #[test]
    fn there_is_no_topic_for_paid_or_refunded() {
        for topic in ["order.created", "product.updated", "action.woocommerce_payment_complete"] {
            assert!(is_topic(topic), "{topic}");
        }
        for topic in ["order.paid", "refund.created", "order", "action."] {
            assert!(!is_topic(topic), "{topic}");
        }
    }
}
