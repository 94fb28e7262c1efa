//! The client against servers that behave well, and badly.

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use connector::{Error, Http, HttpPolicy};
use model::Span;
use secrecy::SecretString;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// Starts a server on a free port and gives its address.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    format!("http://{address}")
}

fn client() -> Http {
    Http::new(HttpPolicy { allow_private: true, body_bytes_max: 1_000, redirects_max: 3, ca_pem: None })
        .unwrap()
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// Answers with what arrived: method, headers of interest, body.
async fn echo(method: Method, headers: HeaderMap, body: String) -> String {
    let text = |name: &str| headers.get(name).map_or("-", |value| value.to_str().unwrap());
    let seen = ["authorization", "x-api-key", "idempotency-key", "content-type"].map(text);
    format!("{method} {} {body}", seen.join(" "))
}

fn redirect(status: StatusCode, to: &str) -> Response {
    (status, [("location", to.to_owned())]).into_response()
}

async fn read(call: connector::http::Call<'_>) -> String {
    call.send().await.unwrap().text().unwrap().to_owned()
}

#[tokio::test]
async fn a_call_carries_its_credentials_key_and_body() {
    let base = serve(Router::new().route("/", any(echo))).await;
    let http = client();
    let sent = http
        .post(&base)
        .bearer(&secret("t0ken"))
        .secret_header("x-api-key", &secret("k"))
        .retry_key("step-1")
        .json(&serde_json::json!({"id": 9007199254740993u64}));
    assert_eq!(read(sent).await, r#"POST Bearer t0ken k step-1 application/json {"id":9007199254740993}"#);
    let sent = http.put(&base).basic("anan", &secret("pass")).form([("a", "1 2"), ("b", "ก")]);
    assert_eq!(
        read(sent).await,
        "PUT Basic YW5hbjpwYXNz - - application/x-www-form-urlencoded a=1+2&b=%E0%B8%81"
    );
}

#[tokio::test]
async fn one_connection_serves_call_after_call() {
    let seen: Arc<Mutex<HashSet<SocketAddr>>> = Arc::default();
    let note = |State(seen): State<Arc<Mutex<HashSet<SocketAddr>>>>,
                ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
        seen.lock().unwrap().insert(peer);
    };
    let base = serve(Router::new().route("/", get(note)).with_state(seen.clone())).await;
    let http = client();
    for _ in 0..5 {
        http.get(&base).send().await.unwrap();
    }
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_redirect_to_another_origin_takes_no_credentials_along() {
    let other = serve(Router::new().route("/", any(echo))).await;
    let to = other.clone();
    let base = serve(
        Router::new()
            .route("/away", any(move || async move { redirect(StatusCode::TEMPORARY_REDIRECT, &to) }))
            .route("/near", any(|| async { redirect(StatusCode::TEMPORARY_REDIRECT, "/here") }))
            .route("/here", any(echo)),
    )
    .await;
    let http = client();
    let call = |method: Method, path: &str| {
        let call = http.request(method, &format!("{base}{path}"));
        call.bearer(&secret("t0ken")).secret_header("x-api-key", &secret("k"))
    };
    let near = call(Method::POST, "/near").text("hello".into());
    assert_eq!(read(near).await, "POST Bearer t0ken k - text/plain; charset=utf-8 hello");
    assert_eq!(read(call(Method::GET, "/away")).await, "GET - - - - ");
    // A body may hold keys as well.
    let away = call(Method::POST, "/away").form([("client_secret", "hush")]).send().await.unwrap();
    assert_eq!(away.status, StatusCode::TEMPORARY_REDIRECT);
    assert!(matches!(away.error_for_status(|_| None), Err(Error::Refused { .. })));
}

#[tokio::test]
async fn a_body_that_is_a_secret_is_carried_to_no_other_origin() {
    let other = serve(Router::new().route("/", any(echo))).await;
    let base = serve(
        Router::new()
            .route("/away", any(move || async move { redirect(StatusCode::TEMPORARY_REDIRECT, &other) }))
            .route("/near", any(|| async { redirect(StatusCode::TEMPORARY_REDIRECT, "/here") }))
            .route("/here", any(echo)),
    )
    .await;
    let http = client();
    let call = |path: &str| http.post(&format!("{base}{path}")).secret_body("t0ken".into());
    let error = call("/away").send().await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!(read(call("/near")).await, "POST - - - - t0ken");
}

#[tokio::test]
async fn a_post_is_never_turned_into_a_get_that_looks_like_success() {
    let base = serve(
        Router::new()
            .route("/old", any(|| async { redirect(StatusCode::FOUND, "/new") }))
            .route("/done", any(|| async { redirect(StatusCode::SEE_OTHER, "/new") }))
            .route("/new", any(echo)),
    )
    .await;
    let http = client();
    let answer = http.post(&format!("{base}/old")).text("x".into()).send().await.unwrap();
    assert_eq!(answer.status, StatusCode::FOUND);
    let error = answer.error_for_status(|_| None).unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!(read(http.get(&format!("{base}/old"))).await, "GET - - - - ");
    assert_eq!(read(http.post(&format!("{base}/done")).text("x".into())).await, "GET - - - - ");
}

#[tokio::test]
async fn a_post_that_was_carried_out_is_never_called_unsent_whatever_its_redirect_leads_to() {
    let base = serve(
        Router::new()
            .route("/nobody", any(|| async { redirect(StatusCode::SEE_OTHER, "http://127.0.0.1:1/done") }))
            .route("/metadata", any(|| async { redirect(StatusCode::SEE_OTHER, "http://169.254.169.254/") }))
            .route("/busy", any(|| async { redirect(StatusCode::SEE_OTHER, "/503") }))
            .route("/signed-out", any(|| async { redirect(StatusCode::SEE_OTHER, "/401") }))
            .route("/gone", any(|| async { redirect(StatusCode::SEE_OTHER, "/404") }))
            .route("/round", any(|| async { redirect(StatusCode::SEE_OTHER, "/again") }))
            .route("/again", any(|| async { redirect(StatusCode::FOUND, "/again") }))
            .route("/nowhere", any(|| async { StatusCode::SEE_OTHER }))
            .route("/503", any(|| async { StatusCode::SERVICE_UNAVAILABLE }))
            .route("/401", any(|| async { StatusCode::UNAUTHORIZED }))
            .route("/404", any(|| async { StatusCode::NOT_FOUND })),
    )
    .await;
    for path in ["/nobody", "/metadata", "/busy", "/signed-out", "/gone", "/round", "/nowhere"] {
        let error = client().post(&format!("{base}{path}")).text("x".into()).send().await.unwrap_err();
        assert!(error.may_have_happened(), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn every_hop_of_a_redirect_is_checked() {
    let base = serve(
        Router::new()
            .route(
                "/metadata",
                get(|| async { redirect(StatusCode::FOUND, "http://169.254.169.254/latest") }),
            )
            .route("/mapped", get(|| async { redirect(StatusCode::FOUND, "http://[::ffff:a9fe:a9fe]/") }))
            .route("/file", get(|| async { redirect(StatusCode::FOUND, "file:///etc/passwd") }))
            .route("/round", get(|| async { redirect(StatusCode::FOUND, "/round") })),
    )
    .await;
    let http = client();
    for path in ["/metadata", "/mapped"] {
        let error = http.get(&format!("{base}{path}")).send().await.unwrap_err();
        assert!(matches!(error, Error::Forbidden { .. }), "{path}: {error:?}");
    }
    for path in ["/file", "/round"] {
        let error = http.get(&format!("{base}{path}")).send().await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_when_it_is_resolved() {
    let base = serve(Router::new().route("/", get(echo))).await;
    let by_name = base.replace("127.0.0.1", "localhost");
    let strict = Http::new(HttpPolicy::default()).unwrap();
    for url in [&base, &by_name] {
        let error = strict.get(url).send().await.unwrap_err();
        assert!(matches!(error, Error::Forbidden { .. }), "{url}: {error:?}");
        assert!(!error.may_have_happened());
    }
    assert_eq!(client().get(&by_name).send().await.unwrap().status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_bound_is_not_read_to_its_end() {
    async fn endless() -> Body {
        let piece = || async { Some((Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[b'x'; 400])), ())) };
        Body::from_stream(futures::stream::unfold((), move |()| piece()))
    }
    let base = serve(
        Router::new()
            .route("/declared", get(|| async { "x".repeat(1_001) }))
            .route("/endless", get(endless))
            .route("/fits", get(|| async { "x".repeat(1_000) })),
    )
    .await;
    let http = client();
    for path in ["/declared", "/endless"] {
        let error = http.get(&format!("{base}{path}")).send().await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 1_000, .. }), "{path}: {error:?}");
    }
    assert_eq!(read(http.get(&format!("{base}/fits"))).await.len(), 1_000);
    let head = http.request(Method::HEAD, &format!("{base}/declared")).send().await.unwrap();
    assert_eq!(head.status, StatusCode::OK);
}

#[tokio::test]
async fn an_error_tells_whether_the_request_can_have_arrived() {
    let base = serve(Router::new().route("/silent", post(std::future::pending::<()>))).await;
    let http = client();
    let silent = http.post(&format!("{base}/silent")).timeout(Span::from_ms(50)).send().await.unwrap_err();
    assert!(matches!(silent, Error::Unanswered { .. }), "{silent:?}");
    assert!(silent.may_have_happened());

    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let refused = http.post(&nobody).send().await.unwrap_err();
    assert!(matches!(refused, Error::Unreachable { .. }), "{refused:?}");
    assert!(!refused.may_have_happened());

    let hangs_up = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rude = format!("http://{}", hangs_up.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = hangs_up.accept().await.unwrap();
        tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 16]).await.unwrap();
    });
    let cut = http.post(&rude).text("x".into()).send().await.unwrap_err();
    assert!(matches!(cut, Error::Unanswered { .. }), "{cut:?}");

    let no_tls = http.get(&base.replace("http:", "https:")).send().await.unwrap_err();
    assert!(matches!(no_tls, Error::Unreachable { .. }), "{no_tls:?}");
}

#[tokio::test]
async fn a_target_that_asks_for_rest_is_given_what_it_asks_for() {
    let secs = || async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "17")]) };
    let date = || async {
        let dates =
            [("retry-after", "Thu, 01 Jan 2026 00:02:00 GMT"), ("date", "Thu, 01 Jan 2026 00:00:30 GMT")];
        (StatusCode::SERVICE_UNAVAILABLE, dates)
    };
    let unclear = || async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "soon")]) };
    let base = serve(
        Router::new().route("/secs", get(secs)).route("/date", get(date)).route("/unclear", get(unclear)),
    )
    .await;
    let http = client();
    let error = async |path: &str| {
        let answer = http.get(&format!("{base}{path}")).send().await.unwrap();
        answer.error_for_status(|_| None).unwrap_err()
    };
    assert_eq!(error("/secs").await.retry(), connector::Retry::After(Span::from_secs(17)));
    assert_eq!(error("/date").await.retry(), connector::Retry::After(Span::from_secs(90)));
    assert_eq!(error("/unclear").await.retry(), connector::Retry::Backoff);
}

#[tokio::test]
async fn no_error_repeats_an_address_or_a_secret() {
    let base = serve(Router::new().route("/", get(|_: HeaderMap| async { StatusCode::UNAUTHORIZED }))).await;
    let http = client();
    let url = format!("{base}/?key=hush");
    let answer = http.get(&url).bearer(&secret("hush")).send().await.unwrap();
    let errors = [
        answer.error_for_status(|_| None).unwrap_err(),
        http.get("http://anan:hush@example.com/").send().await.unwrap_err(),
        http.get("ftp://example.com/?key=hush").send().await.unwrap_err(),
        http.get("http://169.254.169.254/?key=hush").send().await.unwrap_err(),
        http.get("http://[hush/").send().await.unwrap_err(),
        http.get(&base).header("x", "hush\n").send().await.unwrap_err(),
    ];
    for error in errors {
        let said = format!("{error} {error:?} {}", error.advice());
        assert!(!said.contains("hush"), "{said}");
    }
}

/// How much the client costs: `cargo test -p connector --release --test http -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn calls_per_second_on_one_core() {
    const CALLS: u32 = 20_000;
    const AT_ONCE: u32 = 32;
    let base = serve(Router::new().route("/", post(|| async { "{}" }))).await;
    let http = client();
    let body = bytes::Bytes::from(vec![b'x'; 2_048]);
    let begin = std::time::Instant::now();
    let workers = (0..AT_ONCE).map(|_| {
        let (http, base, body) = (http.clone(), base.clone(), body.clone());
        tokio::spawn(async move {
            for _ in 0..CALLS / AT_ONCE {
                http.post(&base).retry_key("k").body(body.clone()).send().await.unwrap();
            }
        })
    });
    futures::future::join_all(workers).await;
    println!(
        "{:.0} calls/s, client and server on one thread",
        f64::from(CALLS) / begin.elapsed().as_secs_f64()
    );
}

#[tokio::test]
async fn a_body_that_drips_is_given_up_when_the_time_for_all_of_it_is_over() {
    use tokio::io::AsyncWriteExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n").await.unwrap();
        // Never silent for long, and whole after half a minute.
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    });
    let answer = client().get(&base).timeout(Span::from_ms(300)).send().await;
    assert!(matches!(answer, Err(Error::Unanswered { .. })), "{answer:?}");
}
