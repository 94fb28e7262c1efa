//! What is refused, and whether it is said so that somebody can act on it.

use crate::khlong::{Khlong, code, hook_flow};
use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn send(khlong: &Khlong, method: Method, path: &str, body: String) -> Response {
    let request = Client::new().request(method, format!("{}{path}", khlong.url));
    request.header("content-type", "application/json").body(body).send().await.unwrap()
}

fn allow(answer: &Response) -> &str {
    answer.headers().get(header::ALLOW).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones_everywhere() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let mut flow: Value = serde_json::from_str(&hook_flow("orders", "orders")).unwrap();
    flow["nodes"][0]["with"]["methods"] = json!(["POST", "put"]);
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    for (method, path, allowed) in [
        (Method::GET, "/hooks/orders", "POST, PUT"),
        (Method::GET, "/hooks/resume/1", "POST"),
        (Method::POST, "/metrics", "GET,HEAD"),
        (Method::POST, "/health/ready", "GET,HEAD"),
        (Method::DELETE, api::path::FLOWS, "GET,HEAD,POST"),
        (Method::POST, "/", "GET, HEAD"),
    ] {
        let answer = send(&khlong, method.clone(), path, String::new()).await;
        assert_eq!(allow(&answer), allowed, "{method} {path}");
        assert_eq!(code(answer).await, (405, "E0405".into()), "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_one_shape_of_errors() {
    let khlong = Khlong::start().await;
    for (method, path) in [
        (Method::POST, "/hooks"),
        (Method::POST, "/hooks/"),
        (Method::GET, "/hooks"),
        (Method::POST, "/api"),
        (Method::GET, "/assets/nothing.js"),
    ] {
        let (status, code) = code(send(&khlong, method.clone(), path, String::new()).await).await;
        assert_eq!((status, code.starts_with("E04")), (404, true), "{method} {path} {code}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_refused_in_the_one_shape_of_errors() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    for path in ["/api/v1/flows/%ff", "/api/v1/flows/orders/versions/newest"] {
        assert_eq!(code(owner.get(path).await).await, (400, "E0410".into()), "{path}");
    }
    let discard = owner.delete("/api/v1/flows/orders/draft?revision=last").await;
    assert_eq!(code(discard).await, (400, "E0410".into()));
}

#[tokio::test]
async fn a_time_before_or_after_all_runs_can_be_asked_for() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    for time in [i64::MIN, i64::MAX] {
        let runs = owner.get_json(&format!("/api/v1/runs?since={time}&until={time}")).await;
        assert_eq!(runs["runs"], json!([]));
    }
}

#[tokio::test]
async fn a_run_that_never_was_cannot_be_cancelled_decided_or_retried() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let decision = json!({ "node": "a", "decision": "fail" });
    for (path, body) in [
        (api::path::RUN_CANCEL, json!({})),
        (api::path::RUN_DECIDE, decision),
        (api::path::RUN_RETRY, json!({})),
    ] {
        for id in ["123456789", "nonsense"] {
            let answer = owner.post(&path.replace("{id}", id), &body).await;
            assert_eq!(code(answer).await, (404, "E0404".into()), "{path} {id}");
        }
    }
}

#[tokio::test]
async fn a_start_at_a_node_that_is_not_there_names_it() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let start = api::path::FLOW_RUNS.replace("{id}", "orders");
    for (node, status) in [("nowhere", 404), ("map", 400)] {
        let answer = owner.post(&start, &json!({ "node": node })).await;
        assert_eq!(answer.status().as_u16(), status);
        let message = answer.json::<Value>().await.unwrap()["message"].to_string();
        assert!(message.contains(node), "{message}");
    }
    assert_eq!(owner.post(&start, &json!({ "node": "in" })).await.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_trigger_does_not_listen_where_waits_are_ended() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let refused: Value = owner.import(&hook_flow("orders", "resume/orders")).await.json().await.unwrap();
    assert_eq!(refused["code"], "E0411", "{refused}");
    assert_eq!(refused["problems"][0]["code"], "E0139", "{refused}");
    assert_eq!(owner.import(&hook_flow("orders", "resumed/orders")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_trigger_has_one_address() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "shop/orders")).await;
    for path in ["/hooks//shop/orders", "/hooks/shop//orders", "/hooks/shop/orders//"] {
        let answer = send(&khlong, Method::POST, path, "{}".into()).await;
        assert_eq!(code(answer).await, (404, "E0421".into()), "{path}");
    }
    let answer = send(&khlong, Method::POST, "/hooks/shop/orders", "{}".into()).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
}

/// So many lists in each other.
fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test]
async fn a_body_that_no_script_could_read_is_refused_however_deep_it_is() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let mut flow: Value = serde_json::from_str(&hook_flow("deep", "deep")).unwrap();
    flow["nodes"][1]["with"]["script"] = json!("[trigger.body, input]");
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    let start = api::path::FLOW_RUNS.replace("{id}", "deep");
    let mut told = std::collections::BTreeSet::new();
    for levels in [61, 65, 126, 127, 128, 100_000] {
        let body = nested(levels);
        let untyped = Client::new().post(format!("{}/hooks/deep", khlong.url)).body(body.clone());
        let by_hand = owner.ask(Method::POST, &start).body(format!(r#"{{"node":"in","input":{body}}}"#));
        for request in [untyped, by_hand] {
            assert_eq!(code(request.send().await.unwrap()).await, (400, "E0410".into()), "{levels}");
        }
        told.insert(send(&khlong, Method::POST, "/hooks/deep", body).await.text().await.unwrap());
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told.first().unwrap().contains("60 levels"), "{told:?}");

    let started = send(&khlong, Method::POST, "/hooks/deep", nested(60)).await;
    let started: api::Started = started.json().await.unwrap();
    assert_eq!(khlong.settled(&owner, &started.run).await["run"]["state"], "done");
}

/// Neither is kept as it comes: both are told apart by a hash of the whole.
#[tokio::test]
async fn long_delivery_ids_and_ordering_keys_are_told_apart_to_their_ends() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let mut flow: Value = serde_json::from_str(&hook_flow("orders", "orders")).unwrap();
    flow["settings"] = json!({ "order_by": "${input.key}" });
    assert_eq!(owner.import(&flow.to_string()).await.status(), StatusCode::OK);
    let long = "x".repeat(20_000);
    let mut runs = Vec::new();
    for end in ["a", "b", "a"] {
        let request = Client::new().post(format!("{}/hooks/orders", khlong.url));
        let body = json!({ "key": format!("{long}{end}") });
        let answer = request.header("x-delivery", format!("{long}{end}")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        runs.push(answer.json::<api::Started>().await.unwrap().run);
    }
    assert!(runs[0] != runs[1] && runs[0] == runs[2], "{runs:?}");
    let kept = khlong.settled(&owner, &runs[0]).await["run"]["key"].as_str().unwrap().len();
    assert!(kept <= 200, "{kept} characters of the key are kept");
}

#[tokio::test]
async fn a_header_without_end_is_refused() {
    let khlong = Khlong::start().await;
    let mut stream = tokio::net::TcpStream::connect(khlong.url.trim_start_matches("http://")).await.unwrap();
    let head = format!("POST /hooks/orders HTTP/1.1\r\nhost: x\r\nx-delivery: {}", "x".repeat(200_000));
    let _ = stream.write_all(head.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}
