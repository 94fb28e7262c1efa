//! Shopee: consent and rotating tokens, pushes, and what its answers mean.

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
const KEY: &str = "test_partner_key";

/// Whether an error is the one that is expected.
type Fits = fn(&Error) -> bool;

fn bare(url: &str) -> Connection {
    connection("shopee", json!({"partner_id": "2001887", "url": url}), &[("partner_key", KEY)])
}

/// A connection that somebody has signed in to.
fn shop(url: &str) -> Connection {
    let mut connection = bare(url);
    let mut tokens = Tokens::new("access-token-1");
    tokens.refresh = Some("refresh-token-1".into());
    tokens.facts.insert("shop_id".into(), "14701711".into());
    connection.tokens = Some(tokens);
    connection
}

fn runner(operation: &str, fake: &Fake) -> Runner {
    let runner = Runner::new(&format!("shopee/{operation}"), Some(shop(&fake.url)));
    Runner { http: http_at(NOW), ..runner }
}

fn response(value: Value) -> Value {
    json!({"error": "", "message": "", "request_id": "0ba2", "response": value})
}

fn order(status: &str, packages: Value) -> Value {
    json!({
        "order_sn": "201218V2Y6E59M", "order_status": status, "update_time": 1767583300,
        "item_list": [
            {"item_id": 1000, "item_sku": "", "item_name": "Green tea", "model_id": 3456, "model_sku": "ABC-1", "model_name": "100 g",
             "model_quantity_purchased": 2, "model_original_price": 590.0, "model_discounted_price": 550.5,
             "order_item_id": 1000, "promotion_group_id": 0},
            {"item_id": 1001, "item_sku": "CUP", "item_name": "Cup", "model_id": 0, "model_sku": "",
             "model_quantity_purchased": 1, "model_original_price": 90.0, "model_discounted_price": 90.0,
             "order_item_id": 1001, "promotion_group_id": 0}
        ],
        "package_list": packages
    })
}

fn orders(orders: Vec<Value>) -> Value {
    response(json!({"order_list": orders}))
}

fn told(access: &str, refresh: &str) -> Value {
    json!({"access_token": access, "refresh_token": refresh, "expire_in": 14400, "request_id": "", "error": "", "message": ""})
}

fn came_back<'a>(verifier: &'a SecretString, query: &'a BTreeMap<String, String>) -> Grant<'a> {
    Grant::Code(Return { redirect_uri: "https://khlong.example/back", verifier, query })
}

fn query(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_seller_is_sent_to_shopee_s_consent_page() {
    let consent = Consent { redirect_uri: "https://khlong.example/back", state: "s-1", challenge: "c" };
    let all = catalog::all();
    let url = all.connector("shopee").unwrap().consent_url(&bare("https://x.example"), &consent).unwrap();
    assert_eq!(
        url.as_str(),
        "https://open.shopee.com/auth?partner_id=2001887&auth_type=seller\
         &redirect_uri=https%3A%2F%2Fkhlong.example%2Fback&response_type=code&state=s-1"
    );
}

#[tokio::test]
async fn a_code_becomes_tokens_of_the_shop_that_came_back_and_each_refresh_rotates_them() {
    let fake = Fake::start().await;
    fake.answers(200, told("access-1", "refresh-1")).answers(200, told("access-2", "refresh-2"));
    let (http, mut connection) = (http_at(NOW), bare(&fake.url));
    let (verifier, query) = ("v".into(), query(&[("code", "c-1"), ("shop_id", "14701711")]));
    let first = sign_in(&http, &mut connection, came_back(&verifier, &query)).await.unwrap();
    assert_eq!(first.facts["shop_id"], "14701711");
    assert_eq!(first.expires_at, Some(NOW + 14_400_000));
    assert_eq!(first.refresh_expires_at, Some(NOW + 30 * 86_400_000));
    let second = sign_in(&http, &mut connection, Grant::Refresh(&first)).await.unwrap();
    assert_eq!(second.refresh.as_ref().unwrap().expose_secret(), "refresh-2");
    assert_eq!(second.facts, first.facts);
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/api/v2/auth/token/get");
    assert_eq!(asked[0].json(), json!({"code": "c-1", "partner_id": 2001887, "shop_id": 14701711}));
    assert_eq!(asked[1].path, "/api/v2/auth/access_token/get");
    assert_eq!(
        asked[1].json(),
        json!({"refresh_token": "refresh-1", "partner_id": 2001887, "shop_id": 14701711})
    );
    assert_eq!(asked[1].pair("access_token"), None);
}

#[tokio::test]
async fn of_a_main_account_s_shops_the_connection_names_one() {
    let fake = Fake::start().await;
    let mut answer = told("access-1", "refresh-1");
    answer["shop_id_list"] = json!([14701711, 727720655]);
    fake.answers(200, answer.clone()).answers(200, answer);
    let (http, mut connection) = (http_at(NOW), bare(&fake.url));
    let (verifier, query) = ("v".into(), query(&[("code", "c-1"), ("main_account_id", "55")]));
    let error = sign_in(&http, &mut connection, came_back(&verifier, &query)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Connection { message, .. } if message.contains("727720655")),
        "{error:?}"
    );
    connection.fields.insert("shop_id".into(), "727720655".into());
    let tokens = sign_in(&http, &mut connection, came_back(&verifier, &query)).await.unwrap();
    assert_eq!(tokens.facts["shop_id"], "727720655");
    assert_eq!(fake.asked()[0].json()["main_account_id"], 55);
}

#[tokio::test]
async fn a_spent_refresh_token_is_for_a_person_and_the_error_holds_no_secret() {
    let fake = Fake::start().await;
    fake.answers(403, json!({"error": "error_auth", "message": format!("Invalid refresh_token {KEY}")}));
    let mut connection = shop(&fake.url);
    let old = connection.tokens.clone().unwrap();
    let error = sign_in(&http_at(NOW), &mut connection, Grant::Refresh(&old)).await.unwrap_err();
    assert!(matches!(error, Error::SignedOut { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains(KEY), "{error:?}");
}

#[tokio::test]
async fn every_call_is_signed_for_its_shop() {
    let fake = Fake::start().await;
    fake.answers(200, orders(vec![order("READY_TO_SHIP", json!([]))]));
    let output = runner("get_order", &fake).run(json!({"order_id": "201218V2Y6E59M"})).await.unwrap();
    assert_eq!(output["lines"][0]["price"], "550.5");
    assert_eq!(output["lines"][0]["quantity"], 2);
    assert_eq!(output["lines"][1]["sku"], "CUP");
    let asked = &fake.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/api/v2/order/get_order_detail"));
    let pairs = ["partner_id", "shop_id", "timestamp", "access_token"].map(|name| asked.pair(name).unwrap());
    assert_eq!(pairs, ["2001887", "14701711", "1767583800", "access-token-1"]);
    assert_eq!(asked.pair("sign").unwrap().len(), 64);
    assert!(asked.pair("response_optional_fields").unwrap().contains("package_list,"));
}

#[tokio::test]
async fn what_shopee_answers_decides_what_happens_next_whatever_the_status() {
    let cases: [(u16, &str, Fits); 5] = [
        (200, "error_rate_limit", |error| matches!(error, Error::RateLimited { .. })),
        (403, "error_auth", |error| matches!(error, Error::TokenEnded { .. })),
        (200, "logistics.error_param", |error| matches!(error, Error::Refused { .. })),
        (403, "source_ip_undeclared", |error| matches!(error, Error::Connection { .. })),
        (200, "error_server", |error| matches!(error, Error::Status { .. })),
    ];
    for (status, code, fits) in cases {
        let fake = Fake::start().await;
        fake.answers(status, json!({"error": code, "message": "said access-token-1", "request_id": ""}));
        let error = runner("get_order", &fake).run(json!({"order_id": "1"})).await.unwrap_err();
        assert!(fits(&error), "{code}: {error:?}");
        assert!(!format!("{error:?}").contains("access-token-1"), "{error:?}");
    }
}

#[tokio::test]
async fn a_page_of_html_and_a_plain_429_are_told_apart() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[("content-type", "text/html")], "<html>Maintenance</html>");
    fake.answers_with(429, &[("retry-after", "7")], "slow down");
    let error = runner("get_order", &fake).run(json!({"order_id": "1"})).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    let error = runner("get_order", &fake).run(json!({"order_id": "1"})).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { after: Some(_), .. }), "{error:?}");
}

#[tokio::test]
async fn testing_a_connection_names_the_shop_and_the_end_of_the_consent() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        json!({"error": "", "shop_name": "Tea House", "region": "TH", "expire_time": 1798848000}),
    );
    let all = catalog::all();
    let said = all.connector("shopee").unwrap().test(&http_at(NOW), &shop(&fake.url)).await.unwrap();
    assert_eq!(said, "Shopee TH, as Tea House; the consent ends 2027-01-02T00:00:00Z");
}

#[tokio::test]
async fn warehouses_channels_and_addresses_are_looked_up() {
    let fake = Fake::start().await;
    fake.answers(200, response(json!([{"location_id": "THZ", "warehouse_name": "Bangkok"}])));
    fake.answers(200, response(json!({"logistics_channel_list": [{"logistics_channel_id": 70021, "logistics_channel_name": "SPX"}]})));
    fake.answers(
        200,
        response(
            json!({"address_list": [{"address_id": 2826, "address": "99 Sukhumvit", "zipcode": "10110"}]}),
        ),
    );
    let (all, http, connection) = (catalog::all(), http_at(NOW), shop(&fake.url));
    for (kind, id) in [("warehouse", json!("THZ")), ("channel", json!(70021)), ("address", json!(2826))] {
        let wanted = connector::lookup::Wanted { kind: kind.into(), ..Default::default() };
        let page = all.connector("shopee").unwrap().look_up(&http, &connection, &wanted).await.unwrap();
        assert_eq!(page.records[0].id, id, "{kind}");
    }
}

const PUSH: &str = r#"{"data":{"items":[],"ordersn":"220810QSDU6QSB","status":"READY_TO_SHIP","completed_scenario":"","update_time":1660123127},"shop_id":727720655,"code":3,"timestamp":1660123127}"#;
const PUSH_SIGNATURE: &str = "902be03570348059fceb69b1cb66c19506621a808fb466cb17fec5a806af2aa7";

fn pushed_to(shop: &str) -> Connection {
    let fields = json!({"partner_id": "1", "push_url": "https://hooks.example.com/shopee"});
    let mut connection = connection("shopee", fields, &[("partner_key", KEY)]);
    let mut tokens = Tokens::new("a");
    tokens.facts.insert("shop_id".into(), shop.into());
    connection.tokens = Some(tokens);
    connection
}

fn nudge(knock: &Knock, operation: &str, connection: &Connection) -> Result<(), Refusal> {
    knock.nudges(&catalog::all(), &format!("shopee/{operation}"), json!({"path": "shopee"}), Some(connection))
}

#[test]
fn a_signed_push_of_an_order_makes_the_trigger_look() {
    let knock = Knock::post(PUSH).header("authorization", PUSH_SIGNATURE);
    assert_eq!(nudge(&knock, "orders_changed", &pushed_to("727720655")), Ok(()));
    for operation in ["products_changed", "returns_changed"] {
        assert!(
            matches!(nudge(&knock, operation, &pushed_to("727720655")), Err(Refusal::Ignored(_))),
            "{operation}"
        );
    }
    assert!(matches!(nudge(&knock, "orders_changed", &pushed_to("7")), Err(Refusal::Ignored(_))));
}

#[test]
fn a_push_without_a_right_signature_or_for_another_address_is_refused() {
    let cases = [
        Knock::post(PUSH),
        Knock::post(PUSH.replace("READY_TO_SHIP", "CANCELLED")).header("authorization", PUSH_SIGNATURE),
        Knock::post("this is not JSON").header("authorization", PUSH_SIGNATURE),
    ];
    for knock in cases {
        assert_eq!(nudge(&knock, "orders_changed", &pushed_to("727720655")), Err(Refusal::Unauthorized));
    }
    let knock = Knock::post(PUSH).header("authorization", PUSH_SIGNATURE);
    let mut elsewhere = pushed_to("727720655");
    elsewhere.fields.insert("push_url".into(), "https://hooks.example.com/other".into());
    assert_eq!(nudge(&knock, "orders_changed", &elsewhere), Err(Refusal::Unauthorized));
    let fields = json!({"push_url": "https://hooks.example.com/shopee"});
    for open in [
        connection("shopee", fields, &[("partner_key", "")]),
        connection("shopee", json!({}), &[("partner_key", KEY)]),
    ] {
        assert!(matches!(nudge(&knock, "orders_changed", &open), Err(Refusal::NotSetUp(_))));
    }
}
