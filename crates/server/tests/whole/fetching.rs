//! A flow file that lies somewhere else.

use crate::khlong::{Khlong, ORDER_TO_ERP, code};
use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// Somebody's web server with flow files.
async fn elsewhere() -> String {
    let routes = Router::new()
        .route("/flow.json", get(|| async { ORDER_TO_ERP }))
        .route("/moved", get(|| async { Redirect::permanent("/flow.json") }))
        .route("/metadata", get(|| async { Redirect::temporary("http://169.254.169.254/latest") }))
        .route("/gone", get(|| async { (StatusCode::NOT_FOUND, "S3CRET of this server") }))
        .route("/bytes", get(|| async { vec![0xff_u8, 0xfe] }))
        .route("/long", get(|| async { "x".repeat(model::DOCUMENT_BYTES_MAX + 1) }));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

#[tokio::test]
async fn a_flow_is_fetched_also_from_where_it_has_moved_to_and_nothing_is_saved() {
    let (khlong, url) = (Khlong::start().await, elsewhere().await);
    let owner = khlong.owner().await;
    for path in ["flow.json", "moved"] {
        let answer = owner.post(api::path::FETCH, &json!({ "url": format!("{url}/{path}") })).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let fetched: Value = answer.json().await.unwrap();
        assert_eq!(fetched["text"], ORDER_TO_ERP);
    }
    assert_eq!(owner.get_json(api::path::FLOWS).await["flows"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_fetched_is_refused_with_the_reason() {
    let (khlong, url) = (Khlong::start().await, elsewhere().await);
    let owner = khlong.owner().await;
    for (address, status) in [
        (format!("{url}/gone"), 502),
        (format!("{url}/bytes"), 502),
        (format!("{url}/long"), 502),
        (format!("{url}/metadata"), 502),
        ("http://169.254.169.254/latest".to_owned(), 502),
        (url.replace("http://", "http://me:secret@"), 400),
        ("file:///etc/passwd".to_owned(), 400),
        (format!("{url}/{}", "x".repeat(2_000)), 400),
    ] {
        let answer = owner.post(api::path::FETCH, &json!({ "url": address })).await;
        assert_eq!(answer.status().as_u16(), status, "{address}");
        let text = answer.text().await.unwrap();
        assert!(!text.contains("S3CRET") && !text.contains("me:secret"), "{text}");
    }
}

#[tokio::test]
async fn a_private_address_is_fetched_only_where_a_setting_allows_it() {
    let url = elsewhere().await;
    let folder = tempfile::tempdir().unwrap();
    let khlong = Khlong::start_in(folder, |settings| settings.allow_private = false).await;
    let owner = khlong.owner().await;
    let answer = owner.post(api::path::FETCH, &json!({ "url": format!("{url}/flow.json") })).await;
    assert_eq!(code(answer).await, (502, "E0424".into()));
}

#[tokio::test]
async fn who_may_not_import_may_not_fetch() {
    let (khlong, url) = (Khlong::start().await, elsewhere().await);
    let owner = khlong.owner().await;
    for role in ["viewer", "operator"] {
        let program = khlong.program(&owner, role).await;
        let answer = program.post(api::path::FETCH, &json!({ "url": format!("{url}/flow.json") })).await;
        assert_eq!(code(answer).await, (403, "E0403".into()), "{role}");
    }
}
