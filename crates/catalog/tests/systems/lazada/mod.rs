//! Lazada: consent and tokens, pushes, and what its answers mean.

mod actions;
mod fulfil;
mod polls;

use crate::common::fake::Fake;
use crate::common::{Knock, Runner, connection, http_at, sign_in};
use connector::sign_in::{Consent, Grant, Return};
use connector::{Connection, Error, Refusal};
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 2026-01-05 10:30:00 in Bangkok.
const NOW: i64 = 1_767_583_800_000;
const SECRET: &str = "helloworld-secret";

/// Whether an error is the one that is expected.
type Fits = fn(&Error) -> bool;

fn bare(url: &str) -> Connection {
    let fields = json!({"app_key": "123456", "url": format!("{url}/rest"), "auth_url": url});
    connection("lazada", fields, &[("app_secret", SECRET)])
}

/// A connection that somebody has signed in to.
fn shop(url: &str) -> Connection {
    let mut connection = bare(url);
    let mut tokens = connector::sign_in::Tokens::new("access-token-1");
    tokens.refresh = Some("refresh-token-1".into());
    tokens.facts.insert("seller_id".into(), "1234567".into());
    connection.tokens = Some(tokens);
    connection
}

fn runner(operation: &str, fake: &Fake) -> Runner {
    let runner = Runner::new(&format!("lazada/{operation}"), Some(shop(&fake.url)));
    Runner { http: http_at(NOW), ..runner }
}

fn data(value: Value) -> Value {
    json!({"code": "0", "data": value, "request_id": "0ba2"})
}

fn result(value: Value) -> Value {
    json!({"code": "0", "result": {"success": true, "data": value, "errorCode": "", "errorMsg": ""}})
}

fn row(id: u64, sku: &str, status: &str) -> Value {
    json!({
        "order_item_id": id, "order_id": 260422900198363u64, "sku": sku, "shop_sku": "260422_TH-5001", "name": "Green tea",
        "item_price": "590.00", "paid_price": "590.00", "status": status, "package_id": "", "tracking_code": ""
    })
}

fn told(access: &str, refresh: &str) -> Value {
    json!({
        "access_token": access, "refresh_token": refresh, "expires_in": 2592000, "refresh_expires_in": 15552000,
        "country": "th", "account_platform": "seller_center", "account": "shop@example.com",
        "country_user_info": [{"country": "th", "user_id": "1001", "seller_id": "1002", "short_code": "TH1"}],
        "code": "0", "request_id": "0ba2"
    })
}

#[test]
fn the_seller_is_sent_to_lazada_s_consent_page() {
    let consent = Consent { redirect_uri: "https://khlong.example/back", state: "s-1", challenge: "c" };
    let all = catalog::all();
    let url =
        all.connector("lazada").unwrap().consent_url(&bare("https://auth.lazada.com"), &consent).unwrap();
    assert_eq!(
        url.as_str(),
        "https://auth.lazada.com/oauth/authorize?response_type=code&force_auth=true\
         &redirect_uri=https%3A%2F%2Fkhlong.example%2Fback&client_id=123456&state=s-1"
    );
}

#[tokio::test]
async fn a_code_becomes_tokens_and_a_refresh_keeps_the_new_ones_and_what_was_learnt() {
    let fake = Fake::start().await;
    fake.answers(200, told("access-1", "refresh-1")).answers(200, told("access-2", "refresh-2"));
    let (http, mut connection) = (http_at(NOW), bare(&fake.url));
    let query = BTreeMap::from([("code".to_owned(), "0_2DL4DV3jcU1UOT7WGI1A4rY91".to_owned())]);
    let verifier = SecretString::from("v");
    let back = Return { redirect_uri: "https://khlong.example/back", verifier: &verifier, query: &query };
    let first = sign_in(&http, &mut connection, Grant::Code(back)).await.unwrap();
    assert_eq!(first.expires_at, Some(NOW + 2_592_000_000 - 1_800_000), "half an hour early");
    assert_eq!(first.refresh_expires_at, Some(NOW + 15_552_000_000));
    assert_eq!(first.facts["seller_id"], "1002");
    assert_eq!(first.facts["country"], "th");
    let second = sign_in(&http, &mut connection, Grant::Refresh(&first)).await.unwrap();
    assert_eq!(second.access.expose_secret(), "access-2");
    assert_eq!(second.refresh.as_ref().unwrap().expose_secret(), "refresh-2");
    assert_eq!(second.facts, first.facts);
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/rest/auth/token/create");
    assert_eq!(asked[0].pair("code").as_deref(), Some("0_2DL4DV3jcU1UOT7WGI1A4rY91"));
    assert_eq!(asked[0].pair("access_token"), None);
    assert_eq!(asked[1].path, "/rest/auth/token/refresh");
    assert_eq!(asked[1].pair("refresh_token").as_deref(), Some("refresh-1"));
}

#[tokio::test]
async fn a_refresh_token_without_a_time_of_its_own_is_not_kept() {
    let fake = Fake::start().await;
    let mut answer = told("access-1", "refresh-1");
    answer["refresh_expires_in"] = 0.into();
    fake.answers(200, answer);
    let old =
        connector::sign_in::Tokens { refresh: Some("r".into()), ..connector::sign_in::Tokens::new("a") };
    let tokens = sign_in(&http_at(NOW), &mut bare(&fake.url), Grant::Refresh(&old)).await.unwrap();
    assert!(tokens.refresh.is_none());
}

#[tokio::test]
async fn an_ended_consent_is_for_a_person_and_the_error_holds_no_secret() {
    let fake = Fake::start().await;
    let message = format!("The specified refresh token is invalid {SECRET}");
    fake.answers(200, json!({"code": "IllegalRefreshToken", "type": "ISV", "message": message}));
    let old =
        connector::sign_in::Tokens { refresh: Some("r".into()), ..connector::sign_in::Tokens::new("a") };
    let error = sign_in(&http_at(NOW), &mut bare(&fake.url), Grant::Refresh(&old)).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
}

#[tokio::test]
async fn every_call_is_signed_and_carries_the_token() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"order_id": 1234}))).answers(200, data(json!([])));
    runner("get_order", &fake).run(json!({"order_id": 1234})).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/rest/order/get"));
    let pairs = ["app_key", "access_token", "order_id", "sign_method", "timestamp"]
        .map(|name| asked.pair(name).unwrap());
    assert_eq!(pairs, ["123456", "access-token-1", "1234", "sha256", "1767583800000"]);
    let digits = asked.pair("sign").unwrap();
    assert!(
        digits.len() == 64
            && digits.bytes().all(|digit| digit.is_ascii_digit() || digit.is_ascii_uppercase())
    );
}

#[tokio::test]
async fn what_lazada_answers_decides_what_happens_next() {
    let cases: [(Value, Fits); 4] = [
        (
            json!({"code": "ApiCallLimit", "type": "ISV", "message": "The ban will last 3 more seconds"}),
            |error| matches!(error, Error::RateLimited { after: Some(after), .. } if *after == Span::from_secs(3)),
        ),
        (json!({"code": "IllegalAccessToken", "message": "expired"}), |error| {
            matches!(error, Error::TokenEnded { .. })
        }),
        (
            json!({"code": "16", "type": "ISP", "message": "E016: Invalid Order ID"}),
            |error| matches!(error, Error::Refused { message, .. } if message.contains("E016")),
        ),
        (json!({"hello": "world"}), |error| matches!(error, Error::Unreadable { .. })),
    ];
    for (answer, fits) in cases {
        let fake = Fake::start().await;
        fake.answers(200, answer.clone());
        let error = runner("get_order", &fake).run(json!({"order_id": "1"})).await.unwrap_err();
        assert!(fits(&error), "{answer}: {error:?}");
        assert!(!error.to_string().contains("access-token-1"));
    }
}

#[tokio::test]
async fn a_page_of_html_is_no_answer_of_lazada() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[("content-type", "text/html")], "<html>Maintenance</html>");
    let error = runner("get_order", &fake).run(json!({"order_id": "1"})).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn testing_a_connection_names_the_seller() {
    let fake = Fake::start().await;
    fake.answers(200, data(json!({"name": "Tea House", "short_code": "TH1"})));
    let all = catalog::all();
    let said = all.connector("lazada").unwrap().test(&http_at(NOW), &shop(&fake.url)).await.unwrap();
    assert_eq!(said, "Lazada, as Tea House");
}

#[tokio::test]
async fn warehouses_are_looked_up_by_name() {
    let fake = Fake::start().await;
    let warehouses =
        json!([{"code": "dropshipping", "name": "Bangkok"}, {"code": "CM1", "name": "Chiang Mai"}]);
    fake.answers(200, json!({"code": "0", "result": {"success": true, "module": warehouses}}));
    let wanted =
        connector::lookup::Wanted { kind: "warehouse".into(), text: "chiang".into(), ..Default::default() };
    let all = catalog::all();
    let page =
        all.connector("lazada").unwrap().look_up(&http_at(NOW), &shop(&fake.url), &wanted).await.unwrap();
    assert_eq!(page.records.len(), 1);
    assert_eq!(page.records[0].id, json!("CM1"));
    assert_eq!(fake.asked()[0].pair("addressTypes").as_deref(), Some("[\"warehouse\"]"));
}

const PUSH: &str = r#"{"seller_id":"1234567","message_type":0,"data":{"order_status":"unpaid","trade_order_id":"260422900198363","trade_order_line_id":"260422900298363","status_update_time":1603698638},"timestamp":1603766859530,"site":"lazada_th"}"#;
const PUSH_SIGNATURE: &str = "92ca63d81c29fe0cc8cd1eddb41fcf243196b4df82511646ecd399181a926cf3";

/// The vendor's own key and secret.
fn pushed_to(seller: &str) -> Connection {
    let mut connection =
        connection("lazada", json!({"app_key": "123456"}), &[("app_secret", "3412gyo124goi3124")]);
    let mut tokens = connector::sign_in::Tokens::new("a");
    tokens.facts.insert("seller_id".into(), seller.into());
    connection.tokens = Some(tokens);
    connection
}

fn nudge(knock: &Knock, operation: &str, connection: &Connection) -> Result<(), Refusal> {
    knock.nudges(
        &catalog::all(),
        &format!("lazada/{operation}"),
        json!({"path": "lazada/orders"}),
        Some(connection),
    )
}

#[test]
fn a_signed_push_of_an_order_makes_the_trigger_look() {
    let knock = Knock::post(PUSH).header("authorization", PUSH_SIGNATURE);
    assert_eq!(nudge(&knock, "orders_changed", &pushed_to("1234567")), Ok(()));
    for operation in ["products_changed", "returns_changed"] {
        assert!(
            matches!(nudge(&knock, operation, &pushed_to("1234567")), Err(Refusal::Ignored(_))),
            "{operation}"
        );
    }
    assert!(matches!(nudge(&knock, "orders_changed", &pushed_to("7")), Err(Refusal::Ignored(_))));
}

#[test]
fn the_vendor_s_sample_of_a_push_passes_the_signature_though_it_is_no_json() {
    let body = r#"{"seller_id":"1234567", "message_type":0, "data":{...}..}"#;
    let signature = "f3d2ca947f16a50b577c036adecd18bec126ea19cadedd59816e255d3b6104ab";
    let knock = Knock::post(body).header("authorization", signature);
    assert!(matches!(nudge(&knock, "orders_changed", &pushed_to("1234567")), Err(Refusal::Malformed(_))));
}

#[test]
fn a_push_without_a_right_signature_is_refused() {
    let cases = [
        Knock::post(PUSH),
        Knock::post(PUSH).header("authorization", ""),
        Knock::post(PUSH.replace("unpaid", "pending")).header("authorization", PUSH_SIGNATURE),
    ];
    for knock in cases {
        assert_eq!(nudge(&knock, "orders_changed", &pushed_to("1234567")), Err(Refusal::Unauthorized));
    }
    let open = connection("lazada", json!({"app_key": "123456"}), &[("app_secret", "")]);
    let knock = Knock::post(PUSH).header("authorization", PUSH_SIGNATURE);
    assert!(matches!(nudge(&knock, "orders_changed", &open), Err(Refusal::NotSetUp(_))));
}
