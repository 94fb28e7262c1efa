//! The triggers that ask what has changed.

use super::{lines, page, store};
use crate::common::fake::Fake;
use crate::common::{http_at, look, names};
use connector::{Error, Polled};
use serde_json::{Value, json};

/// 2026-01-05T04:00:00Z
const NOW: i64 = 1_767_585_600_000;
const SINCE: &str = "2026-01-05T03:00:00Z";

fn order(id: u64, modified: &str) -> Value {
    json!({"id": id, "number": id.to_string(), "status": "processing", "total": "640.00", "date_modified_gmt": modified, "refunds": []})
}

fn ids(polled: &Polled) -> Vec<String> {
    polled.deliveries.iter().map(|delivery| delivery.id.clone().unwrap()).collect()
}

async fn looks(fake: &Fake, operation: &str, with: Value, cursor: Option<&Value>) -> Result<Polled, Error> {
    look(&http_at(NOW), operation, with, &store(fake), cursor).await
}

async fn orders(fake: &Fake, with: Value, cursor: Option<&Value>) -> Polled {
    looks(fake, "woocommerce/orders_changed", with, cursor).await.unwrap()
}

#[tokio::test]
async fn the_first_look_brings_nothing_of_the_past() {
    let fake = Fake::start().await;
    page(&fake, &[], 0);
    let polled = orders(&fake, json!({}), None).await;
    assert_eq!((polled.deliveries.len(), polled.more, &polled.cursor), (0, false, &json!({"at": NOW})));
    assert_eq!(
        lines(&fake),
        [
            "GET wc/v3/orders?modified_after=2026-01-05T03%3A59%3A59&dates_are_gmt=true&orderby=modified&order=asc&per_page=100&page=1"
        ]
    );
}

#[tokio::test]
async fn two_pages_meet_at_a_second_without_doubling_and_again_they_are_the_same_events() {
    let fake = Fake::start().await;
    page(&fake, &[order(1, "2026-01-05T03:10:00"), order(2, "2026-01-05T03:20:00")], 2);
    page(&fake, &[order(2, "2026-01-05T03:20:00"), order(3, "2026-01-05T03:30:00")], 1);
    let first = orders(&fake, json!({"since": SINCE}), None).await;
    assert_eq!(names(&first), ["1@2026-01-05T03:10:00", "2@2026-01-05T03:20:00", "3@2026-01-05T03:30:00"]);
    let asked = fake.asked();
    assert_eq!(
        asked[1].pair("modified_after").as_deref(),
        Some("2026-01-05T03:19:59"),
        "from the last second on"
    );
    assert_eq!(asked[1].pair("page").as_deref(), Some("1"));
    page(&fake, &[order(3, "2026-01-05T03:30:00")], 1);
    let again = orders(&fake, json!({}), Some(&first.cursor)).await;
    assert_eq!(ids(&again), ids(&first)[2..]);
    assert_eq!(
        fake.asked()[2].pair("modified_after").as_deref(),
        Some("2026-01-05T03:24:59"),
        "a little before"
    );
    assert_eq!(again.cursor, first.cursor);
}

#[tokio::test]
async fn a_thousand_orders_of_one_second_are_gone_through_by_number_over_several_looks() {
    let fake = Fake::start().await;
    let at = "2026-01-05T03:00:00";
    (1..=3).for_each(|number| page(&fake, &[order(number, at)], 4));
    let first = orders(&fake, json!({"since": SINCE}), None).await;
    assert!(first.more && first.deliveries.len() == 3);
    page(&fake, &[order(4, at)], 4);
    let second = orders(&fake, json!({}), Some(&first.cursor)).await;
    assert_eq!((names(&second), second.more), (vec![format!("4@{at}").as_str()], false));
    let pages: Vec<String> = fake.asked().iter().map(|asked| asked.pair("page").unwrap()).collect();
    assert_eq!(pages, ["1", "2", "3", "4"]);
    assert_eq!(
        fake.asked()[3].pair("modified_after").as_deref(),
        Some("2026-01-05T02:59:59"),
        "the window stays"
    );
}

#[tokio::test]
async fn an_older_store_that_cannot_sort_by_change_is_gone_through_by_id() {
    let fake = Fake::start().await;
    fake.answers(400, json!({"code": "rest_invalid_param", "message": "Invalid parameter(s): orderby", "data": {"status": 400, "params": {"orderby": "no"}}}));
    page(&fake, &[order(9, "2026-01-05T03:50:00")], 2);
    page(&fake, &[order(10, "2026-01-05T03:10:00")], 2);
    let polled = orders(&fake, json!({"since": SINCE}), None).await;
    assert_eq!(ids(&polled).len(), 2);
    assert_eq!(polled.cursor, json!({"at": 1_767_585_000_000_i64}), "the latest change, not the last row");
    let asked = fake.asked();
    let by: Vec<(String, String)> =
        asked.iter().map(|asked| (asked.pair("orderby").unwrap(), asked.pair("page").unwrap())).collect();
    assert_eq!(by, [("modified".into(), "1".into()), ("id".into(), "1".into()), ("id".into(), "2".into())]);
    assert_eq!(asked[2].pair("modified_after"), asked[1].pair("modified_after"));
}

#[tokio::test]
async fn another_refused_parameter_is_not_taken_for_an_older_store() {
    let fake = Fake::start().await;
    fake.answers(400, json!({"code": "rest_invalid_param", "message": "Invalid parameter(s): page", "data": {"status": 400, "params": {"page": "no"}}}));
    let error = looks(&fake, "woocommerce/orders_changed", json!({}), None).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_product_comes_with_its_variations() {
    let fake = Fake::start().await;
    let product = json!({"id": 93, "type": "variable", "date_modified_gmt": "2026-01-05T03:10:00", "variations": [94, 95]});
    page(&fake, &[product], 1);
    page(&fake, &[json!({"id": 94, "sku": "A"}), json!({"id": 95, "sku": "B"})], 1);
    let polled = looks(&fake, "woocommerce/products_changed", json!({"since": SINCE}), None).await.unwrap();
    let body = polled.deliveries[0].body.clone().into_value();
    assert_eq!(body["variation_records"][1]["sku"], "B");
    assert_eq!(lines(&fake)[1], "GET wc/v3/products/93/variations?per_page=100&page=1");
}

#[tokio::test]
async fn a_refund_is_an_event_of_its_own_and_older_ones_of_the_same_order_are_not() {
    let fake = Fake::start().await;
    let mut refunded = order(727, "2026-01-05T03:30:00");
    refunded["refunds"] = json!([{"id": 728}, {"id": 726}]);
    page(&fake, &[order(1, "2026-01-05T03:10:00"), refunded], 1);
    let refund = |id: u32, at: &str| json!({"id": id, "date_created_gmt": at, "amount": "10.00"});
    page(&fake, &[refund(728, "2026-01-05T03:30:00"), refund(726, "2025-12-01T00:00:00")], 1);
    let polled = looks(&fake, "woocommerce/refunds_changed", json!({"since": SINCE}), None).await.unwrap();
    assert_eq!(names(&polled), ["728@2026-01-05T03:30:00"]);
    assert_eq!(polled.deliveries[0].body.clone().into_value()["order"], json!({"id": 727, "number": "727"}));
    assert_eq!(lines(&fake).len(), 2, "orders without refunds are not asked for them");
}

#[tokio::test]
async fn a_refund_is_not_lost_when_its_order_changes_again_behind_a_bounded_look() {
    let fake = Fake::start().await;
    page(&fake, &[order(1, "2026-01-05T03:40:00")], 2);
    let first = looks(&fake, "woocommerce/refunds_changed", json!({"since": SINCE}), None).await.unwrap();
    assert!(first.more);
    let mut refunded = order(727, "2026-01-05T03:50:00");
    refunded["refunds"] = json!([{"id": 728}]);
    page(&fake, &[refunded], 1);
    page(&fake, &[json!({"id": 728, "date_created_gmt": "2026-01-05T03:05:00"})], 1);
    let second = looks(&fake, "woocommerce/refunds_changed", json!({}), Some(&first.cursor)).await.unwrap();
    assert_eq!(names(&second), ["728@2026-01-05T03:05:00"]);
}

#[tokio::test]
async fn customers_are_looked_through_in_overlapping_pages() {
    let fake = Fake::start().await;
    let customer = |id: usize| {
        json!({"id": id, "date_created_gmt": "2025-01-01T00:00:00",
        "date_modified_gmt": if id.is_multiple_of(50) { json!("2026-01-05T03:10:00") } else { json!(null) }})
    };
    let rows: Vec<Value> = (1..=100).map(customer).collect();
    page(&fake, &rows, 2);
    page(&fake, &[customer(100), customer(101)], 2);
    let operation = "woocommerce/customers_changed";
    let polled = looks(&fake, operation, json!({"since": SINCE}), None).await.unwrap();
    assert_eq!(
        names(&polled),
        ["50@2026-01-05T03:10:00", "100@2026-01-05T03:10:00", "100@2026-01-05T03:10:00"]
    );
    assert_eq!(polled.cursor, json!({"at": NOW}), "what changes while it looks comes with the next round");
    assert_eq!(fake.asked()[1].pair("offset").as_deref(), Some("95"));
    let present = looks(&fake, operation, json!({}), None).await.unwrap();
    assert_eq!((present.cursor, fake.asked().len()), (json!({"at": NOW}), 2), "the first look asks nothing");
}
