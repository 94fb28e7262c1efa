//! What senders of events see.

use crate::khlong::{Asker, Khlong, ORDER_TO_ERP, code, hook_flow};
use reqwest::{Body, Response, StatusCode, header};
use serde_json::{Value, json};
use std::process::Command;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SECRET: &str = "the-shop-signs-with-this";
const ORDER: &str = r##"{"id":820982911946154508,"name":"#1001","line_items":[]}"##;

/// A shop's trigger. The ERP behind it is nowhere: what counts here is the door.
async fn shop_hook(khlong: &Khlong) -> Asker {
    let owner = khlong.owner().await;
    owner.connect("shop", "shopify", json!({}), json!({ "webhook_secret": SECRET })).await;
    let erp = json!({ "url": "http://127.0.0.1:9", "database": "d", "username": "u" });
    owner.connect("erp", "odoo", erp, json!({ "api_key": "k" })).await;
    assert_eq!(owner.import(ORDER_TO_ERP).await.status(), StatusCode::OK);
    owner
}

async fn deliver(khlong: &Khlong, body: &str, signature: &str) -> Response {
    let url = format!("{}/hooks/shopify/order-created", khlong.url);
    reqwest::Client::new()
        .post(url)
        .header("content-type", "application/json")
        .header("x-shopify-topic", "orders/create")
        .header("x-shopify-webhook-id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043")
        .header("x-shopify-hmac-sha256", signature)
        .body(body.to_owned())
        .send()
        .await
        .unwrap()
}

async fn post(khlong: &Khlong, path: &str, body: impl Into<Body>) -> Response {
    let url = format!("{}/hooks/{path}", khlong.url);
    let request = reqwest::Client::new().post(url).header("content-type", "application/json");
    request.body(body).send().await.unwrap()
}

/// Sends the rest of a request as it is, and reads what comes until the server closes the connection.
async fn raw(khlong: &Khlong, rest: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(khlong.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /hooks/small HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n{rest}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset after the answer is the server's right: it did not read the rest.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn runs(owner: &Asker) -> usize {
    owner.get_json(api::path::RUNS).await["runs"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_webhook_three_times_makes_one_run() {
    let khlong = Khlong::start().await;
    let owner = shop_hook(&khlong).await;
    let signature = sandbox::sign(SECRET, ORDER.as_bytes());
    let mut started = Vec::new();
    for duplicate in [false, true, true] {
        let answer = deliver(&khlong, ORDER, &signature).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let body: api::Started = answer.json().await.unwrap();
        assert_eq!(body.duplicate, duplicate);
        started.push(body.run);
    }
    started.dedup();
    assert_eq!((started.len(), runs(&owner).await), (1, 1));
}

#[tokio::test]
async fn a_wrong_signature_is_turned_away_and_nothing_is_kept() {
    let khlong = Khlong::start().await;
    let owner = shop_hook(&khlong).await;
    let signature = sandbox::sign("another secret", ORDER.as_bytes());
    assert_eq!(code(deliver(&khlong, ORDER, &signature).await).await, (401, "E0422".into()));
    assert_eq!(runs(&owner).await, 0);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_and_while_it_is_read() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let mut flow: Value = serde_json::from_str(&hook_flow("small", "small")).unwrap();
    flow["nodes"][0]["with"]["body_bytes_max"] = json!(1_000);
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);

    // Sent as a whole before the answer is looked for: more than what fits into buffers on the way.
    let whole = format!("content-length: {0}\r\n\r\n{1}", 12 << 20, "x".repeat(12 << 20));
    let whole = raw(&khlong, &whole).await;
    assert!(whole.starts_with("HTTP/1.1 413 ") && whole.contains("E0413"), "{whole}");
    // Nothing of the body is sent: its announced length is enough. Then the other way: no length, and no end either.
    let announced = raw(&khlong, "content-length: 1001\r\n\r\n").await;
    assert!(announced.starts_with("HTTP/1.1 413 ") && announced.contains("E0413"), "{announced}");
    let endless =
        format!("transfer-encoding: chunked\r\n\r\n{}", format!("c8\r\n{}\r\n", "x".repeat(200)).repeat(6));
    let endless = raw(&khlong, &endless).await;
    assert!(endless.starts_with("HTTP/1.1 413 ") && endless.contains("E0413"), "{endless}");
    assert_eq!(post(&khlong, "small", "\"fits\"").await.status(), StatusCode::ACCEPTED);
    assert_eq!(runs(&owner).await, 1);
}

#[tokio::test]
async fn a_path_that_nobody_listens_at_and_a_method_that_is_not_taken_are_told() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    assert_eq!(code(post(&khlong, "nowhere", "{}").await).await, (404, "E0421".into()));
    let get = reqwest::get(format!("{}/hooks/orders", khlong.url)).await.unwrap();
    assert_eq!(code(get).await, (405, "E0405".into()));
    assert_eq!(code(post(&khlong, "orders", "{not json").await).await, (400, "E0410".into()));
    assert_eq!(code(post(&khlong, "resume/forged", "").await).await, (404, "E0421".into()));
    assert_eq!(runs(&owner).await, 0);
}

#[tokio::test]
async fn a_paused_flow_asks_the_sender_to_come_back() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let state = api::path::FLOW_STATE.replace("{id}", "orders");
    owner.put(&state, &json!({ "state": "paused" })).await;
    let paused = post(&khlong, "orders", "{}").await;
    assert!(paused.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(code(paused).await, (503, "E0416".into()));
    owner.put(&state, &json!({ "state": "live" })).await;
    assert_eq!(post(&khlong, "orders", "{}").await.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_flow_may_answer_by_itself_but_not_for_the_server() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let flow = json!({
        "khlong": 1, "id": "greet", "name": "Greet",
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "greet", "answer": "result" } },
            { "id": "out", "use": "core/respond", "with": {
                "status": 201,
                "headers": { "x-greeting": "sawasdee", "set-cookie": "khlong=stolen" },
                "body": { "hello": "${input.name}" },
            } },
        ],
        "edges": [{ "from": "in", "to": "out" }],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
    let answer = post(&khlong, "greet", r#"{"name":"Somchai"}"#).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.headers()["x-greeting"], "sawasdee");
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "hello": "Somchai" }));
}

/// A file system of its own, small, where the machine lets us make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).output();
    }
}

#[tokio::test]
async fn a_full_disk_is_told_at_the_door_and_it_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(160) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    let folder = tempfile::tempdir_in(disk.0.path()).unwrap();
    let khlong = Khlong::start_in(folder, |_| {}).await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let order = json!({ "note": random_text(200_000) }).to_string();
    assert_eq!(post(&khlong, "orders", order.clone()).await.status(), StatusCode::ACCEPTED);

    let filler = disk.0.path().join("filler");
    let mut accepted = 1;
    let full = loop {
        fill(&filler);
        let answer = post(&khlong, "orders", order.clone()).await;
        match answer.status() {
            StatusCode::ACCEPTED => accepted += 1,
            _ => break answer,
        }
        assert!(accepted < 400, "the disk never filled");
    };
    assert!(full.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(code(full).await, (503, "E0418".into()));
    assert!(ready(&khlong).await.is_err_and(|why| why.contains("full")));
    assert_eq!(reqwest::get(format!("{}/health/live", khlong.url)).await.unwrap().status(), StatusCode::OK);

    std::fs::remove_file(&filler).unwrap();
    let again = post(&khlong, "orders", order).await;
    assert_eq!(again.status(), StatusCode::ACCEPTED, "there is room again: {}", again.text().await.unwrap());
    assert_eq!(ready(&khlong).await, Ok(()));
    let totals = owner.get_json(api::path::FLOWS).await["flows"][0]["totals"].clone();
    let count = |name: &str| totals[name].as_u64().unwrap();
    assert_eq!(count("done") + count("open") + count("failed"), accepted + 1, "{totals}");
}

#[tokio::test]
async fn a_store_that_has_all_it_may_have_is_not_ready() {
    let few = |settings: &mut server::Settings| settings.store_bytes_max = Some(4 << 20);
    let khlong = Khlong::start_in(tempfile::tempdir().unwrap(), few).await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    assert_eq!(ready(&khlong).await, Ok(()));
    let order = json!({ "note": random_text(200_000) }).to_string();
    let mut sent = 0;
    while post(&khlong, "orders", order.clone()).await.status() == StatusCode::ACCEPTED {
        sent += 1;
        assert!(sent < 400, "the store never filled");
    }
    assert!(ready(&khlong).await.is_err_and(|why| why.contains("the store is full")));
}

/// Whether the server says that it is ready, or why not.
async fn ready(khlong: &Khlong) -> Result<(), String> {
    let answer = reqwest::get(format!("{}/health/ready", khlong.url)).await.unwrap();
    match answer.status() {
        StatusCode::OK => Ok(()),
        status => {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            Err(answer.text().await.unwrap())
        }
    }
}

/// Takes what is left of the disk.
fn fill(path: &std::path::Path) {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    while file.write_all(&[0; 64 << 10]).is_ok() {}
}

/// So that compression cannot make it small.
fn random_text(bytes: usize) -> String {
    let mut state = 88_172_645_463_325_252_u64;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + u8::try_from(state % 90).unwrap_or(0))
    };
    (0..bytes).map(|_| letter()).filter(|letter| !matches!(letter, '"' | '\\')).collect()
}

#[tokio::test]
async fn a_sender_that_asks_before_it_sends_hears_its_own_words_and_starts_nothing() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    // The system itself is nowhere: its question is answered all the same.
    let fields = json!({"server": "http://127.0.0.1:9/BC/api/v2.0", "username": "u", "company": "5d115c9c-44e3-ea11-bb43-000d3a2feca1",
                        "public_url": "https://khlong.example.com"});
    owner
        .connect(
            "bc",
            "business_central",
            fields,
            json!({"access_key": "k", "client_state": "its own secret"}),
        )
        .await;
    let mut flow: Value = serde_json::from_str(&hook_flow("told", "told")).unwrap();
    flow["nodes"][0] = json!({"id": "in", "use": "business_central/orders_changed", "connection": "bc", "with": {"path": "told"}});
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    let answer = post(&khlong, "told?validationToken=46fb-9a", "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert!(answer.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(answer.text().await.unwrap(), "46fb-9a");
    let guessed = post(&khlong, "told", r#"{"value": [{"clientState": "guessed"}]}"#).await;
    assert_eq!(guessed.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(runs(&owner).await, 0);
}
