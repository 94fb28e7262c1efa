//! A node that only reads, asked for real while its flow is drawn.

use crate::khlong::{Asker, Khlong, code, hook_flow};
use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::routing::get;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpListener;

const ASK: &str = "/api/v1/flows/prices/ask";
const TOKEN: &str = "S3CRET-TOKEN-OF-THE-ERP";

/// A system with prices, which repeats what it is told and counts its calls.
async fn prices(calls: Arc<AtomicU32>) -> String {
    let price = move |Query(query): Query<HashMap<String, String>>, headers: HeaderMap| async move {
        calls.fetch_add(1, Ordering::Relaxed);
        let credentials =
            headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
        axum::Json(json!({ "sku": query.get("sku"), "price": 185.5, "told": credentials }))
    };
    let long = || async { axum::Json(json!({ "rows": vec!["x".repeat(1_000); 1_100] })) };
    let deep = || async {
        let json = [("content-type", "application/json")];
        (json, format!("{}{}", "[".repeat(70), "]".repeat(70))).into_response()
    };
    let routes =
        Router::new().route("/price", get(price)).route("/long", get(long)).route("/deep", get(deep));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

struct Drawn {
    khlong: Khlong,
    owner: Asker,
    calls: Arc<AtomicU32>,
}

/// A flow that is being drawn, and a connection to the system with prices.
async fn drawn() -> Drawn {
    let calls = Arc::new(AtomicU32::new(0));
    let url = prices(calls.clone()).await;
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let fields = json!({ "base_url": url, "auth": "bearer" });
    owner.connect("erp", "http", fields, json!({ "token": TOKEN })).await;
    owner.connect("shop", "shopify", json!({}), json!({ "webhook_secret": "of the shop" })).await;
    assert_eq!(owner.import(&hook_flow("prices", "prices")).await.status(), StatusCode::OK);
    Drawn { khlong, owner, calls }
}

fn node(with: Value) -> Value {
    json!({ "node": { "id": "price", "use": "http/request", "connection": "erp", "with": with } })
}

#[tokio::test]
async fn what_the_system_answers_comes_as_the_node_would_give_it_without_secrets_and_is_noted() {
    let Drawn { khlong, owner, .. } = drawn().await;
    let editor = khlong.program(&owner, "editor").await;
    let answer = editor.post(ASK, &node(json!({ "url": "/price", "query": { "sku": "TEA" } }))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["output"]["status"], 200);
    let body = json!({ "sku": "TEA", "price": 185.5, "told": "Bearer •••" });
    assert_eq!(answer["output"]["body"], body);
    let audit = owner.get_json(api::path::AUDIT).await;
    let noted = audit["entries"].as_array().unwrap().iter();
    let noted: Vec<_> = noted.filter(|entry| entry["what"] == "flow.ask").map(|entry| &entry["on"]).collect();
    assert_eq!(noted, ["prices/price http/request erp"]);
}

#[tokio::test]
async fn nothing_is_called_that_may_change_something_or_that_nobody_may_use() {
    let Drawn { khlong, owner, calls } = drawn().await;
    let url = json!({ "url": "/price" });
    let of = |operation: &str, connection: &str| json!({ "node": { "id": "n", "use": operation, "connection": connection, "with": url } });
    for (asked, expected) in [
        (node(json!({ "url": "/price", "method": "POST" })), (400, "E0410")),
        (node(json!({ "url": "/price", "method": "${input.method}" })), (400, "E0410")),
        (of("core/script", "erp"), (400, "E0410")),
        (of("odoo/create_sales_order", "erp"), (400, "E0410")),
        (of("http/request", "shop"), (400, "E0410")),
        (of("http/request", "nobody"), (400, "E0410")),
    ] {
        let answer = owner.post(ASK, &asked).await;
        assert_eq!(code(answer).await, (expected.0, expected.1.into()), "{asked}");
    }
    for role in ["viewer", "operator"] {
        let answer = khlong.program(&owner, role).await.post(ASK, &node(url.clone())).await;
        assert_eq!(code(answer).await, (403, "E0403".into()), "{role}");
    }
    let answer = owner.post("/api/v1/flows/nowhere/ask", &node(url.clone())).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_answer_that_is_too_much_for_an_example_is_refused_with_what_to_do() {
    let Drawn { owner, .. } = drawn().await;
    let answer = owner.post(ASK, &node(json!({ "url": "/long" }))).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let text = answer.text().await.unwrap();
    assert!(text.contains("larger than 1048576 bytes") && text.contains("Ask for less data"), "{text}");
    let answer = owner.post(ASK, &node(json!({ "url": "/deep" }))).await;
    assert_eq!(code(answer).await, (502, "E0424".into()));
}

#[tokio::test]
async fn a_system_is_not_asked_more_often_than_it_may_be() {
    let Drawn { owner, calls, .. } = drawn().await;
    let asked = node(json!({ "url": "/price" }));
    for _ in 0..60 {
        assert_eq!(owner.post(ASK, &asked).await.status(), StatusCode::OK);
    }
    let answer = owner.post(ASK, &asked).await;
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(code(answer).await, (429, "E0417".into()));
    assert_eq!(calls.load(Ordering::Relaxed), 60);
}
