//! Several processes at one store.

use std::sync::Arc;
use std::time::Duration;
use store::contract::sample::*;
use store::{
    Batch, ClaimRow, Claimed, Claims, Control, Error, Journal, Lease, News, RunRow, Shard, Shards, Status,
    all_shards,
};
use store_postgres::{Options, PostgresStore};
use testkit_postgres::{Cluster, Database, Kill};

struct Process {
    store: Arc<PostgresStore>,
    node: u16,
}

impl Process {
    async fn start(database: &Database) -> Self {
        Self::with_lease(database, Duration::from_secs(60)).await
    }

    async fn with_lease(database: &Database, lease: Duration) -> Self {
        let mut options = Options::parse(&database.url()).expect("the address is read");
        options.lease = lease;
        let store = PostgresStore::open(options).await.expect("it opens");
        let joined = store.join("test", "1.0").await.expect("it joins");
        assert_eq!(joined.ttl, lease);
        Self { store, node: joined.node }
    }

    async fn renew(&self, give_back: &[Shard]) -> Vec<Lease> {
        let held = self.store.renew(self.node, give_back).await.expect("it renews");
        assert!(held.leases.len() <= held.share || give_back.is_empty(), "{held:?}");
        held.leases
    }

    async fn news(&self, since: i64) -> News {
        self.store.news(self.node, &all_shards(), since, &[], 100).await.expect("it looks")
    }

    /// What is new in pages of one, in the order in which it was first given. Other tests' transactions on the same
    /// server may make it come more than once.
    async fn pages(&self, mut since: i64) -> Vec<i64> {
        let mut seen = Vec::new();
        loop {
            let page = self.store.news(self.node, &all_shards(), since, &[], 1).await.expect("it looks");
            let new: Vec<i64> = runs(&page).into_iter().filter(|run| !seen.contains(run)).collect();
            seen.extend(new);
            since = page.cursor;
            if !page.more {
                return seen;
            }
        }
    }

    /// The nth run as this process accepts it: its number is in the id.
    fn accept(&self, n: i64) -> store::Accept {
        let mut accept = accept(n);
        let id = id(n) | i64::from(self.node) << 12;
        let event = accept.event.as_mut().expect("it has one");
        (event.id, accept.run.id, accept.run.event, accept.run.lineage) = (id, id, id, id);
        accept
    }
}

fn runs(news: &News) -> Vec<i64> {
    news.runs.iter().map(|open| open.run.id).collect()
}

fn shards(leases: &[Lease]) -> Vec<Shard> {
    leases.iter().map(|lease| lease.shard).collect()
}

#[tokio::test]
async fn one_process_holds_everything_and_a_second_gets_its_half() {
    let database = Database::create().await.expect("a database is made");
    let first = Process::start(&database).await;
    assert_eq!(shards(&first.renew(&[]).await), all_shards());
    let second = Process::start(&database).await;
    assert_ne!(first.node, second.node);
    assert_eq!(second.renew(&[]).await, [], "nothing is free yet");
    let surplus: Vec<Shard> = (32..64).collect();
    assert_eq!(shards(&first.renew(&surplus).await), (0..32).collect::<Vec<_>>());
    let taken = second.renew(&[]).await;
    assert_eq!(shards(&taken), surplus);
    let workers = first.store.workers().await.expect("asked");
    assert_eq!(workers.iter().map(|worker| worker.shards).collect::<Vec<_>>(), [32, 32]);
    first.store.leave(first.node).await.expect("it leaves");
    assert_eq!(shards(&second.renew(&[]).await), all_shards());
}

#[tokio::test]
async fn a_process_that_was_away_too_long_loses_its_shards_and_writes_nothing_of_them() {
    let database = Database::create().await.expect("a database is made");
    let gone = Process::with_lease(&database, Duration::ZERO).await;
    let held = gone.renew(&[]).await;
    let shard = accept(1).run.shard;
    let lease = *held.iter().find(|lease| lease.shard == shard).expect("it holds all");
    commit(&*gone.store, Batch { leases: vec![lease], ..accepts([accept(1)]) }).await;
    let other = Process::start(&database).await;
    let taken = other.renew(&[]).await;
    assert_eq!(shards(&taken), all_shards());
    commit(&*other.store, Batch { crashes: vec![(id(1), 3)], leases: taken, ..Batch::default() }).await;

    let mut late = accepts([accept(2)]);
    late.records = vec![record(1, 1)];
    late.parks = vec![(id(1), at(9))];
    late.crashes = vec![(id(1), 0)];
    late.finishes = vec![finish(run(1), Status::Done)];
    late.leases = vec![lease];
    let committed = Journal::commit(&*gone.store, late).await.expect("the rest is written");
    assert_eq!((committed.lost, committed.accepts.len()), (vec![shard], 1));
    let open = other.store.runs_of(&all_shards(), 0, 9).await.expect("asked");
    assert_eq!(numbers(open.iter().map(|open| open.run.id)), [1, 2]);
    assert_eq!((open[0].wake_at, open[0].crashes), (None, 3));
    let loaded = Journal::load_run(&*other.store, id(1)).await.expect("asked").expect("it is open");
    assert_eq!(loaded.records, []);
}

#[tokio::test]
async fn a_number_that_another_process_has_by_now_is_refused() {
    let database = Database::create().await.expect("a database is made");
    let gone = Process::with_lease(&database, Duration::ZERO).await;
    let sql = format!("UPDATE worker SET token = 'another' WHERE node = {}", gone.node);
    let mut connection = database.connect().await.expect("it connects");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("it is taken");
    let refused = gone.store.renew(gone.node, &[]).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
}

#[tokio::test]
async fn what_others_accepted_is_news_in_the_order_of_their_acknowledgement() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    let begin = here.news(0).await;
    assert_eq!(begin.runs, []);
    commit(&*here.store, accepts([here.accept(1)])).await;
    // The clock of the other machine goes wrong: later runs have smaller ids.
    for n in [9, 8, 7] {
        commit(&*there.store, accepts([there.accept(n)])).await;
    }
    let expected: Vec<i64> = [9, 8, 7].map(|n| there.accept(n).run.id).into();
    let news = here.news(begin.cursor).await;
    assert_eq!(runs(&news), expected, "its own are no news");
    assert!(news.runs.is_sorted_by_key(|open| open.turn));
    assert_eq!(here.pages(begin.cursor).await, expected);
}

#[tokio::test]
async fn all_pages_of_news_are_given_while_a_transaction_holds_every_look_back() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    let mut slow = database.connect().await.expect("it connects");
    sqlx::raw_sql("BEGIN; SELECT pg_current_xact_id()").execute(&mut slow).await.expect("it begins");
    let begin = here.news(0).await;
    for n in 1..=5 {
        commit(&*there.store, accepts([there.accept(n)])).await;
    }
    let expected: Vec<i64> = (1..=5).map(|n| there.accept(n).run.id).collect();
    assert_eq!(here.pages(begin.cursor).await, expected);
}

#[tokio::test]
async fn a_transaction_that_is_long_under_way_is_not_missed() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    commit(&*there.store, accepts([there.accept(1)])).await;
    let mut slow = database.connect().await.expect("it connects");
    sqlx::raw_sql("BEGIN; SELECT pg_current_xact_id()").execute(&mut slow).await.expect("it begins");
    let begin = here.news(0).await;
    commit(&*there.store, accepts([there.accept(2)])).await;
    let news = here.news(begin.cursor).await;
    assert!(news.runs.iter().any(|open| open.run.id == there.accept(2).run.id));
    let RunRow { id, .. } = there.accept(3).run;
    let late = format!(
        "INSERT INTO run (id, flow, version, event, lineage, started_at, deadline) VALUES ({id}, 1, 1, {id}, {id}, 0, 0); COMMIT"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(late)).execute(&mut slow).await.expect("it commits");
    let news = here.news(news.cursor).await;
    assert!(news.runs.iter().any(|open| open.run.id == id), "it began before the last look");
}

#[tokio::test]
async fn a_hint_comes_when_another_process_has_accepted_something() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    there.renew(&[]).await;
    // The hint before the listening began is lost, so the other one goes on until it is heard.
    let accepting = async {
        for n in 1.. {
            commit(&*there.store, accepts([there.accept(n)])).await;
        }
    };
    let speaking = there.store.hint();
    tokio::select! {
        heard = here.store.hint() => heard.expect("it is heard"),
        _ = speaking => panic!("nobody spoke to it"),
        () = accepting => {}
    }
}

#[tokio::test]
async fn what_a_run_is_told_waits_for_an_answer() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    commit(&*here.store, accepts([accept(1)])).await;
    let told = Control { id: 77, run: id(1), at: at(2), body: "cancel".into() };
    assert_eq!(there.store.shard_of_run(id(1)).await.expect("asked"), Some(run(1).shard));
    there.store.tell(told.clone()).await.expect("it is told");
    there.store.tell(Control { id: 78, run: id(5), ..told.clone() }).await.expect("it is dropped");
    for _ in 0..2 {
        assert_eq!(here.news(0).await.controls, std::slice::from_ref(&told), "until it is answered");
    }
    let heard = here.store.news(here.node, &all_shards(), 0, &[77], 100).await.expect("it looks");
    assert_eq!(heard.controls, [], "it is being carried out");
    let answers = async || there.store.take_answers(&[76, 77]).await.expect("asked");
    assert_eq!(answers().await, []);
    here.store.answer(77, Some("done".into())).await.expect("it answers");
    assert_eq!(here.news(0).await.controls, []);
    assert_eq!(answers().await, [(77, "done".into())]);
    assert_eq!(answers().await, []);
}

#[tokio::test]
async fn who_waits_for_a_runs_answer_is_told_to_its_holder_with_the_run() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    let begin = here.news(0).await;
    let accept = there.accept(1);
    let waits = Control { id: 77, run: accept.run.id, at: at(2), body: "waits".into() };
    let of_nothing = Control { id: 78, run: 5, ..waits.clone() };
    let batch = Batch { controls: vec![waits.clone(), of_nothing], ..accepts([accept]) };
    for _ in 0..2 {
        commit(&*there.store, batch.clone()).await;
    }
    let news = here.news(begin.cursor).await;
    assert_eq!((runs(&news), news.controls), (vec![waits.run], vec![waits]));
}

#[tokio::test]
async fn what_nobody_waits_for_the_answer_of_is_gone_when_it_was_heard() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    commit(&*here.store, accepts([accept(1)])).await;
    for id in [77, 78] {
        let told = Control { id, run: run(1).id, at: at(2), body: "the called run has ended".into() };
        there.store.tell(told).await.expect("it is told");
    }
    here.store.answer(77, None).await.expect("it is heard");
    assert_eq!(here.news(0).await.controls.iter().map(|told| told.id).collect::<Vec<_>>(), [78]);
    let mut connection = database.connect().await.expect("it connects");
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM control").fetch_one(&mut connection).await.expect("asked");
    assert_eq!(left, 1);
}

/// Whoever takes a few shards over must not look through the runs of all.
#[tokio::test]
async fn the_runs_and_words_of_one_shard_are_found_without_looking_at_those_of_others() {
    let database = Database::create().await.expect("a database is made");
    let here = Process::start(&database).await;
    let batch: Vec<_> = (1..=300).map(|n| here.accept(n)).collect();
    commit(&*here.store, accepts(batch)).await;
    let mut connection = database.connect().await.expect("it connects");
    sqlx::raw_sql("ANALYZE run; SET enable_seqscan = off")
        .execute(&mut connection)
        .await
        .expect("it is done");
    for (wanted, sql) in [
        ("run_shard_turn", "SELECT * FROM run WHERE shard = 3 AND turn > 7 ORDER BY turn LIMIT 1000"),
        (
            "control_unheard",
            "SELECT * FROM control WHERE shard = ANY('{3,4}') AND answer IS NULL ORDER BY id",
        ),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {sql}"));
        let plan: Vec<String> =
            sqlx::query_scalar(explain).fetch_all(&mut connection).await.expect("it is planned");
        assert!(plan.iter().any(|line| line.contains(wanted)), "{plan:#?}");
    }
}

#[tokio::test]
async fn a_change_of_flows_is_seen_by_the_others() {
    let database = Database::create().await.expect("a database is made");
    let (here, there) = (Process::start(&database).await, Process::start(&database).await);
    let before = here.news(0).await.generation;
    with_flow(&*there.store).await;
    assert_ne!(here.news(0).await.generation, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_after_a_crash_of_the_database_is_found_under_numbers_that_it_gives_again() {
    let cluster = Cluster::start().expect("a server starts");
    let database = Database::create_on(&cluster.url()).await.expect("a database is made");
    let (here, other) = (Process::start(&database).await, Process::start(&database).await);
    let before = here.news(0).await.cursor;
    // Transactions that were broken off, and of which nothing was written down.
    let mut operator = database.connect().await.expect("it is there");
    for _ in 0..100 {
        let sql = "BEGIN; SELECT pg_current_xact_id(); ROLLBACK";
        sqlx::raw_sql(sql).execute(&mut operator).await.expect("a number is given");
    }
    let looked = here.news(before).await.cursor;
    assert!(looked >= before + 100, "{before} {looked}");
    cluster.stop(Kill::Immediate).expect("it stops");
    cluster.start_again().expect("it starts again");
    // The engine, too, sends what could not be written again.
    while let Err(error) = other.store.commit(accepts([other.accept(1)])).await {
        assert!(matches!(error, Error::Unavailable(_)), "{error}");
    }
    let run = other.accept(1).run.id;
    let found = loop {
        match here.store.news(here.node, &all_shards(), looked, &[], 100).await {
            Ok(news) => break news,
            Err(error) => assert!(matches!(error, Error::Unavailable(_)), "{error}"),
        }
    };
    assert_eq!(runs(&found), [run]);
    assert_eq!(runs(&here.news(found.cursor).await), [] as [i64; 0]);
}

#[tokio::test]
async fn a_flow_claims_nothing_under_a_lease_that_is_another_s_by_now() {
    let database = Database::create().await.expect("a database is made");
    let first = Process::start(&database).await;
    let lease = first.renew(&[]).await[40];
    let row =
        ClaimRow { lane: 40, flow: 1, key: "1042".into(), run: Some(id(1)), who: String::new(), at: at(1) };
    let second = Process::start(&database).await;
    first.renew(&(32..64).collect::<Vec<_>>()).await;
    let taken = second.renew(&[]).await;
    let now = taken.into_iter().find(|now| now.shard == lease.shard).expect("the second one has it");
    assert_eq!(first.store.claim(row.clone(), Some(lease)).await.expect("asked"), Claimed::Lost);
    assert_eq!(first.store.claim_of(40).await.expect("asked"), None);
    assert_eq!(second.store.claim(row, Some(now)).await.expect("asked"), Claimed::Yours);
}
