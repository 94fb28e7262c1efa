//! A backup of a server that is at work, and a server made of it.

use crate::process::{KHLONG, Process, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const ORDERS: u64 = 40;
const AGAIN: Duration = Duration::from_millis(20);

pub struct World {
    pub http: reqwest::Client,
    pub stand_ins: String,
}

impl World {
    /// One whose ERP is so slow that orders are on their way at any moment. The stand-ins are there as long as their process.
    pub async fn with_slow_erp() -> (Process, Self) {
        let mut sandbox = Process::spawn(&["sandbox", "--json", "--seed", "7"]);
        let stand_ins = text(&sandbox.ready().expect("the stand-ins are ready"), "url").to_owned();
        let world = Self { http: reqwest::Client::new(), stand_ins };
        let slow = json!([{ "kind": "slow", "rate": 1.0, "ms": 150 }]);
        let answer = world.http.post(world.faults()).json(&slow).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        (sandbox, world)
    }

    pub fn faults(&self) -> String {
        format!("{}/erp/_sandbox/faults", self.stand_ins)
    }

    pub fn start(&self, data: &Path, more: &[&str]) -> (Process, Value) {
        let data = data.to_str().unwrap();
        let args =
            ["demo", "--json", "--orders", "0", "--port", "0", "--data", data, "--sandbox", &self.stand_ins];
        let mut khlong = Process::spawn(&[&args, more].concat());
        let ready = khlong.ready().expect("khlong is ready");
        (khlong, ready)
    }

    pub async fn send(&self, ready: &Value, order: u64) {
        let answer = self.try_send(ready, order).await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    pub async fn try_send(&self, ready: &Value, order: u64) -> reqwest::Response {
        let body = json!({
            "id": order, "name": format!("#{order}"), "email": format!("{order}@example.com"),
            "created_at": "2026-11-20T10:10:00+07:00", "currency": "THB", "taxes_included": true,
            "customer": { "id": order, "first_name": "สมชาย", "last_name": "ใจดี" },
            "shipping_address": { "name": "สมชาย ใจดี", "address1": "99 ถ.สุขุมวิท", "city": "คลองเตย", "zip": "10110" },
            "line_items": [{ "sku": "TEA-100", "name": "ชา", "quantity": 2, "price": "250.00" }],
        })
        .to_string();
        let request = self.http.post(text(ready, "webhook_url")).header("content-type", "application/json");
        let request = request.header("x-shopify-topic", "orders/create");
        let request = request.header("x-shopify-webhook-id", format!("delivery-{order}"));
        let signature = sandbox::sign(text(ready, "webhook_secret"), body.as_bytes());
        request.header("x-shopify-hmac-sha256", signature).body(body).send().await.unwrap()
    }

    pub async fn totals(&self, ready: &Value) -> Value {
        let url = format!("{}{}", text(ready, "url"), api::path::FLOWS);
        let answer = self.http.get(url).bearer_auth(text(ready, "api_token")).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["flows"][0]["totals"].clone()
    }

    /// What became of a lost answer is looked for soon.
    pub async fn settle_soon(&self, ready: &Value) {
        let url = format!("{}{}", text(ready, "url"), api::path::CONNECTION.replace("{name}", "erp"));
        let token = text(ready, "api_token");
        let known: Value = self.http.get(&url).bearer_auth(token).send().await.unwrap().json().await.unwrap();
        let mut fields = known["fields"].clone();
        fields["settle"] = json!("1s");
        let change = json!({ "connector": known["connector"], "fields": fields });
        let answer = self.http.put(&url).bearer_auth(token).json(&change).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// How often each order is in the ERP.
    pub async fn arrived(&self) -> BTreeMap<String, u64> {
        let url = format!("{}/erp/_sandbox/orders", self.stand_ins);
        let held: Vec<Value> = self.http.get(url).send().await.unwrap().json().await.unwrap();
        let mut arrived = BTreeMap::new();
        for order in &held {
            *arrived.entry(text(order, "reference").to_owned()).or_default() += 1;
        }
        arrived
    }
}

fn khlong(args: &[&str]) {
    let output = Command::new(KHLONG).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_made_of_a_backup_knows_every_order_acknowledged_before_and_goes_on_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let [data, copy, new] = ["data", "copy", "new"].map(|name| folder.path().join(name));
    let (_stand_ins, world) = World::with_slow_erp().await;
    let (mut first, ready) = world.start(&data, &[]);
    world.settle_soon(&ready).await;
    for order in 1..=ORDERS {
        world.send(&ready, order).await;
    }
    khlong(&["backup", copy.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    world.send(&ready, ORDERS + 1).await;
    first.kill();

    world.http.delete(world.faults()).send().await.unwrap();
    khlong(&["restore", copy.to_str().unwrap(), "--data", new.to_str().unwrap()]);
    for kept_elsewhere in ["master.key", "demo.json"] {
        std::fs::copy(data.join(kept_elsewhere), new.join(kept_elsewhere)).unwrap();
    }
    let (_second, ready) = world.start(&new, &[]);
    while world.totals(&ready).await["open"] != json!(0) {
        tokio::time::sleep(AGAIN).await;
    }
    let totals = world.totals(&ready).await;
    assert_eq!((&totals["done"], &totals["failed"]), (&json!(ORDERS), &json!(0)), "{totals}");
    let mut arrived = world.arrived().await;
    arrived.remove(&format!("SHOPIFY-{}", ORDERS + 1));
    let once = (1..=ORDERS).map(|order| (format!("SHOPIFY-{order}"), 1)).collect::<BTreeMap<_, _>>();
    assert_eq!(arrived, once);
}
