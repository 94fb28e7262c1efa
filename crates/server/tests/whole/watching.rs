//! What whoever watches a server gets: numbers and lines.

use crate::khlong::{Asker, Khlong};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;

const PAGE: &str = include_str!("../../../../docs/observability.md");

/// A flow whose action fails: at the port that it calls nobody listens.
async fn failing(owner: &Asker) {
    let flow = json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "orders" } },
            { "id": "map", "use": "core/script", "with": { "script": "#{ secret: input.card }" } },
            { "id": "send", "use": "http/request", "retry": { "attempts": 1 },
              "with": { "method": "POST", "url": "http://127.0.0.1:9/orders", "body": "${input}" } },
        ],
        "edges": [{ "from": "in", "to": "map" }, { "from": "map", "to": "send" }],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
}

async fn fail(khlong: &Khlong, owner: &Asker) -> String {
    let hook = reqwest::Client::new().post(format!("{}/hooks/orders", khlong.url));
    let hook = hook.header("content-type", "application/json").body(r#"{"card":"4111-1111-1111-1111"}"#);
    let started: api::Started = hook.send().await.unwrap().json().await.unwrap();
    assert_eq!(khlong.settled(owner, &started.run).await["run"]["state"], "failed");
    started.run
}

#[tokio::test]
async fn prometheus_reads_the_metrics_and_the_page_lists_each_of_them() {
    let limits = server::budget::Limits { bytes_max: Some(1 << 40), keeps_days: false };
    let folder = tempfile::tempdir().unwrap();
    let khlong = Khlong::start_in(folder, |settings| settings.budget = limits).await;
    khlong.app.look_at_budget().await.unwrap();
    let owner = khlong.owner().await;
    failing(&owner).await;
    fail(&khlong, &owner).await;
    let text = owner.get(api::path::METRICS).await.text().await.unwrap();
    let families = families(&text);
    let lines = text.lines().map(|line| Ok(line.to_owned()));
    let read = prometheus_parse::Scrape::parse(lines).unwrap();
    for sample in &read.samples {
        // Of a histogram, the reader gives sum and count as samples of their own.
        let whole = sample.metric.strip_suffix("_sum").or(sample.metric.strip_suffix("_count"));
        let of_histogram = |name: &&str| families.get(*name) == Some(&"histogram");
        let family = whole.filter(of_histogram).unwrap_or(&sample.metric);
        assert!(families.contains_key(family), "{} has no TYPE", sample.metric);
        assert!(read.docs.contains_key(family), "{} has no HELP", sample.metric);
    }
    let on_page: BTreeMap<_, _> = PAGE.lines().filter_map(row).collect();
    let shown: BTreeMap<_, _> = families.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    assert_eq!(on_page, shown, "docs/observability.md lists other metrics than /metrics gives");
    let attempts = "khlong_effect_attempts_total{operation=\"http/request\",outcome=\"passing\"} 1";
    assert!(text.contains(attempts), "{text}");
}

/// The families and their types, after a look at what the format and Prometheus' conventions ask for.
fn families(text: &str) -> BTreeMap<String, &str> {
    let mut families = BTreeMap::new();
    let mut series = BTreeSet::new();
    let mut current = "";
    for line in text.lines() {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            let (name, kind) = family.split_once(' ').unwrap();
            assert!(families.insert(name.to_owned(), kind).is_none(), "{name} comes twice");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            current = name;
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(current), "{line} stands among those of {current}");
            assert!(series.insert(name), "{name} comes twice");
            assert!(value.parse::<f64>().is_ok_and(|value| value >= 0.0), "{line}");
        }
    }
    families
}

/// A row of the page's tables: a metric and its type.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.split('|').map(str::trim).skip(1);
    let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
    let kind = cells.next()?;
    ["counter", "gauge", "histogram"].contains(&kind).then_some((name, kind))
}

/// What is logged, one JSON object per line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn read(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn saying(&self, what: &str) -> Value {
        let lines = self.read();
        let found =
            lines.iter().find(|line| line["fields"]["message"].as_str().unwrap_or_default().contains(what));
        found.unwrap_or_else(|| panic!("nobody said «{what}»: {lines:#?}")).clone()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn listening() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let logs =
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG).with_writer(lines.clone());
    (lines, tracing::subscriber::set_default(logs.finish()))
}

#[tokio::test]
async fn a_line_about_a_run_says_which_run_which_flow_and_which_node() {
    let (lines, _listening) = listening();
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    failing(&owner).await;
    let run = fail(&khlong, &owner).await;
    for what in ["an attempt failed", "the run failed"] {
        let line = lines.saying(what);
        assert_eq!(line["fields"]["node"], "send", "{line}");
        assert_eq!(line["fields"]["code"], "E0303", "{line}");
        assert_eq!(
            (line["span"]["name"].as_str(), line["span"]["flow"].as_str()),
            (Some("run"), Some("orders"))
        );
        assert_eq!(line["span"]["run"].to_string(), run, "{line}");
    }
    let all = lines.read().iter().map(Value::to_string).collect::<String>();
    assert!(!all.contains("4111"), "what an event brings is in no log");
}

#[tokio::test]
async fn who_gets_an_error_can_name_it_to_who_reads_the_log() {
    let (lines, _listening) = listening();
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let answer = owner.get("/api/v1/nothing").await;
    let number = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.json::<Value>().await.unwrap()["request"], json!(number));
    khlong.app.close(Duration::ZERO).await;
    let answer = owner.get(api::path::FLOWS).await;
    assert!(answer.status().is_server_error());
    let told: Value = answer.json().await.unwrap();
    let line = lines.saying("a request failed");
    assert_eq!(line["fields"]["request"], told["request"], "{told}");
}
