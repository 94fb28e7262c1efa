//! TikTok Shop: consent, tokens and shops, webhooks, and what its answers mean.

mod actions;
mod fulfil;
mod polls;

use crate::common::fake::Fake;
use crate::common::{Knock, Runner, connection, http_at, sign_in};
use connector::sign_in::{Consent, Grant, Return, Tokens};
use connector::{Connection, Error, Refusal};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 2026-01-05 10:30:00 in Bangkok.
const NOW: i64 = 1_767_583_800_000;
const SECRET: &str = "e59af819cc";
const ORDER: &str = "576461413038785752";

/// Whether an error is the one that is expected.
type Fits = fn(&Error) -> bool;

fn bare(url: &str) -> Connection {
    let fields = json!({"app_key": "29a39d", "service_id": "731", "url": url, "auth_url": url});
    connection("tiktok_shop", fields, &[("app_secret", SECRET)])
}

/// A connection that somebody has signed in to.
fn shop(url: &str) -> Connection {
    let mut connection = bare(url);
    let mut tokens = Tokens::new("ROW_access-1");
    tokens.refresh = Some("ROW_refresh-1".into());
    tokens.facts.insert("shop_id".into(), "7495540735365777507".into());
    tokens.facts.insert("shop_cipher".into(), "ROW_cipherTH".into());
    tokens.facts.insert("shop_name".into(), "Tea House".into());
    tokens.facts.insert("region".into(), "TH".into());
    connection.tokens = Some(tokens);
    connection
}

fn runner(operation: &str, fake: &Fake) -> Runner {
    let runner = Runner::new(&format!("tiktok_shop/{operation}"), Some(shop(&fake.url)));
    Runner { http: http_at(NOW), ..runner }
}

fn data(value: Value) -> Value {
    json!({"code": 0, "message": "Success", "data": value, "request_id": "2026"})
}

fn refused(code: u64, message: &str) -> Value {
    json!({"code": code, "message": message, "request_id": "2026"})
}

fn row(id: &str, sku: &str, package: &str) -> Value {
    json!({
        "id": id, "seller_sku": sku, "sku_id": format!("id-{sku}"), "product_name": "Green tea", "sale_price": "590.00",
        "original_price": "590.00", "display_status": "AWAITING_SHIPMENT", "package_id": package
    })
}

fn order(status: &str, rows: Vec<Value>, packages: &[&str]) -> Value {
    let packages: Vec<Value> = packages.iter().map(|id| json!({"id": id})).collect();
    json!({"id": ORDER, "status": status, "update_time": 1767583300, "line_items": rows, "packages": packages})
}

fn detail(order: Value) -> Value {
    data(json!({"orders": [order]}))
}

fn told(access: &str, refresh: &str) -> Value {
    data(json!({
        "access_token": access, "access_token_expire_in": 1768188600, "refresh_token": refresh,
        "refresh_token_expire_in": 1799000000, "open_id": "o-1", "seller_name": "Tea House", "seller_base_region": "TH",
        "user_type": 0, "granted_scopes": ["seller.order.info"]
    }))
}

fn shops(shops: Value) -> Value {
    data(json!({"shops": shops}))
}

fn one_shop() -> Value {
    shops(
        json!([{"id": "749", "name": "Tea House", "region": "TH", "seller_type": "LOCAL", "cipher": "ROW_c", "code": "TH1"}]),
    )
}

fn came_back<'a>(verifier: &'a SecretString, query: &'a BTreeMap<String, String>) -> Grant<'a> {
    Grant::Code(Return { redirect_uri: "https://khlong.example/back", verifier, query })
}

fn query(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_seller_is_sent_to_tiktok_shop_s_consent_page() {
    let consent = Consent { redirect_uri: "https://khlong.example/back", state: "s-1", challenge: "c" };
    let all = catalog::all();
    let url =
        all.connector("tiktok_shop").unwrap().consent_url(&bare("https://x.example"), &consent).unwrap();
    assert_eq!(url.as_str(), "https://services.tiktokshop.com/open/authorize?service_id=731&state=s-1");
}

#[tokio::test]
async fn a_code_becomes_tokens_and_the_shop_and_a_refresh_keeps_the_shop() {
    let fake = Fake::start().await;
    fake.answers(200, told("ROW_a1", "ROW_r1"))
        .answers(200, one_shop())
        .answers(200, told("ROW_a2", "ROW_r2"));
    let (http, mut connection) = (http_at(NOW), bare(&fake.url));
    let (verifier, query) = ("v".into(), query(&[("code", "c-1")]));
    let first = sign_in(&http, &mut connection, came_back(&verifier, &query)).await.unwrap();
    assert_eq!(first.expires_at, Some(1_768_188_600_000), "the times are absolute");
    assert_eq!(first.refresh_expires_at, Some(1_799_000_000_000));
    assert_eq!((&first.facts["shop_id"], &first.facts["shop_cipher"]), (&json!("749"), &json!("ROW_c")));
    let second = sign_in(&http, &mut connection, Grant::Refresh(&first)).await.unwrap();
    assert_eq!(second.refresh.as_ref().unwrap().expose_secret(), "ROW_r2");
    assert_eq!(second.facts, first.facts);
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/api/v2/token/get");
    assert_eq!(asked[0].pair("grant_type").as_deref(), Some("authorized_code"));
    assert_eq!(asked[0].pair("auth_code").as_deref(), Some("c-1"));
    assert_eq!(asked[1].path, "/authorization/202309/shops");
    assert_eq!(asked[1].header("x-tts-access-token"), "ROW_a1");
    assert_eq!(asked[1].pair("shop_cipher"), None);
    assert_eq!(asked[2].pair("refresh_token").as_deref(), Some("ROW_r1"));
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn tokens_are_not_lost_over_a_shop_that_cannot_be_read_just_now() {
    let fake = Fake::start().await;
    fake.answers(200, told("ROW_a1", "ROW_r1"))
        .answers(500, json!({"code": 36009003, "message": "internal"}));
    fake.answers(200, told("ROW_a2", "ROW_r2")).answers(200, one_shop());
    let (http, mut connection) = (http_at(NOW), bare(&fake.url));
    let (verifier, query) = ("v".into(), query(&[("code", "c-1")]));
    let first = sign_in(&http, &mut connection, came_back(&verifier, &query)).await.unwrap();
    assert!(first.is_due(NOW), "so that the refresh asks again");
    let second = sign_in(&http, &mut connection, Grant::Refresh(&first)).await.unwrap();
    assert_eq!(second.facts["shop_cipher"], "ROW_c");
}

#[tokio::test]
async fn of_several_shops_the_connection_names_one() {
    let fake = Fake::start().await;
    let two =
        shops(json!([{"id": "1", "name": "A", "cipher": "c1"}, {"id": "2", "name": "B", "cipher": "c2"}]));
    fake.answers(200, told("a", "r"))
        .answers(200, two.clone())
        .answers(200, told("a", "r"))
        .answers(200, two);
    let (http, mut connection) = (http_at(NOW), bare(&fake.url));
    let (verifier, query) = ("v".into(), query(&[("code", "c-1")]));
    let error = sign_in(&http, &mut connection, came_back(&verifier, &query)).await.unwrap_err();
    assert!(matches!(&error, Error::Connection { message, .. } if message.contains("2 B")), "{error:?}");
    connection.fields.insert("shop_id".into(), "2".into());
    let tokens = sign_in(&http, &mut connection, came_back(&verifier, &query)).await.unwrap();
    assert_eq!(tokens.facts["shop_cipher"], "c2");
}

#[tokio::test]
async fn a_seller_who_refuses_and_a_code_that_is_spent_are_for_a_person() {
    let fake = Fake::start().await;
    let (http, mut connection) = (http_at(NOW), bare(&fake.url));
    let (verifier, denied) = ("v".into(), query(&[("code", "null"), ("error", "auth_denied")]));
    let error = sign_in(&http, &mut connection, came_back(&verifier, &denied)).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }) && fake.asked().is_empty(), "{error:?}");
    fake.answers(200, refused(36004004, &format!("code is expired {SECRET}")));
    let spent = query(&[("code", "c-1")]);
    let error = sign_in(&http, &mut connection, came_back(&verifier, &spent)).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
}

#[tokio::test]
async fn every_call_is_signed_with_its_body_as_the_vendor_s_vector_is() {
    let fake = Fake::start().await;
    let found = json!({"products": [{"id": "1729382476", "skus": [{
        "id": "1729382588", "seller_sku": "ABC-1", "inventory": [{"warehouse_id": "7068517275539719942", "quantity": 1}]
    }]}]});
    fake.answers(200, data(found)).answers(200, data(json!({"errors": []})));
    let runner = Runner { http: http_at(1_700_000_000_000), ..runner("push_stock", &fake) };
    let output = runner.run(json!({"items": [{"sku": "ABC-1", "quantity": 999}]})).await.unwrap();
    assert_eq!(output, json!({"updated": 1, "failed": []}));
    let asked = &fake.asked()[1];
    assert_eq!(asked.path, "/product/202309/products/1729382476/inventory/update");
    assert_eq!(
        asked.json(),
        json!({"skus": [{"inventory": [{"warehouse_id": "7068517275539719942", "quantity": 999}], "id": "1729382588"}]})
    );
    let names = ["app_key", "shop_cipher", "timestamp"].map(|name| asked.pair(name).unwrap());
    assert_eq!(names, ["29a39d", "ROW_cipherTH", "1700000000"]);
    assert_eq!(asked.header("x-tts-access-token"), "ROW_access-1");
    assert_eq!(asked.header("content-type"), "application/json");
    assert_eq!(asked.pair("sign").unwrap().len(), 64);
}

#[tokio::test]
async fn what_tiktok_shop_answers_decides_what_happens_next() {
    let cases: [(u16, u64, Fits); 5] = [
        (200, 36009002, |error| matches!(error, Error::RateLimited { .. })),
        (401, 105002, |error| matches!(error, Error::TokenEnded { .. })),
        (401, 106001, |error| matches!(error, Error::Connection { .. })),
        (200, 25001001, |error| matches!(error, Error::Refused { .. })),
        (500, 36009003, |error| matches!(error, Error::Status { .. })),
    ];
    for (status, code, fits) in cases {
        let fake = Fake::start().await;
        fake.answers(status, refused(code, "said ROW_access-1"));
        let error = runner("get_order", &fake).run(json!({"order_id": ORDER})).await.unwrap_err();
        assert!(fits(&error), "{code}: {error:?}");
        assert!(!format!("{error:?}").contains("ROW_access-1"), "{error:?}");
    }
}

#[tokio::test]
async fn a_throttle_says_how_long_and_a_page_of_html_is_no_answer() {
    let fake = Fake::start().await;
    fake.answers_with(429, &[("retry-after", "7")], r#"{"code":36009002,"message":"too fast"}"#);
    fake.answers_with(200, &[("content-type", "text/html")], "<html>Maintenance</html>");
    fake.answers_with(503, &[], "busy");
    let runner = runner("get_order", &fake);
    let input = json!({"order_id": ORDER});
    let error = runner.run(input.clone()).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { after: Some(_), .. }), "{error:?}");
    let error = runner.run(input.clone()).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    let error = runner.run(input).await.unwrap_err();
    assert!(!error.may_have_happened() && error.retry() == connector::Retry::Backoff, "{error:?}");
}

#[tokio::test]
async fn testing_a_connection_names_the_shop_and_records_are_looked_up() {
    let fake = Fake::start().await;
    let (all, http, connection) = (catalog::all(), http_at(NOW), shop(&fake.url));
    let connector = all.connector("tiktok_shop").unwrap();
    fake.answers(200, one_shop());
    assert_eq!(connector.test(&http, &connection).await.unwrap(), "TikTok Shop TH, as Tea House");
    let warehouses =
        data(json!({"warehouses": [{"id": "7068", "name": "Bangkok", "type": "SALES_WAREHOUSE"}]}));
    fake.answers(200, warehouses.clone()).answers(200, warehouses);
    fake.answers(200, data(json!({"delivery_options": [{"id": "54"}, {"id": "55"}]})));
    fake.answers(200, refused(21008117, "fulfilled by TikTok"));
    fake.answers(200, data(json!({"shipping_providers": [{"id": "6617", "name": "Flash"}]})));
    for (kind, id) in [("warehouse", "7068"), ("provider", "6617")] {
        let wanted = connector::lookup::Wanted { kind: kind.into(), ..Default::default() };
        let page = connector.look_up(&http, &connection, &wanted).await.unwrap();
        assert_eq!(page.records[0].id, json!(id), "{kind}");
    }
}

const PUSH: &str = r#"{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}"#;
const PUSH_SIGNATURE: &str = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05";

/// The vendor's own key and secret.
fn pushed_to(shop: &str) -> Connection {
    let mut connection = connection("tiktok_shop", json!({"app_key": "abcdef"}), &[("app_secret", "123")]);
    let mut tokens = Tokens::new("a");
    tokens.facts.insert("shop_id".into(), shop.into());
    connection.tokens = Some(tokens);
    connection
}

fn nudge(knock: &Knock, operation: &str, connection: &Connection) -> Result<(), Refusal> {
    knock.nudges(
        &catalog::all(),
        &format!("tiktok_shop/{operation}"),
        json!({"path": "tiktok"}),
        Some(connection),
    )
}

#[test]
fn a_signed_webhook_of_an_order_makes_the_trigger_look() {
    let knock = Knock::post(PUSH).header("authorization", PUSH_SIGNATURE);
    assert_eq!(nudge(&knock, "orders_changed", &pushed_to("7495540735365777507")), Ok(()));
    for operation in ["products_changed", "returns_changed"] {
        let said = nudge(&knock, operation, &pushed_to("7495540735365777507"));
        assert!(matches!(said, Err(Refusal::Ignored(_))), "{operation}");
    }
    assert!(matches!(nudge(&knock, "orders_changed", &pushed_to("7")), Err(Refusal::Ignored(_))));
}

#[test]
fn a_webhook_without_a_right_signature_is_refused() {
    let cases = [
        Knock::post(PUSH),
        Knock::post(PUSH).header("authorization", &format!("Bearer {PUSH_SIGNATURE}")),
        Knock::post(PUSH.replace("UNPAID", "CANCEL")).header("authorization", PUSH_SIGNATURE),
        Knock::post("this is not JSON").header("authorization", PUSH_SIGNATURE),
    ];
    for knock in cases {
        assert_eq!(nudge(&knock, "orders_changed", &pushed_to("7")), Err(Refusal::Unauthorized));
    }
    let open = connection("tiktok_shop", json!({"app_key": "abcdef"}), &[("app_secret", "")]);
    let knock = Knock::post(PUSH).header("authorization", PUSH_SIGNATURE);
    assert!(matches!(nudge(&knock, "orders_changed", &open), Err(Refusal::NotSetUp(_))));
}
