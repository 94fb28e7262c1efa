//! How a store is called: keys on three ways, with and without permalinks; how a connection is tried; what failures mean.

use super::{BASIC, KEY, SECRET, WEBHOOK_SECRET, lines, page, runner, store, store_with};
use crate::common::fake::Fake;
use crate::common::{Runner, http, http_at};
use connector::lookup::Wanted;
use connector::{Error, Retry};
use model::Span;
use serde_json::{Value, json};

async fn get_order(fake: &Fake, more: Value) -> Value {
    fake.answers(200, json!({"id": 727}));
    let mut runner = Runner::new("woocommerce/get_order", Some(store_with(fake, more)));
    runner.http = http_at(1_700_000_000_000);
    runner.run(json!({"order_id": 727})).await.unwrap()
}

#[tokio::test]
async fn keys_go_in_a_header_in_the_address_or_as_a_signature() {
    let fake = Fake::start().await;
    get_order(&fake, json!({})).await;
    get_order(&fake, json!({"keys_in": "address"})).await;
    get_order(&fake, json!({"keys_in": "auto"})).await;
    let asked = fake.asked();
    assert_eq!((asked[0].header("authorization"), asked[0].query.as_str()), (BASIC, ""));
    assert_eq!(asked[1].query, format!("consumer_key={KEY}&consumer_secret={SECRET}"));
    assert_eq!(asked[1].header("authorization"), "");
    let signed = &asked[2];
    assert_eq!(signed.pair("oauth_consumer_key").as_deref(), Some(KEY));
    assert_eq!(signed.pair("oauth_timestamp").as_deref(), Some("1700000000"));
    assert_eq!(signed.pair("oauth_nonce").as_deref(), Some("07070707070707070707070707070707"));
    assert_eq!(signed.pair("oauth_signature_method").as_deref(), Some("HMAC-SHA256"));
    assert!(signed.pair("oauth_signature").is_some_and(|signature| signature.len() == 44));
    assert!(!signed.query.contains(SECRET), "over http the secret never travels");
}

#[tokio::test]
async fn a_store_in_a_folder_or_without_permalinks_is_found() {
    let fake = Fake::start().await;
    get_order(&fake, json!({"store_url": format!("{}/shop/", fake.url)})).await;
    get_order(&fake, json!({"store_url": format!("{}/shop", fake.url), "permalinks": "plain"})).await;
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/shop/wp-json/wc/v3/orders/727");
    assert_eq!(
        (asked[1].path.as_str(), asked[1].query.as_str()),
        ("/shop/", "rest_route=%2Fwc%2Fv3%2Forders%2F727")
    );
}

#[tokio::test]
async fn an_id_is_digits_and_leads_nowhere_else() {
    let fake = Fake::start().await;
    for id in ["727/notes", "../products", "7a", "727?force=true"] {
        let error = runner("woocommerce/get_order", &fake).run(json!({"order_id": id})).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{id}: {error:?}");
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_test_names_the_store_its_version_and_its_currency() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"name": "ร้านชาคลอง", "namespaces": ["wp/v2", "wc/v3"]}))
        .answers(200, json!({"environment": {"version": "10.4.0"}, "settings": {"currency": "THB"}}))
        .answers(200, json!({"name": "Blog", "namespaces": ["wp/v2"]}))
        .answers(401, json!({"code": "woocommerce_rest_authentication_error", "message": "Consumer secret is invalid."}));
    let all = catalog::all();
    let woo = all.connector("woocommerce").unwrap();
    let said = woo.test(&http(1 << 20), &store(&fake)).await.unwrap();
    assert_eq!(said, "ร้านชาคลอง: WooCommerce 10.4.0, THB");
    assert_eq!(lines(&fake)[0], "GET ?_fields=name%2Cnamespaces");
    for _ in 0..2 {
        let error = woo.test(&http(1 << 20), &store(&fake)).await.unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn statuses_are_chosen_by_name_those_of_plugins_included() {
    let fake = Fake::start().await;
    let all = catalog::all();
    let woo = all.connector("woocommerce").unwrap();
    let rows = json!([{"slug": "completed", "name": "เสร็จสมบูรณ์", "total": 3}, {"slug": "packed", "name": "แพ็กแล้ว", "total": 0}]);
    fake.answers(200, rows.clone()).answers(200, rows);
    let wanted = Wanted { kind: "order_status".into(), text: "แพ็ก".into(), ..Wanted::default() };
    let page = woo.look_up(&http(1 << 20), &store(&fake), &wanted).await.unwrap();
    assert_eq!(page.records.iter().map(|record| record.id.clone()).collect::<Vec<_>>(), ["packed"]);
    let wanted = Wanted { kind: "order_status".into(), id: Some("completed".into()), ..Wanted::default() };
    let page = woo.look_up(&http(1 << 20), &store(&fake), &wanted).await.unwrap();
    assert_eq!(page.records[0].label, "เสร็จสมบูรณ์");
    let other = Wanted { kind: "location".into(), ..Wanted::default() };
    assert!(woo.look_up(&http(1 << 20), &store(&fake), &other).await.is_err());
}

#[tokio::test]
async fn a_store_that_is_busy_is_waited_for_and_a_page_of_html_is_in_doubt_only_after_a_change() {
    let fake = Fake::start().await;
    fake.answers_with(429, &[("retry-after", "7")], "<html>slow down</html>")
        .answers_with(200, &[("content-type", "text/html")], "<html>Checking your browser</html>")
        .answers_with(200, &[("content-type", "text/html")], "<html>Checking your browser</html>");
    let read = runner("woocommerce/get_order", &fake);
    let busy = read.run(json!({"order_id": 727})).await.unwrap_err();
    assert_eq!(busy.retry(), Retry::After(Span::from_secs(7)));
    let page = read.run(json!({"order_id": 727})).await.unwrap_err();
    assert_eq!((page.retry(), page.may_have_happened()), (Retry::Backoff, false));
    let change = runner("woocommerce/update_order_status", &fake);
    let page = change.run(json!({"order_id": 727, "status": "completed"})).await.unwrap_err();
    assert!(matches!(page, Error::Unreadable { .. }) && page.may_have_happened(), "{page:?}");
}

#[tokio::test]
async fn a_secret_is_in_no_error() {
    let fake = Fake::start().await;
    let codes = [
        (400, "rest_invalid_param"),
        (401, "woocommerce_rest_cannot_view"),
        (404, "rest_no_route"),
        (500, "x"),
    ];
    for (status, code) in codes {
        fake.answers(status, json!({"code": code, "message": "No."}));
        let runner =
            Runner::new("woocommerce/get_order", Some(store_with(&fake, json!({"keys_in": "address"}))));
        let error = runner.run(json!({"order_id": 727})).await.unwrap_err();
        let said = format!("{error:?} {error} {}", error.advice());
        assert!(!said.contains(KEY) && !said.contains(SECRET), "{said}");
    }
}

#[tokio::test]
async fn webhooks_are_made_or_switched_on_again_with_a_secret_of_letters() {
    let fake = Fake::start().await;
    let hook = |id: u32, topic: &str, status: &str| json!({"id": id, "topic": topic, "status": status, "delivery_url": "https://k.example.com/hooks/woo", "secret": WEBHOOK_SECRET});
    page(&fake, &[hook(1, "order.updated", "active"), hook(2, "product.updated", "disabled")], 1);
    fake.answers(200, hook(2, "product.updated", "active"))
        .answers(201, hook(142, "order.created", "active"));
    let wanted: Vec<Value> = ["order.updated", "product.updated", "order.created"]
        .iter()
        .map(|topic| json!({"topic": topic, "url": "https://k.example.com/hooks/woo"}))
        .collect();
    let output =
        runner("woocommerce/subscribe_webhooks", &fake).run(json!({"webhooks": wanted})).await.unwrap();
    let ids =
        |name: &str| output[name].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(
        (ids("kept"), ids("revived"), ids("created")),
        (vec![json!(1)], vec![json!(2)], vec![json!(142)])
    );
    assert!(!output.to_string().contains(WEBHOOK_SECRET));
    let asked = fake.asked();
    assert_eq!(
        (asked[1].method.as_str(), asked[1].path.as_str(), asked[1].json()),
        ("PUT", "/wp-json/wc/v3/webhooks/2", json!({"status": "active"}))
    );
    assert_eq!(
        asked[2].json(),
        json!({"name": "Khlong order.created", "topic": "order.created", "delivery_url": "https://k.example.com/hooks/woo", "secret": WEBHOOK_SECRET})
    );
    let mut signs = store(&fake);
    signs.secrets.insert("webhook_secret".into(), "a&b\"c".to_owned().into());
    let error = Runner::new("woocommerce/subscribe_webhooks", Some(signs))
        .run(json!({"webhooks": []}))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
}
