//! The machine's clock is set forward and back by hours, under schedules, waits and retries.

use crate::desk::Desk;
use crate::process::{KHLONG, Process, text};
use crate::set_clock::SetClock;
use crate::{AGAIN, Chance, choices, free_port};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use history::{History, Outcome, What};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit_postgres::Database;

/// Longer than it takes until anybody notices that the clock was set.
const PATIENCE: Duration = Duration::from_secs(60);
const RULES: [&str; 3] = ["all", "last", "skip"];

/// Does once per key what it is told to, and fails the first time at `retried`.
#[derive(Default)]
struct Target(Mutex<Calls>);

#[derive(Default)]
struct Calls {
    all: Vec<(String, String)>,
    works: Vec<(String, String, String)>,
}

impl Target {
    fn has_done(&self, effect: &str, delivery: &str) -> bool {
        self.0.lock().unwrap().works.iter().any(|work| work.0 == effect && work.1 == delivery)
    }

    /// Times that this schedule has fired, as it says them, in the order of the clock.
    fn ticks(&self, rule: &str) -> Vec<String> {
        let calls = self.0.lock().unwrap();
        let mut ticks: Vec<String> =
            calls.all.iter().filter(|call| call.0 == rule).map(|call| call.1.clone()).collect();
        ticks.sort();
        ticks
    }
}

async fn answer(
    State(target): State<Arc<Target>>,
    Path(effect): Path<String>,
    headers: HeaderMap,
    delivery: String,
) -> StatusCode {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let delivery = delivery.trim_matches('"').to_owned();
    let mut calls = target.0.lock().unwrap();
    let is_first = !calls.all.contains(&(effect.clone(), delivery.clone()));
    calls.all.push((effect.clone(), delivery.clone()));
    if effect == "retried" && is_first {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if calls.works.iter().all(|work| work.2 != key) {
        calls.works.push((effect, delivery, key));
    }
    StatusCode::OK
}

async fn open(target: Arc<Target>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/{effect}", post(answer)).with_state(target);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

fn flow(id: &str, mut nodes: Vec<Value>, edges: &[(&str, &str)]) -> Value {
    let edges: Vec<Value> = edges.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect();
    nodes.sort_by_key(|node| node["id"].to_string());
    let settings = json!({ "timeout": "30d" });
    json!({ "khlong": 1, "id": id, "name": id, "settings": settings, "nodes": nodes, "edges": edges })
}

fn flows(target: &str) -> Vec<Value> {
    let hook = |id: &str| json!({ "id": "in", "use": "core/webhook", "with": { "path": id, "delivery_id": "x-delivery" } });
    let call = |id: &str, body: &str| {
        json!({ "id": id, "use": "http/request", "with": {
            "method": "POST", "url": format!("{target}/{id}"), "body": body, "on_unknown": "send_again" },
            "retry": { "attempts": 5, "first": "30m", "max": "30m" } })
    };
    let wait = json!({ "id": "wait", "use": "core/wait", "with": { "for": "1h" } });
    let d = "${trigger.body.d}";
    let hourly = |rule: &str| {
        let clock =
            json!({ "id": "in", "use": "core/schedule", "with": { "cron": "0 * * * *", "catch_up": rule } });
        flow(rule, vec![clock, call(rule, "${trigger.body.at}")], &[("in", rule)])
    };
    let waits = vec![hook("waits"), call("before", d), wait, call("after", d)];
    let mut flows = vec![
        flow("waits", waits, &[("in", "before"), ("before", "wait"), ("wait", "after")]),
        flow("retries", vec![hook("retries"), call("retried", d)], &[("in", "retried")]),
    ];
    flows.extend(RULES.map(hourly));
    flows
}

/// One server on a machine whose clock is set.
struct Machine {
    clock: SetClock,
    store: Option<String>,
    folder: tempfile::TempDir,
    port: String,
}

impl Machine {
    fn new(store: Option<String>) -> Self {
        let (_, seed) = choices(0);
        let port = free_port(&mut Chance(seed ^ u64::from(store.is_some())));
        let clock = SetClock::new();
        clock.set_past_the_hour(5);
        Self { clock, store, folder: tempfile::tempdir().unwrap(), port }
    }

    fn khlong(&self) -> Command {
        let mut command = Command::new(KHLONG);
        command.env("KHLONG_DATA", self.folder.path()).envs(self.clock.variables());
        command.envs(self.store.iter().map(|store| ("KHLONG_STORE", store)));
        command
    }

    fn token(&self) -> String {
        let mut create = self.khlong();
        let created = create.args(["token", "create", "--name", "test", "--role", "owner"]).output().unwrap();
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
        String::from_utf8(created.stdout).unwrap().trim().to_owned()
    }

    fn serve(&self) -> (Process, String) {
        let mut serve = self.khlong();
        serve.args(["serve", "--json", "--allow-private", "--lease-s", "2", "--port", &self.port]);
        let mut process = Process::of(serve);
        let ready = process.ready().expect("it is ready");
        (process, text(&ready, "url").to_owned())
    }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let patience = async {
        while !holds() {
            tokio::time::sleep(AGAIN).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, patience).await.is_ok(), "waited in vain until {what}");
}

/// What is sent, and what comes of it.
struct Play {
    desk: Desk,
    target: Arc<Target>,
    history: History,
}

impl Play {
    async fn send(&mut self, flow: &str, delivery: &str, effects: &[&str]) {
        let (delivery, effects) = (delivery.to_owned(), effects.iter().map(|effect| (*effect).to_owned()));
        let sent = What::Sent { delivery: delivery.clone(), key: None, effects: effects.collect() };
        self.history.push(0, sent);
        assert!(self.desk.send(flow, &delivery).await.is_success());
        self.history.push(0, What::Acknowledged { delivery });
    }

    /// One that waits for an hour, and one that is tried again in half an hour at most.
    async fn send_both(&mut self, name: &str) {
        let (waits, retries) = (format!("{name} waits"), format!("{name} retries"));
        self.send("waits", &waits, &["before", "after"]).await;
        self.send("retries", &retries, &["retried"]).await;
        self.is_in("waits", "waiting", &waits).await;
        self.is_in("retries", "retrying", &retries).await;
    }

    /// Waits until a run is in a state.
    async fn is_in(&self, flow: &str, state: &str, delivery: &str) {
        let page = format!("{}?flow={flow}&state={state}", api::path::RUNS);
        let is_found = async || {
            for run in self.desk.ask(Method::GET, &page, None).await["runs"].as_array().into_iter().flatten()
            {
                let path = api::path::RUN.replace("{id}", text(run, "id"));
                let run = self.desk.ask(Method::GET, &path, None).await;
                if run["trigger"]["body"]["d"] == delivery {
                    return true;
                }
            }
            false
        };
        let again = async {
            while !is_found().await {
                tokio::time::sleep(AGAIN).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, again).await;
        assert!(came.is_ok(), "{delivery} is not {state}");
    }

    async fn both_are_done(&self, name: &str) {
        self.retry_is_done(name).await;
        let waits = format!("{name} waits");
        until("the wait is over", || self.target.has_done("after", &waits)).await;
    }

    async fn retry_is_done(&self, name: &str) {
        let retries = format!("{name} retries");
        until("it was tried again", || self.target.has_done("retried", &retries)).await;
    }

    async fn ticked(&self, rule: &str, times: usize) {
        until(&format!("{rule} ticked {times} times"), || self.target.ticks(rule).len() >= times).await;
    }

    async fn judge(mut self) {
        let flows: Vec<&str> = RULES.into_iter().chain(["waits", "retries"]).collect();
        self.desk.settled(&flows).await;
        for flow in &flows {
            for run in self.desk.runs(flow).await {
                let is_tick = RULES.contains(flow);
                let delivery = match is_tick {
                    true => format!("{flow} {}", text(&run.trigger["body"], "at")),
                    false => text(&run.trigger["body"], "d").to_owned(),
                };
                if is_tick {
                    let (key, effects) = (None, vec![(*flow).to_owned()]);
                    self.history.push(0, What::Sent { delivery: delivery.clone(), key, effects });
                }
                assert_eq!(run.outcome, Outcome::Done, "{delivery}");
                self.history
                    .push(0, What::Ended { delivery, run: run.id, outcome: run.outcome, replaces: None });
            }
        }
        let calls = self.target.0.lock().unwrap();
        for (effect, delivery, key) in &calls.works {
            let is_tick = RULES.contains(&effect.as_str());
            let delivery = if is_tick { format!("{effect} {delivery}") } else { delivery.clone() };
            self.history.push(0, What::Done { delivery, effect: effect.clone(), key: Some(key.clone()) });
        }
        // No storm: nothing was called for but what was to be done, and once more what was refused the first time.
        let refused = calls.works.iter().filter(|work| work.0 == "retried").count();
        assert_eq!(calls.all.len(), calls.works.len() + refused);
        drop(calls);
        crate::check(&self.history);
    }
}

async fn play(store: Option<String>) {
    let machine = Machine::new(store);
    let token = machine.token();
    let (first, url) = machine.serve();
    let target = Arc::new(Target::default());
    let desk = Desk::new(&url, &token);
    for flow in flows(&open(target.clone()).await) {
        desk.ask(Method::POST, api::path::FLOWS, Some(flow)).await;
    }
    let mut play = Play { desk, target: target.clone(), history: History::default() };

    play.send_both("first").await;
    machine.clock.jump(3 * 60 + 10);
    play.both_are_done("first").await;
    play.ticked("all", 3).await;
    play.ticked("last", 1).await;
    assert_eq!(target.ticks("last"), target.ticks("all")[2..], "of three that were missed the last one");

    // Back, to before some of what is done: what has come does not come again, and what is new goes on.
    play.send_both("before").await;
    machine.clock.jump(-5 * 60);
    play.send_both("back").await;
    machine.clock.jump(31);
    play.retry_is_done("back").await;
    // It was to be tried again in half an hour, not in five hours and a half.
    play.retry_is_done("before").await;
    // What is not on disk yet would be called for once more.
    play.desk.settled(&["retries"]).await;
    drop(first);
    let (_second, _) = machine.serve();
    play.send_both("again").await;

    machine.clock.jump(5 * 60 - 31 + 60);
    for name in ["before", "back", "again"] {
        play.both_are_done(name).await;
    }
    play.ticked("all", 6).await;
    play.ticked("last", 2).await;
    let all = target.ticks("all");
    assert_eq!((all.len(), target.ticks("last").len(), target.ticks("skip").len()), (6, 2, 0), "{all:?}");
    play.judge().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_by_hours_doubles_and_loses_nothing() {
    play(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_by_hours_doubles_and_loses_nothing_in_a_database() {
    let database = Database::create().await.unwrap();
    play(Some(database.url())).await;
}
