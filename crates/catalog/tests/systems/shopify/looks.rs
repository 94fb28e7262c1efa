//! The triggers that ask what has changed.

use super::{data, shop, variables};
use crate::common::fake::Fake;
use crate::common::{Knock, connection, http_at, look, names};
use connector::{Error, Polled, Refusal, Retry};
use model::Span;
use serde_json::{Value, json};

/// 2026-01-05T04:00:00Z
const NOW: i64 = 1_767_585_600_000;
const SINCE: &str = "2026-01-05T00:00:00Z";

fn order(number: u64, updated: &str) -> Value {
    json!({
        "id": format!("gid://shopify/Order/{number}"), "name": format!("#{number}"), "updatedAt": updated, "test": false,
        "currentTotalPriceSet": {"shopMoney": {"amount": "1070.0", "currencyCode": "THB"}},
        "lineItems": {"pageInfo": {"hasNextPage": false}, "nodes": [{"sku": "TEA-100", "quantity": 1}]}
    })
}

fn page(root: &str, nodes: Vec<Value>, next: Option<&str>) -> Value {
    data(
        json!({root: {"pageInfo": {"hasNextPage": next.is_some(), "endCursor": next.unwrap_or("end")}, "nodes": nodes}}),
    )
}

fn ids(polled: &Polled) -> Vec<String> {
    polled.deliveries.iter().map(|delivery| delivery.id.clone().unwrap()).collect()
}

async fn orders(fake: &Fake, with: Value, cursor: Option<&Value>) -> Result<Polled, Error> {
    look(&http_at(NOW), "shopify/orders_changed", with, &shop(fake), cursor).await
}

#[tokio::test]
async fn the_first_look_brings_nothing_of_the_past() {
    let fake = Fake::start().await;
    fake.answers(200, page("orders", vec![], None));
    let polled = orders(&fake, json!({}), None).await.unwrap();
    assert_eq!((polled.deliveries.len(), polled.more), (0, false));
    assert_eq!(polled.cursor, json!({"at": NOW}));
    assert_eq!(variables(&fake.asked()[0])["query"], "updated_at:>='2026-01-05T04:00:00Z'");
}

#[tokio::test]
async fn two_pages_come_in_the_order_of_their_changes_and_again_they_are_the_same_events() {
    let fake = Fake::start().await;
    let one = || order(5551, "2026-01-05T01:00:00Z");
    let two = || order(820_982_911_946_154_508, "2026-01-05T02:00:00Z");
    fake.answers(200, page("orders", vec![one()], Some("c1")))
        .answers(200, page("orders", vec![two()], None));
    let first = orders(&fake, json!({"since": SINCE}), None).await.unwrap();
    assert_eq!(
        names(&first),
        [
            "gid://shopify/Order/5551@2026-01-05T01:00:00Z",
            "gid://shopify/Order/820982911946154508@2026-01-05T02:00:00Z"
        ]
    );
    let asked = fake.asked();
    assert_eq!(
        variables(&asked[0]),
        json!({"first": 50, "after": null, "query": "updated_at:>='2026-01-05T00:00:00Z'"})
    );
    assert_eq!(variables(&asked[1])["after"], "c1");
    assert!(
        asked[0].path == "/admin/api/2026-10/graphql.json"
            && asked[0].header("x-shopify-access-token") == super::TOKEN
    );
    fake.answers(200, page("orders", vec![two()], None));
    let again = orders(&fake, json!({}), Some(&first.cursor)).await.unwrap();
    assert_eq!(ids(&again), ids(&first)[1..]);
    assert_eq!(
        variables(&fake.asked()[2])["query"],
        "updated_at:>='2026-01-05T01:58:00Z'",
        "a little before the last"
    );
    assert_eq!(again.cursor, first.cursor, "the place stays where the last change was");
}

#[tokio::test]
async fn a_look_is_bounded_and_the_next_one_goes_on_at_the_same_place() {
    let fake = Fake::start().await;
    for number in 1..=4 {
        let next = format!("c{number}");
        fake.answers(200, page("orders", vec![order(number, "2026-01-05T01:00:00Z")], Some(&next)));
    }
    let first = orders(&fake, json!({"since": SINCE}), None).await.unwrap();
    assert!(first.more && first.deliveries.len() == 4);
    fake.answers(200, page("orders", vec![order(5, "2026-01-05T01:00:00Z")], None));
    let second = orders(&fake, json!({}), Some(&first.cursor)).await.unwrap();
    assert!(!second.more);
    let last = variables(&fake.asked()[4]);
    assert_eq!(
        (&last["after"], &last["query"]),
        (&json!("c4"), &json!("updated_at:>='2026-01-05T00:00:00Z'"))
    );
    assert_eq!(second.cursor, json!({"at": 1_767_574_800_000_i64}));
}

#[tokio::test]
async fn an_order_comes_whole_with_lines_beyond_the_first_page() {
    let fake = Fake::start().await;
    let mut long = order(5551, "2026-01-05T01:00:00Z");
    long["lineItems"]["pageInfo"] = json!({"hasNextPage": true, "endCursor": "l1"});
    let rest = json!({"lineItems": {"pageInfo": {"hasNextPage": false}, "nodes": [{"sku": "CUP-1", "quantity": 3}]}});
    fake.answers(200, page("orders", vec![long], None)).answers(200, data(json!({"order": rest})));
    let polled = orders(&fake, json!({"since": SINCE}), None).await.unwrap();
    let body = polled.deliveries[0].body.clone().into_value();
    assert_eq!(
        body["lineItems"],
        json!([{"sku": "TEA-100", "quantity": 1}, {"sku": "CUP-1", "quantity": 3}])
    );
    assert_eq!(body["currentTotalPriceSet"]["shopMoney"]["amount"], "1070.0", "money keeps its digits");
    assert_eq!(polled.deliveries[0].head["test"], false);
}

#[tokio::test]
async fn a_page_that_costs_too_much_is_halved() {
    let fake = Fake::start().await;
    let costly = json!({"errors": [{"message": "Query cost is 1502, which exceeds the single query max cost limit (1000).",
        "extensions": {"code": "MAX_COST_EXCEEDED"}}]});
    fake.answers(200, costly).answers(200, page("orders", vec![], None));
    orders(&fake, json!({}), None).await.unwrap();
    let firsts: Vec<Value> = fake.asked().iter().map(|asked| variables(asked)["first"].clone()).collect();
    assert_eq!(firsts, [50, 25]);
}

#[tokio::test]
async fn a_shop_without_points_says_how_long_to_wait() {
    let fake = Fake::start().await;
    let cost = json!({"requestedQueryCost": 500, "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 250, "restoreRate": 100}});
    fake.answers(200, json!({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], "extensions": {"cost": cost}}));
    let error = orders(&fake, json!({}), None).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Span::from_secs(3)));
}

#[tokio::test]
async fn a_page_of_html_is_tried_again_and_a_look_at_nothing_is_not_taken_for_nothing_new() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[("content-type", "text/html")], "<html>Maintenance</html>")
        .answers(200, data(json!({})));
    for _ in 0..2 {
        let error = orders(&fake, json!({}), None).await.unwrap_err();
        assert_eq!(error.retry(), Retry::Backoff, "{error:?}");
    }
}

#[tokio::test]
async fn a_refund_is_an_event_of_its_own_and_older_ones_of_the_same_order_are_not() {
    let fake = Fake::start().await;
    let refund = |number: u32, at: &str| {
        json!({"id": format!("gid://shopify/Refund/{number}"), "createdAt": at,
        "refundLineItems": {"nodes": [{"quantity": 1}]}})
    };
    let order = json!({"id": "gid://shopify/Order/5551", "updatedAt": "2026-01-05T02:00:00Z",
        "refunds": [refund(1, "2025-12-01T00:00:00Z"), refund(2, "2026-01-05T02:00:00Z")]});
    fake.answers(200, page("orders", vec![order], None));
    let polled = look(&http_at(NOW), "shopify/refunds_changed", json!({"since": SINCE}), &shop(&fake), None)
        .await
        .unwrap();
    assert_eq!(names(&polled), ["gid://shopify/Refund/2@2026-01-05T02:00:00Z"]);
    assert_eq!(polled.deliveries[0].body.clone().into_value()["refundLineItems"], json!([{"quantity": 1}]));
}

#[tokio::test]
async fn products_and_customers_are_asked_for_in_the_same_way() {
    for (operation, root) in
        [("shopify/products_changed", "products"), ("shopify/customers_changed", "customers")]
    {
        let fake = Fake::start().await;
        let node = json!({"id": "gid://shopify/It/1", "updatedAt": "2026-01-05T02:00:00Z"});
        fake.answers(200, page(root, vec![node], None));
        let polled =
            look(&http_at(NOW), operation, json!({"since": SINCE}), &shop(&fake), None).await.unwrap();
        assert_eq!(names(&polled), ["gid://shopify/It/1@2026-01-05T02:00:00Z"]);
    }
}

#[test]
fn a_webhook_makes_a_trigger_look_at_once_if_it_is_signed_and_about_the_same_thing() {
    let all = catalog::all();
    let shop = connection(
        "shopify",
        json!({"shop_url": "https://my-shop.myshopify.com"}),
        &[("client_secret", "hush")],
    );
    let knock = |topic: &str| {
        Knock::post("{}")
            .header("x-shopify-hmac-sha256", &sandbox::sign("hush", b"{}"))
            .header("x-shopify-topic", topic)
            .header("x-shopify-shop-domain", "my-shop.myshopify.com")
    };
    let nudges =
        |knock: &Knock| knock.nudges(&all, "shopify/orders_changed", json!({"path": "p"}), Some(&shop));
    assert_eq!(nudges(&knock("orders/updated")), Ok(()));
    assert!(matches!(nudges(&knock("products/update")), Err(Refusal::Ignored(_))));
    let forged = knock("orders/updated").header("x-shopify-hmac-sha256", "AAAA");
    assert_eq!(nudges(&forged), Err(Refusal::Unauthorized));
    let poll = all.poll(&"shopify/orders_changed".into()).unwrap();
    assert_eq!(poll.path(&serde_json::Map::new()), None, "without a path it is told nothing");
}
