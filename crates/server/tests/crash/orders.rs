//! The demo's own flow, from the shop to the ERP, whose answers are lost and whose connections are reset.
//!
//! Every order that was acknowledged has exactly one sales order in the end; one that was not, at most one.

use crate::desk::Desk;
use crate::fleet::{Duty, Fleet};
use crate::process::{Process, text};
use crate::{AGAIN, Chance, World, choices, storm};
use history::{History, Outcome, What};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

const CRASHES: u64 = 70;
const CRASHES_BESIDE: u64 = 16;
/// The longest time between two blows to several processes.
const PAUSE_MAX: Duration = Duration::from_millis(700);
pub const FLOW: &str = "order-to-erp";
/// Longer than any call to the stand-in takes, and than it works on behind a call that was cut off.
const ATTEMPT: &str = "4s";
const SETTLE: &str = "1s";
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

/// Where a shop sends its orders.
struct Target {
    urls: Vec<String>,
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
    faults(&world.stand_ins, true).await;

    let ledger = Arc::new(Ledger { next: AtomicU64::new(1), ..Ledger::default() });
    let target = Arc::new(Target {
        urls: vec![text(&ready, "webhook_url").into()],
        secret: text(&ready, "webhook_secret").into(),
    });
    let senders = shops(&ledger, &target, seed);
    let (_last, ready) = storm(&world, khlong, &mut chance, crashes).await;
    ledger.enough.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    faults(&world.stand_ins, false).await;
    let desk = Desk::of(&ready);
    desk.unblock_all().await;
    desk.settled(&[FLOW]).await;
    judge(&world.stand_ins, &ledger, &desk, CRASHES).await;
}

/// The same with several processes on a database. Nobody is held still here: a process that is, right before its call, calls
/// when it wakes, and an ERP that has been asked meanwhile does the work once more. Decision 0006 says why.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_of_several_processes_every_acknowledged_order_arrives_once() {
    let (crashes, seed) = choices(CRASHES_BESIDE);
    let mut chance = Chance(seed);
    let mut sandbox = Process::spawn(&["sandbox", "--json", "--seed", &seed.to_string()]);
    let stand_ins = sandbox.ready().expect("the stand-ins are ready");
    let stand_ins = text(&stand_ins, "url").to_owned();
    let mut fleet = Fleet::start(&[Duty::Serve, Duty::Serve, Duty::Work], &mut chance).await;
    let desks = fleet.desks();
    let secret = connect(&desks[0], &stand_ins).await;
    faults(&stand_ins, true).await;
    let ledger = Arc::new(Ledger { next: AtomicU64::new(1), ..Ledger::default() });
    let urls = desks.iter().map(|desk| format!("{}/hooks/shopify/order-created", desk.url)).collect();
    let senders = shops(&ledger, &Arc::new(Target { urls, secret }), seed);
    while fleet.blows.kills < crashes {
        tokio::time::sleep(chance.up_to(PAUSE_MAX)).await;
        fleet.strike(&mut chance).await;
        fleet.raise(Some(&mut chance)).await;
    }
    println!("{:?}", fleet.blows);
    (0..fleet.members.len()).for_each(|at| fleet.kill(at));
    fleet.raise(None).await;
    ledger.enough.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    faults(&stand_ins, false).await;
    desks[0].unblock_all().await;
    desks[0].settled(&[FLOW]).await;
    judge(&stand_ins, &ledger, &desks[0], CRASHES_BESIDE).await;
}

fn shops(ledger: &Arc<Ledger>, target: &Arc<Target>, seed: u64) -> Vec<JoinHandle<()>> {
    let shop = |n| tokio::spawn(send(ledger.clone(), target.clone(), Chance(seed ^ (n + 1))));
    (0..SENDERS).map(shop).collect()
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
            .post(&target.urls[chance.below(target.urls.len() as u64) as usize])
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
    publish(desk, None).await;
    let erp = api::path::CONNECTION.replace("{name}", "erp");
    let known = desk.ask(reqwest::Method::GET, &erp, None).await;
    let mut fields = known["fields"].clone();
    fields["settle"] = json!(SETTLE);
    let change = json!({ "connector": known["connector"], "fields": fields });
    desk.ask(reqwest::Method::PUT, &erp, Some(change)).await;
}

/// Who takes a run over waits for as long as a call of the process before may still be under way.
async fn publish(desk: &Desk, attempt: Option<&str>) {
    let mut flow: Value = serde_json::from_str(include_str!("../../../../flows/order-to-erp.json")).unwrap();
    flow["nodes"][2]["retry"] = json!({ "attempts": 100, "first": "50ms", "max": "500ms" });
    if let Some(attempt) = attempt {
        flow["nodes"][2]["timeout"] = json!(attempt);
    }
    desk.ask(reqwest::Method::POST, api::path::FLOWS, Some(flow)).await;
}

/// Connects servers that know of nothing to the stand-ins; gives the secret that webhooks are signed with.
async fn connect(desk: &Desk, stand_ins: &str) -> String {
    let guide = reqwest::get(format!("{stand_ins}/_sandbox")).await.unwrap();
    let guide: Value = guide.json().await.unwrap();
    let keys = &guide["keys"];
    let shop = json!({
        "connector": "shopify", "fields": { "shop_url": guide["shop_url"] },
        "secrets": { "webhook_secret": keys["webhook_secret"], "access_token": keys["shop_token"] },
    });
    let fields = json!({
        "url": guide["erp_url"], "database": keys["erp_database"], "username": keys["erp_login"],
        "settle": SETTLE,
    });
    let erp = json!({ "connector": "odoo", "fields": fields, "secrets": { "api_key": keys["erp_api_key"] } });
    for (name, connection) in [("shop", shop), ("erp", erp)] {
        let path = api::path::CONNECTION.replace("{name}", name);
        desk.ask(reqwest::Method::PUT, &path, Some(connection)).await;
    }
    publish(desk, Some(ATTEMPT)).await;
    text(keys, "webhook_secret").to_owned()
}

async fn faults(stand_ins: &str, on: bool) {
    let http = reqwest::Client::new();
    let url = format!("{stand_ins}/erp/_sandbox/faults");
    http.delete(&url).send().await.unwrap();
    if on {
        let plans = json!([
            { "kind": "429", "rate": 0.02, "retry_after": 1 },
            { "kind": "500", "rate": 0.04 },
            { "kind": "timeout_after_work", "rate": 0.04, "close": true },
            { "kind": "reset", "rate": 0.04 },
            { "kind": "slow", "rate": 0.10, "ms": 60 },
        ]);
        let set = http.post(&url).json(&plans).send().await.unwrap();
        assert!(set.status().is_success(), "{}", set.text().await.unwrap());
    }
}

async fn judge(stand_ins: &str, ledger: &Ledger, desk: &Desk, least: u64) {
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
    let held = reqwest::get(format!("{stand_ins}/erp/_sandbox/orders")).await.unwrap();
    let held: Vec<Value> = held.json().await.unwrap();
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
    assert!(acknowledged as u64 > least, "too few orders to mean anything");
    crate::check(&history);
}
