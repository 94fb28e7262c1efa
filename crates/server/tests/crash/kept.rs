//! Days pass between crashes: old runs and their long bodies are removed while new ones come, and the process dies before,
//! in and after that. Nothing that is needed goes, and nothing that is not stays for ever.

use crate::desk::Desk;
use crate::fleet::{Fleet, Kept};
use crate::set_clock::SetClock;
use crate::target::{self, EFFECT, Target};
use crate::{AGAIN, Chance, choices};
use history::{History, Outcome, What};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

const FLOW: &str = "short";
const CRASHES: u64 = 10;
const SENDERS: u64 = 3;
/// Different long bodies. Most come again, before and after the first was swept.
const BODIES: u64 = 5;
/// More than an event holds itself, in so many texts.
const BODY_BYTES: u64 = 1_300_000;
const NOTES: u64 = 20;
const LIFE_MAX: Duration = Duration::from_millis(1_800);
/// From crash to crash: whoever is not needed for an hour may go, and so may a run that ended a second ago.
const NIGHT_MIN: i64 = 24 * 60 + 7;
const PATIENCE: Duration = Duration::from_secs(60);
/// Where processes die by themselves, the how manyth time at most.
const PLACES: [(&str, u64); 7] = [
    ("expire.runs", 2),
    ("expire.records", 2),
    ("expire", 2),
    ("blob.piece", 20),
    ("blob.sealed", 3),
    ("acknowledge", 4),
    ("commit.after", 9),
];

/// What senders were told.
#[derive(Default)]
struct Shops {
    history: Mutex<History>,
    acknowledged: Mutex<Vec<String>>,
    enough: AtomicBool,
}

impl Shops {
    fn note(&self, what: What) {
        self.history.lock().unwrap().push(0, what);
    }
}

fn flow(target: &str) -> Value {
    // No run is to end because its night was a day long.
    let settings = json!({ "keep": { "done": "1s", "failed": "1s" }, "timeout": "300d" });
    let mut flow = target::flow(FLOW, target, settings);
    // The body is the same for many: the delivery is in the address. A run whose body is gone fails.
    flow["nodes"][1]["with"]["body"] = json!("${trigger.query.d}");
    let count = format!("if input.notes.len() != {NOTES} {{ throw \"not whole\" }}");
    let count = json!({ "id": "count", "use": "core/script", "with": { "script": count } });
    flow["nodes"].as_array_mut().unwrap().push(count);
    flow["edges"] = json!([{ "from": "in", "to": "count" }, { "from": "count", "to": "out" }]);
    flow
}

fn body(number: u64) -> String {
    let note = format!("{number} ").repeat((BODY_BYTES / NOTES / 2) as usize);
    json!({ "notes": vec![note; NOTES as usize] }).to_string()
}

/// Sends one after the other, each until it is acknowledged.
async fn send_all(shops: Arc<Shops>, doors: Vec<String>, sender: u64, mut chance: Chance) {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    for n in 0.. {
        if shops.enough.load(Ordering::Relaxed) {
            return;
        }
        let (delivery, body) = (format!("{sender}.{n}"), body(chance.below(BODIES)));
        let effects = vec![EFFECT.to_owned()];
        shops.note(What::Sent { delivery: delivery.clone(), key: None, effects });
        loop {
            let door = &doors[chance.below(doors.len() as u64) as usize];
            let request = http.post(format!("{door}/hooks/{FLOW}?d={delivery}")).body(body.clone());
            let request = request.header("x-delivery", &delivery).header("content-type", "application/json");
            match request.send().await {
                Ok(answer) if answer.status().is_success() => break,
                _ => tokio::time::sleep(AGAIN * 5).await,
            }
        }
        shops.note(What::Acknowledged { delivery: delivery.clone() });
        shops.acknowledged.lock().unwrap().push(delivery);
        tokio::time::sleep(chance.up_to(AGAIN * 10)).await;
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let patience = async {
        while !holds().await {
            tokio::time::sleep(AGAIN * 5).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, patience).await.is_ok(), "waited in vain until {what}");
}

/// So many long bodies, whole or not, are in the store.
async fn bodies(fleet: &Fleet, kept: Kept) -> usize {
    match kept {
        Kept::Folder => std::fs::read_dir(fleet.folder().join("blobs")).map_or(0, Iterator::count),
        Kept::Database => {
            let all = "SELECT (SELECT count(*) FROM kept_blob) + (SELECT count(*) FROM blob_upload) +
                       (SELECT count(*) FROM blob_piece) + (SELECT count(*) FROM blob_use)";
            fleet.count(all).await as usize
        }
    }
}

async fn play(kept: Kept) {
    let (crashes, seed) = choices(CRASHES);
    let mut chance = Chance(seed);
    let mut fleet = Fleet::of(kept, &mut chance).await;
    fleet.clock = Some(SetClock::new());
    fleet.open().await;
    let (target, shops) = (Arc::new(Target::default()), Arc::new(Shops::default()));
    let desks = fleet.desks();
    desks[0].ask(Method::POST, api::path::FLOWS, Some(flow(&target.open().await))).await;
    let doors: Vec<String> = desks.iter().map(|desk| desk.url.clone()).collect();
    let senders = (0..SENDERS).map(|sender| {
        let chance = Chance(seed ^ (sender + 1));
        tokio::spawn(send_all(shops.clone(), doors.clone(), sender, chance))
    });
    let senders: Vec<JoinHandle<()>> = senders.collect();
    let mut died = BTreeMap::<&str, usize>::new();
    for _ in 0..crashes {
        let at = chance.below(fleet.members.len() as u64) as usize;
        fleet.kill(at);
        let (place, times) = PLACES[chance.below(PLACES.len() as u64) as usize];
        fleet.revive(at, Some(format!("{place}:{}", 1 + chance.below(times)))).await;
        if let Some(clock) = &fleet.clock {
            clock.jump(NIGHT_MIN);
        }
        tokio::time::sleep(chance.up_to(LIFE_MAX)).await;
        if fleet.has_died(at) {
            *died.entry(place).or_default() += 1;
        }
    }
    println!("died by themselves: {died:?}");
    (0..fleet.members.len()).for_each(|at| fleet.kill(at));
    fleet.raise(None).await;
    // On a slow machine little has come in between the deaths.
    let enough = || shops.acknowledged.lock().unwrap().len() > BODIES as usize * 2;
    until("there is enough to mean anything", async || enough()).await;
    shops.enough.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    desks[0].settled(&[FLOW]).await;
    judge(&shops, &target, &desks[0]).await;
    // Two nights more, and nothing is left of it: no run, and no body of one that came to nothing.
    until("all is gone", async || {
        fleet.clock.iter().for_each(|clock| clock.jump(NIGHT_MIN));
        tokio::time::sleep(Duration::from_secs(2)).await;
        bodies(&fleet, kept).await == 0 && desks[0].runs(FLOW).await.is_empty()
    })
    .await;
    let totals = desks[0].totals(FLOW).await;
    assert_eq!(totals["done"], json!(shops.acknowledged.lock().unwrap().len()), "counts are for ever");
}

/// The runs are forgotten after a second; that as many went well as were acknowledged is all that is left of them.
async fn judge(shops: &Shops, target: &Target, desk: &Desk) {
    let acknowledged = shops.acknowledged.lock().unwrap().clone();
    let totals = desk.totals(FLOW).await;
    let failures = desk.ask(Method::GET, api::path::ERRORS, None).await;
    let counts = (&totals["done"], &totals["failed"]);
    assert_eq!(counts, (&json!(acknowledged.len()), &json!(0)), "{failures}");
    println!("{} events with long bodies were acknowledged", acknowledged.len());
    let mut history = shops.history.lock().unwrap().clone();
    for delivery in acknowledged {
        let (run, outcome) = (delivery.clone(), Outcome::Done);
        history.push(0, What::Ended { delivery, run, outcome, replaces: None });
    }
    target.tell(&mut history);
    crate::check(&history);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_what_is_old_goes_and_what_is_needed_stays() {
    play(Kept::Folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_of_several_processes_what_is_old_goes_and_what_is_needed_stays() {
    play(Kept::Database).await;
}
