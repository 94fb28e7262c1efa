//! Salesforce: records by external id, queries that data cannot leave, and what has changed.

use crate::common::fake::Fake;
use crate::common::rsa;
use crate::common::{Runner, connection, http, http_at, look, name, sign_in};
use connector::sign_in::Grant;
use connector::{Connection, Error, Retry};
use model::Span;
use serde_json::{Value, json};

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;

async fn org(fake: &Fake) -> Connection {
    let fields = json!({"domain": fake.url, "client_id": "consumer"});
    let mut org = connection("salesforce", fields, &[("client_secret", "S3CRET-SF")]);
    fake.answers(200, json!({"access_token": "T0KEN-SF", "instance_url": format!("{}/org", fake.url), "token_type": "Bearer"}));
    sign_in(&http_at(NOW), &mut org, Grant::Keys).await.unwrap();
    org
}

async fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("salesforce/{operation}"), Some(org(fake).await))
}

fn somchai() -> Value {
    json!({"external_id": "shopify:8891", "fields": {"LastName": "ใจดี", "Khlong_Id__c": "shopify:8891"}})
}

#[tokio::test]
async fn a_token_comes_from_the_domain_and_calls_go_to_where_it_says() {
    let fake = Fake::start().await;
    let upsert = runner(&fake, "upsert_record").await;
    let tokens = upsert.connection.as_ref().unwrap().tokens.clone().unwrap();
    assert_eq!((tokens.expires_at, tokens.is_due(i64::MAX)), (None, false));
    fake.answers(201, json!({"id": "003xx0000004TmiAAE", "success": true, "errors": [], "created": true}));
    let output = upsert.run(somchai()).await.unwrap();
    assert_eq!(output, json!({"id": "003xx0000004TmiAAE", "external_id": "shopify:8891", "created": true}));
    let asked = fake.asked();
    assert_eq!(
        (asked[0].path.as_str(), asked[0].pair("grant_type").as_deref()),
        ("/services/oauth2/token", Some("client_credentials"))
    );
    assert_eq!(
        (asked[1].method.as_str(), asked[1].path.as_str()),
        ("PATCH", "/org/services/data/v67.0/sobjects/Contact/Khlong_Id__c/shopify:8891")
    );
    assert_eq!(
        (asked[1].header("authorization"), asked[1].json()),
        ("Bearer T0KEN-SF", json!({"LastName": "ใจดี"}))
    );
}

#[tokio::test]
async fn an_update_may_be_answered_with_nothing_and_may_be_all_that_is_allowed() {
    let fake = Fake::start().await;
    let upsert = runner(&fake, "upsert_record").await;
    fake.answers_with(204, &[], "");
    let mut input = somchai();
    input["only_update"] = true.into();
    assert_eq!(upsert.run(input).await.unwrap()["created"], false);
    assert_eq!(fake.asked()[1].pair("updateOnly").as_deref(), Some("true"));
    fake.answers(300, json!(["/a", "/b"]));
    let several = upsert.run(somchai()).await.unwrap_err();
    assert!(matches!(several, Error::Refused { .. }), "{several:?}");
}

#[tokio::test]
async fn many_records_go_at_once_and_each_refusal_is_named() {
    let fake = Fake::start().await;
    let upsert = runner(&fake, "upsert_records").await;
    let answer = json!([{"id": "003", "success": true, "created": true},
        {"success": false, "errors": [{"statusCode": "REQUIRED_FIELD_MISSING", "message": "LastName"}]}]);
    fake.answers(200, answer.clone()).answers(200, answer);
    let records = json!([{"Khlong_Id__c": "a", "LastName": "ก"}, {"Khlong_Id__c": "b"}]);
    let output = upsert.run(json!({"records": records, "on_failure": "report"})).await.unwrap();
    assert_eq!(
        output["failed"],
        json!([{"external_id": "b", "code": "REQUIRED_FIELD_MISSING", "message": "LastName"}])
    );
    let asked = &fake.asked()[1];
    assert_eq!(asked.path, "/org/services/data/v67.0/composite/sobjects/Contact/Khlong_Id__c");
    assert_eq!(
        asked.json(),
        json!({"allOrNone": false, "records": [{"Khlong_Id__c": "a", "LastName": "ก", "attributes": {"type": "Contact"}},
                                               {"Khlong_Id__c": "b", "attributes": {"type": "Contact"}}]})
    );
    let error = upsert.run(json!({"records": records})).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    let many = upsert.run(json!({"records": vec![json!({}); 201]})).await.unwrap_err();
    assert!(matches!(many, Error::Input { .. }), "{many:?}");
}

#[tokio::test]
async fn records_are_found_by_a_value_that_cannot_leave_its_quotes() {
    let fake = Fake::start().await;
    let find = runner(&fake, "find_records").await;
    fake.answers(200, json!({"totalSize": 1, "done": true, "records": [{"Id": "003"}]}));
    let output = find.run(json!({"field": "LastName", "value": "O'Neil", "fields": "Email"})).await.unwrap();
    assert_eq!(output, json!({"records": [{"Id": "003"}]}));
    let query = fake.asked()[1].pair("q").unwrap();
    assert_eq!(query, r"SELECT Id, Email FROM Contact WHERE LastName = 'O\'Neil' ORDER BY Id LIMIT 50");
    let error = find.run(json!({"field": "Name OR Id", "value": "x"})).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
}

#[tokio::test]
async fn changed_records_come_in_order_and_the_next_look_overlaps() {
    let fake = Fake::start().await;
    let org = org(&fake).await;
    let row = json!({"Id": "003A", "SystemModstamp": "2026-11-20T03:11:09.000+0000", "IsDeleted": true});
    fake.answers(200, json!({"records": [row]})).answers(200, json!({"records": []}));
    let with = json!({"fields": "Email", "deleted": true, "since": "2026-11-20T03:00:00Z"});
    let first = look(&http_at(NOW), "salesforce/records_changed", with.clone(), &org, None).await.unwrap();
    assert_eq!(name(&first.deliveries[0]), "003A@2026-11-20T03:11:09.000+0000");
    look(&http_at(NOW), "salesforce/records_changed", with, &org, Some(&first.cursor)).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].path, "/org/services/data/v67.0/queryAll");
    assert_eq!(
        asked[1].pair("q").unwrap(),
        "SELECT Id, SystemModstamp, IsDeleted, Email FROM Contact WHERE SystemModstamp >= 2026-11-20T03:00:00Z \
         ORDER BY SystemModstamp, Id LIMIT 200"
    );
    assert!(asked[2].pair("q").unwrap().contains(">= 2026-11-20T03:06:09Z"));
}

#[tokio::test]
async fn a_page_that_one_second_fills_is_gone_through_by_id() {
    let fake = Fake::start().await;
    let org = org(&fake).await;
    let page: Vec<Value> = (0..200)
        .map(|id| json!({"Id": format!("003{id:03}"), "SystemModstamp": "2026-11-20T03:00:00.000+0000"}))
        .collect();
    fake.answers(200, json!({"records": page}))
        .answers(200, json!({"records": page}))
        .answers(200, json!({"records": []}));
    let with = json!({"since": "2026-11-20T03:00:00Z"});
    let first = look(&http_at(NOW), "salesforce/records_changed", with.clone(), &org, None).await.unwrap();
    let second = look(&http_at(NOW), "salesforce/records_changed", with.clone(), &org, Some(&first.cursor))
        .await
        .unwrap();
    look(&http_at(NOW), "salesforce/records_changed", with, &org, Some(&second.cursor)).await.unwrap();
    let query = fake.asked()[3].pair("q").unwrap();
    assert!(query.contains("SystemModstamp < 2026-11-20T03:00:01Z AND Id > '003199' ORDER BY Id"), "{query}");
}

#[tokio::test]
async fn each_code_says_whether_trying_again_can_help() {
    let fake = Fake::start().await;
    let upsert = runner(&fake, "upsert_record").await;
    let cases = [
        (401, "INVALID_SESSION_ID", "E0311", Retry::Backoff),
        (403, "REQUEST_LIMIT_EXCEEDED", "E0306", Retry::After(Span::from_secs(3_600))),
        (403, "INSUFFICIENT_ACCESS", "E0302", Retry::Never),
        (400, "UNABLE_TO_LOCK_ROW", "E0307", Retry::Backoff),
        (503, "SERVER_UNAVAILABLE", "E0307", Retry::Backoff),
        (500, "UNKNOWN_EXCEPTION", "E0307", Retry::Backoff),
        (400, "DUPLICATE_VALUE", "E0308", Retry::Never),
        (400, "DUPLICATES_DETECTED", "E0308", Retry::Never),
        (400, "REQUIRED_FIELD_MISSING", "E0308", Retry::Never),
        (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "E0308", Retry::Never),
        (404, "NOT_FOUND", "E0308", Retry::Never),
    ];
    for (status, code, ours, retry) in cases {
        fake.answers(status, json!([{"errorCode": code, "message": "said", "fields": []}]));
        let error = upsert.run(somchai()).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (ours, retry), "{status} {code}: {error:?}");
        assert!(!format!("{error:?}").contains("T0KEN-SF"));
    }
    fake.answers_with(200, &[("content-type", "text/html")], "<html>");
    let html = upsert.run(somchai()).await.unwrap_err();
    assert!(matches!(html, Error::Unreadable { .. }), "{html:?}");
}

#[tokio::test]
async fn a_test_names_the_organization_and_wrong_keys_are_told() {
    let fake = Fake::start().await;
    let mut org = org(&fake).await;
    let salesforce = catalog::all().connector("salesforce").unwrap().clone();
    fake.answers(200, json!({"records": [{"Name": "ร้านชา"}]}));
    assert_eq!(salesforce.test(&http(10_000), &org).await.unwrap(), "ร้านชา");
    fake.answers(400, json!({"error": "invalid_client", "error_description": "invalid client credentials"}));
    let error = sign_in(&http_at(NOW), &mut org, Grant::Keys).await.unwrap_err();
    assert!(
        matches!(error, Error::Connection { .. }) && !format!("{error:?}").contains("S3CRET"),
        "{error:?}"
    );
}

/// What `openssl dgst -sha256 -sign` makes with it of the claims below, at the time of these tests.
const SIGNED: &[&str] = &[
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJjb25zdW1lciIsInN1YiI6ImtobG9uZ0BleGFtcGxlLmNvbSIsImF1Z",
    "CI6Imh0dHBzOi8vbG9naW4uc2FsZXNmb3JjZS5jb20iLCJleHAiOjE3OTUxNDQ5ODB9.GNLUCjkHHtS7BShqY9hlY5Qp2Zyzw5_dBo",
    "lC7oTj1lxZYYjmK42pZO4_nsVldJsrytT2h222RqogmkB01kDgyamxN4W7p7ViQZHUC30uA4_X4RWRuu8HkPn1lAnRqid5sw8Neonb",
    "__lQXIKISTF0PiiBv8oA47I_4myuj9qODe5nfFehyV36tlSk_ExggBhxFG-pWKrvCQZPJ-pYajvHuQpPG5qBBpwppJI4VauUq1oRBF",
    "3nFAAhxY4HcwjNBbhEQZK1uXoDtV9OAsSx4wGXfm97TRCMP2_1s-",
    "n_SXturcdtCvqlxe1AmnMS5cHypxiNZvS3LD7Z6aqL2FDeitkdNA",
];

#[tokio::test]
async fn an_app_with_a_private_key_signs_for_its_token_as_openssl_does() {
    let fake = Fake::start().await;
    let key = rsa::pem();
    let fields = json!({"domain": fake.url, "client_id": "consumer", "username": "khlong@example.com"});
    let mut org = connection("salesforce", fields, &[("private_key", &key)]);
    fake.answers(200, json!({"access_token": "T0KEN-SF", "instance_url": fake.url}));
    let tokens = sign_in(&http_at(NOW), &mut org, Grant::Keys).await.unwrap();
    assert_eq!((tokens.made_at, org.fact("instance_url")), (Some(NOW), Some(fake.url.as_str())));
    let asked = &fake.asked()[0];
    assert_eq!(asked.pair("grant_type").as_deref(), Some("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    assert_eq!(asked.pair("assertion"), Some(SIGNED.concat()));
    fake.answers(
        400,
        json!({"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}),
    );
    let error = sign_in(&http_at(NOW), &mut org, Grant::Keys).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }) && error.to_string().contains("approved"), "{error:?}");
    org.secrets.insert("private_key".into(), "-----BEGIN PRIVATE KEY-----\nAAAA\n".to_owned().into());
    let broken = sign_in(&http_at(NOW), &mut org, Grant::Keys).await.unwrap_err();
    assert!(matches!(broken, Error::Connection { .. }) && fake.asked().len() == 2, "{broken:?}");
}

#[tokio::test]
async fn a_record_without_its_id_or_time_is_no_record_to_go_on_behind() {
    let fake = Fake::start().await;
    let connection = org(&fake).await;
    fake.answers(200, json!({"done": true, "records": [{"SystemModstamp": "2026-11-20T03:11:09.000+0000"}]}));
    let looked =
        look(&http_at(NOW), "salesforce/records_changed", json!({}), &connection, Some(&json!({"at": NOW})))
            .await;
    assert!(matches!(looked, Err(Error::Unreadable { .. })), "{looked:?}");
}
