//! The disk of the database fills up under orders, and has room again later.

use crate::fleet::{Duty, Fleet};
use crate::workload::{self, Seen};
use crate::{AGAIN, Chance, choices};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Enough for a new database with its log, and little more.
const MEGABYTES: u32 = 320;
const SETTINGS: &str = "max_wal_size = 48MB\nmin_wal_size = 32MB\nshared_buffers = 16MB\n";
/// Sixteen bytes each.
const NOISE_WORDS: usize = 12_000;
/// Refusals in a row that are no passing thing.
const REFUSALS: usize = 20;

/// A file system of its own, small, where the machine lets us make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={MEGABYTES}m,mode=0755");
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).output();
    }
}

/// Takes what is left of the disk.
fn fill(path: &Path) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    while file.write_all(&[0; 64 << 10]).is_ok() {}
}

/// Its events fill the log of a database.
fn bulky() -> Value {
    let hook = json!({ "id": "in", "use": "core/webhook", "with": { "path": "bulky", "delivery_id": "x-delivery" } });
    json!({ "khlong": 1, "id": "bulky", "name": "Bulky", "nodes": [hook], "edges": [] })
}

/// So that compression cannot make it small.
fn noise(chance: &mut Chance) -> String {
    (0..NOISE_WORDS).map(|_| format!("{:016x}", chance.number())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_the_database_loses_nothing_that_was_acknowledged() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    std::fs::set_permissions(disk.0.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (_, seed) = choices(0);
    let mut chance = Chance(seed);
    let mut fleet = Fleet::start_on(disk.0.path(), SETTINGS, &[Duty::Serve, Duty::Work], &mut chance).await;
    let seen = Seen::new(seed);
    let target = workload::open(seen.clone()).await;
    let desks = fleet.desks();
    for flow in workload::flows(&target) {
        desks[0].ask(reqwest::Method::POST, api::path::FLOWS, Some(flow)).await;
    }
    desks[0].ask(reqwest::Method::POST, api::path::FLOWS, Some(bulky())).await;
    let people = workload::people(&seen, &desks);
    tokio::time::sleep(chance.up_to(Duration::from_secs(2))).await;

    let filler = disk.0.path().join("filler");
    let (mut sent, mut refused) = (0, 0);
    while refused < REFUSALS {
        fill(&filler);
        sent += 1;
        let answer = desks[0].send_more("bulky", &sent.to_string(), &noise(&mut chance)).await;
        assert!(answer.is_success() || answer == StatusCode::SERVICE_UNAVAILABLE, "{answer}");
        refused = if answer.is_success() { 0 } else { refused + 1 };
    }
    std::fs::remove_file(&filler).unwrap();
    // A database whose log has no room ends itself, and whoever looks after it starts it again.
    fleet.start_database_again().await;
    let raised = async {
        fleet.raise(None).await;
        while !desks[0].send("bulky", "one more").await.is_success() {
            tokio::time::sleep(AGAIN).await;
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(60), raised).await;
    assert!(came.is_ok(), "events are taken again");
    seen.enough.store(true, Ordering::Relaxed);
    for person in people {
        person.await.unwrap();
    }
    workload::settle(&desks[0], &seen).await;
    workload::judge(&desks[0], &seen, 40).await;
}
