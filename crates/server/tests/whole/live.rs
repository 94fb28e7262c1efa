//! Server-sent events.

use crate::khlong::{Khlong, hook_flow};
use futures::StreamExt;
use reqwest::StatusCode;

#[tokio::test]
async fn a_run_is_told_of_as_it_happens() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let listening = owner.get(api::path::EVENTS).await;
    assert_eq!(listening.headers()["content-type"], "text/event-stream");
    let mut events = listening.bytes_stream();

    let hook =
        reqwest::Client::new().post(format!("{}/hooks/orders", khlong.url)).body("{}").send().await.unwrap();
    assert_eq!(hook.status(), StatusCode::ACCEPTED);
    let started: api::Started = hook.json().await.unwrap();
    let mut heard = String::new();
    while !(heard.contains("event: run") && heard.contains(&started.run) && heard.contains("\"done\"")) {
        let piece = events.next().await.expect("the stream goes on").unwrap();
        heard.push_str(&String::from_utf8_lossy(&piece));
    }
    assert!(heard.contains("event: flow"), "{heard}");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_listening_pages() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let mut events = owner.get(api::path::EVENTS).await.bytes_stream();
    khlong.stop().await;
    while let Some(Ok(_)) = events.next().await {}
}
