//! Shopee's triggers that ask: what they bring, once each, whole, in order.

use super::{NOW, orders, response, shop};
use crate::common::fake::Fake;
use crate::common::{http_at, look, name, names};
use serde_json::{Value, json};

fn listed(numbers: &[&str], more: bool, next: &str) -> Value {
    let rows: Vec<Value> =
        numbers.iter().map(|number| json!({"order_sn": number, "order_status": "READY_TO_SHIP"})).collect();
    response(json!({"more": more, "next_cursor": next, "order_list": rows}))
}

fn detail(number: &str, time: i64) -> Value {
    json!({
        "order_sn": number, "order_status": "READY_TO_SHIP", "update_time": time,
        "item_list": [{"item_id": 1000, "model_id": 3456, "model_sku": "ABC-1", "model_quantity_purchased": 1, "model_discounted_price": 590.0}]
    })
}

#[tokio::test]
async fn the_first_look_only_finds_out_where_the_present_is() {
    let fake = Fake::start().await;
    let polled =
        look(&http_at(NOW), "shopee/orders_changed", json!({}), &shop(&fake.url), None).await.unwrap();
    assert!(polled.deliveries.is_empty() && fake.asked().is_empty());
    assert_eq!(polled.cursor["at"], NOW);
}

#[tokio::test]
async fn two_pages_of_orders_come_whole_and_again_as_the_same_events() {
    let fake = Fake::start().await;
    fake.answers(200, listed(&["B", "A"], true, "20")).answers(200, listed(&["C"], false, ""));
    fake.answers(
        200,
        orders(vec![detail("B", 1767583700), detail("A", 1767583600), detail("C", 1767583750)]),
    );
    let (http, connection) = (http_at(NOW), shop(&fake.url));
    let cursor = json!({"at": NOW - 600_000});
    let polled = look(&http, "shopee/orders_changed", json!({}), &connection, Some(&cursor)).await.unwrap();
    let ids = names(&polled);
    assert_eq!(
        ids,
        ["A@1767583600 READY_TO_SHIP", "B@1767583700 READY_TO_SHIP", "C@1767583750 READY_TO_SHIP"]
    );
    assert_eq!(polled.deliveries[0].body.clone().into_value()["lines"][0]["sku"], "ABC-1");
    assert!(!polled.more);
    let asked = fake.asked();
    assert_eq!(asked[0].pair("time_from").as_deref(), Some("1767582900"), "five minutes earlier");
    assert_eq!(asked[0].pair("time_to").as_deref(), Some("1767583800"));
    assert_eq!(asked[1].pair("cursor").as_deref(), Some("20"));
    assert_eq!(asked[2].pair("order_sn_list").as_deref(), Some("B,A,C"));

    fake.answers(200, listed(&["C"], false, "")).answers(200, orders(vec![detail("C", 1767583750)]));
    let again =
        look(&http, "shopee/orders_changed", json!({}), &connection, Some(&polled.cursor)).await.unwrap();
    assert_eq!(name(&again.deliveries[0]), "C@1767583750 READY_TO_SHIP");
}

#[tokio::test]
async fn details_are_asked_for_fifty_at_a_time() {
    let fake = Fake::start().await;
    let numbers: Vec<String> = (0..60).map(|number| format!("N{number}")).collect();
    let listed_numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    fake.answers(200, listed(&listed_numbers, false, ""));
    fake.answers(200, orders(Vec::new())).answers(200, orders(Vec::new()));
    let cursor = json!({"at": NOW - 1_000});
    look(&http_at(NOW), "shopee/orders_changed", json!({}), &shop(&fake.url), Some(&cursor)).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].pair("order_sn_list").unwrap().split(',').count(), 50);
    assert_eq!(asked[2].pair("order_sn_list").unwrap().split(',').count(), 10);
}

#[tokio::test]
async fn a_long_time_is_asked_for_in_pieces_of_fifteen_days() {
    let fake = Fake::start().await;
    fake.answers(200, listed(&[], false, "")).answers(200, listed(&[], false, ""));
    let (http, connection) = (http_at(NOW), shop(&fake.url));
    let with = json!({"since": "2025-12-16"});
    let first = look(&http, "shopee/orders_changed", with.clone(), &connection, None).await.unwrap();
    assert!(first.more);
    let second = look(&http, "shopee/orders_changed", with, &connection, Some(&first.cursor)).await.unwrap();
    assert!(!second.more);
    let asked = fake.asked();
    let span = |at: usize, name: &str| asked[at].pair(name).unwrap().parse::<i64>().unwrap();
    assert_eq!(span(0, "time_to") - span(0, "time_from"), 15 * 86_400);
    assert_eq!(span(1, "time_from"), span(0, "time_to"), "without a gap");
}

#[tokio::test]
async fn more_orders_than_a_look_brings_are_asked_for_in_half_the_time() {
    let fake = Fake::start().await;
    let page: Vec<String> = (0..100).map(|number| format!("N{number}")).collect();
    let page: Vec<&str> = page.iter().map(String::as_str).collect();
    for _ in 0..5 {
        fake.answers(200, listed(&page, true, "next"));
    }
    fake.answers(200, listed(&["A"], false, "")).answers(200, orders(vec![detail("A", 1767583000)]));
    let cursor = json!({"at": NOW - 3_300_000});
    let polled = look(&http_at(NOW), "shopee/orders_changed", json!({}), &shop(&fake.url), Some(&cursor))
        .await
        .unwrap();
    assert_eq!(polled.deliveries.len(), 1);
    assert!(polled.more);
    assert_eq!(polled.cursor["resume"], NOW - 1_800_000);
}

#[tokio::test]
async fn returns_come_page_by_page_in_order() {
    let fake = Fake::start().await;
    let record = |number: &str, time: i64| json!({"return_sn": number, "status": "REQUESTED", "update_time": time, "refund_amount": 100.5});
    fake.answers(200, response(json!({"more": true, "return": [record("R2", 1767583700)]})));
    fake.answers(200, response(json!({"more": false, "return": [record("R1", 1767583600)]})));
    let cursor = json!({"at": NOW - 600_000});
    let polled = look(&http_at(NOW), "shopee/returns_changed", json!({}), &shop(&fake.url), Some(&cursor))
        .await
        .unwrap();
    let ids = names(&polled);
    assert_eq!(ids, ["R1@1767583600 REQUESTED", "R2@1767583700 REQUESTED"]);
    assert_eq!(fake.asked()[1].pair("page_no").as_deref(), Some("1"));
}

#[tokio::test]
async fn products_come_with_their_variants() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!({"item": [{"item_id": 1000}], "has_next_page": false})));
    fake.answers(
        200,
        response(json!({"item_list": [{"item_id": 1000, "has_model": true, "update_time": 1767583300}]})),
    );
    fake.answers(
        200,
        response(json!({"tier_variation": [], "model": [{"model_id": 3456, "model_sku": "ABC-1"}]})),
    );
    let cursor = json!({"at": NOW - 600_000});
    let polled = look(&http_at(NOW), "shopee/products_changed", json!({}), &shop(&fake.url), Some(&cursor))
        .await
        .unwrap();
    assert_eq!(name(&polled.deliveries[0]), "1000@1767583300");
    assert_eq!(polled.deliveries[0].body.clone().into_value()["models"][0]["model_sku"], "ABC-1");
    assert!(fake.asked()[0].query.contains("item_status=NORMAL&item_status=UNLIST"));
}
