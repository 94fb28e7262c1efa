//! A store is given away and taken whole, and an import that was cut off is not mistaken for a store.

use sqlx::{Connection, PgConnection};
use std::sync::Arc;
use store::contract::moving::{self as contract, assert_all_move, what_moves_is_all_there};
use store::moving::{Moving, Table, is_of_blobs};
use store::{Error, Shards};
use store_postgres::{Options, PostgresStore};
use testkit_postgres::Database;

async fn open(database: &Database, unfinished: bool) -> Result<Arc<PostgresStore>, Error> {
    let mut options = Options::parse(&database.url()).expect("the address is read");
    options.unfinished = unfinished;
    PostgresStore::open(options).await
}

#[tokio::test]
async fn all_moves() {
    let (from, to) = (Database::create().await.unwrap(), Database::create().await.unwrap());
    what_moves_is_all_there(&*open(&from, false).await.unwrap(), &*open(&to, false).await.unwrap()).await;
}

/// What is not given away: how this store keeps what is, and who works on it.
const STAYS: [&str; 17] = [
    "health",
    "renewal",
    "blob_piece",
    "blob_upload",
    "kept_blob",
    "_sqlx_migrations",
    "change",
    "day",
    "shard",
    "worker",
    "control.answer",
    "flow_day.part",
    "flow_slot.part",
    "flow_total.last_ended_at",
    "flow_total.part",
    "run.turn",
    "run.tx",
];

#[tokio::test]
async fn every_table_moves() {
    let database = Database::create().await.unwrap();
    open(&database, false).await.unwrap();
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let sql =
        "SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
                 AND c.relnamespace = current_schema()::regnamespace";
    let there: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
    let name = |table: &Table| if table.name == "user" { "account" } else { table.name };
    assert_all_move(&there, |table| (!is_of_blobs(table)).then(|| name(table).to_owned()), &STAYS);
}

#[tokio::test]
async fn an_import_that_was_cut_off_says_so_and_begins_anew() {
    let (from, to) = (Database::create().await.unwrap(), Database::create().await.unwrap());
    let scratch = Database::create().await.unwrap();
    let from = open(&from, false).await.unwrap();
    what_moves_is_all_there(&*from, &*open(&scratch, false).await.unwrap()).await;
    let open = async |unfinished| open(&to, unfinished).await;
    contract::an_import_that_was_cut_off_says_so_and_begins_anew(&*from, open).await;
}

#[tokio::test]
async fn nothing_moves_while_somebody_works_on_the_database() {
    let database = Database::create().await.unwrap();
    let store = open(&database, false).await.unwrap();
    let joined = store.join("somebody", "0").await.unwrap();
    let refused = store.begin().await.err().expect("somebody works").to_string();
    assert!(refused.contains("stop them"), "{refused}");
    store.leave(joined.node).await.unwrap();
    store.begin().await.expect("nobody works any more");
}
