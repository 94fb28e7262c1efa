//! Backups that are killed, of a server that is killed, while orders come; and a restore that is killed. The backup before
//! stays whole, the same command begins anew, and nothing half is left.

use crate::fleet::{Fleet, Kept};
use crate::target::{self, EFFECT, Target};
use crate::{AGAIN, Chance, choices};
use history::{History, Outcome, What};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const FLOW: &str = "orders";
const CRASHES: u64 = 10;
const NOTE_BYTES: usize = 20_000;
/// Every so many orders has a body that lies beside the store's file.
const LONG_EVERY: u64 = 15;
const LONG_BYTES: usize = 1_200_000;

/// Orders that were acknowledged, in order.
#[derive(Default)]
struct Shop {
    history: Mutex<History>,
    acknowledged: Mutex<Vec<String>>,
    enough: AtomicBool,
}

impl Shop {
    fn note(&self, what: What) {
        self.history.lock().unwrap().push(0, what);
    }

    fn so_far(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

async fn send_all(shop: Arc<Shop>, url: String, mut chance: Chance) {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    for n in 0.. {
        if shop.enough.load(Ordering::Relaxed) {
            return;
        }
        let delivery = n.to_string();
        let bytes = if chance.below(LONG_EVERY) == 0 { LONG_BYTES } else { NOTE_BYTES };
        let note: String = (0..bytes / 16).map(|_| format!("{:016x}", chance.number())).collect();
        let body = json!({ "d": delivery, "note": note });
        let effects = vec![EFFECT.to_owned()];
        shop.note(What::Sent { delivery: delivery.clone(), key: None, effects });
        loop {
            let request =
                http.post(format!("{url}/hooks/{FLOW}?d={delivery}")).header("x-delivery", &delivery);
            match request.json(&body).send().await {
                Ok(answer) if answer.status().is_success() => break,
                _ => tokio::time::sleep(AGAIN).await,
            }
        }
        shop.note(What::Acknowledged { delivery: delivery.clone() });
        shop.acknowledged.lock().unwrap().push(delivery);
    }
}

fn quiet(mut command: Command, args: &[&str], path: &Path) -> Command {
    command.args(args).arg(path).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Runs a command to its end, and says how long that took.
fn done(command: Command, args: &[&str], path: &Path) -> Duration {
    let since = Instant::now();
    let mut command = command;
    let output = command.args(args).arg(path).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    since.elapsed()
}

/// Kills a command after a while; says whether it was still at work.
fn cut_off(command: Command, args: &[&str], path: &Path, after: Duration) -> bool {
    let mut child = quiet(command, args, path).spawn().unwrap();
    std::thread::sleep(after);
    let is_at_work = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    is_at_work
}

/// What a backup names, and what lies in its folder.
fn parts(backup: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(backup.join("manifest.json")).unwrap()).unwrap();
    let named = manifest["parts"].as_array().unwrap().iter();
    let named = named.map(|part| part["stored"].as_str().unwrap().to_owned()).collect();
    let there =
        std::fs::read_dir(backup).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_part = |name: &String| !["manifest.json", "khlong.lock"].contains(&name.as_str());
    (named, there.filter(is_part).collect())
}

/// A new fleet made of a backup, whose restore was killed once; nobody works on it yet.
async fn restored(of: &Fleet, backup: &Path, took: Duration, chance: &mut Chance) -> Fleet {
    let mut new = Fleet::of(Kept::Folder, chance).await;
    new.go_on_as(of);
    cut_off(new.khlong(), &["restore"], backup, chance.up_to(took));
    // Killed at its last moment it is done, and says so.
    let again = new.khlong().args(["restore"]).arg(backup).output().unwrap();
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success() || said.contains("holds a store"), "{said}");
    new
}

/// A server of the backup has the first so many orders, and does of them what was not done.
async fn check_restored(mut new: Fleet, orders: usize, shop: &Shop) {
    new.raise(None).await;
    let desk = new.desks().remove(0);
    desk.settled(&[FLOW]).await;
    let there: BTreeSet<String> = desk
        .runs(FLOW)
        .await
        .iter()
        .map(|run| run.trigger["query"]["d"].as_str().unwrap().to_owned())
        .collect();
    let acknowledged = shop.acknowledged.lock().unwrap()[..orders].to_vec();
    let missing: Vec<_> = acknowledged.iter().filter(|order| !there.contains(*order)).collect();
    assert!(missing.is_empty(), "{missing:?} were acknowledged before the backup was begun");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_killed_again_and_again_leaves_the_one_before_whole() {
    let (crashes, seed) = choices(CRASHES);
    let mut chance = Chance(seed);
    let mut fleet = Fleet::of(Kept::Folder, &mut chance).await;
    fleet.open().await;
    let (target, shop) = (Arc::new(Target::default()), Arc::new(Shop::default()));
    let desk = fleet.desks().remove(0);
    let flow = target::flow(FLOW, &target.open().await, json!({}));
    desk.ask(Method::POST, api::path::FLOWS, Some(flow)).await;
    let sender = tokio::spawn(send_all(shop.clone(), desk.url.clone(), Chance(seed ^ 1)));
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    while shop.so_far() < 20 {
        tokio::time::sleep(AGAIN).await;
    }
    let (mut whole, mut at_work) = (shop.so_far(), 0);
    let mut took = done(fleet.khlong(), &["backup"], &backup);
    for round in 0..crashes {
        let after = chance.up_to(took);
        at_work += usize::from(cut_off(fleet.khlong(), &["backup"], &backup, after));
        if chance.below(2) == 0 {
            // The server dies while it is copied.
            let mut copying = quiet(fleet.khlong(), &["backup"], &backup).spawn().unwrap();
            tokio::time::sleep(chance.up_to(took)).await;
            fleet.kill(0);
            fleet.raise(None).await;
            copying.wait().unwrap();
        }
        let new = restored(&fleet, &backup, took, &mut chance).await;
        if round % 5 == 0 {
            check_restored(new, whole, &shop).await;
        }
        whole = shop.so_far();
        took = done(fleet.khlong(), &["backup"], &backup);
        let (named, there) = parts(&backup);
        assert_eq!(named, there, "nothing is left of what was broken off");
    }
    println!("{at_work} of {crashes} backups were at work when they were killed; {} orders", shop.so_far());
    assert!(at_work > 0);
    shop.enough.store(true, Ordering::Relaxed);
    sender.await.unwrap();
    desk.settled(&[FLOW]).await;
    done(fleet.khlong(), &["backup"], &backup);
    let new = restored(&fleet, &backup, took, &mut chance).await;
    check_restored(new, shop.so_far(), &shop).await;
    let mut history = shop.history.lock().unwrap().clone();
    target.tell(&mut history);
    for run in desk.runs(FLOW).await {
        let delivery = run.trigger["query"]["d"].as_str().unwrap().to_owned();
        assert_eq!(run.outcome, Outcome::Done);
        history.push(0, What::Ended { delivery, run: run.id, outcome: run.outcome, replaces: None });
    }
    crate::check(&history);
}
