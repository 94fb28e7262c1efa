//! `kill -9` at random moments, under load, while the ERP fails as well.
//!
//! Every order that was acknowledged has exactly one sales order in the end; one that was not, at most one.
//! `KHLONG_CRASHES=1000` makes it longer, `KHLONG_SEED=…` repeats the choices of an earlier run.

#[path = "common/mod.rs"]
mod process;

use process::{Process, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CRASHES: u64 = 60;
/// Orders on their way at the same time.
const SENDERS: u64 = 6;
/// The longest life of the program before it is killed.
const LIFE_MAX: Duration = Duration::from_millis(900);
/// One in so many is killed while it is still starting.
const EARLY: u64 = 5;
/// Between two orders of one sender: the door takes events ten times as fast as an unoptimised build works them off
/// against a failing ERP, and the orders of a minute would be worked off for many.
const PACE: Duration = Duration::from_millis(20);
/// Nobody waits longer for the last orders to be settled.
const SETTLE_MAX: Duration = Duration::from_secs(300);
/// Between two tries of one order, so that a dead server is not asked a million times.
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

/// What became of each order that was sent: acknowledged or given up.
#[derive(Default)]
struct Ledger {
    sent: Mutex<BTreeMap<u64, bool>>,
    next: AtomicU64,
    enough: AtomicBool,
}

struct Target {
    url: String,
    secret: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_every_acknowledged_order_arrives_once() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let crashes = number("KHLONG_CRASHES").unwrap_or(CRASHES);
    let seed = number("KHLONG_SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20 | crashes);
    println!("KHLONG_SEED={seed} KHLONG_CRASHES={crashes}");
    let mut chance = Chance(seed);

    let mut sandbox = Process::spawn(&["sandbox", "--json", "--seed", &seed.to_string()]);
    let stand_ins = sandbox.ready().expect("the stand-ins are ready");
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(text(&stand_ins, "url"), folder.path().to_str().unwrap());
    let (mut khlong, ready) = world.start();
    world.prepare(&ready).await;
    world.faults(true).await;

    let ledger = Arc::new(Ledger { next: AtomicU64::new(1), ..Ledger::default() });
    let target = Arc::new(Target {
        url: text(&ready, "webhook_url").into(),
        secret: text(&ready, "webhook_secret").into(),
    });
    let senders: Vec<_> = (0..SENDERS)
        .map(|n| tokio::spawn(send(ledger.clone(), target.clone(), Chance(seed ^ (n + 1)))))
        .collect();
    for _ in 0..crashes {
        let early = chance.below(EARLY) == 0;
        tokio::time::sleep(chance.up_to(LIFE_MAX)).await;
        khlong.kill();
        khlong = world.spawn();
        if !early {
            let mut starting = khlong;
            khlong = tokio::task::spawn_blocking(move || {
                assert!(starting.ready().is_some(), "it starts again");
                starting
            })
            .await
            .unwrap();
        }
    }
    khlong.kill();
    let (_last, ready) = world.start();
    ledger.enough.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    world.faults(false).await;
    world.settled(&ready).await;
    world.judge(&ledger, &ready).await;
}

/// Sends orders one after the other; each until it is acknowledged, or until this sender loses patience.
async fn send(ledger: Arc<Ledger>, target: Arc<Target>, mut chance: Chance) {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    while !ledger.enough.load(Ordering::Relaxed) {
        let order = ledger.next.fetch_add(1, Ordering::Relaxed);
        let acknowledged = send_one(&http, &target, order, &mut chance).await;
        ledger.sent.lock().unwrap().insert(order, acknowledged);
        tokio::time::sleep(PACE).await;
    }
}

async fn send_one(http: &reqwest::Client, target: &Target, order: u64, chance: &mut Chance) -> bool {
    let body = body(order);
    let signature = sandbox::sign(&target.secret, body.as_bytes());
    loop {
        let request = http
            .post(&target.url)
            .header("content-type", "application/json")
            .header("x-shopify-topic", "orders/create")
            .header("x-shopify-webhook-id", format!("delivery-{order}"))
            .header("x-shopify-hmac-sha256", &signature)
            .body(body.clone());
        match request.send().await {
            Ok(answer) if answer.status().is_success() => return true,
            // A shop that gives up: the order may be in the ERP or not, but never twice.
            _ if chance.below(200) == 0 => return false,
            _ => tokio::time::sleep(AGAIN).await,
        }
    }
}

fn body(order: u64) -> String {
    json!({
        "id": order, "name": format!("#{order}"), "email": format!("{order}@example.com"),
        "created_at": "2026-11-20T10:10:00+07:00", "currency": "THB", "taxes_included": true,
        "customer": { "id": order % 50 + 1, "first_name": "สมชาย", "last_name": "ใจดี" },
        "shipping_address": { "name": "สมชาย ใจดี", "address1": "99 ถ.สุขุมวิท", "city": "คลองเตย", "zip": "10110" },
        "line_items": [{ "sku": "TEA-100", "name": "ชา", "quantity": 2, "price": "250.00" }],
    })
    .to_string()
}

/// Everything around the program that is killed.
struct World {
    http: reqwest::Client,
    stand_ins: String,
    data: String,
    port: String,
}

impl World {
    fn new(stand_ins: &str, data: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            stand_ins: stand_ins.into(),
            data: data.into(),
            port: "0".into(),
        }
    }

    fn spawn(&self) -> Process {
        Process::spawn(&[
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
        ])
    }

    fn start(&mut self) -> (Process, Value) {
        let mut khlong = self.spawn();
        let ready = khlong.ready().expect("khlong is ready");
        self.port = text(&ready, "url").rsplit(':').next().unwrap().to_owned();
        (khlong, ready)
    }

    /// Retries come soon, and a lost answer is looked for soon: the stand-in does not work on behind our back for minutes.
    async fn prepare(&self, ready: &Value) {
        let mut flow: Value = serde_json::from_str(include_str!("../../../flows/order-to-erp.json")).unwrap();
        flow["nodes"][2]["retry"] = json!({ "attempts": 100, "first": "50ms", "max": "500ms" });
        self.ask(ready, reqwest::Method::POST, api::path::FLOWS, Some(flow)).await;
        let erp = api::path::CONNECTION.replace("{name}", "erp");
        let known = self.ask(ready, reqwest::Method::GET, &erp, None).await;
        let mut fields = known["fields"].clone();
        fields["settle"] = json!("1s");
        let change = json!({ "connector": known["connector"], "fields": fields });
        self.ask(ready, reqwest::Method::PUT, &erp, Some(change)).await;
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

    async fn faults(&self, on: bool) {
        let url = format!("{}/erp/_sandbox/faults", self.stand_ins);
        self.http.delete(&url).send().await.unwrap();
        if on {
            let plans = json!([
                { "kind": "429", "rate": 0.02, "retry_after": 1 },
                { "kind": "500", "rate": 0.04 },
                { "kind": "timeout_after_work", "rate": 0.04, "close": true },
                { "kind": "reset", "rate": 0.04 },
                { "kind": "slow", "rate": 0.10, "ms": 60 },
            ]);
            let set = self.http.post(&url).json(&plans).send().await.unwrap();
            assert!(set.status().is_success(), "{}", set.text().await.unwrap());
        }
    }

    async fn totals(&self, ready: &Value) -> Value {
        self.ask(ready, reqwest::Method::GET, api::path::FLOWS, None).await["flows"][0]["totals"].clone()
    }

    async fn settled(&self, ready: &Value) {
        let since = Instant::now();
        while self.totals(ready).await["open"] != json!(0) {
            assert!(since.elapsed() < SETTLE_MAX, "runs are still open: {}", self.totals(ready).await);
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn judge(&self, ledger: &Ledger, ready: &Value) {
        let url = format!("{}/erp/_sandbox/orders", self.stand_ins);
        let held: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        let mut arrived: BTreeMap<String, u64> = BTreeMap::new();
        for order in &held {
            *arrived.entry(text(order, "reference").to_owned()).or_default() += 1;
        }
        let sent = ledger.sent.lock().unwrap().clone();
        let acknowledged = sent.values().filter(|acknowledged| **acknowledged).count();
        println!("{} orders sent, {acknowledged} acknowledged, {} in the ERP", sent.len(), held.len());
        assert!(acknowledged as u64 > CRASHES, "too few orders to mean anything");
        let times = |order: &u64| arrived.get(&format!("SHOPIFY-{order}")).copied().unwrap_or_default();
        let lost: Vec<_> = sent.iter().filter(|(order, known)| **known && times(order) == 0).collect();
        let doubled: Vec<_> = sent.keys().filter(|order| times(order) > 1).collect();
        let totals = self.totals(ready).await;
        assert!(lost.is_empty(), "lost: {lost:?} {totals}");
        assert!(doubled.is_empty(), "doubled: {doubled:?} {totals}");
        assert_eq!(totals["failed"], json!(0), "{totals}");
    }
}
