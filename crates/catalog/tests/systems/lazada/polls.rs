//! Lazada's triggers that ask: what they bring, once each, whole, in order.

use super::{NOW, data, row, shop};
use crate::common::fake::Fake;
use crate::common::{http_at, look, name};
use serde_json::{Value, json};

fn head(id: u64, updated: &str) -> Value {
    json!({"order_id": id, "order_number": id, "updated_at": updated, "statuses": ["pending"], "price": "590.00"})
}

fn rows_of(ids: &[u64]) -> Value {
    let group = |id: &u64| json!({"order_id": id, "order_number": id, "order_items": [row(id * 10 + 1, "ABC-1", "pending"), row(id * 10 + 2, "ABC-1", "pending")]});
    data(ids.iter().map(group).collect())
}

fn orders(heads: Vec<Value>) -> Value {
    data(json!({"count": heads.len(), "countTotal": heads.len(), "orders": heads}))
}

#[tokio::test]
async fn the_first_look_only_finds_out_where_the_present_is() {
    let fake = Fake::start().await;
    let polled =
        look(&http_at(NOW), "lazada/orders_changed", json!({}), &shop(&fake.url), None).await.unwrap();
    assert!(polled.deliveries.is_empty() && fake.asked().is_empty());
    assert_eq!(polled.cursor["at"], NOW);
}

#[tokio::test]
async fn two_pages_of_orders_come_whole_and_again_as_the_same_events() {
    let fake = Fake::start().await;
    // The 50th order changed in the second of the 49th; the second page begins there and brings both again.
    let time = |number: u64| format!("2026-01-05 10:{:02}:00 +0700", number.min(49) / 5);
    let ids: Vec<u64> = (1..=50).collect();
    fake.answers(200, orders(ids.iter().map(|id| head(*id, &time(*id))).collect()));
    fake.answers(200, rows_of(&ids));
    fake.answers(200, orders(vec![head(50, &time(50)), head(51, "2026-01-05 10:22:00 +0700")]));
    fake.answers(200, rows_of(&[51]));
    let (http, connection) = (http_at(NOW), shop(&fake.url));
    let cursor = json!({"at": NOW - 3_600_000});
    let polled = look(&http, "lazada/orders_changed", json!({}), &connection, Some(&cursor)).await.unwrap();
    assert_eq!(polled.deliveries.len(), 51);
    assert!(!polled.more);
    assert_eq!(polled.cursor, json!({"at": NOW}));
    let last = polled.deliveries.last().unwrap();
    assert_eq!(name(last), "51@2026-01-05 10:22:00 +0700 pending");
    let body = last.body.clone().into_value();
    assert_eq!(body["items"].as_array().unwrap().len(), 2);
    assert_eq!(body["lines"][0]["quantity"], 2);
    assert_eq!(body["lines"][0]["price"], "590.00");
    let asked = fake.asked();
    assert_eq!(
        asked[0].pair("update_after").as_deref(),
        Some("2026-01-05T09:25:00+07:00"),
        "five minutes earlier"
    );
    assert_eq!(asked[0].pair("sort_direction").as_deref(), Some("ASC"));
    assert!(asked[1].pair("order_ids").unwrap().starts_with("[1,2,3"));
    assert_eq!(
        asked[2].pair("update_after").as_deref(),
        Some("2026-01-05T10:08:59+07:00"),
        "from the last change on"
    );
    assert_eq!(asked[3].pair("order_ids").as_deref(), Some("[51]"));

    fake.answers(200, orders(vec![head(51, "2026-01-05 10:22:00 +0700")])).answers(200, rows_of(&[51]));
    let again =
        look(&http, "lazada/orders_changed", json!({}), &connection, Some(&polled.cursor)).await.unwrap();
    assert_eq!(again.deliveries[0].id, last.id, "the same event, for whoever keeps them");
}

#[tokio::test]
async fn an_order_whose_rows_are_left_out_is_asked_for_on_its_own() {
    let fake = Fake::start().await;
    fake.answers(200, orders(vec![head(7, "2026-01-05 10:22:00 +0700")]));
    fake.answers(200, data(json!([])));
    fake.answers(200, data(json!([row(71, "ABC-1", "pending")])));
    let cursor = json!({"at": NOW - 60_000});
    let polled = look(&http_at(NOW), "lazada/orders_changed", json!({}), &shop(&fake.url), Some(&cursor))
        .await
        .unwrap();
    assert_eq!(polled.deliveries[0].body.clone().into_value()["items"].as_array().unwrap().len(), 1);
    assert_eq!(fake.asked()[2].path, "/rest/order/items/get");
}

#[tokio::test]
async fn a_long_time_is_asked_for_in_pieces_of_thirty_days() {
    let fake = Fake::start().await;
    fake.answers(200, orders(Vec::new())).answers(200, orders(Vec::new()));
    let (http, connection) = (http_at(NOW), shop(&fake.url));
    let with = json!({"since": "2025-11-20"});
    let polled = look(&http, "lazada/orders_changed", with.clone(), &connection, None).await.unwrap();
    assert!(polled.more);
    let polled = look(&http, "lazada/orders_changed", with, &connection, Some(&polled.cursor)).await.unwrap();
    assert!(!polled.more);
    let asked = fake.asked();
    assert_eq!(asked[0].pair("update_after").as_deref(), Some("2025-11-20T00:00:00+07:00"));
    assert_eq!(asked[0].pair("update_before").as_deref(), Some("2025-12-20T00:00:00+07:00"));
    assert_eq!(asked[1].pair("update_after").as_deref(), Some("2025-12-20T00:00:00+07:00"), "without a gap");
    assert_eq!(asked[1].pair("update_before").as_deref(), Some("2026-01-05T10:30:00+07:00"));
}

#[tokio::test]
async fn returns_come_in_order_with_the_amount_in_baht() {
    let fake = Fake::start().await;
    let record = |id: u64, modified: u64| {
        json!({"reverse_order_id": id, "trade_order_id": 1, "request_type": "RETURN", "reverse_order_lines": [{
            "reverse_order_line_id": id + 1, "reverse_status": "REQUEST_INITIATE", "refund_amount": 59005,
            "return_order_line_gmt_modified": modified
        }]})
    };
    let items = json!([record(20, 1_767_583_700_000), record(10, 1_767_583_600_000)]);
    fake.answers(200, json!({"code": "0", "result": {"success": true, "total": 2, "items": items}}));
    let cursor = json!({"at": NOW - 600_000});
    let polled = look(&http_at(NOW), "lazada/returns_changed", json!({}), &shop(&fake.url), Some(&cursor))
        .await
        .unwrap();
    let ids: Vec<_> = polled.deliveries.iter().map(|delivery| delivery.head["record"].clone()).collect();
    assert_eq!(ids, ["10", "20"]);
    assert_eq!(name(&polled.deliveries[0]), "10@1767583600000 REQUEST_INITIATE");
    assert_eq!(polled.deliveries[0].body.clone().into_value()["reverse_order_lines"][0]["refund"], "590.05");
    assert_eq!(
        fake.asked()[0].pair("ReverseOrderLineModifiedTimeRangeStart"),
        Some((NOW - 900_000).to_string())
    );
}

#[tokio::test]
async fn more_products_than_a_look_brings_are_asked_for_in_half_the_time() {
    let fake = Fake::start().await;
    let product = |id: u64| json!({"item_id": id, "updated_time": (NOW - 1_000).to_string(), "skus": []});
    for _ in 0..8 {
        fake.answers(200, data(json!({"products": (0..50).map(product).collect::<Vec<_>>()})));
    }
    fake.answers(200, data(json!({"products": [product(5)]})));
    let cursor = json!({"at": NOW - 3_300_000});
    let polled = look(&http_at(NOW), "lazada/products_changed", json!({}), &shop(&fake.url), Some(&cursor))
        .await
        .unwrap();
    assert_eq!(polled.deliveries.len(), 1);
    assert!(polled.more, "the other half comes with the next look");
    assert_eq!(polled.cursor["resume"], NOW - 1_800_000);
    assert_eq!(fake.asked()[8].pair("update_before").as_deref(), Some("2026-01-05T10:00:00+07:00"));
}

#[tokio::test]
async fn a_second_with_more_orders_than_a_look_goes_through_is_told_and_not_asked_for_for_ever() {
    let fake = Fake::start().await;
    // The second that the look begins at.
    for page in 0..40 {
        let ids: Vec<u64> = (page * 50 + 1..=page * 50 + 50).collect();
        fake.answers(200, orders(ids.iter().map(|id| head(*id, "2026-01-05 10:22:00 +0700")).collect()));
        fake.answers(200, rows_of(&ids));
    }
    let begins =
        chrono::DateTime::parse_from_rfc3339("2026-01-05T10:22:00+07:00").unwrap().timestamp_millis();
    let cursor = json!({"at": begins, "resume": begins});
    let looked =
        look(&http_at(NOW), "lazada/orders_changed", json!({}), &shop(&fake.url), Some(&cursor)).await;
    assert!(matches!(looked, Err(connector::Error::Unreadable { .. })), "{looked:?}");
}
