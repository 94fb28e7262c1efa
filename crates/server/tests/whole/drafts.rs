//! Drafts: saved while somebody draws, never lost to somebody else, published when they are right.

use crate::khlong::{Khlong, code, hook_flow};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn flow(id: &str, name: &str) -> Value {
    let mut flow: Value = serde_json::from_str(&hook_flow(id, id)).expect("it is JSON");
    flow["name"] = json!(name);
    flow
}

fn save(document: &Value, revision: i64) -> Value {
    json!({"document": document, "revision": revision, "based_on": 0})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_flow_is_drawn_saved_and_published() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (draft, publish) = ("/api/v1/flows/orders/draft", "/api/v1/flows/orders/publish");
    assert_eq!(owner.get(draft).await.status(), StatusCode::NOT_FOUND);

    let mut half = flow("orders", "Orders");
    half["edges"] = json!([{"from": "in", "to": "nowhere"}]);
    let saved: Value = owner.put(draft, &save(&half, 0)).await.json().await.expect("it is saved");
    assert_eq!(saved["revision"], 1);
    assert!(!saved["problems"].as_array().expect("a list").is_empty(), "what is wrong is said");
    let refused = owner.post(publish, &json!({"revision": 1})).await;
    assert_eq!(code(refused).await, (422, "E0411".into()));
    let kept = owner.get_json(draft).await;
    assert_eq!(
        (&kept["document"]["edges"], &kept["live"]),
        (&half["edges"], &json!(null)),
        "nothing is lost by that"
    );
    let list = owner.get_json(api::path::FLOWS).await;
    assert_eq!(
        (list["flows"].as_array().map(Vec::len), &list["drafts"][0]["name"]),
        (Some(0), &json!("Orders"))
    );

    assert!(owner.put(draft, &save(&flow("orders", "Orders"), 1)).await.status().is_success());
    let published = owner.post(publish, &json!({"revision": 2})).await;
    assert_eq!(published.status(), StatusCode::OK);
    let now = owner.get_json(draft).await;
    assert_eq!((&now["revision"], &now["based_on"], &now["live"]), (&json!(0), &json!(1), &json!(1)));
    let list = owner.get_json(api::path::FLOWS).await;
    assert_eq!((&list["flows"][0]["id"], &list["drafts"]), (&json!("orders"), &json!([])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_editors_the_second_is_told_and_overwrites_nothing() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let draft = "/api/v1/flows/orders/draft";
    assert!(owner.put(draft, &save(&flow("orders", "One"), 0)).await.status().is_success());
    let late = owner.put(draft, &save(&flow("orders", "Two"), 0)).await;
    assert_eq!(code(late).await, (409, "E0442".into()));
    assert_eq!(owner.get_json(draft).await["document"]["name"], "One");
    let late = owner.post("/api/v1/flows/orders/publish", &json!({"revision": 7})).await;
    assert_eq!(code(late).await, (409, "E0442".into()));
    let gone = owner.delete(&format!("{draft}?revision=1")).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let late = owner.put(draft, &save(&flow("orders", "Late"), 1)).await;
    assert_eq!(code(late).await, (409, "E0442".into()), "it was discarded meanwhile");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_can_be_looked_at() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    for name in ["One", "Two"] {
        let text = flow("orders", name).to_string();
        assert!(owner.import(&text).await.status().is_success());
    }
    let versions = owner.get_json("/api/v1/flows/orders/versions").await;
    let numbers: Vec<_> = versions["versions"].as_array().expect("a list").iter().collect();
    assert_eq!((numbers.len(), &numbers[0]["number"], &numbers[0]["live"]), (2, &json!(2), &json!(true)));
    assert_eq!(owner.get_json("/api/v1/flows/orders/versions/1").await["name"], "One");
    assert_eq!(owner.get("/api/v1/flows/orders/versions/3").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_of_its_own_flow_and_saved_by_an_editor() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let draft = "/api/v1/flows/orders/draft";
    assert_eq!(owner.put(draft, &save(&flow("other", "Other"), 0)).await.status(), StatusCode::BAD_REQUEST);
    let viewer = khlong.program(&owner, "viewer").await;
    assert_eq!(viewer.put(draft, &save(&flow("orders", "One"), 0)).await.status(), StatusCode::FORBIDDEN);
}
