//! A store is given away and taken whole, and an import that was cut off is not mistaken for a store.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::contract::moving::{self as contract, assert_all_move, what_moves_is_all_there};
use store::moving::{Moving, Table, is_of_blobs};
use store::{Error, Settings};
use store_sqlite::{Durability, Options, SqliteStore};

fn options(dir: &Path, archive_after: Duration) -> Options {
    let mut options = Options::new(dir);
    (options.durability, options.archive_after) = (Durability::Normal, archive_after);
    options.allow_network_dir = true;
    options
}

async fn open(dir: &Path) -> Result<Arc<SqliteStore>, Error> {
    SqliteStore::open(options(dir, Duration::from_secs(60))).await
}

#[tokio::test]
async fn all_moves_from_hot_rows() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    what_moves_is_all_there(&*open(from.path()).await.unwrap(), &*open(to.path()).await.unwrap()).await;
}

#[tokio::test]
async fn all_moves_from_days_files() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let from = SqliteStore::open(options(from.path(), Duration::ZERO)).await.unwrap();
    let to = SqliteStore::open(options(to.path(), Duration::ZERO)).await.unwrap();
    what_moves_is_all_there(&*from, &*to).await;
}

/// What is not given away: how this store keeps what is.
const STAYS: [&str; 8] = [
    "blob",
    "kept_blob",
    "history_file",
    "history_part",
    "health",
    "renewal",
    "_sqlx_migrations",
    "sqlite_sequence",
];

#[tokio::test]
async fn every_table_moves() {
    let store = SqliteStore::temporary().await.unwrap();
    let file = rusqlite::Connection::open(store.file()).unwrap();
    let sql = "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'";
    let mut ask = file.prepare(sql).unwrap();
    let there = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let there: Vec<(String, String)> = there.collect::<Result<_, _>>().unwrap();
    let moves = |table: &Table| (store.takes(table) && !is_of_blobs(table)).then(|| table.name.to_owned());
    assert_all_move(&there, moves, &STAYS);
}

#[tokio::test]
async fn an_import_that_was_cut_off_says_so_and_begins_anew() {
    let [from, scratch, to] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let from = open(from.path()).await.unwrap();
    what_moves_is_all_there(&*from, &*open(scratch.path()).await.unwrap()).await;
    let open = async |unfinished| {
        SqliteStore::open(Options { unfinished, ..options(to.path(), Duration::ZERO) }).await
    };
    contract::an_import_that_was_cut_off_says_so_and_begins_anew(&*from, open).await;
}

#[tokio::test]
async fn a_store_that_was_only_started_can_be_filled_and_one_in_use_cannot() {
    let store = SqliteStore::temporary().await.unwrap();
    store.set_setting("vault.keys", "made at the start").await.unwrap();
    let taking = store.begin().await.expect("nothing is in it");
    taking.end().await.unwrap();
    assert_eq!(store.setting("vault.keys").await.unwrap(), None, "that of the import would be there");
    store::Accounts::audit(
        &*store,
        store::AuditEntry { at: 1, who: "ann".into(), what: "x".into(), on: "y".into() },
    )
    .await
    .unwrap();
    assert!(matches!(store.begin().await.err(), Some(Error::Conflict(_))));
}
