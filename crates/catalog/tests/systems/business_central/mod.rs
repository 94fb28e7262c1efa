//! Business Central: which company it is, orders that are made once, records that others change meanwhile, and changes page by page.

mod documents;
mod looking;

use crate::common::fake::{Asked, Fake};
use crate::common::{Runner, connection, http_at, sign_in};
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Error, Retry};
use model::Span;
use serde_json::{Value, json};

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;
const SECRET: &str = "S3CRET-ENTRA";
const TOKEN: &str = "T0KEN-BC";
const COMPANY: &str = "5d115c9c-44e3-ea11-bb43-000d3a2feca1";
const ORDER: &str = "3fb2a1c0-5d4e-ed11-946f-000d3a2feca1";

fn app(fake: &Fake) -> Connection {
    let fields = json!({"api_url": fake.url, "token_url": format!("{}/token", fake.url), "tenant": "contoso", "client_id": "app",
                        "company": "Khlong Tea"});
    connection("business_central", fields, &[("client_secret", SECRET)])
}

/// Somebody has got a token and learnt the company's id.
fn company(fake: &Fake) -> Connection {
    let mut tokens = Tokens::new(TOKEN.to_owned());
    tokens
        .facts
        .extend([("company".to_owned(), json!("Khlong Tea")), ("company_id".to_owned(), json!(COMPANY))]);
    let mut app = app(fake);
    app.tokens = Some(tokens);
    app
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("business_central/{operation}"), Some(company(fake)))
}

fn list(rows: Value) -> Value {
    json!({ "value": rows })
}

fn asked(asked: &Asked) -> String {
    let root = format!("/v2.0/contoso/Production/api/v2.0/companies({COMPANY})/");
    format!("{} {}", asked.method, asked.path.trim_start_matches(&root))
}

fn failed(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}

#[tokio::test]
async fn keys_bring_a_token_and_the_company_is_found_by_its_name_once() {
    let fake = Fake::start().await;
    let mut app = app(&fake);
    let central = catalog::all().connector("business_central").unwrap().clone();
    assert_eq!(central.token_rule(&app), TokenRule::Keys);
    let companies = list(
        json!([{"id": "00000000-0000-0000-0000-000000000001", "name": "CRONUS"}, {"id": COMPANY, "name": "KT", "displayName": "khlong tea"}]),
    );
    fake.answers(200, json!({"access_token": TOKEN, "expires_in": 3599})).answers(200, companies);
    let tokens = sign_in(&http_at(NOW), &mut app, Grant::Keys).await.unwrap();
    assert_eq!((tokens.expires_at, app.fact("company_id")), (Some(NOW + 3_599_000), Some(COMPANY)));
    let all = fake.asked();
    assert_eq!(
        (all[0].pair("grant_type").as_deref(), all[0].pair("scope").as_deref()),
        (Some("client_credentials"), Some("https://api.businesscentral.dynamics.com/.default"))
    );
    assert_eq!(all[1].path, "/v2.0/contoso/Production/api/v2.0/companies");
    fake.answers(200, list(json!([])));
    assert_eq!(central.test(&http_at(NOW), &app).await.unwrap(), "Business Central, company Khlong Tea");
    assert_eq!(asked(&fake.asked()[2]), "GET salesOrders");
    assert_eq!(fake.asked()[2].header("authorization"), format!("Bearer {TOKEN}"));
    // Whoever writes another company later is not taken to the first one.
    app.fields.insert("company".into(), "Other".into());
    fake.answers(200, list(json!([{"id": COMPANY, "name": "Khlong Tea"}])));
    let error = central.test(&http_at(NOW), &app).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }) && error.to_string().contains("Other"), "{error:?}");
}

#[tokio::test]
async fn wrong_keys_and_an_app_that_is_not_registered_are_told() {
    let fake = Fake::start().await;
    let mut app = app(&fake);
    fake.answers(
        401,
        json!({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"}),
    );
    let error = sign_in(&http_at(NOW), &mut app, Grant::Keys).await.unwrap_err();
    assert_eq!((error.code(), error.retry()), ("E0302", Retry::Never), "{error:?}");
    assert!(!format!("{error:?}").contains(SECRET));
    fake.answers(200, json!({"access_token": TOKEN, "expires_in": 3599}))
        .answers(401, failed("Authentication_InvalidCredentials", "no"));
    let error = sign_in(&http_at(NOW), &mut app, Grant::Keys).await.unwrap_err();
    assert!(
        matches!(error, Error::Connection { .. }) && error.advice().contains("Microsoft Entra Applications"),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_own_server_is_called_with_a_user_and_its_key() {
    let fake = Fake::start().await;
    let fields = json!({"server": format!("{}/BC/api/v2.0?tenant=default", fake.url), "username": "KHLONG", "company": COMPANY});
    let own = connection("business_central", fields, &[("access_key", "S3CRET-KEY")]);
    let central = catalog::all().connector("business_central").unwrap().clone();
    assert_eq!(central.token_rule(&own), TokenRule::None);
    fake.answers(200, list(json!([])));
    central.test(&http_at(NOW), &own).await.unwrap();
    let told = &fake.asked()[0];
    assert_eq!(told.path, format!("/BC/api/v2.0/companies({COMPANY})/salesOrders"));
    assert_eq!((told.pair("tenant").as_deref(), told.pair("$top").as_deref()), (Some("default"), Some("1")));
    assert!(told.header("authorization").starts_with("Basic "));
    fake.answers(401, json!({}));
    let error = central.test(&http_at(NOW), &own).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
}

#[tokio::test]
async fn each_failure_says_whether_trying_again_can_help() {
    let fake = Fake::start().await;
    let get = runner(&fake, "stock_levels");
    let cases = [
        (401, "Authentication_InvalidCredentials", "E0311", Retry::Backoff, false),
        (403, "Authorization_RequestDenied", "E0302", Retry::Never, false),
        (400, "Authorization_PermissionDenied", "E0302", Retry::Never, false),
        (400, "BadRequest_InvalidToken", "E0308", Retry::Never, false),
        (404, "BadRequest_ResourceNotFound", "E0308", Retry::Never, false),
        (404, "NoEnvironment", "E0302", Retry::Never, false),
        (400, "Application_DialogException", "E0308", Retry::Never, false),
        (400, "Internal_EntityWithSameKeyExists", "E0308", Retry::Never, false),
        (409, "Request_EntityChanged", "E0307", Retry::Backoff, false),
        (412, "", "E0307", Retry::Backoff, false),
        (400, "Internal_ServerError", "E0307", Retry::Backoff, true),
        (408, "", "E0307", Retry::Backoff, true),
        (500, "Internal_ServerError", "E0307", Retry::Backoff, true),
        (503, "", "E0307", Retry::Backoff, false),
        (504, "", "E0307", Retry::Backoff, true),
    ];
    for (status, kind, code, retry, perhaps) in cases {
        fake.answers(status, failed(kind, "Sorry. CorrelationId: 1"));
        let error = get.run(json!({"items": [{"sku": "TEA-100"}]})).await.unwrap_err();
        assert_eq!(
            (error.code(), error.retry(), error.may_have_happened()),
            (code, retry, perhaps),
            "{status} {kind}: {error:?}"
        );
        assert!(!format!("{error:?}").contains(TOKEN), "{error:?}");
    }
    // Too many calls, and then it works.
    fake.answers_with(429, &[("retry-after", "9")], "{}")
        .answers(429, json!({}))
        .answers(200, list(json!([])));
    let items = json!({"items": [{"sku": "TEA-100"}]});
    assert_eq!(get.run(items.clone()).await.unwrap_err().retry(), Retry::After(Span::from_secs(9)));
    assert_eq!(get.run(items.clone()).await.unwrap_err().retry(), Retry::Backoff);
    assert_eq!(get.run(items).await.unwrap()["unknown"], json!(["TEA-100"]));
}
