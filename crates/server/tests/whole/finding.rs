//! Where a text is in all flows.

use crate::khlong::{Asker, Khlong, code, hook_flow};
use serde_json::{Value, json};

async fn found(asker: &Asker, text: &str) -> Vec<String> {
    let answer = asker.get_json(&format!("{}?text={text}", api::path::FIND)).await;
    let line = |place: &Value| {
        let text = |name: &str| place[name].as_str().unwrap_or_default().to_owned();
        let draft = if place["draft"] == true { " (draft)" } else { "" };
        format!(
            "{}{draft} {} {} {}: {}",
            text("flow"),
            text("node"),
            text("part"),
            text("field"),
            text("text")
        )
    };
    answer["places"].as_array().unwrap().iter().map(line).collect()
}

async fn save_draft(owner: &Asker, id: &str, nodes: Value) {
    let document = json!({ "khlong": 1, "id": id, "name": id, "nodes": nodes, "edges": [] });
    let body = json!({ "document": document, "revision": 0, "based_on": 0 });
    let answer = owner.put(&api::path::FLOW_DRAFT.replace("{id}", id), &body).await;
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn a_text_is_found_in_live_flows_and_in_drafts_and_in_both_only_once() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    for (id, path) in [("orders", "shop-orders"), ("stock", "erp-stock")] {
        assert!(owner.import(&hook_flow(id, path)).await.status().is_success());
    }
    let hook = json!({ "id": "in", "use": "core/webhook", "with": { "path": "shop-orders" } });
    let script = json!({ "id": "map", "use": "core/script", "with": { "script": "input.shop_name" } });
    save_draft(&owner, "orders", json!([hook, script])).await;
    let http = json!({ "id": "call", "use": "http/request", "connection": "shop", "with": {} });
    save_draft(&owner, "idea", json!([http])).await;

    let viewer = khlong.program(&owner, "viewer").await;
    assert_eq!(
        found(&viewer, "SHOP").await,
        [
            "orders (draft) map field script: input.shop_name",
            "orders in field path: shop-orders",
            "idea (draft) call connection : shop",
        ]
    );
    assert_eq!(found(&viewer, "erp-").await, ["stock in field path: erp-stock"]);
    assert!(found(&viewer, "nowhere").await.is_empty() && found(&viewer, "").await.is_empty());
}

#[tokio::test]
async fn no_more_places_are_told_than_a_page_can_show() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let node =
        |at: usize| json!({ "id": format!("n{at}"), "use": "core/script", "with": { "script": "\"tea\"" } });
    save_draft(&owner, "one", Value::Array((0..150).map(node).collect())).await;
    save_draft(&owner, "other", Value::Array((0..150).map(node).collect())).await;
    let answer = owner.get_json(&format!("{}?text=tea", api::path::FIND)).await;
    assert_eq!((answer["places"].as_array().unwrap().len(), &answer["more"]), (200, &json!(true)));
    let long = "x".repeat(201);
    let answer = owner.get(&format!("{}?text={long}", api::path::FIND)).await;
    assert_eq!(code(answer).await, (400, "E0410".into()));
}
