//! TikTok Shop's triggers that ask: what they bring, once each, whole, in order.

use super::{NOW, data, row, shop};
use crate::common::fake::Fake;
use crate::common::{http_at, look, name, names};
use serde_json::{Value, json};

fn order(id: &str, time: i64) -> Value {
    json!({
        "id": id, "status": "AWAITING_SHIPMENT", "update_time": time,
        "line_items": [row("1", "ABC-1", "p"), row("2", "ABC-1", "p"), row("3", "CUP", "p")]
    })
}

fn found(orders: Vec<Value>, next: &str) -> Value {
    data(json!({"orders": orders, "next_page_token": next, "total_count": 2}))
}

#[tokio::test]
async fn the_first_look_only_finds_out_where_the_present_is() {
    let fake = Fake::start().await;
    let polled =
        look(&http_at(NOW), "tiktok_shop/orders_changed", json!({}), &shop(&fake.url), None).await.unwrap();
    assert!(polled.deliveries.is_empty() && fake.asked().is_empty());
    assert_eq!(polled.cursor["at"], NOW);
}

#[tokio::test]
async fn two_pages_of_orders_come_whole_and_again_as_the_same_events() {
    let fake = Fake::start().await;
    fake.answers(200, found(vec![order("A", 1767583600)], "t2"))
        .answers(200, found(vec![order("B", 1767583700)], ""));
    let (http, connection) = (http_at(NOW), shop(&fake.url));
    let cursor = json!({"at": NOW - 600_000});
    let polled =
        look(&http, "tiktok_shop/orders_changed", json!({}), &connection, Some(&cursor)).await.unwrap();
    let ids = names(&polled);
    assert_eq!(ids, ["A@1767583600 AWAITING_SHIPMENT", "B@1767583700 AWAITING_SHIPMENT"]);
    let body = polled.deliveries[0].body.clone().into_value();
    assert_eq!(body["lines"][0]["quantity"], 2);
    assert_eq!(body["lines"][0]["line_item_ids"], json!(["1", "2"]));
    assert_eq!(body["lines"][1]["sku"], "CUP");
    assert_eq!(polled.cursor, json!({"at": NOW}));
    let asked = fake.asked();
    assert_eq!(asked[0].json()["update_time_ge"], 1767582900, "five minutes earlier");
    assert_eq!(asked[0].pair("sort_order").as_deref(), Some("ASC"));
    assert_eq!(asked[0].pair("page_token"), None);
    assert_eq!(asked[1].pair("page_token").as_deref(), Some("t2"));

    fake.answers(200, found(vec![order("B", 1767583700)], ""));
    let again = look(&http, "tiktok_shop/orders_changed", json!({}), &connection, Some(&polled.cursor))
        .await
        .unwrap();
    assert_eq!(name(&again.deliveries[0]), "B@1767583700 AWAITING_SHIPMENT");
}

#[tokio::test]
async fn a_look_is_bounded_and_the_next_goes_on_from_the_last_change() {
    let fake = Fake::start().await;
    for page in 0..3 {
        let orders = (0..100).map(|number| order(&format!("N{page}-{number}"), 1767583000 + page)).collect();
        fake.answers(200, found(orders, "more"));
    }
    fake.answers(200, found(vec![order("Z", 1767583700)], ""));
    let (http, connection) = (http_at(NOW), shop(&fake.url));
    let cursor = json!({"at": NOW - 3_000_000});
    let first =
        look(&http, "tiktok_shop/orders_changed", json!({}), &connection, Some(&cursor)).await.unwrap();
    assert_eq!(first.deliveries.len(), 300);
    assert!(first.more);
    let second =
        look(&http, "tiktok_shop/orders_changed", json!({}), &connection, Some(&first.cursor)).await.unwrap();
    assert_eq!((second.deliveries.len(), second.more), (1, false));
    assert_eq!(fake.asked()[3].json()["update_time_ge"], 1767583002, "without the overlap");
}

#[tokio::test]
async fn returns_and_products_come_in_order() {
    let fake = Fake::start().await;
    let (http, connection, cursor) = (http_at(NOW), shop(&fake.url), json!({"at": NOW - 600_000}));
    let record = |id: &str, time: i64| json!({"return_id": id, "return_status": "RETURN_OR_REFUND_REQUEST_PENDING", "update_time": time});
    fake.answers(200, data(json!({"return_orders": [record("R2", 2)], "next_page_token": "t"})));
    fake.answers(200, data(json!({"return_orders": [record("R1", 1)], "next_page_token": ""})));
    let polled =
        look(&http, "tiktok_shop/returns_changed", json!({}), &connection, Some(&cursor)).await.unwrap();
    let ids: Vec<_> = polled.deliveries.iter().map(|delivery| delivery.head["record"].clone()).collect();
    assert_eq!(ids, ["R1", "R2"]);
    fake.answers(200, data(json!({"products": [{"id": "P1", "status": "ACTIVATE", "update_time": 5}]})));
    let polled =
        look(&http, "tiktok_shop/products_changed", json!({}), &connection, Some(&cursor)).await.unwrap();
    assert_eq!(name(&polled.deliveries[0]), "P1@5 ACTIVATE");
}

#[tokio::test]
async fn more_returns_than_a_look_brings_are_asked_for_in_half_the_time() {
    let fake = Fake::start().await;
    let page: Vec<Value> = (0..50).map(|number| json!({"return_id": number, "update_time": 1})).collect();
    for _ in 0..6 {
        fake.answers(200, data(json!({"return_orders": page, "next_page_token": "more"})));
    }
    fake.answers(200, data(json!({"return_orders": [], "next_page_token": ""})));
    let cursor = json!({"at": NOW - 3_300_000});
    let polled =
        look(&http_at(NOW), "tiktok_shop/returns_changed", json!({}), &shop(&fake.url), Some(&cursor))
            .await
            .unwrap();
    assert!(polled.more && polled.deliveries.is_empty());
    assert_eq!(polled.cursor["resume"], NOW - 1_800_000);
}

#[tokio::test]
async fn a_second_with_more_orders_than_a_look_goes_through_is_told_and_not_asked_for_for_ever() {
    let fake = Fake::start().await;
    for page in 0..40 {
        fake.answers(200, found(vec![order(&format!("N{page}"), 1767583000)], "more"));
    }
    let cursor = json!({"at": 1767583000000i64, "resume": 1767583000000i64});
    let looked =
        look(&http_at(NOW), "tiktok_shop/orders_changed", json!({}), &shop(&fake.url), Some(&cursor)).await;
    assert!(matches!(looked, Err(connector::Error::Unreadable { .. })), "{looked:?}");
}
