//! What the database does by itself meanwhile.

use store::contract::sample::*;
use store::{Batch, Status};
use store_postgres::{Options, PostgresStore};
use testkit_postgres::Database;

const RUNS: i64 = 2_000;

/// To shorten a file locks its table, and every commit would wait.
#[tokio::test]
async fn a_vacuum_leaves_the_files_as_long_as_they_are() {
    let database = Database::create().await.expect("a database is made");
    let options = Options::parse(&database.url()).expect("the address is read");
    let store = PostgresStore::open(options).await.expect("it opens");
    let mut looker = database.connect().await.expect("it connects");
    with_flow(&*store).await;
    commit(&*store, accepts((1..=RUNS).map(accept))).await;
    commit(&*store, Batch { crashes: (1..=RUNS).map(|n| (id(n), 1)).collect(), ..Batch::default() }).await;
    let size = "SELECT pg_relation_size('run') + pg_relation_size('crash')";
    let before: i64 = sqlx::query_scalar(size).fetch_one(&mut looker).await.expect("asked");
    commit(&*store, Batch { crashes: (1..=RUNS).map(|n| (id(n), 0)).collect(), ..Batch::default() }).await;
    commit(&*store, finishes((1..=RUNS).map(|n| finish(run(n), Status::Done)))).await;
    for table in ["run", "crash"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("VACUUM {table}")))
            .execute(&mut looker)
            .await
            .expect("it vacuums");
    }
    let after: i64 = sqlx::query_scalar(size).fetch_one(&mut looker).await.expect("asked");
    assert_eq!(after, before);
}
