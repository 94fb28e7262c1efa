//! What the shop sends, and how often.

use std::collections::HashSet;
use std::time::Duration;

use sandbox::{Webhook, sign};
use serde_json::json;

use crate::client::{Client, Listener, start};

async fn with_gaps(gaps: usize) -> Client {
    Client::start(|options| options.retry_gaps = vec![Duration::ZERO; gaps]).await
}

#[tokio::test]
async fn a_webhook_carries_the_order_and_shopifys_headers() {
    let client = start().await;
    let mut listener = Listener::subscribed(&client, &[]).await;
    let sold = client.sell(json!({})).await;
    let hook = listener.next().await;
    assert_eq!(hook.header("x-shopify-hmac-sha256"), sign(&client.keys.webhook_secret, &hook.body));
    assert_eq!(hook.header("x-shopify-topic"), "orders/create");
    assert_eq!(hook.header("x-shopify-shop-domain"), "khlong-tea.myshopify.com");
    assert_eq!(hook.header("x-shopify-api-version"), "2026-10");
    assert_eq!(hook.header("x-shopify-webhook-id"), sold["deliveries"][0]["webhook_id"]);
    assert_eq!(hook.header("x-shopify-event-id").len(), 36);
    assert!(hook.header("x-shopify-triggered-at").starts_with("2026-11-20T03:10:00"));
    assert_eq!(hook.header("content-type"), "application/json");
    let order = hook.json();
    assert_eq!((&order["id"], &order["name"]), (&sold["orders"][0]["id"], &json!("#1001")));
    assert_eq!(order["admin_graphql_api_id"], json!(format!("gid://shopify/Order/{}", order["id"])));
    assert_eq!((&sold["delivered"], &sold["failed"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn an_order_that_is_not_taken_comes_again_with_the_same_id_and_bytes() {
    let client = with_gaps(3).await;
    let mut listener = Listener::subscribed(&client, &[500, 302]).await;
    let sold = client.sell(json!({})).await;
    assert_eq!(sold["failed"], 1);
    let (first, second, third) = (listener.next().await, listener.next().await, listener.next().await);
    for again in [&second, &third] {
        assert_eq!(again.body, first.body);
        for name in
            ["x-shopify-webhook-id", "x-shopify-event-id", "x-shopify-hmac-sha256", "x-shopify-triggered-at"]
        {
            assert_eq!(again.header(name), first.header(name));
        }
    }
    client.handle().settled().await;
    let delivery = &client.get(client.shop("/_sandbox/deliveries")).await[0];
    assert_eq!(delivery["state"], "delivered");
    let statuses: Vec<_> =
        delivery["attempts"].as_array().unwrap().iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [500, 302, 200]);
}

#[tokio::test]
async fn a_delivery_is_given_up_after_the_last_gap() {
    let client = with_gaps(8).await;
    let mut listener = Listener::subscribed(&client, &[503; 20]).await;
    client.sell(json!({})).await;
    client.handle().settled().await;
    assert_eq!(listener.all().len(), 9, "one attempt and eight retries");
    assert_eq!(
        client.get(client.shop("/_sandbox/deliveries?state=given_up&count_only=1")).await,
        json!({ "count": 1 })
    );
}

#[tokio::test]
async fn a_listener_that_comes_back_elsewhere_gets_what_it_missed() {
    let client = Client::start(|options| options.retry_gaps = vec![Duration::ZERO; 100_000]).await;
    client.handle().send_webhooks_to(Webhook::new("http://127.0.0.1:1/hook")).unwrap();
    let sold = client.sell(json!({})).await;
    assert_eq!(sold["deliveries"][0]["attempts"][0]["error"], "cannot connect");
    let mut listener = Listener::subscribed(&client, &[]).await;
    assert_eq!(listener.next().await.header("x-shopify-webhook-id"), sold["deliveries"][0]["webhook_id"]);
    client.handle().settled().await;
}

#[tokio::test]
async fn a_listener_that_does_not_answer_in_time_has_not_taken_it() {
    let client = Client::start(|options| {
        options.retry_gaps = Vec::new();
        options.webhook_timeout = Duration::from_millis(1);
    })
    .await;
    // Takes the connection and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", silent.local_addr().unwrap());
    client.handle().send_webhooks_to(Webhook::new(url)).unwrap();
    let sold = client.sell(json!({})).await;
    assert_eq!(sold["deliveries"][0]["attempts"][0]["error"], "no answer in time");
}

#[tokio::test]
async fn the_same_delivery_three_times_on_demand() {
    let client = start().await;
    let mut listener = Listener::subscribed(&client, &[]).await;
    client.sell(json!({ "duplicates": 2 })).await;
    let received = listener.all();
    let ids: HashSet<_> =
        received.iter().map(|hook| hook.header("x-shopify-webhook-id").to_owned()).collect();
    assert_eq!((received.len(), ids.len()), (3, 1));
}

#[tokio::test]
async fn one_action_has_one_event_id_and_a_delivery_id_per_topic() {
    let client = start().await;
    let mut listener = Listener::subscribed(&client, &[]).await;
    client.sell(json!({ "topics": ["orders/create", "orders/paid"] })).await;
    let received = listener.all();
    let header = |place: usize, name: &str| received[place].header(name).to_owned();
    assert_eq!(
        [header(0, "x-shopify-topic"), header(1, "x-shopify-topic")],
        ["orders/create", "orders/paid"]
    );
    assert_eq!(header(0, "x-shopify-event-id"), header(1, "x-shopify-event-id"));
    assert_ne!(header(0, "x-shopify-webhook-id"), header(1, "x-shopify-webhook-id"));
}

#[tokio::test]
async fn orders_come_out_of_order_on_demand() {
    let client = start().await;
    let mut listener = Listener::subscribed(&client, &[]).await;
    client
        .sell(json!({ "count": 6, "out_of_order": true, "topics": ["orders/create", "orders/paid"] }))
        .await;
    let received = listener.all();
    let numbers: Vec<_> = received.iter().map(|hook| hook.json()["order_number"].as_u64().unwrap()).collect();
    assert!(!numbers.is_sorted(), "{numbers:?}");
    assert_eq!(received[0].header("x-shopify-topic"), "orders/paid");
    assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), 6);
}

#[tokio::test]
async fn a_known_order_is_sent_again_as_another_delivery() {
    let client = start().await;
    let mut listener = Listener::subscribed(&client, &[]).await;
    let first = client.sell(json!({})).await;
    let again = client.sell(json!({ "order": "#1001", "topics": ["orders/paid"] })).await;
    assert_eq!(first["orders"], again["orders"]);
    assert_ne!(first["deliveries"][0]["webhook_id"], again["deliveries"][0]["webhook_id"]);
    assert_eq!(listener.all().len(), 2);
    assert_eq!(client.post(client.shop("/_sandbox/orders"), &json!({ "order": "#9" })).await.0, 404);
}

#[tokio::test]
async fn an_order_can_be_made_wrong_in_the_usual_ways() {
    let client = start().await;
    let mut listener = Listener::subscribed(&client, &[]).await;
    let wishes = json!({ "missing_postcode": true, "unknown_sku": true, "financial_status": "pending", "merge": { "email": "" } });
    client.sell(json!({ "overrides": wishes })).await;
    let order = listener.next().await.json();
    assert!(order["shipping_address"]["zip"].is_null());
    let skus: Vec<_> = order["line_items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["sku"].as_str().unwrap().to_owned())
        .collect();
    assert!(skus.contains(&sandbox::UNKNOWN_TO_ERP.to_owned()), "{skus:?}");
    assert_eq!((&order["financial_status"], &order["email"]), (&json!("pending"), &json!("")));
    for wrong in [
        json!({ "overrides": { "postcode": 1 } }),
        json!({ "count": 0 }),
        json!({ "topics": ["x"] }),
        json!({ "duplicates": 99 }),
    ] {
        assert_eq!(client.post(client.shop("/_sandbox/orders"), &wrong).await.0, 422, "{wrong}");
    }
}

#[tokio::test]
async fn orders_arrive_on_their_own_and_now_and_then_one_has_something_to_repair() {
    let client = Client::start(|options| {
        options.orders_per_minute = 60_000;
        options.trouble_every = 3;
    })
    .await;
    let mut listener = Listener::subscribed(&client, &[]).await;
    let mut orders = Vec::new();
    while orders.len() < 12 {
        orders.push(listener.next().await.json());
    }
    assert!(orders.iter().any(|order| order["shipping_address"]["zip"].is_null()));
    let unknown =
        |order: &serde_json::Value| order["line_items"].to_string().contains(sandbox::UNKNOWN_TO_ERP);
    assert!(orders.iter().any(unknown));
    assert!(
        orders.iter().filter(|order| unknown(order) || order["shipping_address"]["zip"].is_null()).count()
            <= 5
    );
}

#[tokio::test]
async fn the_target_is_set_over_http_and_its_secret_never_shown() {
    let client = start().await;
    let mut listener = Listener::answering(&[]).await;
    let target = json!({ "url": listener.url, "secret": "hush", "topics": ["orders/paid"] });
    let (status, shown) =
        client.send(client.http.put(client.shop("/_sandbox/webhooks")).body(target.to_string())).await;
    assert_eq!((status, shown), (200, json!({ "url": listener.url, "topics": ["orders/paid"] })));
    client.sell(json!({})).await;
    let hook = listener.next().await;
    assert_eq!(hook.header("x-shopify-hmac-sha256"), sign("hush", &hook.body));
    for wrong in [json!({ "url": "ftp://x" }), json!({ "url": "http://x/", "topics": [] }), json!({})] {
        let request = client.http.put(client.shop("/_sandbox/webhooks")).body(wrong.to_string());
        assert_eq!(client.send(request).await.0, 422, "{wrong}");
    }
    client.http.delete(client.shop("/_sandbox/webhooks")).send().await.unwrap();
    assert_eq!(client.sell(json!({})).await["deliveries"], json!([]));
}

#[tokio::test]
async fn after_a_restart_the_shop_goes_on_counting() {
    let client = start().await;
    client.sell(json!({ "count": 3 })).await;
    let next = client.handle().next_order();
    let again = Client::start(|options| options.first_order = next).await;
    assert_eq!(again.sell(json!({})).await["orders"][0]["name"], "#1004");
}

#[test]
fn keys_and_secrets_are_in_no_debug_text() {
    let keys = sandbox::Keys::random().unwrap();
    let mut webhook = Webhook::new("http://127.0.0.1/");
    webhook.secret = Some("hush-hush".into());
    let mut options = sandbox::Options::new(keys.clone());
    options.webhook = Some(webhook);
    let text = format!("{options:?}");
    for secret in [&keys.webhook_secret, &keys.shop_token, &keys.erp_api_key, "hush-hush"] {
        assert!(!text.contains(secret));
    }
}
