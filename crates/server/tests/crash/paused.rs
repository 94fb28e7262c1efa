//! A process that is held still for longer than its lease: another one goes on with its runs, and what it writes when it
//! wakes is refused.

use crate::fleet::{Duty, Fleet, tell};
use crate::{AGAIN, Chance, choices};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use history::{History, Outcome, What};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

const RUNS: usize = 8;
/// Shards that each of the two has.
const SHARE: u64 = 32;
/// Whether a process that wakes writes before it asks for its leases is a matter of luck. One of so many does.
const ROUNDS: usize = 12;

/// Answers the first call for each key when it is told to, and every later one at once.
#[derive(Default)]
struct Target {
    calls: Mutex<BTreeMap<String, usize>>,
    works: Mutex<Vec<(String, String)>>,
    go_on: watch::Sender<bool>,
}

impl Target {
    fn calls(&self) -> Vec<usize> {
        self.calls.lock().unwrap().values().copied().collect()
    }
}

async fn answer(State(target): State<Arc<Target>>, headers: HeaderMap, delivery: String) {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let calls = *target.calls.lock().unwrap().entry(key.clone()).and_modify(|calls| *calls += 1).or_insert(1);
    if calls == 1 {
        target.go_on.subscribe().wait_for(|go_on| *go_on).await.ok();
    }
    let mut works = target.works.lock().unwrap();
    if works.iter().all(|(known, _)| *known != key) {
        works.push((key, delivery));
    }
}

async fn open(target: Arc<Target>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/", post(answer)).with_state(target);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

fn flow(target: &str) -> serde_json::Value {
    json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "orders", "delivery_id": "x-delivery" } },
            { "id": "out", "use": "http/request", "with": {
                "method": "POST", "url": target, "body": "${trigger.body.d}", "timeout": "10m", "on_unknown": "send_again",
            } },
        ],
        "edges": [{ "from": "in", "to": "out" }],
    })
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let patience = async {
        while !holds().await {
            tokio::time::sleep(AGAIN).await;
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(60), patience).await;
    assert!(came.is_ok(), "waited in vain until {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_writes_that_was_still_beyond_its_lease_is_refused() {
    let (_, seed) = choices(0);
    let target = Arc::new(Target::default());
    let url = open(target.clone()).await;
    let fleet = Fleet::start(&[Duty::Serve, Duty::Serve], &mut Chance(seed)).await;
    let [still, other] = &fleet.desks()[..] else { panic!("two servers") };
    still.ask(reqwest::Method::POST, api::path::FLOWS, Some(flow(&url))).await;
    let mut history = History::default();
    let mut sent = 0;
    for round in 0.. {
        assert!(round < ROUNDS, "it never wrote too late: nothing was shown");
        for desk in [still, other] {
            until("each holds its share", async || desk.metric("khlong_shards").await == Some(SHARE)).await;
        }
        target.go_on.send_replace(false);
        let known = target.calls().len();
        for _ in 0..RUNS {
            // Runs without a key are worked on by whoever takes them in.
            let delivery = format!("delivery {sent}");
            let (effects, key) = (vec!["order".to_owned()], None);
            history.push(0, What::Sent { delivery: delivery.clone(), key, effects });
            assert!(still.send("orders", &delivery).await.is_success());
            history.push(0, What::Acknowledged { delivery });
            sent += 1;
        }
        until("all are called for", async || target.calls().len() == known + RUNS).await;
        tell(fleet.pid(0), "STOP");
        until("the other one went on", async || other.totals("orders").await["done"] == json!(sent)).await;
        // Now its calls are answered, and it goes on as if nothing had been.
        target.go_on.send_replace(true);
        tell(fleet.pid(0), "CONT");
        let holds = async || still.metric("khlong_runs_open{place=\"active\"}").await == Some(0);
        until("the first one let go", holds).await;
        if still.metric("khlong_late_writes_total").await > Some(0) {
            break;
        }
    }
    assert!(
        target.calls().iter().all(|calls| *calls == 2),
        "each was called for by both: {:?}",
        target.calls()
    );
    // It is as good as before.
    until("it takes events in again", async || still.send("orders", "one more").await.is_success()).await;
    until("it is done", async || other.totals("orders").await["done"] == json!(sent + 1)).await;
    let (effects, key, delivery) = (vec!["order".to_owned()], None, "one more".to_owned());
    history.push(0, What::Sent { delivery, key, effects });
    for (key, delivery) in target.works.lock().unwrap().iter() {
        let (key, delivery, effect) =
            (Some(key.clone()), delivery.trim_matches('"').to_owned(), "order".into());
        history.push(0, What::Done { delivery, effect, key });
    }
    for run in other.runs("orders").await {
        let delivery = run.trigger["body"]["d"].as_str().unwrap().to_owned();
        assert_eq!(run.outcome, Outcome::Done);
        history.push(0, What::Ended { delivery, run: run.id, outcome: run.outcome, replaces: None });
    }
    crate::check(&history);
}
