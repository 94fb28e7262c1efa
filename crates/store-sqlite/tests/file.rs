//! What is special about a store that is a file: who may have it, what it takes, and what it gives back.

use bytes::Bytes;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use store::contract::sample::*;
use store::{Error, Journal, RunQueries, Shards, Status};
use store_sqlite::{Durability, Options, SqliteStore};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn options(dir: &Path) -> Options {
    let mut options = Options::new(dir.join("data"));
    options.durability = Durability::Normal;
    options
}

/// Accept n with a body of so many bytes.
fn heavy(n: i64, bytes: usize) -> store::Accept {
    let mut accept = accept(n);
    accept.event.as_mut().expect("it has one").body = Bytes::from(vec![b'x'; bytes]);
    accept
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_has_gone() {
    let dir = folder();
    let first = SqliteStore::open(options(dir.path())).await.expect("it opens");
    let second = SqliteStore::open(options(dir.path())).await.err().expect("it is refused");
    assert!(second.to_string().contains("another process works in"), "{second}");
    drop(first);
    SqliteStore::open(options(dir.path())).await.expect("it opens");
}

#[tokio::test]
async fn nobody_else_may_read_the_folder_or_the_files() {
    let dir = folder();
    let store = SqliteStore::open(options(dir.path())).await.expect("it opens");
    commit(&*store, accepts([accept(1)])).await;
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&dir.path().join("data")), 0o700);
    let files = std::fs::read_dir(dir.path().join("data")).expect("it is listed");
    let files = files.map(|file| file.expect("it is listed").path());
    for file in files.filter(|file| file.is_file()) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_file_of_a_newer_release_is_left_alone() {
    let dir = folder();
    let store = SqliteStore::open(options(dir.path())).await.expect("it opens");
    let file = store.file();
    drop(store);
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', 1, x'00', 0)";
    rusqlite::Connection::open(&file).expect("it opens").execute(newer, []).expect("it is written");
    let refused = SqliteStore::open(options(dir.path())).await.err().expect("it is refused");
    assert!(matches!(refused, Error::Unreadable(_)), "{refused}");
    assert!(refused.to_string().contains("9999"), "{refused}");
}

#[tokio::test]
async fn a_shell_that_holds_the_file_is_waited_for_and_ends_nothing() {
    let dir = folder();
    let store = SqliteStore::open(options(dir.path())).await.expect("it opens");
    commit(&*store, accepts([accept(1)])).await;
    let shell = rusqlite::Connection::open(store.file()).expect("it opens");
    shell.execute_batch("BEGIN IMMEDIATE").expect("it holds the file");
    let held = store.commit(accepts([accept(2)])).await;
    assert!(matches!(held, Err(Error::Unavailable(_))), "{held:?}");
    shell.execute_batch("ROLLBACK").expect("it lets go");
    commit(&*store, accepts([accept(2)])).await;
    assert_eq!(store.flow_totals().await.expect("asked")[0].1.open, 2);
}

#[tokio::test]
async fn a_clean_end_leaves_no_log_behind() {
    let dir = folder();
    let store = SqliteStore::open(options(dir.path())).await.expect("it opens");
    commit(&*store, accepts([accept(1)])).await;
    store.ping().await.expect("it answers");
    store.close().await;
    drop(store);
    assert!(!dir.path().join("data/khlong.db-wal").exists());
}

#[tokio::test]
async fn a_temporary_store_is_gone_with_its_last_handle() {
    let store = SqliteStore::temporary().await.expect("it opens");
    commit(&*store, accepts([accept(1)])).await;
    let file = store.file();
    assert!(file.exists());
    drop(store);
    assert!(!file.exists());
}

fn count(file: &Path, table: &str) -> i64 {
    let connection = rusqlite::Connection::open(file).expect("it opens");
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get(0)).expect("it counts")
}

#[tokio::test]
async fn nothing_of_an_expired_run_is_left() {
    let dir = folder();
    let store = SqliteStore::open(options(dir.path())).await.expect("it opens");
    with_flow(&*store).await;
    let mut given = heavy(1, 600 << 10);
    given.event.as_mut().expect("it has one").delivery = Some([1; 16]);
    let mut batch = accepts([given]);
    batch.records = vec![store::Record { body: vec![b'r'; 20 << 10].into(), ..record(1, 1) }];
    commit(&*store, batch).await;
    let mut end = finish(run(1), Status::Done);
    end.doc = vec![b'd'; 30 << 10].into();
    commit(&*store, finishes([end])).await;
    let file = store.file();
    assert_eq!((count(&file, "journal"), count(&file, "blob")), (0, 3), "the record went with the run's end");
    assert_eq!(store.expire(START + 60 * DAY, 9).await.expect("it goes"), 1);
    for table in ["run", "run_hist", "event", "blob", "journal", "dedupe"] {
        assert_eq!(count(&file, table), 0, "{table}");
    }
}

#[tokio::test]
async fn the_file_shrinks_when_most_of_it_is_free() {
    let dir = folder();
    let store = SqliteStore::open(options(dir.path())).await.expect("it opens");
    with_flow(&*store).await;
    for n in 1..=20 {
        commit(&*store, accepts([heavy(n, 4 << 20)])).await;
        commit(&*store, finishes([finish(run(n), Status::Done)])).await;
    }
    let pages = |store: &SqliteStore| -> i64 {
        let connection = rusqlite::Connection::open(store.file()).expect("it opens");
        connection
            .query_row("SELECT page_count FROM pragma_page_count", [], |row| row.get(0))
            .expect("it counts")
    };
    let before = pages(&store);
    let late = START + 60 * DAY;
    while store.expire(late, 5).await.expect("it goes") > 0 {}
    assert!(pages(&store) < before / 3, "{} of {before} pages are left", pages(&store));
}

#[tokio::test]
async fn a_full_store_undoes_the_batch_and_works_on_when_there_is_room() {
    let dir = folder();
    let mut small = options(dir.path());
    small.bytes_max = Some(4 << 20);
    let store = SqliteStore::open(small).await.expect("it opens");
    with_flow(&*store).await;
    let mut written = 0;
    let full = loop {
        match store.commit(accepts([accept(written + 1), heavy(1_000 + written, 200 << 10)])).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::Full) && written > 5, "{full} after {written}");
    let open = store.runs_of(&store::all_shards(), 0, 1_000).await.expect("asked");
    assert_eq!(open.len() as i64, 2 * written, "nothing of the refused batch is there");
    for open in open {
        let end = finish(open.run, Status::Done);
        store.commit(finishes([end])).await.expect("runs end although the store is full");
    }
    while store.expire(START + 60 * DAY, 9).await.expect("it goes") > 0 {}
    commit(&*store, accepts([heavy(5_000, 200 << 10)])).await;
}

#[tokio::test]
async fn a_full_file_on_a_roomy_disk_refuses_events_and_keeps_its_ballast() {
    let dir = folder();
    let mut small = options(dir.path());
    small.bytes_max = Some(4 << 20);
    let store = SqliteStore::open(small).await.expect("it opens");
    let ballast = dir.path().join("data/khlong.ballast");
    if !ballast.exists() {
        return; // The disk has no room for it.
    }
    let mut written = 0;
    while store.commit(accepts([heavy(written + 1, 100 << 10)])).await.is_ok() {
        written += 1;
    }
    let made = || std::fs::metadata(&ballast).and_then(|data| data.created()).ok();
    let before = made();
    for n in 0..5 {
        let refused = store.commit(accepts([accept(2_000 + n)])).await;
        assert!(
            matches!(refused, Err(Error::Full)),
            "{refused:?}: a little would fit, but runs must be able to end"
        );
    }
    assert!(ballast.exists() && made() == before, "it was given up and laid again");
}
