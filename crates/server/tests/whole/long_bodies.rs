//! Bodies that are too long to be held, over HTTP.

use crate::khlong::{Asker, Khlong, code};
use hmac::{Hmac, Mac};
use reqwest::{Response, StatusCode};
use serde_json::json;

const SECRET: &str = "keep it";

async fn set_up(khlong: &Khlong) -> Asker {
    let owner = khlong.owner().await;
    owner.connect("supplier", "core", json!({}), json!({"hmac_secret": SECRET})).await;
    let flow = json!({
        "khlong": 1, "id": "stock", "name": "Stock",
        "nodes": [
            {"id": "in", "use": "core/webhook", "connection": "supplier",
             "with": {"path": "stock", "auth": "hmac", "body_bytes_max": 32 << 20, "delivery_id": "x-delivery"}},
            {"id": "each", "use": "core/for_each", "with": {"items": "${trigger.body}"}},
            {"id": "qty", "use": "core/script", "with": {"script": "parse_number(item.qty)"}},
            {"id": "sum", "use": "core/script", "with": {"script": "#{ rows: input.len() }"}},
        ],
        "edges": [{"from": "in", "to": "each"}, {"from": "each.item", "to": "qty"}, {"from": "each.done", "to": "sum"}],
    });
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    owner
}

/// Few rows, and 18 MB of them.
fn table() -> String {
    let note = "ชาเขียว ".repeat(2_000);
    let rows = (0..420).map(|n| format!("{n},{n},\"{note}\"\n"));
    ["sku,qty,note\n".to_owned()].into_iter().chain(rows).collect()
}

async fn deliver(khlong: &Khlong, body: &str, signed: &str, secret: &str) -> Response {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let http = reqwest::Client::new();
    let request = http.post(format!("{}/hooks/stock", khlong.url)).header("content-type", "text/csv");
    let request = request.header("x-signature", signature).header("x-delivery", "monday");
    request.body(body.to_owned()).send().await.unwrap()
}

#[tokio::test]
async fn a_long_table_is_taken_if_its_signature_is_right_and_is_one_event_however_often_it_comes() {
    let khlong = Khlong::start().await;
    let owner = set_up(&khlong).await;
    let table = table();
    assert!(table.len() > 17 << 20, "{}", table.len());
    let forged = deliver(&khlong, &table, &table, "another").await;
    assert_eq!(code(forged).await, (401, "E0422".into()));
    let torn = deliver(&khlong, &table, &table[..1 << 20], SECRET).await;
    assert_eq!(code(torn).await, (401, "E0422".into()));
    let mut runs = Vec::new();
    for duplicate in [false, true] {
        let answer = deliver(&khlong, &table, &table, SECRET).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let started: api::Started = answer.json().await.unwrap();
        assert_eq!(started.duplicate, duplicate);
        runs.push(started.run);
    }
    assert_eq!(runs[0], runs[1]);
    let run = khlong.settled(&owner, &runs[0]).await;
    assert_eq!(run["run"]["state"], "done", "{}", run["run"]);
    let steps = run["steps"].as_array().unwrap();
    let sum = steps.iter().find(|step| step["node"] == "sum").unwrap();
    assert_eq!(sum["output"], json!({"rows": 420}));
    let blobs = khlong.app.store().blobs(None, 10).await.unwrap();
    assert_eq!(blobs.iter().map(|blob| blob.bytes).collect::<Vec<_>>(), [table.len() as u64]);
}

#[tokio::test]
async fn a_short_table_is_gone_through_as_a_long_one_is() {
    let khlong = Khlong::start().await;
    let owner = set_up(&khlong).await;
    let table = "sku,qty\nTEA-1,3\nTEA-2,\"1,000\"\n";
    let started: api::Started = deliver(&khlong, table, table, SECRET).await.json().await.unwrap();
    let run = khlong.settled(&owner, &started.run).await;
    assert_eq!(run["run"]["state"], "done", "{}", run["run"]);
    let steps = run["steps"].as_array().unwrap();
    assert_eq!(steps.iter().find(|step| step["node"] == "sum").unwrap()["output"], json!({"rows": 2}));
}

#[tokio::test]
async fn a_body_over_the_server_s_own_limit_is_refused_whatever_the_flow_asks_for() {
    let khlong = Khlong::start_in(tempfile::tempdir().unwrap(), |settings| {
        settings.body_bytes_max = Some(17 << 20);
    })
    .await;
    set_up(&khlong).await;
    let table = table();
    let refused = deliver(&khlong, &table, &table, SECRET).await;
    assert_eq!(code(refused).await, (413, "E0413".into()));
    assert_eq!(khlong.app.store().blobs(None, 10).await.unwrap(), []);
}
