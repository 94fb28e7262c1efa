//! Flows with ordering keys, waits, schedules, cancellation and a short memory, against a target that knows its keys.

use crate::desk::Desk;
use crate::process::text;
use crate::{AGAIN, Chance};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use history::{History, Outcome, What};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

pub const FLOWS: [&str; 3] = ["lanes", "waits", "short"];
const SENDERS: u64 = 4;
const KEYS_EACH: u64 = 3;
const PACE: Duration = Duration::from_millis(40);
/// Senders wait while so many are on their way: what a long storm left over would be worked off for hours.
const UNDER_WAY_MAX: u64 = 150;
/// The longest that a node waits for the target; the target is silent for longer than this now and then.
const PATIENCE: Duration = Duration::from_millis(400);

/// Everything that is seen from outside, by the senders and by the target.
pub struct Seen {
    since: Instant,
    history: Mutex<History>,
    keys: Mutex<BTreeSet<String>>,
    chance: Mutex<Chance>,
    pub faulty: AtomicBool,
    pub enough: AtomicBool,
    /// Deliveries that nothing more is expected of.
    over: AtomicU64,
    /// Deliveries by flow that were acknowledged, for the flow that forgets its runs.
    acknowledged: Mutex<BTreeMap<&'static str, Vec<String>>>,
}

impl Seen {
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            since: Instant::now(),
            history: Mutex::default(),
            keys: Mutex::default(),
            chance: Mutex::new(Chance(seed ^ 77)),
            faulty: AtomicBool::new(true),
            enough: AtomicBool::new(false),
            over: AtomicU64::new(0),
            acknowledged: Mutex::default(),
        })
    }

    fn under_way(&self) -> u64 {
        let acknowledged: usize = self.acknowledged.lock().unwrap().values().map(Vec::len).sum();
        (acknowledged as u64).saturating_sub(self.over.load(Ordering::Relaxed))
    }

    fn note(&self, what: What) {
        let at = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.history.lock().unwrap().push(at, what);
    }

    fn chance(&self, bound: u64) -> u64 {
        self.chance.lock().unwrap().below(bound)
    }

    /// Done once per key, as a target does that knows its keys.
    fn work(&self, key: &str, effect: &str, delivery: &str) {
        if self.keys.lock().unwrap().insert(key.into()) {
            let (delivery, effect) = (delivery.to_owned(), effect.to_owned());
            self.over.fetch_add(u64::from(effect == "b"), Ordering::Relaxed);
            self.note(What::Done { delivery, effect, key: Some(key.into()) });
        }
    }
}

async fn target(
    State(seen): State<Arc<Seen>>,
    Path(effect): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let work = || seen.work(key, &effect, text(&body, "d"));
    let fate = if seen.faulty.load(Ordering::Relaxed) { seen.chance(100) } else { 100 };
    match fate {
        0..4 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        4..6 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response(),
        6..9 => {
            tokio::time::sleep(PATIENCE * 2).await;
            // Whoever was stopped meanwhile may read it after all.
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        9..12 => {
            work();
            tokio::time::sleep(PATIENCE * 2).await;
            StatusCode::OK.into_response()
        }
        12..15 => {
            work();
            StatusCode::BAD_GATEWAY.into_response()
        }
        15..25 => {
            tokio::time::sleep(PATIENCE / 4).await;
            work();
            StatusCode::OK.into_response()
        }
        _ => {
            work();
            StatusCode::OK.into_response()
        }
    }
}

/// Serves the target at a free port.
pub async fn open(seen: Arc<Seen>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/{effect}", post(target)).with_state(seen);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

fn flow(target: &str, id: &str, nodes: Value, edges: &[(&str, &str)], settings: Value) -> Value {
    let mut all = vec![];
    for (name, mut node) in nodes.as_object().cloned().unwrap_or_default() {
        node["id"] = name.into();
        if let Some(effect) = node["effect"].as_str().map(str::to_owned) {
            let delivery = node["d"].as_str().unwrap_or("${trigger.body.d}").to_owned();
            node = json!({
                "id": node["id"], "use": "http/request",
                "with": { "method": "POST", "url": format!("{target}/{effect}"), "body": { "d": delivery },
                          "timeout": format!("{}ms", PATIENCE.as_millis()), "on_unknown": "send_again" },
                "retry": { "attempts": 100, "first": "20ms", "max": "300ms" },
            });
        }
        all.push(node);
    }
    let edges: Vec<Value> = edges.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect();
    json!({ "khlong": 1, "id": id, "name": id, "settings": settings, "nodes": all, "edges": edges })
}

pub fn flows(target: &str) -> [Value; 4] {
    let hook =
        |id: &str| json!({ "use": "core/webhook", "with": { "path": id, "delivery_id": "x-delivery" } });
    let by_key = json!({ "order_by": "${trigger.body.key}" });
    let nodes = |id: &str| json!({ "in": hook(id), "a": { "effect": "a" }, "b": { "effect": "b" } });
    let mut waits = nodes("waits");
    waits["wait"] = json!({ "use": "core/wait", "with": { "for": "700ms" } });
    let short = json!({ "order_by": "${trigger.body.key}", "keep": { "done": "1s", "failed": "1s" } });
    let tick = json!({
        "in": { "use": "core/schedule", "with": { "cron": "* * * * *", "catch_up": "all" } },
        "t": { "effect": "tick", "d": "tick ${trigger.body.at}" },
    });
    let chain = [("in", "a"), ("a", "b")];
    [
        flow(target, "lanes", nodes("lanes"), &chain, by_key.clone()),
        flow(target, "waits", waits, &[("in", "a"), ("a", "wait"), ("wait", "b")], by_key),
        flow(target, "short", nodes("short"), &chain, short),
        flow(target, "ticks", tick, &[("in", "t")], json!({})),
    ]
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap()
}

/// Everybody outside, until it is enough: senders at any of the doors, and somebody who cancels.
pub fn people(seen: &Arc<Seen>, desks: &[Desk]) -> Vec<JoinHandle<()>> {
    let doors: Vec<String> = desks.iter().map(|desk| format!("{}/hooks", desk.url)).collect();
    let senders = (0..SENDERS).map(|n| tokio::spawn(send_all(seen.clone(), doors.clone(), n)));
    let mut people: Vec<_> = senders.collect();
    people.push(tokio::spawn(cancel_some(seen.clone(), desks.to_vec())));
    people
}

/// Sends one thing after the other, each until it is acknowledged. No other sender has these keys.
async fn send_all(seen: Arc<Seen>, doors: Vec<String>, sender: u64) {
    let http = client();
    for n in 0.. {
        while seen.under_way() > UNDER_WAY_MAX && !seen.enough.load(Ordering::Relaxed) {
            tokio::time::sleep(PACE).await;
        }
        if seen.enough.load(Ordering::Relaxed) {
            return;
        }
        let flow = FLOWS[seen.chance(FLOWS.len() as u64) as usize];
        let (delivery, key) =
            (format!("{flow}-{sender}-{n}"), format!("{sender}/{}", seen.chance(KEYS_EACH)));
        let effects = vec!["a".to_owned(), "b".to_owned()];
        let (sent, lane) = (delivery.clone(), Some(format!("{flow} {key}")));
        seen.note(What::Sent { delivery: sent, key: lane, effects });
        let body = json!({ "d": delivery, "key": key }).to_string();
        loop {
            let door = &doors[seen.chance(doors.len() as u64) as usize];
            let request = http.post(format!("{door}/{flow}")).header("x-delivery", &delivery);
            let request = request.header("content-type", "application/json").body(body.clone());
            match request.send().await {
                Ok(answer) if answer.status().is_success() => break,
                _ => tokio::time::sleep(AGAIN).await,
            }
        }
        seen.acknowledged.lock().unwrap().entry(flow).or_default().push(delivery.clone());
        seen.note(What::Acknowledged { delivery });
        tokio::time::sleep(PACE).await;
    }
}

/// Cancels a waiting run now and then. Whatever becomes of that, its delivery has lost its place in the lane.
async fn cancel_some(seen: Arc<Seen>, desks: Vec<Desk>) {
    let http = client();
    let ask = async |method: reqwest::Method, path: String| -> Option<Value> {
        let desk = &desks[seen.chance(desks.len() as u64) as usize];
        let request = http.request(method, format!("{}{path}", desk.url)).bearer_auth(&desk.token);
        request.send().await.ok()?.json().await.ok()
    };
    while !seen.enough.load(Ordering::Relaxed) {
        tokio::time::sleep(PACE * 10).await;
        let open = format!("{}?flow=waits&state=waiting&limit=20", api::path::RUNS);
        let Some(open) = ask(reqwest::Method::GET, open).await else { continue };
        let open = open["runs"].as_array().cloned().unwrap_or_default();
        let Some(run) = open.get(seen.chance(open.len() as u64) as usize) else { continue };
        let path = |path: &str| path.replace("{id}", text(run, "id"));
        let Some(detail) = ask(reqwest::Method::GET, path(api::path::RUN)).await else { continue };
        let delivery = text(&detail["trigger"]["body"], "d").to_owned();
        seen.note(What::Disturbed { delivery });
        seen.over.fetch_add(1, Ordering::Relaxed);
        ask(reqwest::Method::POST, path(api::path::RUN_CANCEL)).await;
    }
}

/// Lets everything come to its end, with a target that works.
pub async fn settle(desk: &Desk, seen: &Seen) {
    seen.faulty.store(false, Ordering::Relaxed);
    // No minute is to begin while the others are judged.
    let pause = api::path::FLOW_STATE.replace("{id}", "ticks");
    desk.ask(reqwest::Method::PUT, &pause, Some(json!({ "state": "paused" }))).await;
    desk.settled(&FLOWS).await;
    desk.settled(&["ticks"]).await;
}

/// What is to be said when all has come to its end, and whether it is right. Fewer things than `least` say nothing.
pub async fn judge(desk: &Desk, seen: &Seen, least: usize) {
    for flow in ["lanes", "waits"] {
        for run in desk.runs(flow).await {
            let delivery = text(&run.trigger["body"], "d").to_owned();
            let (outcome, replaces) = (run.outcome, run.replaces);
            seen.note(What::Ended { delivery, run: run.id, outcome, replaces });
        }
    }
    // These runs are forgotten after a second; that as many ended well as were acknowledged is all that is left of them.
    let totals = desk.totals("short").await;
    let short = seen.acknowledged.lock().unwrap().get("short").cloned().unwrap_or_default();
    assert_eq!(totals["done"], json!(short.len()), "{totals}");
    for delivery in short {
        let (run, outcome) = (delivery.clone(), Outcome::Done);
        seen.note(What::Ended { delivery, run, outcome, replaces: None });
    }
    let ticks = desk.runs("ticks").await;
    let times: Vec<String> = ticks.iter().map(|run| text(&run.trigger["body"], "at").to_owned()).collect();
    for (time, run) in times.iter().zip(&ticks) {
        let delivery = format!("tick {time}");
        let effects = vec!["tick".to_owned()];
        seen.note(What::Sent { delivery: delivery.clone(), key: None, effects });
        seen.note(What::Ended { delivery, run: run.id.clone(), outcome: run.outcome, replaces: None });
        seen.note(What::Ticked { schedule: "ticks".into(), time: time.clone() });
    }
    minutes(&times).into_iter().for_each(|time| seen.note(What::Due { schedule: "ticks".into(), time }));
    let history = seen.history.lock().unwrap().clone();
    println!("{} things were seen, {} of them ticks", history.0.len(), ticks.len());
    assert!(history.0.len() > least, "too little to mean anything");
    crate::check(&history);
}

/// Every minute from the first to the last of these, reckoned by hand.
fn minutes(times: &[String]) -> Vec<String> {
    let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else { return Vec::new() };
    let minute = |text: &str| -> u64 { text[14..16].parse().unwrap_or_default() };
    let hour = |text: &str| -> u64 { text[11..13].parse().unwrap_or_default() };
    let of_day = |text: &str| hour(text) * 60 + minute(text);
    // Over midnight the day changes too, and this test says nothing of it.
    let (from, to) = (of_day(first), of_day(last));
    if first[..10] != last[..10] {
        return times.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    }
    (from..=to)
        .map(|minute| format!("{}{:02}:{:02}{}", &first[..11], minute / 60, minute % 60, &first[16..]))
        .collect()
}
