//! Lists that come in pages.

use super::{runner, shop};
use crate::common::fake::Fake;
use connector::Error;
use serde_json::{Value, json};

fn linked(fake: &Fake, records: Value, next: &str) {
    let link = format!("<{next}>; rel=\"next\"");
    let headers = [("content-type", "application/json"), ("link", link.as_str())];
    fake.answers_with(200, &headers, &records.to_string());
}

#[tokio::test]
async fn the_records_of_all_pages_come_out_in_the_place_of_the_last_one_s() {
    // The system gives two at once, whatever it is asked for. Behind its last page there is an empty one, or none.
    for beyond in [(200, json!({"total": 3, "data": []})), (404, json!({"message": "no such page"}))] {
        let fake = Fake::start().await;
        fake.answers(200, json!({"total": 3, "data": [{"id": 1}, {"id": 2}]}));
        fake.answers(200, json!({"total": 3, "data": [{"id": 3}]}));
        fake.answers(beyond.0, beyond.1);
        let found = runner("list_customers", shop(&fake)).run(json!({"per_page": 50, "pages_max": 10})).await;
        assert_eq!(found, Ok(json!({"total": 3, "data": [{"id": 1}, {"id": 2}, {"id": 3}]})));
        let pages: Vec<_> = fake.asked().iter().filter_map(|asked| asked.pair("page")).collect();
        assert_eq!(pages.last().map(String::as_str), Some("3"));
    }
}

#[tokio::test]
async fn no_more_pages_are_read_than_the_node_asks_for() {
    let fake = Fake::start().await;
    for id in 0..3 {
        linked(&fake, json!([{ "id": id }]), &format!("/api/orders?cursor={id}"));
    }
    let found = runner("list_orders", shop(&fake)).run(json!({})).await;
    assert_eq!(found, Ok(json!([{"id": 0}])), "one, where the node says nothing");
    let found = runner("list_orders", shop(&fake)).run(json!({"pages_max": 2})).await;
    assert_eq!(found, Ok(json!([{"id": 1}, {"id": 2}])));
    assert_eq!(fake.asked()[2].query, "cursor=1");
    assert_eq!(fake.asked()[2].header("x-key"), "S3CRET-KEY");
}

#[tokio::test]
async fn a_next_page_elsewhere_is_told_no_key() {
    let (fake, other) = (Fake::start().await, Fake::start().await);
    linked(&fake, json!([{"id": 1}]), &format!("{}/api/orders?cursor=1", other.url));
    let failed = runner("list_orders", shop(&fake)).run(json!({"pages_max": 5})).await.unwrap_err();
    assert!(matches!(failed, Error::Refused { .. }), "{failed:?}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_page_that_is_its_own_next_one_ends_it() {
    let fake = Fake::start().await;
    linked(&fake, json!([{"id": 1}]), "/api/orders");
    let failed = runner("list_orders", shop(&fake)).run(json!({"pages_max": 1_000})).await.unwrap_err();
    assert!(matches!(failed, Error::Unreadable { .. }), "{failed:?}");
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn pages_without_end_stop_at_what_one_answer_may_have() {
    let fake = Fake::start().await;
    for page in 0..20 {
        linked(&fake, json!([{ "text": "x".repeat(2_000) }]), &format!("/api/orders?cursor={page}"));
    }
    let failed = runner("list_orders", shop(&fake)).run(json!({"pages_max": 1_000})).await.unwrap_err();
    assert!(matches!(failed, Error::TooLarge { limit: 10_000, .. }), "{failed:?}");
    assert_eq!(fake.asked().len(), 5);
}
