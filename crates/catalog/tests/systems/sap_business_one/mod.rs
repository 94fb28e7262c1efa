//! SAP Business One: one session for everybody, orders that are made once, and errors in both of their forms.

mod documents;
mod looking;

use crate::common::fake::{Asked, Fake};
use crate::common::{Runner, connection, http_at, sign_in};
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Error, Retry};
use serde_json::{Value, json};

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;
const PASSWORD: &str = "S3CRET-SAP";
const COOKIE: &str = "B1SESSION=a1b2c3; ROUTEID=.node2";

fn company(fake: &Fake) -> Connection {
    let fields = json!({"url": fake.url, "company": "SBO_KHLONG", "username": "khlong", "vat_group": "SO7", "warehouse": "01"});
    connection("sap_business_one", fields, &[("password", PASSWORD)])
}

/// Somebody has logged in.
fn logged_in(fake: &Fake) -> Connection {
    let mut company = company(fake);
    company.tokens = Some(Tokens::new(COOKIE.to_owned()));
    company
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("sap_business_one/{operation}"), Some(logged_in(fake)))
}

fn list(rows: Value) -> Value {
    json!({ "value": rows })
}

fn asked(asked: &Asked) -> String {
    format!("{} {}", asked.method, asked.path.trim_start_matches("/b1s/v2/"))
}

fn failed(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}

#[tokio::test]
async fn a_login_brings_the_session_and_the_server_that_holds_it() {
    let fake = Fake::start().await;
    let told = json!({"SessionId": "a1b2c3", "Version": "1000290", "SessionTimeout": 30}).to_string();
    let cookies = [("set-cookie", "B1SESSION=a1b2c3;HttpOnly;"), ("set-cookie", "ROUTEID=.node2; path=/b1s")];
    fake.answers_with(200, &cookies, &told);
    let mut company = company(&fake);
    let sap = catalog::all().connector("sap_business_one").unwrap().clone();
    assert_eq!(sap.token_rule(&company), TokenRule::Keys);
    let tokens = sign_in(&http_at(NOW), &mut company, Grant::Keys).await.unwrap();
    assert_eq!((tokens.expires_at, company.fact("version")), (None, Some("1000290")));
    assert_eq!(asked(&fake.asked()[0]), "POST Login");
    assert_eq!(
        fake.asked()[0].json(),
        json!({"CompanyDB": "SBO_KHLONG", "UserName": "khlong", "Password": PASSWORD})
    );
    // Both go along with every call.
    fake.answers(200, list(json!([])));
    let said = sap.test(&http_at(NOW), &company).await.unwrap();
    assert_eq!(said, "SAP Business One, company SBO_KHLONG, version 1000290");
    assert_eq!((fake.asked()[1].header("cookie"), fake.asked()[1].header("expect")), (COOKIE, ""));
}

#[tokio::test]
async fn a_session_is_known_by_the_body_alone_where_a_proxy_took_the_cookies() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"SessionId": "a1b2c3", "SessionTimeout": 30}));
    let mut company = company(&fake);
    sign_in(&http_at(NOW), &mut company, Grant::Keys).await.unwrap();
    fake.answers(200, list(json!([])));
    let sap = catalog::all().connector("sap_business_one").unwrap().clone();
    sap.test(&http_at(NOW), &company).await.unwrap();
    assert_eq!(fake.asked()[1].header("cookie"), "B1SESSION=a1b2c3");
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_tried_again() {
    let fake = Fake::start().await;
    fake.answers(401, failed("100000027", "Fail to login")).answers(503, json!({}));
    let mut company = company(&fake);
    let error = sign_in(&http_at(NOW), &mut company, Grant::Keys).await.unwrap_err();
    assert_eq!((error.code(), error.retry()), ("E0302", Retry::Never), "{error:?}");
    assert!(error.to_string().contains("Fail to login") && error.advice().contains("password"), "{error:?}");
    assert!(!format!("{error:?}").contains(PASSWORD));
    // A server that is down has said nothing about the password.
    let down = sign_in(&http_at(NOW), &mut company, Grant::Keys).await.unwrap_err();
    assert_eq!(down.retry(), Retry::Backoff);
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_is_renewed_and_the_order_is_still_made_once() {
    let fake = Fake::start().await;
    let create = runner(&fake, "create_sales_order");
    let sale = json!({"sale": documents::sale()});
    let ended = failed("301", "Invalid session or session already timeout.");
    fake.answers(200, list(json!([]))).answers(200, json!({"CardCode": "SHOP-8891"})).answers(401, ended);
    let error = create.run(sale.clone()).await.unwrap_err();
    assert!(matches!(error, Error::TokenEnded { .. }) && !error.may_have_happened(), "{error:?}");
    // With the new session it begins anew, by looking.
    fake.answers(200, list(json!([documents::made(535.0, "tNO")])));
    let output = create.run(sale).await.unwrap();
    assert_eq!((&output["id"], &output["created"]), (&json!(5012), &json!(false)));
    assert_eq!(fake.asked().iter().filter(|asked| asked.method == "POST").count(), 1);
}

#[tokio::test]
async fn each_failure_says_whether_trying_again_can_help() {
    let fake = Fake::start().await;
    let get = runner(&fake, "stock_levels");
    let cases = [
        (401, failed("301", "Invalid session"), "E0311", Retry::Backoff, false),
        (403, failed("-1", "No authorization"), "E0302", Retry::Never, false),
        (404, json!("<html>"), "E0302", Retry::Never, false),
        (
            400,
            failed("-2035", "This entry already exists in the following tables (ODBC -2035)"),
            "E0308",
            Retry::Never,
            false,
        ),
        (400, failed("1320000140", "Business partner code already assigned"), "E0308", Retry::Never, false),
        (400, failed("-10", "Posting period locked"), "E0308", Retry::Never, false),
        (
            400,
            json!({"error": {"code": -5002, "message": {"lang": "en-us", "value": "Update the exchange rate"}}}),
            "E0308",
            Retry::Never,
            false,
        ),
        (400, failed("-2039", "Another user modified this"), "E0307", Retry::Backoff, false),
        (500, json!({}), "E0307", Retry::Backoff, true),
        (502, json!({}), "E0307", Retry::Backoff, true),
        (503, json!({}), "E0307", Retry::Backoff, false),
        (504, json!({}), "E0307", Retry::Backoff, true),
    ];
    for (status, body, code, retry, perhaps) in cases {
        fake.answers(status, body.clone());
        let error = get.run(json!({"items": [{"sku": "TEA-100"}]})).await.unwrap_err();
        assert_eq!(
            (error.code(), error.retry(), error.may_have_happened()),
            (code, retry, perhaps),
            "{status} {body}: {error:?}"
        );
        assert!(!format!("{error:?}").contains("a1b2c3"), "{error:?}");
        if let Some(said) = body.pointer("/error/message/value").and_then(Value::as_str) {
            assert!(error.to_string().contains(said), "{error}");
        }
    }
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = get.run(json!({"items": [{"sku": "TEA-100"}]})).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn the_older_protocol_is_spoken_where_it_is_chosen() {
    let fake = Fake::start().await;
    let mut old = logged_in(&fake);
    old.fields.insert("version".into(), "v1".into());
    let page = |row: &str, link: Option<&str>| json!({"value": [{"ItemCode": row, "ItemWarehouseInfoCollection": [{"WarehouseCode": "01", "InStock": 1.0, "Committed": 0.0, "Ordered": 0.0}]}], "odata.nextLink": link});
    fake.answers(200, page("TEA-100", Some("Items?$skip=1"))).answers(200, page("CUP", None));
    let levels = Runner::new("sap_business_one/stock_levels", Some(old));
    let output = levels.run(json!({"items": [{"sku": "TEA-100"}, {"sku": "CUP"}]})).await.unwrap();
    assert_eq!(output["levels"].as_array().unwrap().len(), 2);
    let all = fake.asked();
    assert_eq!((all[0].path.as_str(), all[0].header("b1s-pagesize")), ("/b1s/v1/Items", "2"));
    assert_eq!((all[1].path.as_str(), all[1].query.as_str()), ("/b1s/v1/Items", "$skip=1"));
}
