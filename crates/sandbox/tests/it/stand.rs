//! What all vendors' stand-ins share: faults, the ledger, the guide.

use serde_json::json;

use crate::client::{Client, start};

const NAME: &str = "woocommerce";

fn orders(client: &Client) -> reqwest::RequestBuilder {
    let keys = &client.keys.woocommerce;
    let url = client.vendor(NAME, "/wp-json/wc/v3/orders");
    client.http.get(url).basic_auth(&keys.consumer_key, Some(&keys.consumer_secret))
}

fn note(client: &Client, order: &serde_json::Value) -> reqwest::RequestBuilder {
    let keys = &client.keys.woocommerce;
    let url = client.vendor(NAME, &format!("/wp-json/wc/v3/orders/{}/notes", order["id"]));
    client.http.post(url).basic_auth(&keys.consumer_key, Some(&keys.consumer_secret)).body(r#"{"note":"x"}"#)
}

#[tokio::test]
async fn too_many_requests_come_with_a_time_to_wait_and_then_stop() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "429", "retry_after": 7, "times": 1 })).await;
    let answer = orders(&client).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(client.send(orders(&client)).await.0, 200);
}

#[tokio::test]
async fn a_limit_per_second_stands_as_long_as_the_second() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "limit", "per_second": 2 })).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(client.send(orders(&client)).await.0);
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn a_web_page_comes_with_a_200_where_json_belongs() {
    let client = start().await;
    client.vendor_fault(NAME, json!({ "kind": "html", "times": 1 })).await;
    let answer = orders(&client).send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn half_an_answer_is_no_json_and_the_work_is_done() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({})).await;
    client.vendor_fault(NAME, json!({ "kind": "truncated", "times": 1 })).await;
    let (status, answer) = client.send(note(&client, &order)).await;
    assert_eq!((status, answer.is_string()), (201, true), "{answer}");
    client.vendor_fault(NAME, json!({ "kind": "truncated", "close": true, "times": 1 })).await;
    let broken = note(&client, &order).send().await.unwrap();
    assert!(broken.text().await.is_err(), "the head promised more");
    assert_eq!(client.received(NAME, "note").await.len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_work_leaves_the_work_behind() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({})).await;
    client.vendor_fault(NAME, json!({ "kind": "timeout_after_work", "close": true, "times": 1 })).await;
    assert!(note(&client, &order).send().await.is_err());
    assert_eq!(client.received(NAME, "note").await.len(), 1);
    client.vendor_fault(NAME, json!({ "kind": "timeout", "close": true, "times": 1 })).await;
    assert!(note(&client, &order).send().await.is_err());
    assert_eq!(client.received(NAME, "note").await.len(), 1, "nothing was done");
}

#[tokio::test]
async fn a_fault_can_be_for_one_path_only_and_reaches_neither_controls_nor_other_vendors() {
    let client = start().await;
    let plan = json!({ "kind": "down", "status": 502, "match": { "path": "/customers" } });
    client.vendor_fault(NAME, plan).await;
    assert_eq!(client.send(orders(&client)).await.0, 200);
    let keys = &client.keys.woocommerce;
    let url = client.vendor(NAME, "/wp-json/wc/v3/customers");
    let request = client.http.get(url).basic_auth(&keys.consumer_key, Some(&keys.consumer_secret));
    assert_eq!(client.send(request).await.0, 502);
    client.vendor_fault(NAME, json!({ "kind": "down" })).await;
    assert_eq!(client.send(orders(&client)).await.0, 503);
    assert_eq!(client.received(NAME, "note").await.len(), 0);
    client.http.delete(client.vendor(NAME, "/_sandbox/faults")).send().await.unwrap();
    assert_eq!(client.send(orders(&client)).await.0, 200);
}

#[tokio::test]
async fn the_ledger_counts_what_came_and_can_be_emptied() {
    let client = start().await;
    let order = client.sell_at(NAME, json!({})).await;
    client.send(note(&client, &order)).await;
    client.send(note(&client, &order)).await;
    let counts = client.get(client.vendor(NAME, "/_sandbox/received?counts=1")).await;
    assert_eq!(counts, json!({ "note": 2 }));
    let one = client
        .get(client.vendor(NAME, &format!("/_sandbox/received?reference={}&limit=1", order["id"])))
        .await;
    assert_eq!((one.as_array().unwrap().len(), &one[0]["time"]), (1, &json!("2026-11-20T03:10:00.000Z")));
    client.http.delete(client.vendor(NAME, "/_sandbox/received")).send().await.unwrap();
    assert_eq!(
        client.get(client.vendor(NAME, "/_sandbox/received?count_only=1")).await,
        json!({ "count": 0 })
    );
}

#[tokio::test]
async fn the_guide_says_where_every_vendor_is_and_with_which_keys() {
    let client = start().await;
    let guide = client.get(format!("{}/_sandbox", client.running.url)).await;
    for name in ["woocommerce", "lazada", "shopee", "line_shopping", "tiktok_shop"] {
        assert_eq!(guide["vendors"][name], client.handle().vendor_url(name));
        assert!(guide["keys"][name].is_object(), "{name}");
    }
}

#[tokio::test]
async fn every_shop_makes_the_same_orders_from_the_same_seed() {
    for name in ["woocommerce", "lazada", "shopee", "line_shopping", "tiktok_shop"] {
        let (one, other) = (start().await, start().await);
        let wish = json!({
            "missing_postcode": true, "unknown_sku": true, "discount_percent": 10,
            "shipping": 3800,
        });
        let (one, other) = (one.sell_at(name, wish.clone()).await, other.sell_at(name, wish).await);
        assert_eq!(one, other, "{name}");
        assert!(one.to_string().contains(sandbox::UNKNOWN_TO_ERP), "{name}");
    }
}

#[tokio::test]
async fn a_wish_that_cannot_be_meant_is_refused_by_every_shop() {
    let client = start().await;
    for name in ["woocommerce", "lazada", "shopee", "line_shopping", "tiktok_shop"] {
        for wrong in
            [json!({ "count": 0 }), json!({ "overrides": { "postcode": 1 } }), json!({ "duplicates": 99 })]
        {
            let (status, _) = client.post(client.vendor(name, "/_sandbox/orders"), &wrong).await;
            assert_eq!(status, 422, "{name} {wrong}");
        }
        let again = client.post(client.vendor(name, "/_sandbox/orders"), &json!({ "order": "9" })).await;
        assert_eq!(again.0, 404, "{name}");
    }
}
