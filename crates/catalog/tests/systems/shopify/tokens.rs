//! How a connection comes to its token, and how it stays good.

use super::TOKEN;
use crate::common::fake::Fake;
use crate::common::{connection, http_at, sign_in};
use connector::sign_in::{Consent, Grant, Return, TokenRule, Tokens};
use connector::{Connection, Error};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: i64 = 1_337_178_173_000;
const SIGNED: &str =
    "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&state=abcd&timestamp=1337178173";
const HMAC: &str = "7db6973c2aff68295ebcf354c2ce528a6b09aef1146baafccc2e0b369fff5f6d";

fn app(url: &str, way: &str) -> Connection {
    let fields = json!({"shop_url": url, "sign_in": way, "client_id": "app-1"});
    connection("shopify", fields, &[("client_secret", "hush")])
}

fn query(text: &str, hmac: &str) -> BTreeMap<String, String> {
    let mut query: BTreeMap<_, _> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    query.insert("hmac".into(), hmac.into());
    query
}

async fn come_back(
    now: i64,
    connection: &mut Connection,
    query: &BTreeMap<String, String>,
) -> Result<Tokens, Error> {
    let verifier = SecretString::from("verifier");
    let redirect_uri = "https://khlong.example.com/sign-in/back";
    let grant = Grant::Code(Return { redirect_uri, verifier: &verifier, query });
    sign_in(&http_at(now), connection, grant).await
}

#[test]
fn each_way_in_has_its_rule_and_a_connection_of_old_goes_on_with_its_token() {
    let all = catalog::all();
    let shopify = all.connector("shopify").unwrap();
    let rule = |way: &str| shopify.token_rule(&app("https://some-shop.myshopify.com", way));
    assert_eq!(
        [rule("token"), rule("keys"), rule("consent")],
        [TokenRule::None, TokenRule::Keys, TokenRule::Consent]
    );
    let old =
        connection("shopify", json!({"shop_url": "https://a.myshopify.com"}), &[("access_token", TOKEN)]);
    assert_eq!(shopify.token_rule(&old), TokenRule::None);
}

#[test]
fn a_person_is_sent_to_the_shop_itself_to_consent() {
    let all = catalog::all();
    let consent =
        Consent { redirect_uri: "https://khlong.example.com/back", state: "st4te", challenge: "unused" };
    let mut connection = app("https://some-shop.myshopify.com/", "consent");
    connection.fields.insert("scope".into(), "read_orders".into());
    let url = all.connector("shopify").unwrap().consent_url(&connection, &consent).unwrap();
    assert_eq!(
        url.as_str(),
        "https://some-shop.myshopify.com/admin/oauth/authorize?client_id=app-1&scope=read_orders\
         &redirect_uri=https%3A%2F%2Fkhlong.example.com%2Fback&state=st4te"
    );
}

#[tokio::test]
async fn the_app_s_keys_get_a_token_for_a_day() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"access_token": "shpat_day", "scope": "read_orders", "expires_in": 86_399}));
    let mut connection = app(&fake.url, "keys");
    let tokens = sign_in(&http_at(NOW), &mut connection, Grant::Keys).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/admin/oauth/access_token");
    assert_eq!(
        String::from_utf8_lossy(&asked.body),
        "grant_type=client_credentials&client_id=app-1&client_secret=hush"
    );
    assert_eq!(tokens.access.expose_secret(), "shpat_day");
    assert_eq!(tokens.expires_at, Some(NOW + 86_399_000));
    assert!(tokens.refresh.is_none());
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_token_that_ends_and_the_next_one_replaces_both() {
    let fake = Fake::start().await;
    let told = |access: &str, refresh: &str| {
        json!({"access_token": access, "expires_in": 3_600, "refresh_token": refresh,
            "refresh_token_expires_in": 2_592_000, "scope": "read_orders"})
    };
    fake.answers(200, told("shpat_1", "shprt_1")).answers(200, told("shpat_2", "shprt_2"));
    let mut connection = app(&fake.url, "consent");
    let first = come_back(NOW, &mut connection, &query(SIGNED, HMAC)).await.unwrap();
    assert_eq!(first.expires_at, Some(NOW + 3_600_000));
    assert_eq!(first.refresh_expires_at, Some(NOW + 2_592_000_000));
    assert_eq!(first.facts["scope"], "read_orders");
    let second = sign_in(&http_at(NOW), &mut connection, Grant::Refresh(&first)).await.unwrap();
    assert_eq!(second.access.expose_secret(), "shpat_2");
    assert_eq!(second.refresh.unwrap().expose_secret(), "shprt_2");
    let asked: Vec<Value> = fake.asked().iter().map(|asked| asked.json()).collect();
    assert_eq!(
        asked,
        [
            json!({"client_id": "app-1", "client_secret": "hush", "code": "0907a61c0c8d55e99db179b68161bc00", "expiring": 1}),
            json!({"client_id": "app-1", "client_secret": "hush", "grant_type": "refresh_token", "refresh_token": "shprt_1"}),
        ]
    );
}

#[tokio::test]
async fn a_browser_that_shopify_did_not_send_back_gets_no_token() {
    let fake = Fake::start().await;
    let refused = [
        (NOW, query(SIGNED, &HMAC.replace('7', "8"))),
        (NOW, query(SIGNED, "")),
        (NOW, query(&SIGNED.replace("some-shop", "other"), HMAC)),
        (NOW + 91_000, query(SIGNED, HMAC)),
        (NOW - 91_000, query(SIGNED, HMAC)),
    ];
    for (now, query) in refused {
        let error = come_back(now, &mut app(&fake.url, "consent"), &query).await.unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{query:?}: {error:?}");
        assert!(!format!("{error:?}").contains("hush"));
    }
    let mut other = app("https://other-shop.myshopify.com", "consent");
    let error = come_back(NOW, &mut other, &query(SIGNED, HMAC)).await.unwrap_err();
    assert!(error.to_string().contains("another shop"), "{error}");
    assert!(fake.asked().is_empty(), "nothing was asked");
}

#[tokio::test]
async fn a_sign_in_that_has_ended_is_for_a_person_and_a_busy_shopify_is_not() {
    let fake = Fake::start().await;
    fake.answers(
        400,
        json!({"error": "invalid_grant", "error_description": "The refresh token has expired"}),
    )
    .answers(503, json!({}));
    let mut connection = app(&fake.url, "consent");
    let tokens = Tokens { refresh: Some("shprt_1".into()), ..Tokens::new("shpat_1") };
    let http = http_at(NOW);
    let ended = sign_in(&http, &mut connection, Grant::Refresh(&tokens)).await.unwrap_err();
    assert!(matches!(ended, Error::Connection { .. }) && ended.to_string().contains("expired"), "{ended}");
    let busy = sign_in(&http, &mut connection, Grant::Refresh(&tokens)).await.unwrap_err();
    assert_eq!(busy.retry(), connector::Retry::Backoff);
}
