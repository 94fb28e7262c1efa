//! Where runs go that have ended: which file, how they are found there, and how a day goes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::contract::sample::*;
use store::{Journal, KeyFilter, RunFilter, RunQueries, Status};
use store_sqlite::{Durability, Options, SqliteStore};

/// In seconds, as runs are numbered.
const DAY_S: i64 = DAY / 1_000;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    async fn archiving_after(&self, after: Duration) -> Arc<SqliteStore> {
        let mut options = Options::new(self.0.path());
        (options.durability, options.archive_after) = (Durability::Normal, after);
        SqliteStore::open(options).await.expect("it opens")
    }

    async fn open(&self) -> Arc<SqliteStore> {
        self.archiving_after(Duration::ZERO).await
    }

    fn hot(&self) -> PathBuf {
        self.0.path().join("khlong.db")
    }

    fn day(&self, name: &str) -> PathBuf {
        self.0.path().join("history").join(name)
    }

    /// The names of the days' files, in order.
    fn days(&self) -> Vec<String> {
        let files = fs::read_dir(self.0.path().join("history")).expect("it is listed");
        let names = files.map(|file| file.expect("listed").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".db")).collect();
        names.sort();
        names
    }
}

fn sql<T: rusqlite::types::FromSql>(file: &Path, question: &str) -> T {
    let connection = rusqlite::Connection::open(file).expect("it opens");
    connection.query_row(question, [], |row| row.get(0)).expect("it answers")
}

fn change(file: &Path, statements: &str) {
    rusqlite::Connection::open(file).expect("it opens").execute_batch(statements).expect("it is changed");
}

async fn list(store: &SqliteStore, filter: RunFilter) -> Vec<i64> {
    numbers(store.runs(filter).await.expect("listed").into_iter().map(|run| run.id))
}

fn all() -> RunFilter {
    RunFilter { limit: 100, ..RunFilter::default() }
}

async fn closed(store: Arc<SqliteStore>) {
    store.close().await;
    drop(store);
}

#[tokio::test]
async fn runs_lie_in_files_by_day_and_by_how_long_they_are_kept_and_nothing_of_them_stays_behind() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    let mut batch = accepts([delivered(1, 9)]);
    batch.accepts[0].event.as_mut().expect("it has one").body = vec![b'x'; 600 << 10].into();
    commit(&*store, batch).await;
    commit(&*store, finishes([finish(run(1), Status::Done)])).await;
    ended(&*store, 2, Status::Failed).await;
    ended(&*store, 3, Status::Cancelled).await;
    ended(&*store, DAY_S, Status::Done).await;
    assert_eq!(folder.days(), ["2026-01-01-30.db", "2026-01-01-7.db", "2026-01-02-7.db"]);
    for table in ["run", "run_hist", "event", "blob"] {
        assert_eq!(sql::<i64>(&folder.hot(), &format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    assert_eq!(sql::<i64>(&folder.hot(), "SELECT count(*) FROM dedupe"), 1, "a delivery may come again");
    let one = store.run_detail(id(1)).await.expect("asked").expect("it is in history");
    assert_eq!(one.event.map(|event| event.body.len()), Some(600 << 10));
}

#[tokio::test]
async fn short_kept_runs_go_with_their_file_while_failed_ones_of_the_day_stay() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    for n in 1..=6 {
        ended(&*store, n, if n % 3 == 0 { Status::Failed } else { Status::Done }).await;
    }
    assert_eq!(store.expire(START + 8 * DAY, 1_000).await.expect("it goes"), 4);
    assert_eq!(folder.days(), ["2026-01-01-30.db"]);
    assert_eq!(list(&store, all()).await, [6, 3]);
    let totals = store.flow_totals().await.expect("asked")[0].1;
    assert_eq!((totals.done, totals.failed), (4, 2), "they are kept for ever");
}

#[tokio::test]
async fn a_longer_retention_given_later_holds_for_what_is_there() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    let longer = store::SaveFlow { keep_done: 20 * DAY, ..flow("order-to-erp") };
    store::Flows::save_flow(&*store, longer).await.expect("it is saved");
    assert_eq!(store.expire(START + 15 * DAY, 9).await.expect("asked"), 0);
    assert_eq!(store.expire(START + 22 * DAY, 9).await.expect("it goes"), 1);
}

#[tokio::test]
async fn lists_go_on_from_file_to_file() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    for day in 0..30 {
        for n in 1..=3 {
            let status = if (day, n) == (3, 2) { Status::Failed } else { Status::Done };
            ended(&*store, day * DAY_S + n, status).await;
        }
    }
    commit(&*store, accepts([accept(30 * DAY_S)])).await;
    assert_eq!(folder.days().len(), 31);
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = store.runs(RunFilter { before, limit: 7, ..all() }).await.expect("a page");
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(numbers(page.iter().map(|run| run.id)));
    }
    let mut expected: Vec<i64> = (0..30).flat_map(|day| [1, 2, 3].map(|n| day * DAY_S + n)).collect();
    expected.push(30 * DAY_S);
    expected.reverse();
    assert_eq!(seen, expected);
    let failed = RunFilter { statuses: vec![Status::Failed], ..all() };
    assert_eq!(list(&store, failed).await, [3 * DAY_S + 2]);
    let key = format!("order-{}", 5 * DAY_S + 1);
    assert_eq!(list(&store, RunFilter { text: Some(key.clone()), ..all() }).await, [5 * DAY_S + 1]);
    assert_eq!(list(&store, RunFilter { key: Some(KeyFilter::Is(key)), ..all() }).await, [5 * DAY_S + 1]);
    let some = [2, 3 * DAY_S + 2, 30 * DAY_S].map(id);
    let found = store.summaries(&some).await.expect("asked");
    assert_eq!(found.iter().map(|run| run.id).collect::<Vec<_>>(), some);
}

#[tokio::test]
async fn a_failed_run_is_retried_after_its_event_has_moved() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    let mut first = accept(1);
    first.event.as_mut().expect("it has one").body = vec![b'x'; 100 << 10].into();
    commit(&*store, accepts([first])).await;
    commit(&*store, finishes([finish(run(1), Status::Failed)])).await;
    let again = DAY_S + 5;
    commit(&*store, accepts([retry(again, 1)])).await;
    let open = store.load_run(id(again)).await.expect("asked").expect("it is open");
    assert_eq!(open.body.len(), 100 << 10);
    commit(&*store, finishes([finish(retry(again, 1).run, Status::Done)])).await;
    assert_eq!(sql::<i64>(&folder.hot(), "SELECT count(*) FROM event"), 0, "it is in both days now");
    let later = store.retries(id(1)).await.expect("asked");
    assert_eq!(numbers(later.into_iter().map(|run| run.id)), [again]);
    let detail = store.run_detail(id(again)).await.expect("asked").expect("it is in history");
    assert_eq!(detail.event.map(|event| event.body.len()), Some(100 << 10));
}

/// As if the machine had gone off after the day's file was written and before the hot rows went.
#[tokio::test]
async fn a_move_that_was_cut_off_is_done_again_and_counts_once() {
    let folder = Folder::new();
    let store = folder.archiving_after(Duration::from_secs(600)).await;
    with_flow(&*store).await;
    for n in 1..=5 {
        ended(&*store, n, Status::Done).await;
    }
    closed(store).await;
    let before = fs::read(folder.hot()).expect("it is read");
    let store = folder.open().await;
    ended(&*store, 6, Status::Done).await;
    closed(store).await;
    assert_eq!(sql::<i64>(&folder.day("2026-01-01-7.db"), "SELECT count(*) FROM run_hist"), 6);
    fs::write(folder.hot(), before).expect("the hot rows are back");

    let store = folder.archiving_after(Duration::from_secs(600)).await;
    assert_eq!(list(&store, all()).await, [6, 5, 4, 3, 2, 1], "none twice, none lost");
    closed(store).await;
    let store = folder.open().await;
    ended(&*store, 7, Status::Done).await;
    assert_eq!(sql::<i64>(&folder.hot(), "SELECT count(*) FROM run_hist"), 0);
    assert_eq!(list(&store, all()).await, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(store.expire(START + 8 * DAY, 1_000).await.expect("it goes"), 7);
}

#[tokio::test]
async fn a_file_that_somebody_took_away_is_missed_and_nothing_else() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    ended(&*store, DAY_S, Status::Done).await;
    fs::remove_file(folder.day("2026-01-01-7.db")).expect("it is removed");
    closed(store).await;
    let store = folder.open().await;
    assert_eq!(list(&store, all()).await, [DAY_S]);
    assert_eq!(store.run_detail(id(1)).await.expect("asked"), None);
}

#[tokio::test]
async fn files_of_an_older_release_get_the_columns_of_this_one() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    closed(store).await;
    change(
        &folder.hot(),
        "ALTER TABLE run_hist ADD COLUMN colour TEXT; ALTER TABLE run_hist ADD COLUMN weight INTEGER NOT NULL DEFAULT 5; PRAGMA user_version = 1;",
    );
    let store = folder.open().await;
    let of_one = "SELECT weight || ifnull(colour, ' and none') FROM run_hist";
    assert_eq!(sql::<String>(&folder.day("2026-01-01-7.db"), of_one), "5 and none");
    ended(&*store, 2, Status::Done).await;
    assert_eq!(list(&store, all()).await, [2, 1]);
}

#[tokio::test]
async fn a_run_that_has_ended_long_ago_is_not_taken_in_again() {
    let folder = Folder::new();
    let store = folder.open().await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    closed(store).await;
    let store = folder.open().await;
    let totals = store.flow_totals().await.expect("asked");
    commit(&*store, accepts([accept(1)])).await;
    commit(&*store, finishes([finish(run(1), Status::Failed)])).await;
    assert_eq!(store.flow_totals().await.expect("asked"), totals);
    let one = store.run_detail(id(1)).await.expect("asked").expect("it is there");
    assert_eq!(one.summary.status, Some(Status::Done));
}

#[tokio::test]
async fn the_oldest_day_goes_early_and_what_is_needed_stays() {
    let folder = Folder::new();
    let store = folder.open().await;
    store::contract::space::the_oldest_day_goes_and_what_is_needed_stays(&*store).await;
}
