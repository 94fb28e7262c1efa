//! What is left when the process or the disk gives out. Each test starts this program again as its victim.

use bytes::Bytes;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use store::contract::sample::*;
use store::{Batch, Error, Journal, RunQueries, Shards, Status};
use store_sqlite::{Options, SqliteStore};

const DIR: &str = "STORE_TEST_DIR";

/// The folder that the parent gave; without one this is not a child.
fn dir() -> PathBuf {
    std::env::var_os(DIR).expect("started by the test that needs it").into()
}

/// Starts one of the ignored tests below in a process of its own, through a piece of shell that prepares it.
fn child(prepare: &str, test: &str, dir: &Path) -> Child {
    let command = format!("{prepare} \"$0\" --ignored --exact --nocapture {test}");
    let program = std::env::current_exe().expect("this program has a name");
    let mut child = Command::new("sh");
    child.args(["-c", &command]).arg(program).env(DIR, dir).stdout(Stdio::piped());
    child.spawn().expect("the child starts")
}

/// Commits for ever, telling each number once it is on disk: n is accepted, n - 1 has ended.
#[tokio::test]
#[ignore = "a child"]
async fn commits_until_it_is_killed() {
    let mut options = Options::new(dir());
    // So that it dies in the middle of moving runs, too.
    options.archive_after = Duration::from_millis(5);
    let store = SqliteStore::open(options).await.expect("it opens");
    let mut n = numbers([store.last_id().await.expect("asked").max(id(0))])[0] + 1;
    loop {
        let mut batch = accepts([delivered(n, 0)]);
        let event = batch.accepts[0].event.as_mut().expect("it has one");
        event.delivery = Some(u128::from(n as u64).to_be_bytes());
        event.body = Bytes::from(vec![b'x'; if n % 10 == 0 { 40 << 10 } else { 500 }]);
        batch.records = vec![record(n, 1)];
        batch.finishes = (n > 1).then(|| finish(run(n - 1), Status::Done)).into_iter().collect();
        store.commit(batch).await.expect("it is written");
        println!("\nwritten {n}");
        n += 1;
    }
}

#[tokio::test]
async fn everything_acknowledged_is_there_after_kill_9() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut acknowledged = 0;
    for round in 1..=8 {
        let mut child = child("exec", "commits_until_it_is_killed", dir.path());
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let numbers =
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("written ")?.parse().ok());
        let mut numbers = numbers.fuse();
        acknowledged = numbers.by_ref().nth(7 * round).expect("it writes on");
        child.kill().expect("it is killed");
        // What it had told before it died counts too.
        acknowledged = numbers.last().unwrap_or(acknowledged);
        child.wait().expect("it is gone");
    }
    let store = SqliteStore::open(Options::new(dir.path())).await.expect("it opens");
    for n in 1..acknowledged {
        let run = store.run_detail(id(n)).await.expect("asked").unwrap_or_else(|| panic!("{n} is lost"));
        assert_eq!(run.summary.status, Some(Status::Done), "{n}");
        assert_eq!(run.event.map(|event| event.body.len()), Some(if n % 10 == 0 { 40 << 10 } else { 500 }));
    }
    let last = store.load_run(id(acknowledged)).await.expect("asked");
    assert!(last.is_some_and(|run| run.records.len() == 1) || is_done(&store, acknowledged).await);
    let days = std::fs::read_dir(dir.path().join("history")).expect("it is listed");
    let days: Vec<_> = days
        .map(|day| day.expect("it is listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
        .collect();
    assert!(!days.is_empty(), "runs have moved");
    for file in days.into_iter().chain([store.file()]) {
        let file = rusqlite::Connection::open(file).expect("it opens");
        let health: String =
            file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it is checked");
        assert_eq!(health, "ok");
    }
}

/// The commit after the last one told may have landed too.
async fn is_done(store: &SqliteStore, n: i64) -> bool {
    let detail = store.run_detail(id(n)).await.expect("asked");
    detail.is_some_and(|run| run.summary.status == Some(Status::Done))
}

/// The shell lets no file grow past 2 MB, which the kernel reports as a failed write.
#[tokio::test]
#[ignore = "a child"]
async fn stops_at_the_first_failed_write() {
    let store = SqliteStore::open(Options::new(dir())).await.expect("it opens");
    let mut written = 0;
    let failed = loop {
        match store.commit(accepts([accept(written + 1)])).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(failed, Error::Io(_)), "{failed:?}");
    let nothing = store.commit(accepts([accept(1)])).await;
    assert!(
        matches!(nothing, Err(Error::Io(_))),
        "even a batch that changes nothing is refused: {nothing:?}"
    );
    println!("\nwritten {written}");
}

#[tokio::test]
async fn after_a_failed_write_nothing_is_written_until_the_next_start() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    // In blocks of 512 bytes; the signal is ignored so that the write fails instead.
    let child = child("trap '' XFSZ; ulimit -f 4096; exec", "stops_at_the_first_failed_write", dir.path());
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}");
    let written = told.lines().find_map(|line| line.strip_prefix("written ")?.parse::<i64>().ok());
    let written = written.expect("it told how many");
    let store = SqliteStore::open(Options::new(dir.path())).await.expect("the next start works");
    let open = store.runs_of(&store::all_shards(), 0, 10_000).await.expect("asked");
    assert_eq!(numbers(open.into_iter().map(|open| open.run.id)), Vec::from_iter(1..=written));
    commit(&*store, accepts([accept(written + 1)])).await;
}

/// The shell has mounted a small disk on the folder.
#[tokio::test]
#[ignore = "a child"]
async fn fills_the_disk_and_finds_room_again() {
    let data = dir().join("data");
    let store = SqliteStore::open(Options::new(&data)).await.expect("it opens");
    let ballast = data.join("khlong.ballast");
    assert!(ballast.exists(), "there is room for it at the start");
    commit(&*store, accepts([accept(1)])).await;
    let filler = dir().join("filler");
    std::fs::write(&filler, vec![7; 60 << 20]).expect("somebody else's file");
    let mut n = 2;
    let heavy = |n| {
        let mut batch = accepts([accept(n)]);
        batch.accepts[0].event.as_mut().expect("it has one").body = vec![b'x'; 1 << 20].into();
        batch
    };
    let full = loop {
        match store.commit(heavy(n)).await {
            Ok(_) => n += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full), "{full:?}");
    assert!(!ballast.exists(), "it was given up");
    let end = Batch { finishes: vec![finish(run(1), Status::Done)], ..Batch::default() };
    store.commit(end).await.expect("a run ends in the ballast's place");
    let refused = store.commit(accepts([accept(n)])).await;
    assert!(matches!(refused, Err(Error::Full)), "new events wait: {refused:?}");
    std::fs::remove_file(&filler).expect("somebody tidies up");
    commit(&*store, accepts([accept(n)])).await;
    assert!(ballast.exists(), "it is back");
    println!("\nwritten {n}");
}

/// Needs the right to mount; elsewhere it says so and proves nothing.
#[test]
fn a_full_disk_refuses_events_lets_runs_end_and_is_forgotten_when_there_is_room() {
    let may = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !may.is_ok_and(|output| output.status.success()) {
        eprintln!("no right to mount a small disk here: nothing was tested");
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mount = "exec unshare -rm sh -c 'mount -t tmpfs -o size=100m tmpfs \"$STORE_TEST_DIR\" && exec \"$0\" \"$@\"'";
    let child = child(mount, "fills_the_disk_and_finds_room_again", dir.path());
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("written "), "{told}");
}
