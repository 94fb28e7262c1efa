//! Copies of a store that is at work, and stores made of them.

use bytes::Bytes;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use store::contract::sample::*;
use store::{
    BLOB_GRACE, Batch, BlobRow, BlobUse, Blobs, Error, Journal, RunFilter, RunQueries, Shards, Status,
};
use store_sqlite::{Durability, Options, SqliteStore, back_up, restore};

struct Folders(tempfile::TempDir);

impl Folders {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    async fn open(&self, name: &str) -> Arc<SqliteStore> {
        let mut options = Options::new(self.at(name));
        options.durability = Durability::Normal;
        options.archive_after = Duration::ZERO;
        SqliteStore::open(options).await.expect("it opens")
    }

    fn back_up(&self, now: i64) -> Result<store_sqlite::BackedUp, Error> {
        back_up(&self.at("data"), &self.at("copy"), now)
    }

    /// Files that are not whole.
    fn left_overs(&self, name: &str) -> Vec<PathBuf> {
        let files =
            fs::read_dir(self.at(name)).expect("it is listed").map(|file| file.expect("listed").path());
        files.filter(|file| file.extension().is_some_and(|end| end == "restoring")).collect()
    }

    fn copied_blobs(&self) -> usize {
        let files =
            fs::read_dir(self.at("copy")).expect("it is listed").map(|file| file.expect("listed").path());
        files.filter(|path| path.extension().is_some_and(|end| end == "blob")).count()
    }

    /// The one file of rows in the backup.
    fn hot_copy(&self) -> PathBuf {
        let files =
            fs::read_dir(self.at("copy")).expect("it is listed").map(|file| file.expect("listed").path());
        let named = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("khlong-"))
        };
        let mut files: Vec<_> = files.filter(named).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

async fn open_numbers(store: &SqliteStore) -> Vec<i64> {
    let open = store.runs_of(&store::all_shards(), 0, 100_000).await.expect("asked");
    numbers(open.into_iter().map(|open| open.run.id))
}

fn heavy(n: i64, bytes: usize) -> store::Accept {
    let mut accept = accept(n);
    accept.event.as_mut().expect("it has one").body = Bytes::from(vec![b'x'; bytes]);
    accept
}

#[tokio::test]
async fn a_backup_becomes_a_store_with_what_was_there_at_its_moment() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    commit(&*store, accepts([heavy(1, 1 << 20)])).await;
    ended(&*store, 2, Status::Failed).await;
    let made = folders.back_up(1).expect("it is copied");
    assert!(made.bytes > 1 << 20 && made.copied == made.bytes, "{made:?}");
    commit(&*store, accepts([accept(3)])).await;
    restore(&folders.at("copy"), &folders.at("new")).expect("it is restored");
    let new = folders.open("new").await;
    assert_eq!(open_numbers(&new).await, [1]);
    let one = new.load_run(id(1)).await.expect("asked").expect("it is open");
    assert_eq!(one.body.len(), 1 << 20);
    let two = new.run_detail(id(2)).await.expect("asked").expect("it is in history");
    assert_eq!(two.summary.status, Some(Status::Failed));
}

#[tokio::test]
async fn a_store_that_nobody_has_open_is_backed_up_as_well() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    commit(&*store, accepts([accept(1)])).await;
    store.close().await;
    drop(store);
    folders.back_up(1).expect("it is copied");
    restore(&folders.at("copy"), &folders.at("new")).expect("it is restored");
    assert_eq!(open_numbers(&*folders.open("new").await).await, [1]);
}

#[tokio::test]
async fn the_next_backup_takes_the_place_of_the_one_before() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    folders.back_up(1).expect("it is copied");
    commit(&*store, accepts([accept(1)])).await;
    folders.back_up(2).expect("it is copied again");
    folders.hot_copy();
    restore(&folders.at("copy"), &folders.at("new")).expect("it is restored");
    assert_eq!(open_numbers(&*folders.open("new").await).await, [1]);
}

#[tokio::test]
async fn a_backup_that_was_interrupted_leaves_the_one_before_whole() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    commit(&*store, accepts([accept(1)])).await;
    folders.back_up(1).expect("it is copied");
    fs::write(folders.at("copy").join("khlong-2.db"), b"only a part of a co")
        .expect("the next one is cut off");
    restore(&folders.at("copy"), &folders.at("new")).expect("it is restored");
    assert_eq!(open_numbers(&*folders.open("new").await).await, [1]);
    folders.back_up(3).expect("it is copied again");
    folders.hot_copy();
}

#[tokio::test]
async fn nobody_else_may_read_a_backup() {
    let folders = Folders::new();
    let _store = folders.open("data").await;
    folders.back_up(1).expect("it is copied");
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&folders.at("copy")), 0o700);
    for file in fs::read_dir(folders.at("copy")).expect("it is listed") {
        let path = file.expect("it is listed").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn a_damaged_backup_is_refused_and_nothing_is_made_of_it() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    commit(&*store, accepts([heavy(1, 1 << 20)])).await;
    folders.back_up(1).expect("it is copied");
    let file = folders.hot_copy();
    let mut bytes = fs::read(&file).expect("it is read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).expect("one bit has turned");
    let refused = restore(&folders.at("copy"), &folders.at("new")).expect_err("it is refused");
    assert!(
        matches!(refused, Error::Unreadable(_)) && refused.to_string().contains("not what was backed up"),
        "{refused}"
    );
    assert!(!folders.at("new").join("khlong.db").exists() && folders.left_overs("new").is_empty());
}

#[tokio::test]
async fn a_day_that_has_not_changed_is_not_copied_again() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    with_flow(&*store).await;
    let mut batch = accepts([heavy(1, 1 << 20)]);
    batch.finishes = vec![finish(run(1), Status::Done)];
    commit(&*store, batch).await;
    let first = folders.back_up(1).expect("it is copied");
    let again = folders.back_up(2).expect("it is copied again");
    assert!(first.copied > 1 << 20 && again.copied < 1 << 20, "{first:?}, then {again:?}");
    assert_eq!((first.files, again.files), (2, 2));
    ended(&*store, 2, Status::Done).await;
    let third = folders.back_up(3).expect("it is copied again");
    assert!(third.copied > 1 << 20, "{third:?}: the day has changed");
    restore(&folders.at("copy"), &folders.at("new")).expect("it is restored");
    let new = folders.open("new").await;
    let one = new.run_detail(id(1)).await.expect("asked").expect("it is in history");
    assert_eq!(one.event.map(|event| event.body.len()), Some(1 << 20));
    assert!(new.run_detail(id(2)).await.expect("asked").is_some());
}

/// The hot file is copied first, so a day's file may know more: what is open in the one may have ended in the other.
#[tokio::test]
async fn a_run_that_was_open_at_the_backups_moment_is_open_though_a_later_file_has_its_end() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    commit(&*store, accepts([accept(2)])).await;
    folders.back_up(1).expect("it is copied");
    commit(&*store, finishes([finish(run(2), Status::Done)])).await;
    store.close().await;
    drop(store);
    restore(&folders.at("copy"), &folders.at("new")).expect("it is restored");
    fs::remove_dir_all(folders.at("new").join("history")).expect("the older one");
    let mut copy = std::process::Command::new("cp");
    copy.arg("-r").arg(folders.at("data").join("history")).arg(folders.at("new"));
    assert!(copy.status().expect("it ends").success());
    let new = folders.open("new").await;
    let listed = new.runs(RunFilter { limit: 9, ..RunFilter::default() }).await.expect("asked");
    let states: Vec<_> = listed.iter().map(|run| (numbers([run.id])[0], run.status)).collect();
    assert_eq!(states, [(2, None), (1, Some(Status::Done))]);
    commit(&*new, finishes([finish(run(2), Status::Failed)])).await;
    let two = new.run_detail(id(2)).await.expect("asked").expect("it has ended");
    assert_eq!(two.summary.status, Some(Status::Failed));
}

#[tokio::test]
async fn a_folder_with_a_store_in_it_is_not_written_over() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    folders.back_up(1).expect("it is copied");
    let running = restore(&folders.at("copy"), &folders.at("data")).expect_err("it is refused");
    assert!(running.to_string().contains("another process works in"), "{running}");
    drop(store);
    let refused = restore(&folders.at("copy"), &folders.at("data")).expect_err("it is refused");
    assert!(refused.to_string().contains("holds a store"), "{refused}");
}

#[tokio::test]
async fn folders_that_are_something_else_are_refused() {
    let folders = Folders::new();
    let nothing = folders.back_up(1).expect_err("there is no store");
    assert!(nothing.to_string().contains("there is no store in"), "{nothing}");
    let _store = folders.open("data").await;
    fs::create_dir(folders.at("copy")).expect("it is made");
    fs::write(folders.at("copy").join("photo.jpg"), b"me").expect("somebody's own");
    let refused = folders.back_up(1).expect_err("it is refused");
    assert!(refused.to_string().contains("photo.jpg"), "{refused}");
    let none = restore(&folders.at("copy"), &folders.at("new")).expect_err("it is refused");
    assert!(none.to_string().contains("there is no backup in"), "{none}");
}

#[tokio::test]
async fn a_manifest_names_nothing_outside_the_folders() {
    let folders = Folders::new();
    let _store = folders.open("data").await;
    folders.back_up(1).expect("it is copied");
    let manifest = folders.at("copy").join("manifest.json");
    let text = fs::read_to_string(&manifest).expect("it is read");
    for path in ["../escaped.db", "/tmp/escaped.db", "history/../../escaped.db", ".db"] {
        fs::write(&manifest, text.replace(r#""path": "khlong.db""#, &format!(r#""path": "{path}""#)))
            .expect("it is written");
        let refused = restore(&folders.at("copy"), &folders.at("new")).expect_err("it is refused");
        assert!(refused.to_string().contains("is no file of a store"), "{path}: {refused}");
    }
}

/// Everything that was acknowledged before a backup began is in it, however much is going on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_all_that_was_acknowledged_before() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    let (acknowledged, enough) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
    let load = tokio::spawn({
        let (acknowledged, enough) = (acknowledged.clone(), enough.clone());
        async move {
            let mut n = 0;
            while !enough.load(Ordering::Relaxed) {
                n += 1;
                let mut batch = accepts([heavy(n, 2_000)]);
                batch.finishes = (n > 50).then(|| finish(run(n - 50), Status::Done)).into_iter().collect();
                commit(&*store, batch).await;
                acknowledged.store(n, Ordering::SeqCst);
            }
        }
    });
    for round in 1..=3 {
        while acknowledged.load(Ordering::SeqCst) < 100 * round {
            tokio::task::yield_now().await;
        }
        let before = acknowledged.load(Ordering::SeqCst);
        folders.back_up(round).expect("it is copied");
        let new = format!("new-{round}");
        restore(&folders.at("copy"), &folders.at(&new)).expect("it is restored");
        let new = folders.open(&new).await;
        for n in 1..=before {
            let run = new
                .run_detail(id(n))
                .await
                .expect("asked")
                .unwrap_or_else(|| panic!("{n} of {before} is lost"));
            assert_eq!(run.event.map(|event| event.body.len()), Some(2_000), "{n}");
        }
        assert!(open_numbers(&new).await.len() <= 51);
    }
    enough.store(true, Ordering::Relaxed);
    load.await.expect("it ends");
}

#[tokio::test]
async fn long_bodies_are_in_a_backup_and_are_not_copied_twice() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    let blob = keep_blob(&store, 1).await;
    let uses = vec![BlobUse::of_event(id(1), blob.hash)];
    commit(&*store, Batch { blob_uses: uses, ..accepts([accept(1)]) }).await;
    let first = folders.back_up(1).expect("it is copied");
    assert!(first.copied >= blob.stored, "{first:?}");
    let second = folders.back_up(2).expect("it is copied");
    assert!(second.copied + blob.stored <= second.bytes, "{second:?}");
    restore(&folders.at("copy"), &folders.at("new")).expect("it is restored");
    let new = folders.open("new").await;
    assert_eq!(new.blob_piece(blob.hash, 0).await.expect("asked"), Some(Bytes::from(vec![1; 300_000])));
    // A body that nothing needs any more is in no later backup.
    store.sweep_blobs(at(1) + BLOB_GRACE + 1).await.expect("swept");
    assert_eq!(store.blob(blob.hash).await.expect("asked"), Some(blob));
    let gone = keep_blob(&store, 2).await;
    assert_eq!(store.sweep_blobs(at(2) + BLOB_GRACE + 1).await.expect("swept"), 1);
    folders.back_up(3).expect("it is copied");
    assert_eq!(folders.copied_blobs(), 1);
    assert_eq!(store.blob(gone.hash).await.expect("asked"), None);
}

#[tokio::test]
async fn what_a_crash_leaves_of_long_bodies_is_removed_at_the_next_start() {
    let folders = Folders::new();
    let store = folders.open("data").await;
    let kept = keep_blob(&store, 1).await;
    let lost = keep_blob(&store, 2).await;
    store.put_piece(id(3), 0, Bytes::from_static(b"half")).await.expect("it is put");
    store.close().await;
    drop(store);
    let blobs = folders.at("data").join("blobs");
    fs::copy(blobs.join(file_of(kept.hash)), blobs.join(file_of([9; 32]))).expect("sealed, and not told");
    fs::remove_file(blobs.join(file_of(lost.hash))).expect("it was there");
    let store = folders.open("data").await;
    let left: Vec<_> =
        fs::read_dir(&blobs).expect("listed").map(|file| file.expect("listed").file_name()).collect();
    assert_eq!(left, [file_of(kept.hash).as_str()]);
    assert_eq!(store.blobs(None, 10).await.expect("listed"), [kept]);
}

/// A blob of one piece that says which.
async fn keep_blob(store: &SqliteStore, n: u8) -> BlobRow {
    let row = BlobRow { hash: [n; 32], bytes: 600_000, stored: 300_000, pieces: 1 };
    let upload = id(n.into());
    store.put_piece(upload, 0, Bytes::from(vec![n; 300_000])).await.expect("it is put");
    store.seal_blob(upload, row, at(n.into())).await.expect("it is sealed");
    row
}

fn file_of(hash: [u8; 32]) -> String {
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.blob")
}
