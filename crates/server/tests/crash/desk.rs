//! A server's API, as its owner asks it.

use crate::process::text;
use crate::{AGAIN, SETTLE_MAX};
use history::Outcome;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Instant;

#[derive(Clone)]
pub struct Desk {
    http: reqwest::Client,
    pub url: String,
    pub token: String,
}

/// What the program says of a run.
pub struct Ended {
    pub id: String,
    pub outcome: Outcome,
    pub replaces: Option<String>,
    pub trigger: Value,
}

impl Desk {
    pub fn new(url: &str, token: &str) -> Self {
        Self { http: reqwest::Client::new(), url: url.into(), token: token.into() }
    }

    /// Where a demo says that it is.
    pub fn of(ready: &Value) -> Self {
        Self::new(text(ready, "url"), text(ready, "api_token"))
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.url);
        let request = self.http.request(method, url).bearer_auth(&self.token);
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

    pub async fn totals(&self, flow: &str) -> Value {
        let list = self.ask(Method::GET, api::path::FLOWS, None).await;
        let flows = list["flows"].as_array().cloned().unwrap_or_default();
        flows
            .into_iter()
            .find(|found| found["id"] == flow)
            .map(|found| found["totals"].clone())
            .unwrap_or_default()
    }

    /// Waits until none of these flows has an open run.
    pub async fn settled(&self, flows: &[&str]) {
        let since = Instant::now();
        for flow in flows {
            while self.totals(flow).await["open"] != json!(0) {
                if since.elapsed() >= SETTLE_MAX {
                    let (totals, over) = (self.totals(flow).await, self.connections().await);
                    panic!("runs of {flow} are still open: {totals}; {over:?}");
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    async fn connections(&self) -> Vec<Value> {
        let list = self.ask(Method::GET, api::path::CONNECTIONS, None).await;
        list["connections"].as_array().cloned().unwrap_or_default()
    }

    /// As a clerk says that the systems are there again: the next trial of one that was away may be minutes off.
    pub async fn unblock_all(&self) {
        for held in self.connections().await.iter().filter(|held| !held["blocked"].is_null()) {
            let path = api::path::CONNECTION_UNBLOCK.replace("{name}", text(held, "name"));
            self.ask(Method::POST, &path, None).await;
        }
    }

    /// Every run of a flow that has ended, oldest first.
    pub async fn runs(&self, flow: &str) -> Vec<Ended> {
        let (mut runs, mut before) = (Vec::new(), String::new());
        loop {
            let page = format!("{}?flow={flow}&limit=200{before}", api::path::RUNS);
            let page = self.ask(Method::GET, &page, None).await;
            for run in page["runs"].as_array().cloned().unwrap_or_default() {
                runs.extend(self.ended(&run).await);
            }
            let Some(next) = page["next"].as_str() else { break };
            before = format!("&before={next}");
        }
        runs.reverse();
        runs
    }

    async fn ended(&self, run: &Value) -> Option<Ended> {
        let outcome = match text(run, "state") {
            "done" => Outcome::Done,
            "failed" => Outcome::Failed,
            "cancelled" => Outcome::Cancelled,
            _ => return None,
        };
        let path = api::path::RUN.replace("{id}", text(run, "id"));
        let detail = self.ask(Method::GET, &path, None).await;
        let replaces = run["retry_of"].as_str().map(str::to_owned);
        Some(Ended { id: text(run, "id").into(), outcome, replaces, trigger: detail["trigger"].clone() })
    }

    /// Sends a delivery to a flow's door of the same name, once.
    pub async fn send(&self, flow: &str, delivery: &str) -> StatusCode {
        self.send_more(flow, delivery, "").await
    }

    /// The same, with as much more in it.
    pub async fn send_more(&self, flow: &str, delivery: &str, more: &str) -> StatusCode {
        let request = self.http.post(format!("{}/hooks/{flow}", self.url)).header("x-delivery", delivery);
        request.json(&json!({ "d": delivery, "more": more })).send().await.unwrap().status()
    }

    /// A number of `/metrics`, by its name and labels.
    pub async fn metric(&self, name: &str) -> Option<u64> {
        let page = self.http.get(format!("{}{}", self.url, api::path::METRICS)).send().await.ok()?;
        let page = page.text().await.ok()?;
        page.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
    }
}
