//! Shopify's webhooks: the vendor's own vectors, and what must not pass.

use crate::common::{Knock, connection};
use axum::Router;
use axum::http::{HeaderMap, Method};
use axum::routing::post;
use bytes::Bytes;
use connector::{Connection, Refusal};
use sandbox::{Keys, Options, Sandbox, Webhook};
use serde_json::{Value, json};
use tokio::sync::mpsc;

const ORDER: &str = r##"{"id":820982911946154508,"name":"#1001","currency":"THB","total_price":"1070.00"}"##;
const SIGNATURE: &str = "w/tSuGjSeUsse0in9egv/Y9E3gOqYKlE0yVcOyIlkfc=";

fn shop(secret: &str) -> Connection {
    connection("shopify", json!({"shop_url": "https://my-shop.myshopify.com"}), &[("webhook_secret", secret)])
}

fn order_created() -> Knock {
    Knock::post(ORDER)
        .header("x-shopify-hmac-sha256", SIGNATURE)
        .header("x-shopify-topic", "orders/create")
        .header("x-shopify-shop-domain", "my-shop.myshopify.com")
        .header("x-shopify-webhook-id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043")
        .header("x-shopify-triggered-at", "2026-11-20T03:10:00Z")
}

fn receive(knock: &Knock, operation: &str, connection: &Connection) -> Result<connector::Delivery, Refusal> {
    knock.at(&catalog::all(), operation, json!({}), Some(connection))
}

#[test]
fn the_vendor_s_own_signatures_are_accepted() {
    let vectors = [
        ("hush", "\"my secret message\"", "hMTq0K2x7oyOjoBwGYeTj5oxfnaVYXzbanUG9aajpKI="),
        ("test_secret_key", r#"{"foo": "bar"}"#, "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g="),
        ("hush", ORDER, SIGNATURE),
    ];
    for (secret, body, signature) in vectors {
        let knock = Knock::post(body)
            .header("x-shopify-hmac-sha256", signature)
            .header("x-shopify-topic", "orders/create")
            .header("x-shopify-shop-domain", "my-shop.myshopify.com");
        let delivery = receive(&knock, "shopify/order_created", &shop(secret)).unwrap();
        assert_eq!(delivery.body.into_value(), serde_json::from_str::<Value>(body).unwrap());
    }
}

#[test]
fn an_order_comes_in_with_its_delivery_id_and_all_digits() {
    let delivery = receive(&order_created(), "shopify/order_created", &shop("hush")).unwrap();
    assert_eq!(delivery.id.as_deref(), Some("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"));
    assert_eq!(delivery.body.into_value().to_string(), ORDER);
    assert_eq!(
        Value::Object(delivery.head),
        json!({
            "method": "POST", "path": "orders", "topic": "orders/create", "shop_domain": "my-shop.myshopify.com",
            "webhook_id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", "triggered_at": "2026-11-20T03:10:00Z", "test": false
        })
    );
}

#[test]
fn the_newer_header_names_are_understood() {
    let knock = Knock::post(ORDER)
        .header("shopify-hmac-sha256", SIGNATURE)
        .header("shopify-topic", "orders/create")
        .header("shopify-shop-domain", "My-Shop.myshopify.com")
        .header("shopify-webhook-id", "new-style");
    let delivery = receive(&knock, "shopify/order_created", &shop("hush")).unwrap();
    assert_eq!(delivery.id.as_deref(), Some("new-style"));
}

#[test]
fn a_wrong_or_missing_signature_is_refused_before_the_body_is_read() {
    let cases = [
        Knock::post("this is not JSON").header("x-shopify-hmac-sha256", SIGNATURE),
        Knock::post(ORDER),
        Knock::post(ORDER).header("x-shopify-hmac-sha256", "not base64!"),
        Knock::post(ORDER).header("x-shopify-hmac-sha256", ""),
        Knock::post(ORDER.replace("1070.00", "1.00")).header("x-shopify-hmac-sha256", SIGNATURE),
    ];
    for knock in cases {
        assert_eq!(receive(&knock, "shopify/order_created", &shop("hush")), Err(Refusal::Unauthorized));
    }
    assert_eq!(
        receive(&order_created(), "shopify/order_created", &shop("other")),
        Err(Refusal::Unauthorized)
    );
}

#[test]
fn an_empty_secret_lets_nobody_in() {
    for connection in [shop(""), connection("shopify", json!({}), &[])] {
        let refusal = receive(&order_created(), "shopify/order_created", &connection).unwrap_err();
        assert!(matches!(refusal, Refusal::NotSetUp(_)), "{refusal:?}");
    }
}

#[test]
fn another_topic_or_another_shop_is_no_event() {
    for operation in ["shopify/order_paid", "shopify/order_updated", "shopify/order_cancelled"] {
        let refusal = receive(&order_created(), operation, &shop("hush")).unwrap_err();
        assert!(matches!(refusal, Refusal::Ignored(_)), "{refusal:?}");
    }
    let other = order_created().header("x-shopify-shop-domain", "other.myshopify.com");
    let refusal = receive(&other, "shopify/order_created", &shop("hush")).unwrap_err();
    assert!(matches!(refusal, Refusal::Ignored(_)), "{refusal:?}");
}

#[test]
fn every_topic_has_its_trigger_and_takes_no_other() {
    let topics = [
        ("app_uninstalled", "app/uninstalled"),
        ("customer_created", "customers/create"),
        ("customer_updated", "customers/update"),
        ("fulfilment_created", "fulfillments/create"),
        ("fulfilment_updated", "fulfillments/update"),
        ("order_fulfilled", "orders/fulfilled"),
        ("order_partially_fulfilled", "orders/partially_fulfilled"),
        ("privacy_asked", "customers/redact"),
        ("product_created", "products/create"),
        ("product_deleted", "products/delete"),
        ("product_updated", "products/update"),
        ("refund_created", "refunds/create"),
        ("stock_item_updated", "inventory_items/update"),
        ("stock_level_updated", "inventory_levels/update"),
    ];
    for (operation, topic) in topics {
        let operation = format!("shopify/{operation}");
        let delivery = receive(&order_created().header("x-shopify-topic", topic), &operation, &shop("hush"));
        assert_eq!(delivery.unwrap().head["topic"], topic);
        let refusal = receive(&order_created(), &operation, &shop("hush")).unwrap_err();
        assert!(matches!(refusal, Refusal::Ignored(_)), "{operation}: {refusal:?}");
        let forged = order_created().header("x-shopify-topic", topic).header("x-shopify-hmac-sha256", "AAAA");
        assert_eq!(receive(&forged, &operation, &shop("hush")), Err(Refusal::Unauthorized), "{operation}");
    }
}

#[test]
fn an_app_s_webhooks_are_signed_with_its_client_secret() {
    let app = connection("shopify", json!({}), &[("client_secret", "hush"), ("webhook_secret", "")]);
    assert!(receive(&order_created(), "shopify/order_created", &app).is_ok());
}

#[test]
fn a_test_order_says_so() {
    let body = r#"{"id":1,"test":true}"#;
    let knock = Knock::post(body)
        .header("x-shopify-hmac-sha256", &sandbox::sign("hush", body.as_bytes()))
        .header("x-shopify-topic", "orders/paid")
        .header("x-shopify-shop-domain", "my-shop.myshopify.com");
    let delivery = receive(&knock, "shopify/order_paid", &shop("hush")).unwrap();
    assert_eq!(delivery.head["test"], true);
}

#[test]
fn each_trigger_listens_at_its_own_path_unless_told_otherwise() {
    let all = catalog::all();
    let path = |operation: &str, with: Value| {
        all.webhook(&operation.into()).unwrap().path(&crate::common::object(with)).unwrap()
    };
    assert_eq!(path("shopify/order_created", json!({})), "shopify/order-created");
    assert_eq!(path("shopify/order_paid", json!({})), "shopify/order-paid");
    assert_eq!(path("shopify/order_paid", json!({"path": "shop/bangkok"})), "shop/bangkok");
}

/// A door that hands on what knocks at it.
async fn door() -> (String, mpsc::Receiver<Knock>) {
    let (knocks, received) = mpsc::channel(8);
    let take = move |method: Method, headers: HeaderMap, body: Bytes| async move {
        let query = None;
        knocks.send(Knock { method, query, headers, body, at: 0 }).await.unwrap();
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(take))).await });
    (url, received)
}

#[tokio::test]
async fn what_the_stand_in_shop_sends_is_an_event() {
    let (url, mut received) = door().await;
    let keys = Keys::random().unwrap();
    let running = Sandbox::start(Options::new(keys.clone())).await.unwrap();
    let topics = ["orders/create", "orders/paid", "orders/updated", "orders/cancelled"];
    running.handle().send_webhooks_to(Webhook::new(url).topics(topics)).unwrap();
    let http = crate::common::Runner::new("http/request", None).http;
    let new_order = format!("{}/_sandbox/orders", running.shop_url);
    http.post(&new_order)
        .json(&json!({ "topics": topics }))
        .send()
        .await
        .unwrap()
        .error_for_status(|_| None)
        .unwrap();
    let shop = connection(
        "shopify",
        json!({"shop_url": running.shop_url}),
        &[("webhook_secret", &keys.webhook_secret)],
    );
    let mut names = Vec::new();
    for _ in topics {
        let knock = received.recv().await.unwrap();
        let topic = knock.headers["x-shopify-topic"].to_str().unwrap().to_owned();
        let operation = match topic.as_str() {
            "orders/create" => "shopify/order_created",
            "orders/paid" => "shopify/order_paid",
            "orders/updated" => "shopify/order_updated",
            _ => "shopify/order_cancelled",
        };
        let delivery = receive(&knock, operation, &shop).unwrap();
        assert!(delivery.id.is_some(), "{topic}");
        names.push(delivery.body.into_value()["name"].take());
    }
    assert!(names.iter().all(|name| name == "#1001"), "{names:?}");
}

#[tokio::test]
async fn testing_a_connection_names_the_shop() {
    let keys = Keys::random().unwrap();
    let running = Sandbox::start(Options::new(keys.clone())).await.unwrap();
    let all = catalog::all();
    let shopify = all.connector("shopify").unwrap();
    let http = crate::common::Runner::new("http/request", None).http;
    let with_token = |token: &str| {
        let secrets = [("webhook_secret", "hush"), ("access_token", token)];
        connection("shopify", json!({"shop_url": running.shop_url}), &secrets)
    };
    let name = shopify.test(&http, &with_token(&keys.shop_token)).await.unwrap();
    assert!(!name.is_empty());
    let error = shopify.test(&http, &with_token("shpat_old")).await.unwrap_err();
    assert!(matches!(error, connector::Error::Connection { .. }), "{error:?}");
}
