//! `http/request` against a server that shows what it got.

mod common;

use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use common::{Runner, STEP_KEY, connection};
use connector::Error;
use serde_json::{Value, json};
use std::collections::HashMap;

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: String) -> Json<Value> {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    Json(json!({
        "method": method.as_str(), "uri": uri.to_string(), "body": body,
        "key": header("idempotency-key"), "auth": header("authorization"), "shop": header("x-shop"),
        "type": header("content-type"),
    }))
}

#[tokio::test]
async fn a_request_is_sent_as_the_fields_say() {
    let base = serve(Router::new().route("/orders", any(echo))).await;
    let runner = Runner::new("http/request", None);
    let output = runner
        .run(json!({
            "method": "POST", "url": format!("{base}/orders?a=1"), "headers": {"x-shop": "bangkok"},
            "query": {"b": "x y"}, "body": {"id": 9007199254740993u64, "price": "10.50"}
        }))
        .await
        .unwrap();
    assert_eq!(output["status"], 200);
    assert_eq!(output["headers"]["content-type"], "application/json");
    assert_eq!(
        output["body"],
        json!({
            "method": "POST", "uri": "/orders?a=1&b=x+y", "body": r#"{"id":9007199254740993,"price":"10.50"}"#,
            "key": STEP_KEY, "auth": null, "shop": "bangkok", "type": "application/json"
        })
    );
}

#[tokio::test]
async fn reading_sends_no_key_and_a_node_can_leave_it_out() {
    let base = serve(Router::new().route("/", any(echo))).await;
    let runner = Runner::new("http/request", None);
    let read = runner.run(json!({ "url": base })).await.unwrap();
    assert_eq!(read["body"]["key"], Value::Null);
    let input = json!({"method": "POST", "url": base, "idempotency_header": "", "body_kind": "form", "body": {"n": 5, "t": "ก"}});
    let sent = runner.run(input).await.unwrap();
    assert_eq!(sent["body"]["key"], Value::Null);
    assert_eq!(sent["body"]["body"], "n=5&t=%E0%B8%81");
}

#[tokio::test]
async fn the_connection_s_credentials_go_along() {
    let base = serve(Router::new().route("/", any(echo))).await;
    let cases = [
        (json!({"auth": "bearer"}), "auth", "Bearer s3cret"),
        (json!({"auth": "basic", "username": "anan"}), "auth", "Basic YW5hbjpzM2NyZXQ="),
        (json!({"auth": "header", "header": "x-shop"}), "shop", "s3cret"),
    ];
    for (fields, place, expected) in cases {
        let secrets = [("token", "s3cret"), ("password", "s3cret")];
        let runner = Runner::new("http/request", Some(connection("http", fields, &secrets)));
        let output = runner.run(json!({ "url": base })).await.unwrap();
        assert_eq!(output["body"][place], expected);
    }
    let incomplete = connection("http", json!({"auth": "bearer"}), &[]);
    let error = Runner::new("http/request", Some(incomplete)).run(json!({ "url": base })).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_is_read_by_its_type() {
    let base = serve(
        Router::new()
            .route("/json", get(|| async { ([("content-type", "application/json")], r#"{"total":10.50}"#) }))
            .route("/text", get(|| async { "plain" }))
            .route("/none", get(|| async { StatusCode::NO_CONTENT }))
            .route("/bytes", get(|| async { ([("content-type", "image/png")], b"\x89PNG".to_vec()) }))
            .route("/cookie", get(|| async { ([("set-cookie", "session=hush")], "") }))
            .route("/broken", get(|| async { ([("content-type", "application/json")], "<html>") })),
    )
    .await;
    let runner = Runner::new("http/request", None);
    let body = async |path: &str| {
        runner.run(json!({ "url": format!("{base}{path}") })).await.map(|out| out["body"].to_string())
    };
    assert_eq!(body("/json").await.unwrap(), r#"{"total":10.50}"#);
    assert_eq!(body("/text").await.unwrap(), r#""plain""#);
    assert_eq!(body("/none").await.unwrap(), "null");
    assert_eq!(body("/bytes").await.unwrap(), r#"{"base64":"iVBORw=="}"#);
    assert!(matches!(body("/broken").await, Err(Error::Unreadable { .. })));
    let cookie = runner.run(json!({ "url": format!("{base}/cookie") })).await.unwrap();
    assert!(!cookie.to_string().contains("hush"), "{cookie}");
}

#[tokio::test]
async fn an_error_status_fails_with_the_target_s_words_unless_the_node_wants_it() {
    let refuse =
        || async { (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"error": {"message": "no such SKU"}}))) };
    let base = serve(Router::new().route("/", any(refuse))).await;
    let runner = Runner::new("http/request", None);
    let error = runner.run(json!({ "url": base })).await.unwrap_err();
    let Error::Status { status: 422, message, .. } = &error else { panic!("{error:?}") };
    assert_eq!(message, "no such SKU");
    let output = runner.run(json!({ "url": base, "fail_on_status": false })).await.unwrap();
    assert_eq!(output["status"], 422);
}

/// Seven elements, by page, offset, cursor or link.
async fn list(State(size): State<usize>, Query(query): Query<HashMap<String, String>>) -> impl IntoResponse {
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
    let begin =
        number("page").map(|page| (page - 1) * size).or(number("offset")).or(number("cursor")).unwrap_or(0);
    let items: Vec<usize> = (begin..(begin + size).min(7)).collect();
    let next = (begin + size < 7).then(|| (begin + size).to_string());
    let link = next.as_ref().map_or(String::new(), |next| {
        format!("</list?cursor={next}&shop=1>; rel=\"next\", </list>; rel=\"first\"")
    });
    let shop = query.get("shop").cloned();
    ([("link", link)], Json(json!({"data": items, "next": next, "shop": shop})))
}

#[tokio::test]
async fn all_pages_come_out_as_one_list() {
    let base = serve(Router::new().route("/list", get(list)).with_state(3)).await;
    let runner = Runner::new("http/request", None);
    let cases = [
        json!({"pagination": "next_link"}),
        json!({"pagination": "cursor", "cursor": "/next", "page_parameter": "cursor"}),
        json!({"pagination": "page"}),
        json!({"pagination": "offset", "page_parameter": "offset"}),
    ];
    for mut input in cases {
        input["url"] = format!("{base}/list").into();
        input["items"] = "/data".into();
        input["query"] = json!({"shop": 1});
        let output = runner.run(input.clone()).await.unwrap();
        assert_eq!(output["body"], json!([0, 1, 2, 3, 4, 5, 6]), "{input}");
    }
}

#[tokio::test]
async fn a_list_that_goes_on_is_an_error_and_not_cut_short() {
    let base = serve(Router::new().route("/list", get(list)).with_state(3)).await;
    let runner = Runner::new("http/request", None);
    let input =
        json!({"url": format!("{base}/list"), "pagination": "page", "items": "/data", "pages_max": 2});
    assert!(matches!(runner.run(input).await, Err(Error::Refused { .. })));
    let wrong = json!({"url": format!("{base}/list"), "pagination": "page", "items": "/elsewhere"});
    assert!(matches!(runner.run(wrong).await, Err(Error::Unreadable { .. })));
}

#[tokio::test]
async fn a_next_page_on_another_host_is_not_fetched() {
    let away = || async { ([("link", "<http://127.0.0.1:9/list>; rel=next")], Json(json!([1]))) };
    let base = serve(Router::new().route("/list", get(away))).await;
    let runner = Runner::new("http/request", None);
    let input = json!({"url": format!("{base}/list"), "pagination": "next_link"});
    assert!(matches!(runner.run(input).await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn pages_are_bounded_in_bytes_together() {
    let endless = || async { Json(json!(["x".repeat(1_000)])) };
    let base = serve(Router::new().route("/list", get(endless))).await;
    let runner = Runner::new("http/request", None);
    let input = json!({"url": format!("{base}/list"), "pagination": "page"});
    assert!(matches!(runner.run(input).await, Err(Error::TooLarge { .. })));
}
