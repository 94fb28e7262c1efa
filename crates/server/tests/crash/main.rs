//! `kill -9` at random moments and at named places, under load, while the other systems fail as well.
//!
//! `KHLONG_CRASHES=5000` makes it longer, `KHLONG_SEED=…` repeats the choices of an earlier run.

mod lanes;
mod long;
mod orders;
mod poison;
#[path = "../common/mod.rs"]
mod process;

use history::{History, Outcome};
use process::{Process, text};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The longest life of the program before it is killed.
const LIFE_MAX: Duration = Duration::from_millis(900);
/// One in so many is killed while it is still starting.
const EARLY: u64 = 5;
/// One in so many dies by itself at a named place.
const NAMED: u64 = 2;
/// How often it may come to that place before.
const NAMED_TIMES: u64 = 12;
/// Nobody waits longer for the last runs to be settled.
const SETTLE_MAX: Duration = Duration::from_secs(300);
/// Between two tries of one thing, so that a dead server is not asked a million times.
const AGAIN: Duration = Duration::from_millis(10);

/// SplitMix64: the same choices for the same seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn up_to(&mut self, longest: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(longest.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// How often to kill, and the seed of all choices; both are printed.
fn choices(crashes: u64) -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let crashes = number("KHLONG_CRASHES").unwrap_or(crashes);
    let seed = number("KHLONG_SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20 | crashes);
    println!("KHLONG_SEED={seed} KHLONG_CRASHES={crashes}");
    (crashes, seed)
}

/// Kills the program so many times; what is returned runs on.
async fn storm(
    world: &mut World,
    mut khlong: Process,
    chance: &mut Chance,
    crashes: u64,
) -> (Process, Value) {
    for _ in 0..crashes {
        let early = chance.below(EARLY) == 0;
        tokio::time::sleep(chance.up_to(LIFE_MAX)).await;
        khlong.kill();
        let place = engine::failpoint::PLACES[chance.below(engine::failpoint::PLACES.len() as u64) as usize];
        let named = (chance.below(NAMED) == 0).then(|| format!("{place}:{}", 1 + chance.below(NAMED_TIMES)));
        khlong = world.spawn(named.as_deref());
        if !early {
            let mut starting = khlong;
            khlong = tokio::task::spawn_blocking(move || {
                // It may come to the named place before it is ready.
                assert!(starting.ready().is_some() || named.is_some(), "it starts again");
                starting
            })
            .await
            .unwrap();
        }
    }
    khlong.kill();
    world.start()
}

/// Everything around the program that is killed.
struct World {
    http: reqwest::Client,
    stand_ins: String,
    data: String,
    port: String,
    poison_after: &'static str,
}

impl World {
    fn new(stand_ins: &str, data: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            stand_ins: stand_ins.into(),
            data: data.into(),
            port: "0".into(),
            poison_after: "1000000",
        }
    }

    fn spawn(&self, named: Option<&str>) -> Process {
        // Whoever is killed every half second has runs that never come to rest.
        let mut variables = vec![("KHLONG_POISON_AFTER", self.poison_after)];
        variables.extend(named.map(|place| ("KHLONG_DIE_AT", place)));
        let args = [
            "demo",
            "--json",
            "--orders",
            "0",
            "--port",
            &self.port,
            "--data",
            &self.data,
            "--sandbox",
            &self.stand_ins,
        ];
        Process::spawn_with(&args, &variables)
    }

    fn start(&mut self) -> (Process, Value) {
        let mut khlong = self.spawn(None);
        let ready = khlong.ready().expect("khlong is ready");
        self.port = text(&ready, "url").rsplit(':').next().unwrap().to_owned();
        (khlong, ready)
    }

    async fn ask(&self, ready: &Value, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", text(ready, "url"));
        let request = self.http.request(method, url).bearer_auth(text(ready, "api_token"));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn totals(&self, ready: &Value, flow: &str) -> Value {
        let list = self.ask(ready, reqwest::Method::GET, api::path::FLOWS, None).await;
        let flows = list["flows"].as_array().cloned().unwrap_or_default();
        flows
            .into_iter()
            .find(|found| found["id"] == flow)
            .map(|found| found["totals"].clone())
            .unwrap_or_default()
    }

    /// Waits until none of these flows has an open run.
    async fn settled(&self, ready: &Value, flows: &[&str]) {
        let since = Instant::now();
        for flow in flows {
            while self.totals(ready, flow).await["open"] != json!(0) {
                let totals = self.totals(ready, flow).await;
                assert!(since.elapsed() < SETTLE_MAX, "runs of {flow} are still open: {totals}");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Every run of a flow that has ended, oldest first.
    async fn runs(&self, ready: &Value, flow: &str) -> Vec<Ended> {
        let (mut runs, mut before) = (Vec::new(), String::new());
        loop {
            let page = format!("{}?flow={flow}&limit=200{before}", api::path::RUNS);
            let page = self.ask(ready, reqwest::Method::GET, &page, None).await;
            for run in page["runs"].as_array().cloned().unwrap_or_default() {
                runs.extend(self.ended(ready, &run).await);
            }
            let Some(next) = page["next"].as_str() else { break };
            before = format!("&before={next}");
        }
        runs.reverse();
        runs
    }

    async fn ended(&self, ready: &Value, run: &Value) -> Option<Ended> {
        let outcome = match text(run, "state") {
            "done" => Outcome::Done,
            "failed" => Outcome::Failed,
            "cancelled" => Outcome::Cancelled,
            _ => return None,
        };
        let path = api::path::RUN.replace("{id}", text(run, "id"));
        let detail = self.ask(ready, reqwest::Method::GET, &path, None).await;
        let replaces = run["retry_of"].as_str().map(str::to_owned);
        Some(Ended { id: text(run, "id").into(), outcome, replaces, trigger: detail["trigger"].clone() })
    }
}

/// What the program says of a run.
struct Ended {
    id: String,
    outcome: Outcome,
    replaces: Option<String>,
    trigger: Value,
}

/// Leaves the log behind where something is wrong.
fn check(history: &History) {
    let wrong: Vec<String> = history.check().iter().map(ToString::to_string).collect();
    if !wrong.is_empty() {
        let path = std::env::temp_dir().join(format!("khlong-crash-{}.jsonl", std::process::id()));
        history.write(std::fs::File::create(&path).unwrap()).unwrap();
        panic!("{} things are wrong; the log is {}: {wrong:#?}", wrong.len(), path.display());
    }
}
