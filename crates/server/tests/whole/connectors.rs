//! Connectors made of API documents: imported, used by flows, imported anew, deleted.

use crate::khlong::{Asker, Khlong, code};
use crate::process::KHLONG;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const TEA: &str = "/api/v1/connectors/tea";

/// A shop that answers every call, and remembers each with its key.
struct Shop {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    async fn start() -> Self {
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let answer = |State(asked): State<Arc<Mutex<Vec<String>>>>,
                      method: Method,
                      uri: Uri,
                      headers: HeaderMap| async move {
            let key = headers.get("x-key").and_then(|key| key.to_str().ok()).unwrap_or("no key");
            asked.lock().unwrap().push(format!("{method} {uri} {key}"));
            axum::Json(json!({ "id": 1001, "state": "packed" }))
        };
        let routes = Router::new().fallback(answer).with_state(asked.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The description of its interface; what an order is called by is what changes between versions of it.
    fn document(&self, path: &str, operation: &str) -> String {
        described(&self.url, path, operation)
    }
}

fn described(server: &str, path: &str, operation: &str) -> String {
    json!({
        "openapi": "3.0.3", "info": { "title": "Tea" }, "servers": [{ "url": server }],
        "security": [{ "key": [] }],
        "components": { "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" } } },
        "paths": { (path): {
            "get": { "operationId": operation, "summary": "Get an order", "parameters": [
                { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                { "name": "lang", "in": "query", "schema": { "type": "string" } },
            ] },
        } },
    })
    .to_string()
}

async fn import(asker: &Asker, document: &str) -> Value {
    let answer = asker.put(TEA, &json!({ "document": document })).await;
    let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

fn flow(with: Value) -> String {
    json!({
        "khlong": 1, "id": "ask", "name": "Ask",
        "nodes": [
            { "id": "start", "use": "core/manual" },
            { "id": "order", "use": "tea/get_order", "connection": "shop", "with": with },
        ],
        "edges": [{ "from": "start", "to": "order" }],
    })
    .to_string()
}

/// Imported, connected, and used by a flow that runs.
async fn set_up(khlong: &Khlong, shop: &Shop) -> Asker {
    let owner = khlong.owner().await;
    import(&owner, &shop.document("/orders/{id}", "getOrder")).await;
    owner.connect("shop", "tea", json!({}), json!({ "key": "S3CRET" })).await;
    let answer = owner.import(&flow(json!({ "id": "1001" }))).await;
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
    owner
}

async fn run(khlong: &Khlong, asker: &Asker) -> Value {
    let answer = asker.post("/api/v1/flows/ask/runs", &json!({})).await;
    let started: Value = answer.json().await.unwrap();
    let run = started["run"].as_str().or(started["id"].as_str()).unwrap_or_else(|| panic!("{started}"));
    khlong.settled(asker, run).await
}

#[tokio::test]
async fn a_document_becomes_a_connector_that_flows_call_at_once() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let owner = set_up(&khlong, &shop).await;
    let done = run(&khlong, &owner).await;
    assert_eq!(done["run"]["state"], "done", "{done}");
    assert_eq!(shop.asked(), ["GET /orders/1001 S3CRET"]);
    let tried = owner.post("/api/v1/connections/shop/test", &json!({})).await;
    assert_eq!(tried.json::<Value>().await.unwrap()["ok"], true);
    let all = owner.get_json("/api/v1/connectors").await;
    let of =
        |id: &str| all["connectors"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!((&of("tea")["imported"], &of("odoo")["imported"]), (&json!(true), &json!(false)));
    let operation = &of("tea")["operations"][0];
    assert_eq!(
        (&operation["id"], &operation["kind"], &operation["effect"]),
        (&json!("tea/get_order"), &json!("action"), &json!("read"))
    );
    assert_eq!(operation["fields"][0]["name"], "id");
    let trail = owner.get_json(api::path::AUDIT).await;
    let is_there = |entry: &Value| entry["what"] == "connector.save" && entry["on"] == "tea";
    assert!(trail["entries"].as_array().unwrap().iter().any(is_there), "{trail}");
}

#[tokio::test]
async fn a_changed_document_keeps_the_ids_that_flows_use_and_they_go_on_with_it() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let owner = set_up(&khlong, &shop).await;
    let changed = shop.document("/orders/{id}", "fetchOneOrder").replace("\"lang\"", "\"language\"");
    let saved = import(&owner, &changed).await;
    assert_eq!(
        (&saved["created"], &saved["added"], &saved["removed"]),
        (&json!(false), &json!([]), &json!([]))
    );
    let answer = owner.import(&flow(json!({ "id": "1001", "language": "th" }))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let done = run(&khlong, &owner).await;
    assert_eq!(done["run"]["state"], "done", "{done}");
    assert_eq!(shop.asked(), ["GET /orders/1001?language=th S3CRET"]);
}

#[tokio::test]
async fn a_document_that_would_break_a_flow_or_lead_secrets_away_is_refused() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let owner = set_up(&khlong, &shop).await;
    for (document, word) in [
        (shop.document("/v2/order/{id}", "findOrder"), "tea/get_order in ask"),
        (described("https://elsewhere.example", "/orders/{id}", "getOrder"), "elsewhere.example"),
    ] {
        let refused = owner.put(TEA, &json!({ "document": document })).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT);
        let text = refused.text().await.unwrap();
        assert!(text.contains(word), "{text}");
    }
    assert_eq!(run(&khlong, &owner).await["run"]["state"], "done", "nothing has changed");
}

#[tokio::test]
async fn it_is_deleted_once_nobody_uses_it() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let owner = set_up(&khlong, &shop).await;
    let refused = owner.delete(TEA).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let text = refused.text().await.unwrap();
    assert!(text.contains("the flow ask") && text.contains("the connection shop"), "{text}");
    assert_eq!(owner.delete("/api/v1/flows/ask").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(code(owner.delete(TEA).await).await, (409, "E0409".into()));
    assert_eq!(owner.delete("/api/v1/connections/shop").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(owner.delete(TEA).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(code(owner.delete(TEA).await).await, (404, "E0404".into()));
    assert!(khlong.app.catalog().connector("tea").is_none());
}

#[tokio::test]
async fn it_is_there_after_a_restart_and_one_that_cannot_be_read_does_not_stand_in_its_way() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let token = khlong.program(&set_up(&khlong, &shop).await, "owner").await.token().to_owned();
    let row = store::ConnectorRow {
        id: "broken".into(),
        document: "{}".into(),
        changed_at: 1,
        changed_by: "somebody".into(),
    };
    khlong.app.store().save_connector(row).await.unwrap();
    let khlong = Khlong::start_in(khlong.stop().await, |_| {}).await;
    let owner = Asker::with_token(&khlong.url, &token);
    assert_eq!(run(&khlong, &owner).await["run"]["state"], "done");
    let catalog = khlong.app.catalog();
    assert!(catalog.connector("tea").is_some() && catalog.connector("broken").is_none());
}

#[tokio::test]
async fn a_preview_tells_what_would_be_and_keeps_nothing() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let owner = khlong.owner().await;
    let asked = json!({ "document": shop.document("/orders/{id}", "getOrder"), "id": "tea" });
    let answer = owner.post("/api/v1/connectors/preview", &asked).await;
    let preview: Value = answer.json().await.unwrap();
    assert_eq!(
        (&preview["spec"]["id"], &preview["operations"][0]["id"]),
        (&json!("tea"), &json!("tea/get_order"))
    );
    assert!(preview["notes"].is_array());
    assert!(khlong.app.catalog().connector("tea").is_none());
    let with_note = json!({ "document": asked["document"].as_str().unwrap().replace("3.0.3", "3.9.0") });
    let answer = owner.post("/api/v1/connectors/preview", &with_note).await;
    let notes = &answer.json::<Value>().await.unwrap()["notes"];
    assert_eq!((&notes[0]["code"], &notes[0]["weight"]), (&json!("newer"), &json!("assumed")));
}

#[tokio::test]
async fn what_is_no_connector_is_refused_with_the_reason() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let owner = khlong.owner().await;
    let document = shop.document("/orders/{id}", "getOrder");
    for (path, body, expected) in [
        (TEA, json!({ "document": "<html></html>" }), (422, "E0444")),
        (TEA, json!({ "document": "x: 1" }), (422, "E0444")),
        (TEA, json!({}), (400, "E0410")),
        (TEA, json!({ "document": document, "url": shop.url }), (400, "E0410")),
        (TEA, json!({ "url": "http://169.254.169.254/openapi.json" }), (502, "E0424")),
        ("/api/v1/connectors/Tea", json!({ "document": document }), (422, "E0444")),
        ("/api/v1/connectors/odoo", json!({ "document": document }), (409, "E0409")),
    ] {
        let answer = owner.put(path, &body).await;
        assert_eq!(code(answer).await, (expected.0, expected.1.into()), "{path}");
    }
    assert_eq!(code(owner.delete("/api/v1/connectors/odoo").await).await, (409, "E0409".into()));
    let viewer = khlong.program(&owner, "viewer").await;
    assert_eq!(code(viewer.put(TEA, &json!({ "document": document })).await).await, (403, "E0403".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_lists_imports_and_exports() {
    let (khlong, shop) = (Khlong::start().await, Shop::start().await);
    let owner = khlong.owner().await;
    let (url, token) = (khlong.url.clone(), khlong.program(&owner, "editor").await.token().to_owned());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("api.json"), shop.document("/orders/{id}", "getOrder")).unwrap();
    let command = |args: &[&str], remote: bool| {
        let mut command = Command::new(KHLONG);
        command.args(args).current_dir(folder.path()).env_remove("KHLONG_URL").env_remove("KHLONG_TOKEN");
        if remote {
            command.env("KHLONG_URL", &url).env("KHLONG_TOKEN", &token);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let built_in = command(&["connectors"], false);
    assert!(
        built_in.contains("odoo/create_sales_order (action, ") && !built_in.contains("tea/"),
        "{built_in}"
    );
    let as_json: Value = serde_json::from_str(&command(&["connectors", "--json"], false)).unwrap();
    assert!(as_json["connectors"].as_array().unwrap().len() > 10);
    let told = command(&["connectors", "import", "api.json"], true);
    assert_eq!(told, "tea: new, 1 operations, 1 added, 0 removed\n");
    let exported = command(&["connectors", "export", "tea"], true);
    std::fs::write(folder.path().join("tea.json"), &exported).unwrap();
    let told = command(&["connectors", "import", "tea.json", "--id", "tea"], true);
    assert_eq!(told, "tea: imported anew, 1 operations, 0 added, 0 removed\n");
    assert_eq!(command(&["connectors", "export", "tea"], true), exported, "nothing is lost on the way");
    assert!(command(&["connectors"], true).contains("tea: Tea, imported"));
}
