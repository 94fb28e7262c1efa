//! Google Sheets: signing in as a person or a service account, rows that are written once, and texts that stay texts.

mod added;
mod rows;

use crate::common::fake::{Asked, Fake};
use crate::common::{Runner, connection, http_at, rsa, sign_in};
use connector::lookup::Wanted;
use connector::sign_in::{Consent, Grant, Return, TokenRule, Tokens};
use connector::{Connection, Error, Retry};
use model::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 20 November 2026, 03:20:00 UTC.
const NOW: i64 = 1_795_144_800_000;
const TOKEN: &str = "T0KEN-SHEETS";
const ID: &str = "1AbCdEfGhIjKlMnOp";

/// What `openssl dgst -sha256 -sign` makes of the claims of this account at the time of these tests.
const SIGNED: &[&str] = &[
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJraGxvbmdAZGVtby5pYW0uZ3NlcnZpY2VhY2Nv",
    "dW50LmNvbSIsInNjb3BlIjoiaHR0cHM6Ly93d3cuZ29vZ2xlYXBpcy5jb20vYXV0aC9zcHJlYWRzaGVldHMiLCJhdWQiOiJodHRw",
    "czovL29hdXRoMi5nb29nbGVhcGlzLmNvbS90b2tlbiIsImlhdCI6MTc5NTE0NDgwMCwiZXhwIjoxNzk1MTQ4NDAwfQ.a594IC54y",
    "Y5tU0onF8IjkKLp56lhew-5X5nJgmnSYgQvNIjciKSSSSG7oHMpnQiN9upu322thGbTZmpyRZ9alttXPiWo6oP4unCGXKMmoHXxQ",
    "gZVK_hD6XMqnAa2SX-atFJNBScK9yDVw5qKr8v24sQOyXLy0l4y48yMmUkzzQpuhn8vHXdPciLx_sAhx6ghr9TLmIc8Rnf5cBmxH",
    "zcy7_g1y3vESQOirf9aorF_s57yDfeDMWtJVdtAnlSBwEHud69Usvkp4xdxUMpZKUQuofE1FxW9pL_YCgtXMRIA0AqKRNFvpuxol",
    "PkM96DM46wSwZY0nEmKp7YzYK27DAiwfw",
];

fn person(fake: &Fake) -> Connection {
    let address = format!("https://docs.google.com/spreadsheets/d/{ID}/edit?gid=0#gid=0");
    let fields = json!({"api_url": fake.url, "token_url": format!("{}/token", fake.url), "client_id": "app", "spreadsheet": address});
    connection("google_sheets", fields, &[("client_secret", "S3CRET-GOOGLE")])
}

fn account(fake: &Fake, key: &str) -> Connection {
    let mut account = person(fake);
    account.secrets.insert("service_account".into(), key.to_owned().into());
    account
}

fn key_file() -> String {
    json!({"type": "service_account", "client_email": "khlong@demo.iam.gserviceaccount.com", "private_key_id": "k1",
           "private_key": rsa::pem(), "token_uri": "https://oauth2.googleapis.com/token"})
    .to_string()
}

/// Somebody has signed in.
fn signed_in(fake: &Fake) -> Connection {
    let mut person = person(fake);
    person.tokens = Some(Tokens::new(TOKEN.to_owned()));
    person
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("google_sheets/{operation}"), Some(signed_in(fake)))
}

fn values(rows: Value) -> Value {
    json!({"range": "Orders!A1:C9", "majorDimension": "ROWS", "values": rows})
}

fn asked(asked: &Asked) -> String {
    let path = asked.path.trim_start_matches(&format!("/v4/spreadsheets/{ID}"));
    format!("{} {}", asked.method, path.trim_start_matches('/'))
}

fn failed(status: &str, message: &str) -> Value {
    json!({"error": {"code": 400, "status": status, "message": message}})
}

#[tokio::test]
async fn a_person_signs_in_for_good_and_the_token_is_renewed() {
    let fake = Fake::start().await;
    let mut person = person(&fake);
    let sheets = catalog::all().connector("google_sheets").unwrap().clone();
    assert_eq!(sheets.token_rule(&person), TokenRule::Consent);
    let consent = Consent { redirect_uri: "https://khlong.example.com/back", state: "s", challenge: "c" };
    let url = sheets.consent_url(&person, &consent).unwrap();
    let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!((pairs["access_type"].as_str(), pairs["prompt"].as_str()), ("offline", "consent"));
    assert_eq!(pairs["scope"], "https://www.googleapis.com/auth/spreadsheets");
    let query = BTreeMap::from([("code".to_owned(), "C0DE".to_owned())]);
    let verifier = "v".to_owned().into();
    let back = Return { redirect_uri: "https://khlong.example.com/back", verifier: &verifier, query: &query };
    fake.answers(200, json!({"access_token": "A1", "refresh_token": "R1", "expires_in": 3599}));
    let first = sign_in(&http_at(NOW), &mut person, Grant::Code(back)).await.unwrap();
    // Google does not give the refresh token again.
    fake.answers(200, json!({"access_token": "A2", "expires_in": 3599}));
    let second = sign_in(&http_at(NOW), &mut person, Grant::Refresh(&first)).await.unwrap();
    assert!(second.refresh.is_some());
    fake.answers(
        400,
        json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}),
    );
    let error = sign_in(&http_at(NOW), &mut person, Grant::Refresh(&second)).await.unwrap_err();
    assert!(
        matches!(error, Error::SignedOut { .. }) && error.advice().to_lowercase().contains("sign in"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_service_account_signs_for_its_token_as_openssl_does() {
    let fake = Fake::start().await;
    let mut account = account(&fake, &key_file());
    let sheets = catalog::all().connector("google_sheets").unwrap().clone();
    assert_eq!(sheets.token_rule(&account), TokenRule::Keys);
    fake.answers(200, json!({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}));
    let tokens = sign_in(&http_at(NOW), &mut account, Grant::Keys).await.unwrap();
    assert_eq!((tokens.expires_at, tokens.is_due(NOW + 3_000_000)), (Some(NOW + 3_599_000), false));
    assert!(tokens.is_due(NOW + 3_590_000));
    let told = &fake.asked()[0];
    assert_eq!(told.pair("grant_type").as_deref(), Some("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    assert_eq!(told.pair("assertion"), Some(SIGNED.concat()));
}

#[tokio::test]
async fn a_wrong_key_is_told_without_a_piece_of_it() {
    let fake = Fake::start().await;
    let mut refused = account(&fake, &key_file());
    fake.answers(400, json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}));
    let error = sign_in(&http_at(NOW), &mut refused, Grant::Keys).await.unwrap_err();
    assert_eq!((error.code(), error.retry()), ("E0302", Retry::Never), "{error:?}");
    assert!(error.to_string().contains("Invalid JWT Signature"), "{error}");
    for broken in
        [r#"{"client_email": "S3CRET-PIECE"#, r#"{"client_email": "a", "private_key": "S3CRET-PIECE"}"#]
    {
        let error = sign_in(&http_at(NOW), &mut account(&fake, broken), Grant::Keys).await.unwrap_err();
        assert!(
            matches!(error, Error::Connection { .. }) && !format!("{error:?}").contains("S3CRET"),
            "{error:?}"
        );
    }
    assert_eq!(fake.asked().len(), 1, "a broken key is sent nowhere");
    // Whom to share with is told.
    let mut account = account(&fake, &key_file());
    account.tokens = Some(Tokens::new(TOKEN.to_owned()));
    fake.answers(403, failed("PERMISSION_DENIED", "The caller does not have permission"));
    let read = Runner::new("google_sheets/read_rows", Some(account));
    let error = read.run(json!({"sheet": "Orders"})).await.unwrap_err();
    assert!(error.advice().contains("khlong@demo.iam.gserviceaccount.com"), "{error:?}");
}

#[tokio::test]
async fn each_failure_says_whether_trying_again_can_help() {
    let fake = Fake::start().await;
    let read = runner(&fake, "read_rows");
    let minute = Retry::After(Span::from_secs(60));
    let quota = json!({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "x", "errors": [{"reason": "rateLimitExceeded"}]}});
    let off = json!({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "x", "details": [{"reason": "SERVICE_DISABLED"}]}});
    let cases = [
        (400, failed("INVALID_ARGUMENT", "Unable to parse range: 'Nope'!1:1"), "E0308", Retry::Never),
        (401, failed("UNAUTHENTICATED", "Invalid Credentials"), "E0311", Retry::Backoff),
        (403, failed("PERMISSION_DENIED", "The caller does not have permission"), "E0302", Retry::Never),
        (403, off, "E0302", Retry::Never),
        (403, quota, "E0306", minute),
        (404, failed("NOT_FOUND", "Requested entity was not found."), "E0308", Retry::Never),
        (
            429,
            failed("RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'"),
            "E0306",
            minute,
        ),
        (500, failed("INTERNAL", "Internal error encountered."), "E0307", Retry::Backoff),
        (503, failed("UNAVAILABLE", "The service is currently unavailable."), "E0307", Retry::Backoff),
    ];
    for (status, body, code, retry) in cases {
        fake.answers(status, body.clone());
        let error = read.run(json!({"sheet": "Nope"})).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}").contains(TOKEN));
    }
    // Too many reads in a minute, and then it works.
    fake.answers_with(429, &[("retry-after", "7")], "{}")
        .answers(200, values(json!([["Order"]])))
        .answers(200, values(json!([])));
    assert_eq!(
        read.run(json!({"sheet": "Orders"})).await.unwrap_err().retry(),
        Retry::After(Span::from_secs(7))
    );
    assert_eq!(read.run(json!({"sheet": "Orders"})).await.unwrap()["rows"], json!([]));
}

#[tokio::test]
async fn sheets_are_listed_and_chosen_by_name() {
    let fake = Fake::start().await;
    let sheet = |id: i64, title: &str, hidden: bool| json!({"properties": {"sheetId": id, "title": title, "hidden": hidden, "gridProperties": {"rowCount": 1000, "columnCount": 26}}});
    let all = json!({"properties": {"title": "ร้านชา"}, "sheets": [sheet(0, "Orders", false), sheet(7, "สต็อก", false), sheet(9, "Old orders", true)]});
    fake.answers(200, all.clone()).answers(200, all.clone()).answers(200, all);
    let output = runner(&fake, "list_sheets").run(json!({})).await.unwrap();
    assert_eq!(
        (&output["title"], &output["sheets"][1]["title"], &output["sheets"][2]["hidden"]),
        (&json!("ร้านชา"), &json!("สต็อก"), &json!(true))
    );
    let sheets = catalog::all().connector("google_sheets").unwrap().clone();
    let wanted = Wanted { kind: "sheet".into(), text: "order".into(), ..Wanted::default() };
    let page = sheets.look_up(&http_at(NOW), &signed_in(&fake), &wanted).await.unwrap();
    let labels: Vec<&str> = page.records.iter().map(|record| record.label.as_str()).collect();
    assert_eq!((labels, page.next), (vec!["Orders"], None));
    assert_eq!(sheets.test(&http_at(NOW), &signed_in(&fake)).await.unwrap(), "ร้านชา");
    // Without a spreadsheet there is nothing to choose from.
    let mut unnamed = signed_in(&fake);
    unnamed.fields.remove("spreadsheet");
    assert!(matches!(sheets.look_up(&http_at(NOW), &unnamed, &wanted).await, Err(Error::Input { .. })));
    assert!(sheets.test(&http_at(NOW), &unnamed).await.is_ok());
}
