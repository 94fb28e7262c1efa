//! Folders and tags: where people find a flow, beside what it does.

use crate::khlong::{Khlong, code, hook_flow};
use reqwest::StatusCode;
use serde_json::{Value, json};

const LABELS: &str = "/api/v1/flows/orders/labels";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_moves_with_its_draft_and_no_new_version_is_made() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let mut document: Value = serde_json::from_str(&hook_flow("orders", "orders")).unwrap();
    document["name"] = json!("Orders, better");
    let draft = json!({"document": document, "revision": 0, "based_on": 1});
    assert!(owner.put("/api/v1/flows/orders/draft", &draft).await.status().is_success());

    let moved = owner.put(LABELS, &json!({"folder": "ร้านค้า/Orders", "tags": ["erp"]})).await;
    assert_eq!(moved.status(), StatusCode::NO_CONTENT);
    let list = owner.get_json(api::path::FLOWS).await;
    let flow = &list["flows"][0];
    assert_eq!((&flow["folder"], &flow["tags"]), (&json!("ร้านค้า/Orders"), &json!(["erp"])));
    assert_eq!((&flow["version"], &list["drafts"][0]["folder"]), (&json!(1), &json!("ร้านค้า/Orders")));

    // What is left out stays; and the draft takes it along when it is published.
    owner.put(LABELS, &json!({"tags": []})).await;
    let revision = owner.get_json("/api/v1/flows/orders/draft").await["revision"].clone();
    let published = owner.post("/api/v1/flows/orders/publish", &json!({"revision": revision})).await;
    assert_eq!(published.status(), StatusCode::OK);
    let export: Value = owner.get_json("/api/v1/flows/orders/export").await;
    assert_eq!((&export["folder"], &export["name"]), (&json!("ร้านค้า/Orders"), &json!("Orders, better")));
    assert_eq!(export.get("tags"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_nobody_could_find_is_refused_and_nothing_moves() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let refused = owner.put(LABELS, &json!({"folder": "a//b", "tags": ["erp"]})).await;
    assert_eq!(code(refused).await, (422, "E0411".into()));
    assert_eq!(owner.get_json(api::path::FLOWS).await["flows"][0]["tags"], json!([]));
    let nobody = owner.put("/api/v1/flows/nobody/labels", &json!({"folder": "a"})).await;
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
}
