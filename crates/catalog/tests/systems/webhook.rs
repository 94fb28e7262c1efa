//! `core/webhook`: whom it lets in, and what it makes of what they bring.

use crate::common::{Knock, connection};
use axum::http::Method;
use connector::{Connection, Delivery, Refusal};
use serde_json::{Value, json};

fn receive(knock: &Knock, with: Value) -> Result<Delivery, Refusal> {
    knock.at(&catalog::all(), "core/webhook", with, None)
}

fn receive_as(knock: &Knock, with: Value, connection: &Connection) -> Result<Delivery, Refusal> {
    knock.at(&catalog::all(), "core/webhook", with, Some(connection))
}

fn credentials() -> Connection {
    let fields = json!({"username": "shop", "header": "x-key"});
    connection("core", fields, &[("password", "pass:word"), ("token", "t0ken"), ("hmac_secret", "Jefe")])
}

#[test]
fn a_body_is_read_by_its_type() {
    let read = |kind: &str, body: &'static [u8]| {
        let knock = Knock::post(body).header("content-type", kind);
        receive(&knock, json!({})).map(|delivery| delivery.body.into_value().to_string())
    };
    let big = br#"{"id":9007199254740993,"price":10.50}"#;
    assert_eq!(read("application/json; charset=utf-8", big).unwrap(), String::from_utf8_lossy(big));
    assert_eq!(read("application/vnd.shop+json", b"[1]").unwrap(), "[1]");
    assert_eq!(
        read("application/x-www-form-urlencoded", b"a=1&b=x+y&a=2").unwrap(),
        r#"{"a":["1","2"],"b":"x y"}"#
    );
    assert_eq!(read("text/plain", "สวัสดี".as_bytes()).unwrap(), r#""สวัสดี""#);
    assert_eq!(read("image/png", b"\x89PNG").unwrap(), r#"{"base64":"iVBORw=="}"#);
    assert_eq!(read("application/json", b"").unwrap(), "null");
    assert!(matches!(read("application/json", b"{oops"), Err(Refusal::Malformed(_))));
}

#[test]
fn without_a_type_json_is_tried() {
    let read = |body: &'static str| receive(&Knock::post(body), json!({})).unwrap().body.into_value();
    assert_eq!(read(r#"{"id":1}"#), json!({"id": 1}));
    assert_eq!(read("just words"), json!("just words"));
}

#[test]
fn only_the_methods_of_the_node_are_taken() {
    let mut knock = Knock::post("{}");
    knock.method = Method::GET;
    assert_eq!(receive(&knock, json!({})), Err(Refusal::Method { allowed: "POST".into() }));
    let with = json!({"methods": ["get", "PUT"]});
    knock.query = Some("since=2026-01-01&page=2");
    let delivery = receive(&knock, with.clone()).unwrap();
    assert_eq!(delivery.head["query"], json!({"since": "2026-01-01", "page": "2"}));
    assert_eq!(receive(&Knock::post("{}"), with), Err(Refusal::Method { allowed: "get, PUT".into() }));
}

#[test]
fn a_body_over_the_node_s_bound_is_refused_and_no_bound_passes_the_ceiling() {
    let all = catalog::all();
    let webhook = all.webhook(&"core/webhook".into()).unwrap();
    let bound = |with: Value| webhook.body_bytes_max(&crate::common::object(with));
    assert_eq!(bound(json!({})), 1 << 20);
    assert_eq!(bound(json!({"body_bytes_max": 10})), 10);
    assert_eq!(bound(json!({"body_bytes_max": 1u64 << 40})), 1 << 30);
    let knock = Knock::post("12345678901");
    assert_eq!(receive(&knock, json!({"body_bytes_max": 10})), Err(Refusal::TooLarge { limit: 10 }));
}

#[test]
fn a_user_name_and_a_password_are_checked() {
    let with = || json!({"auth": "basic"});
    let good = Knock::post("{}").header("authorization", "Basic c2hvcDpwYXNzOndvcmQ=");
    assert!(receive_as(&good, with(), &credentials()).is_ok());
    for value in ["Basic c2hvcDpwYXNz", "Bearer c2hvcDpwYXNzOndvcmQ=", "Basic !", "Basic", ""] {
        let bad = Knock::post("{}").header("authorization", value);
        assert_eq!(receive_as(&bad, with(), &credentials()), Err(Refusal::Unauthorized), "{value}");
    }
    assert_eq!(receive_as(&Knock::post("{}"), with(), &credentials()), Err(Refusal::Unauthorized));
}

#[test]
fn a_token_in_a_header_is_checked() {
    let with = || json!({"auth": "header"});
    let good = Knock::post("{}").header("x-key", "t0ken");
    assert!(receive_as(&good, with(), &credentials()).is_ok());
    let bad = Knock::post("{}").header("x-key", "t0ke");
    assert_eq!(receive_as(&bad, with(), &credentials()), Err(Refusal::Unauthorized));
    assert_eq!(receive_as(&Knock::post("{}"), with(), &credentials()), Err(Refusal::Unauthorized));
}

/// Vectors of RFC 4231 and RFC 2202, case 2.
#[test]
fn a_signature_is_checked_in_each_hash_and_spelling() {
    let body = "what do ya want for nothing?";
    let sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let sha256_base64 = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
    let sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    let sha512 = "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";
    let cases = [
        (json!({}), sha256.to_owned()),
        (json!({"hmac_prefix": "sha256="}), format!("sha256={sha256}")),
        (json!({"hmac_encoding": "base64"}), sha256_base64.to_owned()),
        (json!({"hmac_algorithm": "sha1"}), sha1.to_owned()),
        (json!({"hmac_algorithm": "sha512"}), sha512.to_owned()),
    ];
    for (mut with, signature) in cases {
        with["auth"] = "hmac".into();
        let good = Knock::post(body).header("x-signature", &signature).header("content-type", "text/plain");
        assert!(receive_as(&good, with.clone(), &credentials()).is_ok(), "{with}");
        let changed = Knock::post("what do ya want for nothing!").header("x-signature", &signature);
        assert_eq!(receive_as(&changed, with.clone(), &credentials()), Err(Refusal::Unauthorized), "{with}");
        let short = Knock::post(body).header("x-signature", &signature[..signature.len() - 4]);
        assert_eq!(receive_as(&short, with, &credentials()), Err(Refusal::Unauthorized));
    }
}

#[test]
fn a_webhook_that_checks_its_sender_without_a_secret_lets_nobody_in() {
    for auth in ["basic", "header", "hmac"] {
        let empty = connection(
            "core",
            json!({"username": "shop"}),
            &[("password", ""), ("token", ""), ("hmac_secret", "")],
        );
        let knock = Knock::post("{}").header("authorization", "Basic c2hvcDo=").header("x-api-key", "");
        let refusal = receive_as(&knock, json!({"auth": auth}), &empty).unwrap_err();
        assert!(matches!(refusal, Refusal::NotSetUp(_)), "{auth}: {refusal:?}");
        let refusal = receive(&knock, json!({"auth": auth})).unwrap_err();
        assert!(matches!(refusal, Refusal::NotSetUp(_)), "{auth}: {refusal:?}");
    }
}

#[test]
fn neither_credentials_nor_signatures_are_kept_with_an_event() {
    let knock = Knock::post("{}")
        .header("x-shop", "bangkok")
        .header("authorization", "Basic hush")
        .header("cookie", "hush")
        .header("x-hub-signature-256", "hush")
        .header("x-api-key", "hush")
        .header("x-gitlab-token", "hush")
        .header("x-proof", "t0ken");
    let with = json!({"auth": "header"});
    let fields = json!({"header": "X-Proof"});
    let delivery = receive_as(&knock, with, &connection("core", fields, &[("token", "t0ken")])).unwrap();
    assert_eq!(delivery.head["headers"], json!({"x-shop": "bangkok"}));
}

#[test]
fn a_delivery_is_known_by_a_header_or_a_place_in_the_body() {
    let knock = Knock::post(r#"{"id":9007199254740993,"event":{"key":"k-1"},"list":[]}"#)
        .header("x-request-id", "r-1");
    let id = |place: &str| receive(&knock, json!({ "delivery_id": place })).unwrap().id;
    assert_eq!(id("/id").as_deref(), Some("9007199254740993"));
    assert_eq!(id("/event/key").as_deref(), Some("k-1"));
    assert_eq!(id("X-Request-Id").as_deref(), Some("r-1"));
    assert_eq!(id("/list"), None);
    assert_eq!(id("/nothing"), None);
    assert_eq!(id(""), None);
}
