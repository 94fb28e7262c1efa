//! One trace from the request that brought an event to the request that carries it on, over a `kill -9` too.

use crate::process::{KHLONG, Process, text};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
const PATIENCE: Duration = Duration::from_secs(60);

/// What came in from Khlong: spans at the collector, and where the calls at the target say they stand.
#[derive(Clone, Default)]
struct Heard(Arc<Inside>);

#[derive(Default)]
struct Inside {
    spans: Mutex<Vec<Span>>,
    calls: Mutex<Vec<String>>,
    news: Notify,
}

impl Heard {
    async fn until<T>(&self, what: &str, look: impl Fn(&[Span], &[String]) -> Option<T>) -> T {
        let found = async {
            loop {
                let news = self.0.news.notified();
                if let Some(found) = look(&self.0.spans.lock().unwrap(), &self.0.calls.lock().unwrap()) {
                    return found;
                }
                news.await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("{what}: {:#?}", self.0.spans.lock().unwrap()))
    }
}

async fn collect(State(heard): State<Heard>, body: Bytes) -> StatusCode {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    heard.0.spans.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
    heard.0.news.notify_waiters();
    StatusCode::OK
}

/// A target that is not ready at the first call.
async fn order(State(heard): State<Heard>, headers: HeaderMap) -> StatusCode {
    let mut calls = heard.0.calls.lock().unwrap();
    calls
        .push(headers.get("traceparent").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default());
    heard.0.news.notify_waiters();
    if calls.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

async fn listen(heard: &Heard) -> String {
    let router = Router::new().route("/v1/traces", post(collect)).route("/orders", post(order));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = axum::serve(listener, router.with_state(heard.clone()));
    tokio::spawn(async move { served.await.unwrap() });
    url
}

fn flow(target: &str) -> Value {
    json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "orders" } },
            { "id": "send", "use": "http/request", "retry": { "attempts": 3, "first": "2s" },
              "with": { "method": "POST", "url": format!("{target}/orders"), "body": "${input}",
                        "on_unknown": "send_again" } },
        ],
        "edges": [{ "from": "in", "to": "send" }],
    })
}

/// The real program, told to give its spans to a collector, where there is one.
fn serve(data: &Path, collector: Option<&str>) -> (Process, String) {
    let mut command = Command::new(KHLONG);
    command
        .args(["serve", "--json", "--port", "0", "--allow-private", "--allow-network-dir", "--data"])
        .arg(data);
    if let Some(url) = collector {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", url).env("OTEL_BSP_SCHEDULE_DELAY", "20");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = Process(command.spawn().unwrap());
    let ready = process.ready().expect("it starts");
    (process, text(&ready, "url").to_owned())
}

async fn deliver(url: &str) {
    let hook = reqwest::Client::new().post(format!("{url}/hooks/orders"));
    let hook =
        hook.header("traceparent", format!("00-{TRACE}-{CALLER}-01")).header("tracestate", "shop=1042");
    let answer =
        hook.header("content-type", "application/json").body(r#"{"card":"4111"}"#).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
}

fn import(data: &Path, target: &str) {
    let file = data.join("orders.json");
    std::fs::write(&file, flow(target).to_string()).unwrap();
    let mut command = Command::new(KHLONG);
    command.arg("import").arg(&file).args(["--allow-network-dir", "--data"]).arg(data);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn number(span: &Span, name: &str) -> Option<i64> {
    let found = span.attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Any::IntValue(number) => Some(*number),
        _ => None,
    }
}

fn attempt(spans: &[Span], nth: i64) -> Option<Span> {
    spans.iter().find(|span| number(span, "khlong.attempt") == Some(nth)).cloned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_its_run_and_every_call_are_one_trace_although_the_program_is_killed_between() {
    let heard = Heard::default();
    let there = listen(&heard).await;
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &there);
    let (mut khlong, url) = serve(folder.path(), Some(&there));
    deliver(&url).await;
    let first = heard.until("the first attempt", |spans, _| attempt(spans, 1)).await;
    khlong.kill();
    let (khlong, _) = serve(folder.path(), Some(&there));
    let second = heard.until("the second attempt", |spans, _| attempt(spans, 2)).await;
    let run =
        heard.until("the end", |spans, _| spans.iter().find(|span| span.name == "run orders").cloned()).await;
    drop(khlong);

    let spans = heard.0.spans.lock().unwrap().clone();
    let received = spans.iter().find(|span| span.name == "receive orders").unwrap();
    assert_eq!(hex::encode(&received.parent_span_id), CALLER);
    assert_eq!((&run.parent_span_id, run.trace_state.as_str()), (&received.span_id, "shop=1042"));
    assert_eq!(second.parent_span_id, run.span_id);
    assert!(spans.iter().all(|span| hex::encode(&span.trace_id) == TRACE), "{spans:#?}");
    let calls = heard.0.calls.lock().unwrap().clone();
    let stand = |span: &Span| format!("00-{TRACE}-{}-01", hex::encode(&span.span_id));
    assert_eq!(calls, [stand(&first), stand(&second)]);
    assert!(!format!("{spans:?}").contains("4111"), "a span holds nothing of what an event brings");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_collector_a_trace_goes_through_untouched() {
    let heard = Heard::default();
    let there = listen(&heard).await;
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &there);
    let (_khlong, url) = serve(folder.path(), None);
    deliver(&url).await;
    let called = heard.until("a call", |_, calls| calls.first().cloned()).await;
    assert_eq!(called, format!("00-{TRACE}-{CALLER}-01"));
    assert!(heard.0.spans.lock().unwrap().is_empty());
}
