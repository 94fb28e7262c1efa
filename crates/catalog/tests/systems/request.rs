//! `http/request` against a server that shows what it got.

use crate::common::{Runner, STEP_KEY, connection};
use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use connector::Error;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

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
    for (mut fields, place, expected) in cases {
        fields["base_url"] = base.as_str().into();
        let secrets = [("token", "s3cret"), ("password", "s3cret")];
        let runner = Runner::new("http/request", Some(connection("http", fields, &secrets)));
        let output = runner.run(json!({ "url": base })).await.unwrap();
        assert_eq!(output["body"][place], expected);
    }
    let no_token = connection("http", json!({"auth": "bearer", "base_url": base}), &[]);
    let no_base = connection("http", json!({"auth": "bearer"}), &[("token", "s3cret")]);
    for incomplete in [no_token, no_base] {
        let error =
            Runner::new("http/request", Some(incomplete)).run(json!({ "url": base })).await.unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    }
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
async fn a_path_goes_on_from_the_connection_s_base_address() {
    let base = serve(Router::new().fallback(echo)).await;
    let cases = [
        ("", "/orders", "/orders"),
        ("/", "/orders?new=1", "/orders?new=1"),
        ("/v2", "/orders", "/v2/orders"),
        ("/v2/?key=old#top", "/orders", "/v2/orders"),
        // What would leave the host in a link stays a path here.
        ("", "//elsewhere.example/x", "//elsewhere.example/x"),
    ];
    for (behind, url, expected) in cases {
        let runner = to_base(&format!("{base}{behind}"));
        let output = runner.run(json!({ "url": url })).await.unwrap();
        assert_eq!(output["body"]["uri"], expected);
        assert_eq!(output["body"]["auth"], "Bearer s3cret");
    }
    let alone = Runner::new("http/request", None).run(json!({"url": "/orders"})).await;
    assert!(matches!(alone, Err(Error::Input { .. })), "{alone:?}");
}

#[tokio::test]
async fn the_token_is_sent_to_no_address_but_the_connection_s_own() {
    let (stranger, heard) = stranger().await;
    let port = stranger.rsplit_once(':').unwrap().1;
    let runner = to_base("http://127.0.0.1:9");
    let elsewhere = [
        stranger.clone(),
        format!("{stranger}/?next=http://127.0.0.1:9/"),
        format!("http://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "https://127.0.0.1:9/".into(),
        "http://127.0.0.1:9.elsewhere.example/".into(),
        format!("http:\\\\127.0.0.1:{port}"),
    ];
    for url in elsewhere {
        let error = runner.run(json!({"method": "POST", "url": url, "body": 1})).await.unwrap_err();
        assert!(matches!(error, Error::Connection { .. } | Error::Input { .. }), "{url}: {error:?}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    let error = runner.run(json!({ "url": stranger })).await.unwrap_err();
    let expected =
        format!("the connection \"mine\" is for http://127.0.0.1:9, and the address is at {stranger}");
    assert!(matches!(error, Error::Connection { .. }));
    assert_eq!(error.to_string(), expected);
    assert!(heard.lock().unwrap().is_empty(), "nothing is sent, not even without the token");
}

#[tokio::test]
async fn the_token_follows_neither_a_redirect_nor_a_next_link_to_another_address() {
    let (stranger, heard) = stranger().await;
    let (to, link) = (stranger.clone(), format!("<{stranger}/list>; rel=next"));
    let away = move || async move { (StatusCode::TEMPORARY_REDIRECT, [("location", to)]) };
    let list = move || async move { ([("link", link)], Json(json!([1]))) };
    let base = serve(Router::new().route("/away", any(away)).route("/list", get(list))).await;
    let secrets = [("token", "s3cret"), ("password", "s3cret")];
    for auth in ["bearer", "basic", "header"] {
        let fields = json!({"auth": auth, "username": "anan", "base_url": base});
        let runner = Runner::new("http/request", Some(connection("http", fields, &secrets)));
        for method in ["GET", "POST"] {
            runner.run(json!({"method": method, "url": "/away"})).await.unwrap();
        }
        let paged = runner.run(json!({"url": "/list", "pagination": "next_link"})).await;
        assert!(matches!(paged, Err(Error::Refused { .. })), "{paged:?}");
    }
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 6, "the redirects and no link: {heard:?}");
    for headers in heard.iter() {
        for name in ["authorization", "x-api-key"] {
            assert!(!headers.contains_key(name), "{headers:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_is_tried_at_its_own_address_only() {
    let (stranger, heard) = stranger().await;
    let base = serve(Router::new().route("/me", get(echo))).await;
    let all = catalog::all();
    let http = &to_base(&base).http;
    let test = async |test_url: &str| {
        let fields = json!({"auth": "bearer", "base_url": base, "test_url": test_url});
        all.connector("http").unwrap().test(http, &connection("http", fields, &[("token", "s3cret")])).await
    };
    let host = base.trim_start_matches("http://");
    assert_eq!(test(&format!("{base}/me")).await.unwrap(), format!("{host} answered 200"));
    assert!(test("").await.unwrap().starts_with("Complete"));
    assert!(matches!(test(&stranger).await, Err(Error::Connection { .. })));
    assert!(heard.lock().unwrap().is_empty());
}

/// A connection with a bearer token to an address.
fn to_base(base: &str) -> Runner {
    let fields = json!({"auth": "bearer", "base_url": base});
    Runner::new("http/request", Some(connection("http", fields, &[("token", "s3cret")])))
}

/// Somebody else's server, and the headers of all that it was sent.
async fn stranger() -> (String, Arc<Mutex<Vec<HeaderMap>>>) {
    let heard: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let listen = |State(heard): State<Arc<Mutex<Vec<HeaderMap>>>>, headers: HeaderMap| async move {
        heard.lock().unwrap().push(headers);
    };
    (serve(Router::new().fallback(listen).with_state(heard.clone())).await, heard)
}

#[tokio::test]
async fn pages_are_bounded_in_bytes_together() {
    let endless = || async { Json(json!(["x".repeat(1_000)])) };
    let base = serve(Router::new().route("/list", get(endless))).await;
    let runner = Runner::new("http/request", None);
    let input = json!({"url": format!("{base}/list"), "pagination": "page"});
    assert!(matches!(runner.run(input).await, Err(Error::TooLarge { .. })));
}
