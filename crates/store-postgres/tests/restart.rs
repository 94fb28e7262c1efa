//! A database that goes away in the middle of things.

mod proxy;

use proxy::{Cut, Proxy};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::contract::sample::*;
use store::{Accepted, Batch, Error, Journal, RunId, RunQueries, Status, Store};
use store_postgres::{Options, PostgresStore};
use testkit_postgres::{Cluster, Database, Kill};

async fn open(url: &str) -> Arc<PostgresStore> {
    PostgresStore::open(Options::parse(url).expect("the address is read")).await.expect("it opens")
}

async fn open_runs(store: &dyn Store) -> Vec<RunId> {
    let open = store.runs_of(&store::all_shards(), 0, 10_000).await.expect("asked");
    let mut runs: Vec<RunId> = open.into_iter().map(|open| open.run.id).collect();
    runs.sort_unstable();
    runs
}

/// As an engine does: what was not written is sent again.
async fn commit_at_last(store: &dyn Store, batch: Batch) -> Vec<Accepted> {
    loop {
        match store.commit(batch.clone()).await {
            Ok(committed) => return committed.accepts,
            Err(Error::Unavailable(_)) => {}
            Err(error) => panic!("{error}: nothing on disk is wrong"),
        }
    }
}

/// Accepts runs one after the other until told to stop, and tells how many were acknowledged.
fn keep_accepting(store: Arc<PostgresStore>, enough: Arc<AtomicBool>) -> tokio::task::JoinHandle<i64> {
    tokio::spawn(async move {
        let mut n = 0;
        while !enough.load(Ordering::SeqCst) {
            n += 1;
            assert_eq!(commit_at_last(&*store, accepts([delivered_as(n)])).await, [Accepted::New]);
        }
        n
    })
}

fn delivered_as(n: i64) -> store::Accept {
    let mut accept = accept(n);
    let mut delivery = [0; 16];
    delivery[..8].copy_from_slice(&n.to_le_bytes());
    accept.event.as_mut().expect("it has one").delivery = Some(delivery);
    accept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_crashes_again_and_again_loses_nothing_that_was_acknowledged() {
    let cluster = Arc::new(Cluster::start().expect("a server starts"));
    let database = Database::create_on(&cluster.url()).await.expect("a database is made");
    let store = open(&database.url()).await;
    let enough = Arc::new(AtomicBool::new(false));
    let accepting = keep_accepting(store.clone(), enough.clone());
    for how in [Kill::Immediate, Kill::Fast, Kill::Immediate] {
        let cluster = cluster.clone();
        let restart = move || cluster.stop(how).and_then(|()| cluster.start_again());
        tokio::task::spawn_blocking(restart).await.expect("it runs").expect("the server starts again");
    }
    enough.store(true, Ordering::SeqCst);
    let acknowledged = accepting.await.expect("every commit ends well");
    assert_eq!(open_runs(&*store).await, (1..=acknowledged).map(id).collect::<Vec<_>>());
    let totals = store.flow_totals().await.expect("asked");
    assert_eq!(totals[0].1.open as i64, acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_are_made_again() {
    let database = Database::create().await.expect("a database is made");
    let store = open(&database.url()).await;
    let enough = Arc::new(AtomicBool::new(false));
    let accepting = keep_accepting(store.clone(), enough.clone());
    for _ in 0..10 {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'khlong'";
        database
            .as_operator(format!("{cut} AND datname = '{}'", database.name()))
            .await
            .expect("they are cut");
        store.ping().await.expect("questions are answered");
    }
    enough.store(true, Ordering::SeqCst);
    let acknowledged = accepting.await.expect("every commit ends well");
    assert_eq!(open_runs(&*store).await, (1..=acknowledged).map(id).collect::<Vec<_>>());
}

/// Sends a batch whose COMMIT is cut off on one side of the server, and expects that nobody notices.
async fn cut_at_commit(cut: Cut) {
    let database = Database::create().await.expect("a database is made");
    let proxy = Proxy::start(&database.url()).await;
    let store = open(&proxy.url()).await;
    ended(&*store, 1, Status::Done).await;
    let mut batch = accepts([delivered(2, 9), retry(3, 1)]);
    batch.records = vec![record(2, 1)];
    batch.parks = vec![(id(3), at(60))];
    batch.finishes = vec![finish(run(2), Status::Failed)];
    proxy.cut_next(cut);
    assert_eq!(commit(&*store, batch.clone()).await, [Accepted::New; 2]);
    assert!(proxy.has_cut(), "the commit went through a cut");
    assert_eq!(open_runs(&*store).await, [id(3)]);
    let totals = store.flow_totals().await.expect("asked")[0].1;
    assert_eq!((totals.open, totals.done, totals.failed), (1, 1, 1), "each is counted once");
    assert_eq!(commit(&*store, accepts([delivered(4, 9)])).await, [Accepted::Duplicate { event: id(2) }]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_never_came_is_made_again() {
    cut_at_commit(Cut::Question).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_found_to_have_been_made() {
    cut_at_commit(Cut::Answer).await;
}

/// Returns when somebody waits for a row that another is about to write.
async fn until_somebody_waits(database: &Database) {
    let mut operator = database.connect().await.expect("it is there");
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
               AND wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(sql).fetch_one(&mut operator).await.expect("asked") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_comes_late_is_not_taken_for_a_refusal() {
    let database = Database::create().await.expect("a database is made");
    let proxy = Proxy::start(&database.url()).await;
    let store = open(&proxy.url()).await;
    commit(&*store, accepts([accept(1)])).await;
    proxy.cut_next(Cut::Late);
    let again = async {
        until_somebody_waits(&database).await;
        proxy.let_go();
    };
    // No sender's number tells that these are the same as before.
    let (answers, ()) = tokio::join!(commit(&*store, accepts([accept(2), accept(3)])), again);
    assert_eq!(answers, [Accepted::New; 2]);
    assert!(proxy.has_cut(), "the commit went through a cut");
    assert_eq!(open_runs(&*store).await, [id(1), id(2), id(3)]);
    assert_eq!(store.flow_totals().await.expect("asked")[0].1.open, 3, "each is counted once");
}

#[tokio::test]
async fn a_database_that_stays_away_gives_the_batch_back() {
    let database = Database::create().await.expect("a database is made");
    let proxy = Proxy::start(&database.url()).await;
    let mut options = Options::parse(&proxy.url()).expect("the address is read");
    options.patience = std::time::Duration::ZERO;
    let store = PostgresStore::open(options).await.expect("it opens");
    proxy.refuse(true);
    let given_back = store.commit(accepts([accept(1)])).await;
    assert!(matches!(given_back, Err(Error::Unavailable(_))), "{given_back:?}");
    let question = store.flow_totals().await;
    assert!(matches!(question, Err(Error::Unavailable(_) | Error::Deadline)), "{question:?}");
    proxy.refuse(false);
    assert_eq!(commit(&*store, accepts([accept(1)])).await, [Accepted::New]);
}
