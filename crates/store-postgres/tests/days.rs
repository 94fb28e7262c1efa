//! What becomes of days that are over.

use sqlx::PgConnection;
use std::sync::Arc;
use store::contract::sample::*;
use store::{Batch, Finish, Journal, RunQueries, RunRow, Status};
use store_postgres::{Options, PostgresStore};
use testkit_postgres::Database;

/// More than are removed one by one.
const MANY: i64 = 5_500;

async fn open(database: &Database) -> Arc<PostgresStore> {
    PostgresStore::open(Options::parse(&database.url()).expect("the address is read"))
        .await
        .expect("it opens")
}

async fn number(connection: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(connection).await.expect("it counts")
}

fn end(run: RunRow, status: Status) -> Finish {
    Finish { doc: vec![b'd'; 500].into(), ..finish(run, status) }
}

/// Many runs that are done, with a record each, and every thousandth has failed.
async fn a_busy_day(store: &PostgresStore) {
    let numbers: Vec<i64> = (1..=MANY).collect();
    for some in numbers.chunks(500) {
        let mut batch = accepts(some.iter().map(|n| accept(*n)));
        batch.records =
            some.iter().map(|n| store::Record { body: vec![b'r'; 2_000].into(), ..record(*n, 1) }).collect();
        commit(store, batch).await;
        let status = |n: &i64| if n % 1_000 == 0 { Status::Failed } else { Status::Done };
        commit(store, finishes(some.iter().map(|n| end(run(*n), status(n))))).await;
    }
}

#[tokio::test]
async fn most_of_a_day_goes_at_once_and_what_is_kept_stays_whole() {
    let database = Database::create().await.expect("a database is made");
    let (store, mut looker) = (open(&database).await, database.connect().await.expect("it connects"));
    with_flow(&*store).await;
    a_busy_day(&store).await;
    // An open run, one that is tried again the next day, and an open one that needs an event of an ended run.
    let mut batch = accepts([accept(6_000)]);
    batch.records = vec![record(6_000, 1), record(6_000, 2)];
    commit(&*store, batch).await;
    let again = retry(90_000, 5);
    commit(&*store, accepts([again.clone(), retry(90_001, 7)])).await;
    commit(&*store, finishes([end(again.run, Status::Failed)])).await;

    let before =
        number(&mut looker, "SELECT pg_table_size('event_20260101') + pg_table_size('journal_20260101')")
            .await;
    let gone = store.expire(START + 9 * DAY, 10).await.expect("old runs go");
    assert_eq!(gone as i64, MANY - MANY / 1_000);
    let after =
        number(&mut looker, "SELECT pg_table_size('event_20260101') + pg_table_size('journal_20260101')")
            .await;
    assert!(after < before / 10, "{after} of {before} bytes are left");

    for n in [1_000, 2_000, 5_000] {
        let kept = store.run_detail(id(n)).await.expect("asked").expect("failed runs are kept longer");
        assert_eq!((kept.doc.len(), kept.event), (500, Some(event(n))));
    }
    let open = store.load_run(id(6_000)).await.expect("asked").expect("it is open");
    assert_eq!((open.records.len(), &open.body[..]), (2, &b"body 6000"[..]));
    assert_eq!(store.run_detail(id(90_000)).await.expect("asked").expect("kept").event, Some(event(5)));
    assert_eq!(&store.load_run(id(90_001)).await.expect("asked").expect("open").body[..], b"body 7");
    assert_eq!(number(&mut looker, "SELECT count(*) FROM event_20260101").await, 5 + 3);
    let totals = store.flow_totals().await.expect("asked")[0].1;
    assert_eq!((totals.done + totals.failed) as i64, MANY + 1, "what is counted stays counted");
    store.commit(accepts([retry(90_002, 8)])).await.expect_err("that event went");
}

#[tokio::test]
async fn a_day_of_which_nothing_is_left_is_dropped_and_can_come_back() {
    let database = Database::create().await.expect("a database is made");
    let (store, mut looker) = (open(&database).await, database.connect().await.expect("it connects"));
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    commit(&*store, accepts([accept(90_000)])).await;
    let tables = "SELECT count(*) FROM pg_class WHERE relname IN ('event_20260101', 'run_hist_20260101', 'journal_20260101')";
    assert_eq!(number(&mut looker, tables).await, 3);
    let mut now = START + 40 * DAY;
    while number(&mut looker, tables).await > 0 {
        store.expire(now, 100).await.expect("old runs go");
        now += DAY;
        assert!(now < START + 50 * DAY, "it is not dropped");
    }
    assert_eq!(store.load_run(id(90_000)).await.expect("asked").expect("it is open").run, run(90_000));
    assert!(number(&mut looker, "SELECT count(*) FROM pg_class WHERE relname = 'event_20260102'").await == 1);
    // A clock that was wrong, or an import: the store does not remember that the day is gone, and need not.
    commit(&*store, accepts([accept(2)])).await;
    commit(&*store, Batch { parks: vec![(id(2), at(9))], ..finishes([finish(run(2), Status::Done)]) }).await;
    assert!(store.run_detail(id(2)).await.expect("asked").is_some());
}

#[tokio::test]
async fn days_are_made_before_they_come() {
    let database = Database::create().await.expect("a database is made");
    let (store, mut looker) = (open(&database).await, database.connect().await.expect("it connects"));
    store.expire(START, 1).await.expect("it looks after the store");
    assert_eq!(number(&mut looker, "SELECT count(*) FROM day WHERE closed = 0").await, 4);
}

#[tokio::test]
async fn the_oldest_day_goes_early_and_what_is_needed_stays() {
    let database = Database::create().await.expect("a database is made");
    store::contract::space::the_oldest_day_goes_and_what_is_needed_stays(&*open(&database).await).await;
}
