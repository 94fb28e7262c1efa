//! A connection is tried, locations are chosen from, webhooks are subscribed to.

use super::{data, runner, shop, variables};
use crate::common::fake::Fake;
use connector::lookup::Wanted;
use serde_json::{Value, json};

fn name() -> String {
    data(json!({"shop": {"name": "ร้านชาคลอง"}})).to_string()
}

#[tokio::test]
async fn a_test_names_the_shop_and_tells_when_another_version_answers() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[("x-shopify-api-version", "2026-10")], &name())
        .answers_with(200, &[("x-shopify-api-version", "2027-01")], &name())
        .answers_with(200, &[], &name());
    let all = catalog::all();
    let shopify = all.connector("shopify").unwrap();
    let http = crate::common::http(1 << 20);
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(shopify.test(&http, &shop(&fake)).await.unwrap());
    }
    assert_eq!(said[0], "ร้านชาคลอง");
    assert!(said[1].contains("2027-01") && said[1].contains("2026-10"), "{}", said[1]);
    assert_eq!(said[2], "ร้านชาคลอง", "a stand-in need not say its version");
}

#[tokio::test]
async fn locations_are_chosen_by_their_names() {
    let fake = Fake::start().await;
    let node = json!({"id": "gid://shopify/Location/1", "name": "คลังบางนา", "address": {"city": "บางนา", "countryCode": "TH"}});
    let list = json!({"locations": {"pageInfo": {"hasNextPage": true, "endCursor": "c"}, "nodes": [node]}});
    fake.answers(200, data(list)).answers(200, data(json!({"location": node})));
    let all = catalog::all();
    let shopify = all.connector("shopify").unwrap();
    let http = crate::common::http(1 << 20);
    let wanted =
        Wanted { kind: "location".into(), text: " คลัง (บาง* ".into(), ..Wanted::default() };
    let page = shopify.look_up(&http, &shop(&fake), &wanted).await.unwrap();
    assert_eq!((page.records[0].label.as_str(), page.records[0].detail.as_str()), ("คลังบางนา", "บางนา · TH"));
    assert_eq!(page.next.as_deref(), Some("c"));
    assert_eq!(variables(&fake.asked()[0])["query"], "name:คลัง* AND name:บาง*");
    let one = Wanted { kind: "location".into(), id: Some(json!("1")), ..Wanted::default() };
    let page = shopify.look_up(&http, &shop(&fake), &one).await.unwrap();
    assert_eq!(page.records.len(), 1);
    let other = Wanted { kind: "customer".into(), ..Wanted::default() };
    assert!(shopify.look_up(&http, &shop(&fake), &other).await.is_err());
}

#[tokio::test]
async fn webhooks_that_are_missing_are_made_and_those_that_are_there_are_left() {
    let fake = Fake::start().await;
    let there = json!({"id": "gid://shopify/WebhookSubscription/1", "topic": "ORDERS_PAID", "uri": "https://k.example.com/hooks/paid"});
    let list = json!({"webhookSubscriptions": {"pageInfo": {"hasNextPage": false}, "nodes": [there]}});
    let made = json!({"id": "gid://shopify/WebhookSubscription/2", "topic": "REFUNDS_CREATE", "uri": "https://k.example.com/hooks/refund"});
    fake.answers(200, data(list)).answers(
        200,
        data(json!({"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": []}})),
    );
    let wanted = |topic: &str, url: &str| json!({"topic": topic, "url": url});
    let with: Value = json!({"webhooks": [wanted("orders/paid", "https://k.example.com/hooks/paid"),
        wanted("refunds/create", "https://k.example.com/hooks/refund"), wanted("REFUNDS_CREATE", "https://k.example.com/hooks/refund")]});
    let output = runner("shopify/subscribe_webhooks", &fake).run(with).await.unwrap();
    assert_eq!(output["created"], json!([made]));
    assert_eq!(output["kept"].as_array().unwrap().len(), 2, "the same one is not made twice");
    assert_eq!(
        variables(&fake.asked()[1]),
        json!({"topic": "REFUNDS_CREATE", "w": {"uri": "https://k.example.com/hooks/refund", "format": "JSON"}})
    );
}
