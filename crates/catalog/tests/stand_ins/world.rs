//! Running stand-ins with a clock that the test moves, and what a test asks of them.

use crate::common::{Runner, http};
use crate::receiver::Receiver;
use connector::source::Source;
use connector::{Connection, Error, Http};
use sandbox::{Clock, Keys, Options, Running, Sandbox};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// 2026-11-20T03:10:00Z, a Friday morning in Bangkok.
const START: i64 = 1_795_144_200_000;

pub struct World {
    pub running: Running,
    pub keys: Keys,
    pub clock: Arc<AtomicI64>,
    /// What the stand-ins say of themselves.
    guide: Value,
}

impl World {
    pub async fn start() -> Self {
        let (keys, clock) = (Keys::random().unwrap(), Arc::new(AtomicI64::new(START)));
        let seen = clock.clone();
        let now = move || chrono::DateTime::from_timestamp_millis(seen.load(Ordering::SeqCst)).unwrap();
        let options = Options { clock: Clock::of(now), ..Options::new(keys.clone()) };
        let running = Sandbox::start(options).await.unwrap();
        let guide = http(1 << 20).get(&format!("{}/_sandbox", running.url)).send().await.unwrap().json();
        Self { running, keys, clock, guide: guide.unwrap() }
    }

    /// Time goes by, for both sides.
    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// A time so many seconds ago, as a field takes it.
    pub fn ago(&self, seconds: i64) -> String {
        let at = chrono::DateTime::from_timestamp_millis(self.now() - seconds * 1_000).unwrap();
        at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    pub fn http(&self) -> Http {
        let clock = self.clock.clone();
        http(8 << 20).with_source(Source::of_clock(move || clock.load(Ordering::SeqCst)))
    }

    pub fn url(&self, vendor: &str) -> String {
        format!("{}/{vendor}", self.running.url)
    }

    /// A key of a vendor whose keys the guide tells.
    pub fn key(&self, vendor: &str, name: &str) -> String {
        let key = &self.guide["vendor_keys"][vendor][name];
        key.as_str()
            .unwrap_or_else(|| panic!("{vendor} has no {name}: {}", self.guide["vendor_keys"]))
            .to_owned()
    }

    pub fn runner(&self, operation: &str, connection: &Connection) -> Runner {
        Runner { http: self.http(), ..Runner::new(operation, Some(connection.clone())) }
    }

    /// Runs an action that must succeed.
    pub async fn does(&self, operation: &str, connection: &Connection, input: Value) -> Value {
        let done = self.runner(operation, connection).run(input.clone()).await;
        done.unwrap_or_else(|error| panic!("{operation} {input}: {error:?}"))
    }

    /// Runs an action that must fail.
    pub async fn fails(&self, operation: &str, connection: &Connection, input: Value) -> Error {
        match self.runner(operation, connection).run(input.clone()).await {
            Ok(output) => panic!("{operation} {input}: {output}"),
            Err(error) => error,
        }
    }

    /// Whether an action whose answer got lost was done.
    pub async fn finds(&self, operation: &str, connection: &Connection, input: Value) -> Option<Value> {
        self.runner(operation, connection).probe(input).await.unwrap()
    }

    pub async fn ask(&self, vendor: &str, control: &str) -> Value {
        let answer = self.http().get(&format!("{}/_sandbox/{control}", self.url(vendor))).send().await;
        answer.unwrap().error_for_status(|_| None).unwrap().json().unwrap()
    }

    pub async fn tell(&self, vendor: &str, control: &str, body: Value) -> Value {
        let url = format!("{}/_sandbox/{control}", self.url(vendor));
        let answer = self.http().post(&url).json(&body).send().await.unwrap();
        let said = answer.text().unwrap_or_default().to_owned();
        answer
            .error_for_status(|_| None)
            .unwrap_or_else(|error| panic!("{url} {body}: {error} {said}"))
            .json()
            .unwrap()
    }

    pub async fn fault(&self, vendor: &str, plan: Value) {
        self.tell(vendor, "faults", plan).await;
    }

    pub async fn no_faults(&self, vendor: &str) {
        self.http().delete(&format!("{}/_sandbox/faults", self.url(vendor))).send().await.unwrap();
    }

    pub async fn set(&self, vendor: &str, settings: Value) {
        let url = format!("{}/_sandbox/settings", self.url(vendor));
        let answer = self.http().put(&url).json(&settings).send().await.unwrap();
        answer.error_for_status(|_| None).unwrap();
    }

    /// What the vendor was told of this kind: what was said, oldest first.
    pub async fn received(&self, vendor: &str, kind: &str) -> Vec<Value> {
        let list = self.ask(vendor, &format!("received?kind={kind}")).await;
        list.as_array().unwrap().clone()
    }

    /// Makes orders that nobody is told of.
    pub async fn sell(&self, vendor: &str, count: usize, overrides: Value) -> Vec<Value> {
        let mut wish = json!({"count": count, "overrides": overrides});
        if vendor != "shop" {
            wish["quiet"] = true.into();
        }
        self.tell(vendor, "orders", wish).await["orders"].as_array().unwrap().clone()
    }

    /// Something happens to an order outside the API.
    pub async fn happens(&self, vendor: &str, order: &Value, status: &str) {
        let order = order.as_str().map_or_else(|| order.to_string(), str::to_owned);
        self.tell(vendor, "status", json!({"order": order, "status": status})).await;
    }

    /// Listens to a vendor's webhooks.
    pub async fn listen(&self, vendor: &str) -> Receiver {
        let receiver = Receiver::start().await;
        let url = format!("{}/_sandbox/webhooks", self.url(vendor));
        let answer = self.http().put(&url).json(&json!({"url": receiver.url})).send().await.unwrap();
        answer.error_for_status(|_| None).unwrap();
        receiver
    }

    /// Waits until every webhook was taken.
    pub async fn settled(&self) {
        self.running.handle().settled().await;
    }
}
