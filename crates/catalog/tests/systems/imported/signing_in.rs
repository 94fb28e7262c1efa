//! What a call signs in with.

use crate::common::fake::Fake;
use crate::common::{Runner, connection, http};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Catalog, Connection, Error};
use serde_json::{Value, json};

/// A document whose one operation is signed in to by these schemes together.
fn signed_in_by(schemes: Value) -> Catalog {
    let all: Value = schemes.as_object().unwrap().keys().map(|name| (name.clone(), json!([]))).collect();
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Shop"}, "security": [all],
        "components": {"securitySchemes": schemes},
        "paths": {"/me": {"get": {"operationId": "me", "parameters":
            [{"name": "lang", "in": "cookie", "schema": {"type": "string"}}]}}},
    });
    let imported = openapi::read(&document.to_string(), &openapi::Wanted::default()).unwrap();
    Catalog::new(catalog::imported::parts(imported))
}

fn runner(all: &Catalog, connection: Connection) -> Runner {
    let action = all.action(&"shop/me".into()).unwrap().clone();
    Runner { http: http(10_000), action, connection: Some(connection) }
}

#[tokio::test]
async fn keys_go_where_the_document_wants_them() {
    let fake = Fake::start().await;
    fake.answers(200, json!({}));
    let key = |place: &str, name: &str| json!({"type": "apiKey", "in": place, "name": name});
    let all = signed_in_by(
        json!({"q": key("query", "api key"), "c": key("cookie", "sid"), "h": key("header", "X-Shop")}),
    );
    let secrets = [("q", "a&b"), ("c", "C00KIE"), ("h", "bangkok")];
    let connection = connection("shop", json!({"base_url": fake.url}), &secrets);
    runner(&all, connection).run(json!({"lang": "th"})).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(asked.pair("api key").as_deref(), Some("a&b"));
    assert_eq!((asked.header("cookie"), asked.header("x-shop")), ("lang=th; sid=C00KIE", "bangkok"));
}

#[tokio::test]
async fn a_user_name_goes_also_without_a_password() {
    let fake = Fake::start().await;
    fake.answers(200, json!({})).answers(200, json!({}));
    let all = signed_in_by(json!({"basic": {"type": "http", "scheme": "basic"}}));
    for (secrets, expected) in [(&[][..], "Basic c2hvcDo="), (&[("basic_password", "x")], "Basic c2hvcDp4")] {
        let fields = json!({"base_url": fake.url, "basic_username": "shop"});
        runner(&all, connection("shop", fields, secrets)).run(json!({})).await.unwrap();
        assert_eq!(fake.asked().last().unwrap().header("authorization"), expected);
    }
}

fn oauth(flow: &str, fake: &Fake) -> Catalog {
    let flow = json!({flow: {"authorizationUrl": format!("{}/authorize", fake.url), "tokenUrl": format!("{}/token", fake.url),
        "refreshUrl": format!("{}/refresh", fake.url), "scopes": {"read": ""}}});
    signed_in_by(json!({"oauth": {"type": "oauth2", "flows": flow}}))
}

fn app(fake: &Fake) -> Connection {
    let fields = json!({"base_url": fake.url, "oauth_client_id": "khlong"});
    connection("shop", fields, &[("oauth_client_secret", "app-secret")])
}

#[tokio::test]
async fn an_application_gets_its_token_by_its_own_keys_and_calls_carry_it() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"access_token": "T0KEN-1", "expires_in": 3600})).answers(200, json!({"id": 1}));
    let (all, mut shop) = (oauth("clientCredentials", &fake), app(&fake));
    let connector = all.connector("shop").unwrap();
    assert_eq!(connector.token_rule(&shop), TokenRule::Keys);
    shop.tokens = Some(connector.tokens(&http(10_000), &shop, &Grant::Keys).await.unwrap());
    assert_eq!(runner(&all, shop).run(json!({})).await, Ok(json!({"id": 1})));
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/token");
    assert_eq!(asked[0].pair("grant_type").as_deref(), Some("client_credentials"));
    assert_eq!(asked[0].pair("client_id").as_deref(), Some("khlong"));
    assert_eq!(asked[1].header("authorization"), "Bearer T0KEN-1");
}

#[tokio::test]
async fn a_person_consents_and_the_token_is_renewed_where_the_document_says() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"access_token": "T0KEN-2"})).answers(401, json!({"message": "expired"}));
    let (all, mut shop) = (oauth("authorizationCode", &fake), app(&fake));
    let connector = all.connector("shop").unwrap();
    assert_eq!(connector.token_rule(&shop), TokenRule::Consent);
    let consent = Consent { redirect_uri: "https://k.example/back", state: "s", challenge: "c" };
    let page = connector.consent_url(&shop, &consent).unwrap();
    assert!(page.as_str().starts_with(&format!("{}/authorize?", fake.url)), "{page}");
    let before = Tokens { refresh: Some("R".into()), ..Tokens::new("T0KEN-1") };
    shop.tokens = Some(connector.tokens(&http(10_000), &shop, &Grant::Refresh(&before)).await.unwrap());
    assert_eq!(fake.asked()[0].path, "/refresh");
    let failed = runner(&all, shop).run(json!({})).await.unwrap_err();
    assert!(matches!(failed, Error::TokenEnded { .. }), "{failed:?}");
}

#[tokio::test]
async fn a_token_from_elsewhere_needs_no_sign_in() {
    let fake = Fake::start().await;
    fake.answers(200, json!({}));
    let all = oauth("authorizationCode", &fake);
    let shop = connection("shop", json!({"base_url": fake.url}), &[("oauth_token", "BY-HAND")]);
    assert_eq!(all.connector("shop").unwrap().token_rule(&shop), TokenRule::None);
    runner(&all, shop).run(json!({})).await.unwrap();
    assert_eq!(fake.asked()[0].header("authorization"), "Bearer BY-HAND");
}
