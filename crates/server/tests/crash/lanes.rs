//! One program with its own store: ordering keys, waits, schedules, cancellation and a short memory.

use crate::desk::Desk;
use crate::process::{Process, text};
use crate::workload::{self, Seen};
use crate::{Chance, World, choices, storm};
use std::sync::atomic::Ordering;

const CRASHES: u64 = 80;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_order_waits_schedules_and_cancellation_hold() {
    let (crashes, seed) = choices(CRASHES);
    let mut chance = Chance(seed);
    let mut sandbox = Process::spawn(&["sandbox", "--json"]);
    let stand_ins = sandbox.ready().expect("the stand-ins are ready");
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(text(&stand_ins, "url"), folder.path().to_str().unwrap(), &mut chance);
    let (khlong, ready) = world.start();
    let seen = Seen::new(seed);
    let target = workload::open(seen.clone()).await;
    let desk = Desk::of(&ready);
    for flow in workload::flows(&target) {
        desk.ask(reqwest::Method::POST, api::path::FLOWS, Some(flow)).await;
    }
    let people = workload::people(&seen, &[desk]);
    let (_last, ready) = storm(&world, khlong, &mut chance, crashes).await;
    seen.enough.store(true, Ordering::Relaxed);
    for person in people {
        person.await.unwrap();
    }
    let desk = Desk::of(&ready);
    workload::settle(&desk, &seen).await;
    workload::judge(&desk, &seen, 400).await;
}
