//! What LINE sends: the vectors, and what must not pass.

use super::{NUMBER, shop};
use crate::common::{Knock, connection};
use connector::{Connection, Refusal};
use serde_json::{Value, json};

const VECTORS: [(&str, &str, &str); 2] = [
    ("secret-token", r#"{"orderNumber":"LMS-1"}"#, "4AB3VQYn3gtaGoiTPeDCYeL6++UHAIaA8IBXxQWSe9o="),
    (
        "myshop-webhook-secret",
        r#"{"orderNumber":"2026010500001","orderStatus":"FINALIZED","paymentStatus":"PAID","event":{"name":"ORDER.READY_TO_SHIP","timestamp":"2026-01-05T03:21:12Z"}}"#,
        "AXxnti0+sBto5sMfXDNY0FBMnKH8Nd5xtztPnbpVmEM=",
    ),
];

fn with_secret(secret: &str) -> Connection {
    connection("line_shopping", json!({}), &[("api_key", "k"), ("webhook_secret", secret)])
}

fn signed(body: &'static str, signature: &str) -> Knock {
    Knock::post(body).header("x-myshop-signature", signature)
}

fn receive(knock: &Knock, shop: &Connection) -> Result<connector::Delivery, Refusal> {
    knock.at(&catalog::all(), "line_shopping/order_pushed", json!({}), Some(shop))
}

#[test]
fn the_known_signatures_are_accepted_by_both_triggers() {
    for (secret, body, signature) in VECTORS {
        let (knock, shop) = (signed(body, signature), with_secret(secret));
        let delivery = receive(&knock, &shop).unwrap();
        assert_eq!(delivery.body.into_value(), serde_json::from_str::<Value>(body).unwrap());
        let nudge = knock.nudges(&catalog::all(), "line_shopping/orders_changed", json!({}), Some(&shop));
        assert_eq!(nudge, Ok(()));
    }
}

#[test]
fn a_wrong_or_missing_signature_is_refused_by_both() {
    let (_, body, signature) = VECTORS[0];
    let cases = [
        (Knock::post(body), with_secret("secret-token")),
        (signed(body, ""), with_secret("secret-token")),
        (signed(body, "bm90IGl0"), with_secret("secret-token")),
        (signed(r#"{"orderNumber":"LMS-2"}"#, signature), with_secret("secret-token")),
        (signed(body, signature), with_secret("another")),
    ];
    for (knock, shop) in cases {
        assert_eq!(receive(&knock, &shop), Err(Refusal::Unauthorized));
        let nudge = knock.nudges(&catalog::all(), "line_shopping/orders_changed", json!({}), Some(&shop));
        assert_eq!(nudge, Err(Refusal::Unauthorized));
    }
    let refusal = receive(&signed(body, signature), &with_secret("")).unwrap_err();
    assert!(matches!(refusal, Refusal::NotSetUp(_)), "{refusal:?}");
}

#[test]
fn a_shop_without_a_secret_signs_with_its_key_where_that_is_chosen() {
    let (key, body, signature) = VECTORS[0];
    let shop = connection("line_shopping", json!({"signed_with": "api_key"}), &[("api_key", key)]);
    assert!(receive(&signed(body, signature), &shop).is_ok());
    let unset = connection("line_shopping", json!({}), &[("api_key", key)]);
    assert!(matches!(receive(&signed(body, signature), &unset), Err(Refusal::NotSetUp(_))));
}

#[test]
fn a_delivery_is_known_by_its_request_id_or_by_what_it_says() {
    let (secret, body, signature) = VECTORS[1];
    let with_id = signed(body, signature).header("x-request-id", "req-1");
    assert_eq!(receive(&with_id, &with_secret(secret)).unwrap().id.as_deref(), Some("req-1"));
    let id = || receive(&signed(body, signature), &with_secret(secret)).unwrap().id.unwrap();
    assert!(id().starts_with(&format!("{NUMBER}/ORDER.READY_TO_SHIP/2026-01-05T03:21:12Z/")), "{}", id());
    assert_eq!(id(), id());
    let delivery = receive(&with_id, &with_secret(secret)).unwrap();
    assert_eq!(delivery.head["event"], "ORDER.READY_TO_SHIP");
    assert!(!format!("{:?}", delivery.head).contains(signature));
}

#[test]
fn another_method_is_refused() {
    let (secret, body, signature) = VECTORS[0];
    let mut knock = signed(body, signature);
    knock.method = http::Method::GET;
    assert!(matches!(receive(&knock, &with_secret(secret)), Err(Refusal::Method { .. })));
    assert!(shop("x").secret("webhook_secret").is_some());
}
