//! The demo's own flow, from the shop to the ERP, whose answers are lost and whose connections are reset.
//!
//! Every order that was acknowledged has exactly one sales order in the end; one that was not, at most one.

use crate::desk::Desk;
use crate::process::{Process, text};
use crate::{AGAIN, Chance, World, choices, storm};
use history::{History, Outcome, What};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CRASHES: u64 = 70;
pub const FLOW: &str = "order-to-erp";
/// Orders on their way at the same time.
const SENDERS: u64 = 6;
/// Between two orders of one sender: the door takes events ten times as fast as an unoptimised build works them off
/// against a failing ERP, and the orders of a minute would be worked off for many.
const PACE: Duration = Duration::from_millis(20);

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
    let (crashes, seed) = choices(CRASHES);
    let mut chance = Chance(seed);
    let mut sandbox = Process::spawn(&["sandbox", "--json", "--seed", &seed.to_string()]);
    let stand_ins = sandbox.ready().expect("the stand-ins are ready");
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(text(&stand_ins, "url"), folder.path().to_str().unwrap(), &mut chance);
    let (khlong, ready) = world.start();
    prepare(&Desk::of(&ready)).await;
    faults(&world, true).await;

    let ledger = Arc::new(Ledger { next: AtomicU64::new(1), ..Ledger::default() });
    let target = Arc::new(Target {
        url: text(&ready, "webhook_url").into(),
        secret: text(&ready, "webhook_secret").into(),
    });
    let senders: Vec<_> = (0..SENDERS)
        .map(|n| tokio::spawn(send(ledger.clone(), target.clone(), Chance(seed ^ (n + 1)))))
        .collect();
    let (_last, ready) = storm(&world, khlong, &mut chance, crashes).await;
    ledger.enough.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    faults(&world, false).await;
    let desk = Desk::of(&ready);
    desk.settled(&[FLOW]).await;
    judge(&world, &ledger, &desk).await;
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

pub fn body(order: u64) -> String {
    json!({
        "id": order, "name": format!("#{order}"), "email": format!("{order}@example.com"),
        "created_at": "2026-11-20T10:10:00+07:00", "currency": "THB", "taxes_included": true,
        "customer": { "id": order % 50 + 1, "first_name": "สมชาย", "last_name": "ใจดี" },
        "shipping_address": { "name": "สมชาย ใจดี", "address1": "99 ถ.สุขุมวิท", "city": "คลองเตย", "zip": "10110" },
        "line_items": [{ "sku": "TEA-100", "name": "ชา", "quantity": 2, "price": "250.00" }],
    })
    .to_string()
}

/// Retries come soon, and a lost answer is looked for soon: the stand-in does not work on behind our back for minutes.
async fn prepare(desk: &Desk) {
    let mut flow: Value = serde_json::from_str(include_str!("../../../../flows/order-to-erp.json")).unwrap();
    flow["nodes"][2]["retry"] = json!({ "attempts": 100, "first": "50ms", "max": "500ms" });
    desk.ask(reqwest::Method::POST, api::path::FLOWS, Some(flow)).await;
    let erp = api::path::CONNECTION.replace("{name}", "erp");
    let known = desk.ask(reqwest::Method::GET, &erp, None).await;
    let mut fields = known["fields"].clone();
    fields["settle"] = json!("1s");
    let change = json!({ "connector": known["connector"], "fields": fields });
    desk.ask(reqwest::Method::PUT, &erp, Some(change)).await;
}

async fn faults(world: &World, on: bool) {
    let url = format!("{}/erp/_sandbox/faults", world.stand_ins);
    world.http.delete(&url).send().await.unwrap();
    if on {
        let plans = json!([
            { "kind": "429", "rate": 0.02, "retry_after": 1 },
            { "kind": "500", "rate": 0.04 },
            { "kind": "timeout_after_work", "rate": 0.04, "close": true },
            { "kind": "reset", "rate": 0.04 },
            { "kind": "slow", "rate": 0.10, "ms": 60 },
        ]);
        let set = world.http.post(&url).json(&plans).send().await.unwrap();
        assert!(set.status().is_success(), "{}", set.text().await.unwrap());
    }
}

async fn judge(world: &World, ledger: &Ledger, desk: &Desk) {
    let mut history = History::default();
    let name = |order: u64| format!("SHOPIFY-{order}");
    let sent = ledger.sent.lock().unwrap().clone();
    for (order, acknowledged) in &sent {
        let delivery = name(*order);
        let effects = vec!["sales order".to_owned()];
        history.push(0, What::Sent { delivery: delivery.clone(), key: None, effects });
        history.push(
            0,
            if *acknowledged { What::Acknowledged { delivery } } else { What::Unclear { delivery } },
        );
    }
    let url = format!("{}/erp/_sandbox/orders", world.stand_ins);
    let held: Vec<Value> = world.http.get(url).send().await.unwrap().json().await.unwrap();
    for order in &held {
        let (delivery, effect) = (text(order, "reference").to_owned(), "sales order".to_owned());
        history.push(0, What::Done { delivery, effect, key: None });
    }
    for run in desk.runs(FLOW).await {
        let delivery = name(run.trigger["body"]["id"].as_u64().unwrap_or_default());
        history.push(0, What::Ended { delivery, run: run.id, outcome: run.outcome, replaces: run.replaces });
        assert_eq!(run.outcome, Outcome::Done);
    }
    let acknowledged = sent.values().filter(|acknowledged| **acknowledged).count();
    println!("{} orders sent, {acknowledged} acknowledged, {} in the ERP", sent.len(), held.len());
    assert!(acknowledged as u64 > CRASHES, "too few orders to mean anything");
    crate::check(&history);
}
