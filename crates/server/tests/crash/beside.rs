//! Two servers and two workers on one database: killed, held still beyond their leases, cut off; and the database crashes.

use crate::fleet::{Duty, Fleet};
use crate::workload::{self, Seen};
use crate::{Chance, choices};
use std::sync::atomic::Ordering;
use std::time::Duration;

const CRASHES: u64 = 60;
/// The longest time between two blows. Each of four then lives for some seconds: long enough to take work over.
const PAUSE_MAX: Duration = Duration::from_millis(900);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_of_processes_and_their_database_nothing_is_lost_or_doubled() {
    let (crashes, seed) = choices(CRASHES);
    let mut chance = Chance(seed);
    let duties = [Duty::Serve, Duty::Serve, Duty::Work, Duty::Work];
    let mut fleet = Fleet::start(&duties, &mut chance).await;
    let seen = Seen::new(seed);
    let target = workload::open(seen.clone()).await;
    let desks = fleet.desks();
    for flow in workload::flows(&target) {
        desks[0].ask(reqwest::Method::POST, api::path::FLOWS, Some(flow)).await;
    }
    let people = workload::people(&seen, &desks);
    while fleet.blows.kills < crashes {
        tokio::time::sleep(chance.up_to(PAUSE_MAX)).await;
        fleet.blow(&mut chance).await;
        fleet.thaw_due();
        fleet.raise(Some(&mut chance)).await;
    }
    println!("{:?}", fleet.blows);
    fleet.thaw_all();
    // What may still die at a named place is not what the rest is worked off by.
    (0..fleet.members.len()).for_each(|at| fleet.kill(at));
    fleet.raise(None).await;
    seen.enough.store(true, Ordering::Relaxed);
    for person in people {
        person.await.unwrap();
    }
    workload::settle(&desks[0], &seen).await;
    workload::judge(&desks[0], &seen, 400).await;
}
