//! What a stop waits for.

use crate::khlong::{Asker, Khlong, hook_flow};
use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connects, and sends the beginning of a request.
async fn begun(khlong: &Khlong, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(khlong.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A flow that answers when it is called back.
async fn import_asking(owner: &Asker) {
    let flow = json!({
        "khlong": 1, "id": "asks", "name": "Asks",
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "asks", "answer": "result", "answer_timeout": "1m" } },
            { "id": "wait", "use": "core/wait", "with": { "callback": true } },
            { "id": "out", "use": "core/respond", "with": { "status": 201, "body": { "done": true } } },
        ],
        "edges": [{ "from": "in", "to": "wait" }, { "from": "wait", "to": "out" }],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
}

/// The last part of the address that ends the only run's wait.
async fn token(khlong: &Khlong, owner: &Asker) -> String {
    let mut changes = khlong.app.engine().watch();
    loop {
        let runs = owner.get_json(api::path::RUNS).await;
        if let Some(run) = runs["runs"][0]["id"].as_str() {
            let run = owner.get_json(&api::path::RUN.replace("{id}", run)).await.to_string();
            if let Some((_, rest)) = run.split_once("/hooks/resume/") {
                return rest.split('"').next().unwrap().to_owned();
            }
        }
        let _ = tokio::time::timeout(std::time::Duration::from_millis(50), changes.recv()).await;
    }
}

/// The answer that is still owed keeps the stop from ending, so whoever is let go of is let go of before.
#[tokio::test]
async fn a_stop_lets_go_of_whoever_has_sent_half_a_request_and_finishes_the_answers_it_owes() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    import_asking(&owner).await;
    let owed = Client::new().post(format!("{}/hooks/asks", khlong.url)).body("{}").send();
    let owed = tokio::spawn(owed);
    let token = token(&khlong, &owner).await;

    let silent = begun(&khlong, "").await;
    let half_head = begun(&khlong, "POST /hooks/orders HTTP/1.1\r\nhost: x\r\ncontent-le").await;
    let kept_alive = begun(&khlong, "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let half_body = "POST /hooks/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"id\":";
    let half_body = begun(&khlong, half_body).await;
    // They are known to the server when one that came later has been answered.
    assert_eq!(reqwest::get(format!("{}/health/live", khlong.url)).await.unwrap().status(), StatusCode::OK);

    khlong.tell_to_stop();
    assert_eq!(rest(silent).await, "");
    assert_eq!(rest(half_head).await, "");
    assert!(rest(kept_alive).await.starts_with("HTTP/1.1 200 "));
    let told = rest(half_body).await;
    assert!(told.starts_with("HTTP/1.1 503 ") && told.contains("E0426"), "{told}");
    assert!(told.contains("retry-after: "), "{told}");

    khlong.app.engine().resume(&token, json!({})).await.unwrap().expect("it waits still");
    assert_eq!(owed.await.unwrap().unwrap().status(), StatusCode::CREATED);
    khlong.stop().await;
}
