//! Records of a connected system to choose from.

use crate::khlong::{Asker, Khlong, code};
use reqwest::StatusCode;
use sandbox::{Keys, Options, Running, Sandbox};
use serde_json::{Value, json};

const LOOKUP: &str = "/api/v1/connections/erp/lookup";

async fn connected() -> (Khlong, Asker, Running, Keys) {
    let keys = Keys::random().unwrap();
    let options = Options { customers: 30, ..Options::new(keys.clone()) };
    let running = Sandbox::start(options).await.unwrap();
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let fields = json!({ "url": running.erp_url, "database": keys.erp_database, "username": keys.erp_login });
    owner.connect("erp", "odoo", fields, json!({ "api_key": keys.erp_api_key })).await;
    (khlong, owner, running, keys)
}

async fn found(asker: &Asker, asked: Value) -> Value {
    let answer = asker.post(LOOKUP, &asked).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

fn records(page: &Value) -> usize {
    page["records"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_editor_searches_goes_on_and_finds_one_by_its_id() {
    let (khlong, owner, _erp, _) = connected().await;
    let editor = khlong.program(&owner, "editor").await;
    let first = found(&editor, json!({ "kind": "customer" })).await;
    assert_eq!(records(&first), 25);
    let rest = found(&editor, json!({ "kind": "customer", "after": first["next"] })).await;
    assert_eq!((records(&rest), rest.get("next")), (6, None));
    let one = found(&editor, json!({ "kind": "customer", "text": "C0003" })).await;
    assert_eq!(records(&one), 1);
    assert_eq!(found(&editor, json!({ "kind": "customer", "id": one["records"][0]["id"] })).await, one);
    assert_eq!(records(&found(&editor, json!({ "kind": "warehouse" })).await), 3);
}

#[tokio::test]
async fn who_may_not_edit_may_not_look_up() {
    let (khlong, owner, _erp, _) = connected().await;
    for role in ["viewer", "operator"] {
        let program = khlong.program(&owner, role).await;
        let answer = program.post(LOOKUP, &json!({ "kind": "customer" })).await;
        assert_eq!(code(answer).await, (403, "E0403".into()), "{role}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_the_reason() {
    let (_khlong, owner, _erp, _) = connected().await;
    let long = "x".repeat(201);
    for (asked, expected) in [
        (json!({ "kind": "res.users" }), (404, "E0404")),
        (json!({ "kind": "customer", "text": long }), (400, "E0410")),
        (json!({ "kind": "customer", "id": [1] }), (400, "E0410")),
        (json!({ "kind": "customer", "after": "next" }), (400, "E0410")),
        (json!({}), (400, "E0410")),
    ] {
        let answer = owner.post(LOOKUP, &asked).await;
        assert_eq!(code(answer).await, (expected.0, expected.1.into()), "{asked}");
    }
    let nobody = owner.post("/api/v1/connections/nobody/lookup", &json!({ "kind": "customer" })).await;
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_system_that_fails_is_quoted_without_the_connection_s_secrets() {
    let (_khlong, owner, erp, keys) = connected().await;
    let plan = json!({ "kind": "down", "status": 503, "times": 1 });
    let faults = format!("{}/_sandbox/faults", erp.erp_url);
    reqwest::Client::new().post(faults).json(&plan).send().await.unwrap().error_for_status().unwrap();
    let answer = owner.post(LOOKUP, &json!({ "kind": "customer" })).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let text = answer.text().await.unwrap();
    assert!(text.contains("E0424") && !text.contains(&keys.erp_api_key), "{text}");
    assert_eq!(records(&found(&owner, json!({ "kind": "warehouse" })).await), 3, "it goes on by itself");
}

#[tokio::test]
async fn a_connection_is_not_asked_more_often_than_it_may_be() {
    let (_khlong, owner, _erp, _) = connected().await;
    let asked = json!({ "kind": "warehouse", "text": "WH" });
    for _ in 0..60 {
        found(&owner, asked.clone()).await;
    }
    let answer = owner.post(LOOKUP, &asked).await;
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(code(answer).await, (429, "E0417".into()));
}
