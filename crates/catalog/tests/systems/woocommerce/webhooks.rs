//! What knocks at the door.

use super::WEBHOOK_SECRET;
use crate::common::{Knock, connection, object};
use connector::{Connection, Delivery, Refusal};
use serde_json::{Value, json};

const BODY: &str = r#"{"id": 123, "status": "processing"}"#;
const SIGNATURE: &str = "xsxL38gsSDx9IOHLzQLecldfYxJ+KsjjqHc70XAIyyM=";

fn store(secret: &str) -> Connection {
    connection("woocommerce", json!({"store_url": "https://shop.example.com"}), &[("webhook_secret", secret)])
}

fn knock(topic: &str) -> Knock {
    Knock::post(BODY)
        .header("content-type", "application/json")
        .header("x-wc-webhook-source", "https://shop.example.com/")
        .header("x-wc-webhook-topic", topic)
        .header("x-wc-webhook-resource", "order")
        .header("x-wc-webhook-event", "updated")
        .header("x-wc-webhook-signature", SIGNATURE)
        .header("x-wc-webhook-id", "142")
        .header("x-wc-webhook-delivery-id", "8f1d0a")
}

fn signed(topic: &str, body: &str) -> Knock {
    let mut knock =
        knock(topic).header("x-wc-webhook-signature", &sandbox::sign(WEBHOOK_SECRET, body.as_bytes()));
    knock.body = body.to_owned().into();
    knock
}

fn receive(knock: &Knock, operation: &str, with: Value) -> Result<Delivery, Refusal> {
    knock.at(&catalog::all(), operation, with, Some(&store("test_woocommerce_secret_key")))
}

#[test]
fn the_vector_is_an_event_with_what_its_headers_tell() {
    let delivery = receive(&knock("order.updated"), "woocommerce/order_updated", json!({})).unwrap();
    assert_eq!(delivery.body.into_value(), serde_json::from_str::<Value>(BODY).unwrap());
    assert!(delivery.id.unwrap().starts_with("order.updated:123@#"));
    assert_eq!(
        Value::Object(delivery.head),
        json!({"method": "POST", "path": "orders", "topic": "order.updated", "resource": "order", "event": "updated",
            "source": "https://shop.example.com/", "webhook_id": "142", "delivery_id": "8f1d0a"})
    );
}

#[test]
fn a_wrong_or_missing_signature_is_refused_whatever_the_topic() {
    let mut changed = knock("order.updated");
    changed.body = BODY.replace("123", "124").into();
    let bad = [
        changed,
        knock("order.updated").header("x-wc-webhook-signature", ""),
        knock("x").header("x-wc-webhook-signature", "AAAA"),
    ];
    for knock in bad {
        let refusal = receive(&knock, "woocommerce/order_updated", json!({}));
        assert_eq!(refusal, Err(Refusal::Unauthorized));
    }
    let mut unsigned = knock("order.updated");
    unsigned.headers.remove("x-wc-webhook-signature");
    assert_eq!(receive(&unsigned, "woocommerce/order_updated", json!({})), Err(Refusal::Unauthorized));
    let nobody =
        knock("order.updated").at(&catalog::all(), "woocommerce/order_updated", json!({}), Some(&store("")));
    assert!(matches!(nobody, Err(Refusal::NotSetUp(_))));
}

#[test]
fn the_ping_of_a_new_webhook_is_answered_and_no_event() {
    let ping = Knock::post("webhook_id=142").header("content-type", "application/x-www-form-urlencoded");
    let refusal = receive(&ping, "woocommerce/order_created", json!({})).unwrap_err();
    assert!(matches!(refusal, Refusal::Ignored(_)), "{refusal:?}");
}

#[test]
fn each_topic_has_its_trigger_and_takes_no_other() {
    for what in ["order", "product", "customer"] {
        for happened in ["created", "updated", "deleted", "restored"] {
            if (what, happened) == ("customer", "restored") {
                continue;
            }
            let operation = format!("woocommerce/{what}_{happened}");
            assert!(
                receive(&knock(&format!("{what}.{happened}")), &operation, json!({})).is_ok(),
                "{operation}"
            );
            let refusal = receive(&knock("coupon.created"), &operation, json!({})).unwrap_err();
            assert!(matches!(refusal, Refusal::Ignored(_)), "{operation}: {refusal:?}");
        }
    }
}

#[test]
fn a_hook_is_named_by_the_node() {
    let paid = knock("action.woocommerce_payment_complete");
    assert!(receive(&paid, "woocommerce/hook_called", json!({})).is_ok());
    assert!(receive(&paid, "woocommerce/hook_called", json!({"hook": "my_hook"})).is_err());
    assert!(receive(&knock("action.my_hook"), "woocommerce/hook_called", json!({"hook": "my_hook"})).is_ok());
    let all = catalog::all();
    let path = |with: Value| all.webhook(&"woocommerce/order_created".into()).unwrap().path(&object(with));
    assert_eq!(path(json!({})).as_deref(), Some("woocommerce/order-created"));
    assert_eq!(path(json!({"path": "shop"})).as_deref(), Some("shop"));
}

#[test]
fn the_same_change_is_the_same_event_and_two_changes_of_one_second_are_two() {
    let all = catalog::all();
    let id = |body: &str| {
        let store = store(WEBHOOK_SECRET);
        let delivery =
            signed("order.updated", body).at(&all, "woocommerce/order_updated", json!({}), Some(&store));
        delivery.unwrap().id.unwrap()
    };
    let one = r#"{"id":727,"status":"processing","date_modified_gmt":"2026-01-05T03:21:12"}"#;
    let two = r#"{"id":727,"status":"completed","date_modified_gmt":"2026-01-05T03:21:12"}"#;
    assert_eq!(id(one), id(one));
    assert_ne!(id(one), id(two));
    assert!(id(one).starts_with("order.updated:727@2026-01-05T03:21:12#"));
}

#[test]
fn a_webhook_of_orders_makes_the_trigger_look_at_once() {
    let all = catalog::all();
    let store = store("test_woocommerce_secret_key");
    let nudges =
        |knock: &Knock| knock.nudges(&all, "woocommerce/orders_changed", json!({"path": "p"}), Some(&store));
    assert_eq!(nudges(&knock("order.created")), Ok(()));
    assert!(matches!(nudges(&knock("product.updated")), Err(Refusal::Ignored(_))));
    assert_eq!(
        nudges(&knock("order.created").header("x-wc-webhook-signature", "AAAA")),
        Err(Refusal::Unauthorized)
    );
}
