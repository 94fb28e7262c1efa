//! A power cut: what was written and not synced is gone, as a whole or in part. Each test starts this program again as its
//! victim, on a disk that remembers what was synced (`power_cut/disk.rs`).

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use store::contract::sample::*;
use store::{Journal, RunQueries, Status};
use store_sqlite::{Durability, Options, SqliteStore};

const DIR: &str = "POWER_CUT_DIR";
const NORMAL: &str = "POWER_CUT_NORMAL";
/// What has ended moves to the file of its day at once.
const DAYS: &str = "POWER_CUT_DAYS";
/// Cuts per test. Each starts a process and lets it write for a moment.
const CUTS: usize = 6;
/// Disks lose what they hold in units of this many bytes.
const SECTOR: usize = 512;

/// Commits for ever, telling each number once it is on disk: n is accepted, n - 1 has ended.
#[tokio::test]
#[ignore = "a child"]
async fn commits_until_the_power_goes() {
    let mut options = Options::new(PathBuf::from(std::env::var_os(DIR).expect("given by the test")));
    if std::env::var_os(NORMAL).is_some() {
        options.durability = Durability::Normal;
    }
    options.archive_after = match std::env::var_os(DAYS) {
        Some(_) => Duration::ZERO,
        None => Duration::from_secs(3_600),
    };
    let store = SqliteStore::open(options).await.expect("it opens");
    let mut n = numbers([store.last_id().await.expect("asked").max(id(0))])[0] + 1;
    loop {
        let mut batch = accepts([accept(n)]);
        let bytes = if n % 7 == 0 { 40 << 10 } else { 500 };
        batch.accepts[0].event.as_mut().expect("it has one").body = vec![b'x'; bytes].into();
        batch.records = vec![record(n, 1)];
        batch.finishes = (n > 1).then(|| finish(run(n - 1), Status::Done)).into_iter().collect();
        store.commit(batch).await.expect("it is written");
        println!("\nwritten {n}");
        n += 1;
    }
}

/// The same choices for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// The disk as a library, compiled once per test.
fn disk(folder: &Path) -> PathBuf {
    let library = folder.join("disk.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power_cut/disk.rs");
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let mut compile = Command::new(rustc);
    compile.args(["--edition", "2024", "--crate-type", "cdylib", "-O", "-C", "panic=abort", "-o"]);
    let compiled = compile.arg(&library).arg(source).status().expect("rustc is there where cargo is");
    assert!(compiled.success());
    library
}

struct Victim {
    folder: tempfile::TempDir,
    library: PathBuf,
    variables: Vec<&'static str>,
    dice: Dice,
    /// The last number that was told before the power went.
    told: i64,
}

impl Victim {
    fn new(seed: u64, variables: &[&'static str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = disk(folder.path());
        Self { folder, library, variables: variables.into(), dice: Dice(seed), told: 0 }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("it is there").join("data")
    }

    fn durable(&self) -> PathBuf {
        self.folder.path().join("durable")
    }

    /// Writes until the power goes, which is after a number of commits that nobody knows.
    fn write(&mut self) {
        std::fs::create_dir_all(self.data()).expect("a folder");
        let mut child = Command::new(std::env::current_exe().expect("this program has a name"));
        child.args(["--ignored", "--exact", "--nocapture", "commits_until_the_power_goes"]);
        child.env(DIR, self.data()).env("POWER_CUT_DURABLE", self.durable());
        child.env("LD_PRELOAD", &self.library).stdout(Stdio::piped());
        child.envs(self.variables.iter().map(|name| (name, "1")));
        let mut child = child.spawn().expect("the child starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let mut numbers = lines.filter_map(|line| line.strip_prefix("written ")?.parse().ok()).fuse();
        let commits = 5 + self.dice.below(400) as usize;
        self.told = numbers.by_ref().nth(commits).expect("it writes on");
        child.kill().expect("it is killed");
        // What it had told before it died counts too.
        self.told = numbers.last().unwrap_or(self.told);
        child.wait().expect("it is gone");
    }

    /// Everything that was not synced is gone.
    fn cut(&mut self) {
        std::fs::remove_dir_all(self.data()).expect("it was there");
        std::fs::remove_dir_all(self.durable().join(".nameless")).ok();
        copy(&self.durable(), &self.data());
    }

    /// Of what was not synced, some sectors reached the disk and some did not.
    fn tear(&mut self) {
        let (data, durable) = (self.data(), self.durable());
        std::fs::remove_dir_all(durable.join(".nameless")).ok();
        for name in names(&data).into_iter().chain(names(&durable)).collect::<BTreeSet<_>>() {
            let written = std::fs::read(data.join(&name)).unwrap_or_default();
            let synced = std::fs::read(durable.join(&name)).unwrap_or_default();
            std::fs::remove_file(data.join(&name)).ok();
            let is_mapped = name.to_string_lossy().ends_with("-shm");
            if durable.join(&name).exists() || (!is_mapped && self.dice.below(2) == 0) {
                write(&data.join(&name), &self.torn(&written, &synced));
            }
        }
        // From here on, this is what is on the disk.
        std::fs::remove_dir_all(&durable).ok();
        copy(&data, &durable);
    }

    fn torn(&mut self, written: &[u8], synced: &[u8]) -> Vec<u8> {
        let longest = if self.dice.below(2) == 0 { written.len() } else { synced.len() };
        let mut torn = Vec::with_capacity(longest);
        for from in (0..longest).step_by(SECTOR) {
            let of = if self.dice.below(2) == 0 { written } else { synced };
            let mut sector = of.get(from..of.len().min(from + SECTOR)).unwrap_or_default().to_vec();
            sector.resize(SECTOR.min(longest - from), 0);
            torn.append(&mut sector);
        }
        torn
    }

    /// The numbers that were told and are not there. The rest is whole.
    async fn lost(&self) -> Vec<i64> {
        let store = SqliteStore::open(Options::new(self.data())).await.expect("it opens");
        let mut lost = Vec::new();
        for n in 1..=self.told {
            let detail = store.run_detail(id(n)).await.expect("asked");
            let there = detail.is_some_and(|run| n == self.told || run.summary.status == Some(Status::Done));
            lost.extend((!there).then_some(n));
        }
        let file = rusqlite::Connection::open(store.file()).expect("it opens");
        let health: String =
            file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it is checked");
        assert_eq!(health, "ok");
        lost
    }

    /// What this process's own look has changed is on the disk now.
    fn settle(&self) {
        std::fs::remove_dir_all(self.durable()).ok();
        copy(&self.data(), &self.durable());
    }
}

/// The files below a folder, by their paths in it.
fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&inside)).into_iter().flatten().flatten() {
            let name = inside.join(entry.file_name());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(name)
            } else {
                names.push(name)
            }
        }
    }
    names
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for name in names(from) {
        write(&to.join(&name), &std::fs::read(from.join(&name)).expect("it is read"));
    }
}

fn write(file: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
    std::fs::write(file, bytes).expect("it is written");
}

/// The power goes again and again, each time in its own way.
async fn nothing_is_lost(mut victim: Victim, goes: impl Fn(&mut Victim)) {
    for cut in 0..CUTS {
        victim.write();
        goes(&mut victim);
        assert_eq!(victim.lost().await, [0; 0], "cut {cut}");
        victim.settle();
    }
}

#[tokio::test]
async fn nothing_that_was_told_is_lost_when_the_power_goes() {
    nothing_is_lost(Victim::new(7, &[]), Victim::cut).await;
}

#[tokio::test]
async fn nothing_that_was_told_is_lost_when_sectors_are_torn() {
    nothing_is_lost(Victim::new(8, &[]), Victim::tear).await;
}

#[tokio::test]
async fn nothing_that_was_told_is_lost_where_a_new_file_needs_its_folder_synced() {
    nothing_is_lost(Victim::new(9, &["POWER_CUT_NAMES"]), Victim::cut).await;
}

#[tokio::test]
async fn nothing_that_was_told_is_lost_on_its_way_to_the_file_of_its_day() {
    let cut = |victim: &mut Victim| {
        assert!(names(&victim.data()).iter().any(|name| name.starts_with("history")), "some have moved");
        victim.cut();
    };
    nothing_is_lost(Victim::new(11, &[DAYS, "POWER_CUT_NAMES"]), cut).await;
}

#[tokio::test]
async fn nothing_that_was_told_is_lost_on_its_way_to_the_file_of_its_day_when_sectors_are_torn() {
    nothing_is_lost(Victim::new(12, &[DAYS]), Victim::tear).await;
}

/// Without this one, the others would prove nothing.
#[tokio::test]
async fn a_store_that_does_not_sync_its_commits_loses_some() {
    let mut victim = Victim::new(10, &[NORMAL]);
    victim.write();
    victim.cut();
    assert!(!victim.lost().await.is_empty(), "a commit that was not synced survived: the cut is none");
}
