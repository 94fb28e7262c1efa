use super::Home;
use super::sample::*;
use crate::{DayCount, FlowKey, FlowTotals, KeyFilter, Ms, RunFilter, Status, Store};

fn all() -> RunFilter {
    RunFilter { limit: 100, ..RunFilter::default() }
}

async fn list(store: &dyn Store, filter: RunFilter) -> Vec<i64> {
    numbers(store.runs(filter).await.expect("runs are listed").into_iter().map(|run| run.id))
}

/// Runs 1 done, 2 failed, 3 cancelled and 4 open, and the same of another flow from 11.
async fn eight_runs(home: &dyn Home) -> std::sync::Arc<dyn Store> {
    let store = home.open().await;
    for (flow, first) in [(FLOW, 1), (FLOW + 1, 11)] {
        let of_flow = |n| {
            let mut accept = accept(n);
            accept.event.as_mut().expect("it has one").flow = flow;
            accept.run.flow = flow;
            accept
        };
        let four = [0, 1, 2, 3].map(|n| of_flow(first + n));
        let ends =
            four.clone().into_iter().zip(Status::ALL).map(|(accept, status)| finish(accept.run, status));
        let ends: Vec<_> = ends.collect();
        commit(&*store, accepts(four)).await;
        commit(&*store, finishes(ends)).await;
    }
    store
}

pub async fn later_runs_of_an_event_come_in_order(home: &dyn Home) {
    let store = home.open().await;
    commit(&*store, accepts([accept(1), accept(2)])).await;
    let again = |n| {
        let mut retry = accept(n);
        retry.event = None;
        retry.run.event = accept(1).run.event;
        retry
    };
    commit(&*store, accepts([again(3), again(4)])).await;
    commit(&*store, finishes([finish(again(3).run, Status::Failed)])).await;
    let later = store.retries(accept(1).run.event).await.expect("asked");
    assert_eq!(numbers(later.into_iter().map(|run| run.id)), [3, 4]);
    assert!(store.retries(accept(2).run.event).await.expect("asked").is_empty());
}

pub async fn runs_are_looked_up_by_their_ids(home: &dyn Home) {
    let store = eight_runs(home).await;
    let asked = [14, 1, 4, 99, 12].map(id);
    let found = store.summaries(&asked).await.expect("asked");
    assert_eq!(numbers(found.iter().map(|run| run.id)), [1, 4, 12, 14]);
    let statuses: Vec<_> = found.iter().map(|run| run.status).collect();
    assert_eq!(statuses, [Some(Status::Done), None, Some(Status::Failed), None]);
    assert!(store.summaries(&[]).await.expect("asked").is_empty());
}

pub async fn totals_add_up(home: &dyn Home) {
    let store = eight_runs(home).await;
    commit(&*store, accepts([accept(20)])).await;
    commit(&*store, finishes([finish(run(20), Status::Done)])).await;
    let totals = |done, last_run: i64, last_status| FlowTotals {
        done,
        failed: 1,
        cancelled: 1,
        open: 1,
        last_run_at: Some(at(last_run)),
        last_status: Some(last_status),
    };
    let expected = [(FLOW, totals(2, 20, Status::Done)), (FLOW + 1, totals(1, 14, Status::Cancelled))];
    assert_eq!(store.flow_totals().await.expect("asked"), expected);
}

pub async fn totals_start_at_nothing(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(store.flow_totals().await.expect("asked"), []);
    commit(&*store, accepts([accept(1)])).await;
    let totals = store.flow_totals().await.expect("asked");
    assert_eq!(totals, [(FLOW, FlowTotals { open: 1, last_run_at: Some(at(1)), ..FlowTotals::default() })]);
}

pub async fn the_newest_runs_come_first(home: &dyn Home) {
    let store = eight_runs(home).await;
    assert_eq!(list(&*store, all()).await, [14, 13, 12, 11, 4, 3, 2, 1]);
    assert_eq!(list(&*store, RunFilter { limit: 3, ..all() }).await, [14, 13, 12]);
    let newest = &store.runs(RunFilter { limit: 1, ..all() }).await.expect("listed")[0];
    assert_eq!((newest.status, newest.finished_at, newest.started_at), (None, None, at(14)));
}

pub async fn runs_are_listed_by_flow(home: &dyn Home) {
    let store = eight_runs(home).await;
    assert_eq!(list(&*store, RunFilter { flow: Some(FLOW), ..all() }).await, [4, 3, 2, 1]);
    assert_eq!(list(&*store, RunFilter { flow: Some(FLOW), limit: 2, ..all() }).await, [4, 3]);
    assert_eq!(list(&*store, RunFilter { flow: Some(99), ..all() }).await, NONE);
}

pub async fn runs_are_listed_by_outcome(home: &dyn Home) {
    let store = eight_runs(home).await;
    let of =
        |statuses: &[Status], flow: Option<FlowKey>| RunFilter { statuses: statuses.into(), flow, ..all() };
    assert_eq!(list(&*store, of(&[Status::Failed], None)).await, [12, 2]);
    assert_eq!(list(&*store, of(&[Status::Done], None)).await, [11, 1]);
    assert_eq!(list(&*store, of(&[Status::Failed, Status::Cancelled], None)).await, [13, 12, 3, 2]);
    assert_eq!(list(&*store, of(&[Status::Cancelled], Some(FLOW))).await, [3]);
    let or_open = RunFilter { open: true, ..of(&[Status::Failed], Some(FLOW)) };
    assert_eq!(list(&*store, or_open).await, [4, 2]);
}

pub async fn open_runs_are_listed_alone(home: &dyn Home) {
    let store = eight_runs(home).await;
    commit(&*store, crate::Batch { parks: vec![(id(14), at(90))], ..Default::default() }).await;
    let open = store.runs(RunFilter { open: true, ..all() }).await.expect("listed");
    let wakes: Vec<Option<Ms>> = open.iter().map(|run| run.wake_at).collect();
    assert_eq!(numbers(open.into_iter().map(|run| run.id)), [14, 4]);
    assert_eq!(wakes, [Some(at(90)), None]);
}

pub async fn a_list_goes_on_before_the_last_one_seen(home: &dyn Home) {
    let store = eight_runs(home).await;
    let page = |before: i64| RunFilter { before: Some(id(before)), limit: 3, ..all() };
    assert_eq!(list(&*store, page(13)).await, [12, 11, 4]);
    assert_eq!(list(&*store, page(4)).await, [3, 2, 1]);
    assert_eq!(list(&*store, page(1)).await, NONE);
}

pub async fn runs_are_listed_by_when_they_were_accepted(home: &dyn Home) {
    let store = eight_runs(home).await;
    let between = |since: Option<i64>, until: Option<i64>| RunFilter {
        since: since.map(at),
        until: until.map(at),
        ..all()
    };
    assert_eq!(list(&*store, between(Some(3), Some(12))).await, [11, 4, 3]);
    assert_eq!(list(&*store, between(Some(14), None)).await, [14]);
    assert_eq!(list(&*store, between(None, Some(2))).await, [1]);
    let failed = RunFilter { statuses: vec![Status::Failed], ..between(Some(3), None) };
    assert_eq!(list(&*store, failed).await, [12]);
    let page = RunFilter { before: Some(id(11)), ..between(Some(2), Some(13)) };
    assert_eq!(list(&*store, page).await, [4, 3, 2]);
}

pub async fn runs_are_listed_by_their_key(home: &dyn Home) {
    let store = eight_runs(home).await;
    let of = |key: KeyFilter| RunFilter { key: Some(key), ..all() };
    let is = |key: &str| of(KeyFilter::Is(key.into()));
    let starts = |key: &str| of(KeyFilter::Starts(key.into()));
    assert_eq!(list(&*store, is("order-1")).await, [1]);
    assert_eq!(list(&*store, is("order-14")).await, [14]);
    assert_eq!(list(&*store, is("ORDER-1")).await, NONE);
    assert_eq!(list(&*store, starts("order-1")).await, [14, 13, 12, 11, 1]);
    assert_eq!(list(&*store, RunFilter { flow: Some(FLOW), ..starts("order-1") }).await, [1]);
    assert_eq!(list(&*store, RunFilter { limit: 2, ..starts("order-1") }).await, [14, 13]);
    assert_eq!(list(&*store, starts("rder-1")).await, NONE);
    let failed = RunFilter { statuses: vec![Status::Failed], ..starts("order-1") };
    assert_eq!(list(&*store, failed).await, [12]);
    assert_eq!(list(&*store, RunFilter { text: Some("404".into()), ..starts("order-") }).await, [12, 2]);
    assert_eq!(list(&*store, RunFilter { text: Some("404".into()), ..is("order-1") }).await, NONE);
}

fn search(text: &str) -> RunFilter {
    RunFilter { text: Some(text.into()), ..all() }
}

pub async fn a_text_finds_a_key_by_its_start(home: &dyn Home) {
    let store = eight_runs(home).await;
    assert_eq!(list(&*store, search("order-1")).await, [14, 13, 12, 11, 1]);
    assert_eq!(list(&*store, RunFilter { flow: Some(FLOW), ..search(" order-1 ") }).await, [1]);
    assert_eq!(list(&*store, RunFilter { statuses: vec![Status::Failed], ..search("order-1") }).await, [12]);
}

pub async fn a_text_finds_part_of_a_key_or_an_error(home: &dyn Home) {
    let store = eight_runs(home).await;
    assert_eq!(list(&*store, search("der-3")).await, [3]);
    assert_eq!(list(&*store, search("answered 404")).await, [12, 2]);
    assert_eq!(list(&*store, search("nowhere")).await, NONE);
}

pub async fn a_text_finds_a_run_by_its_id(home: &dyn Home) {
    let store = eight_runs(home).await;
    assert_eq!(list(&*store, search(&id(3).to_string())).await, [3]);
    assert_eq!(list(&*store, search(&id(4).to_string())).await, [4]);
    assert_eq!(list(&*store, RunFilter { before: Some(id(3)), ..search(&id(3).to_string()) }).await, NONE);
}

pub async fn a_key_finds_its_runs_and_no_others(home: &dyn Home) {
    let store = eight_runs(home).await;
    let other_flow = |n: i64, open: bool| {
        let mut accept = accept(n);
        accept.event.as_mut().expect("it has one").flow = FLOW + 1;
        (accept.run.flow, accept.run.key) = (FLOW + 1, Some("order-1".into()));
        (accept.clone(), (!open).then(|| finish(accept.run, Status::Failed)))
    };
    for (accept, end) in [other_flow(20, false), other_flow(21, true)] {
        commit(&*store, accepts([accept])).await;
        commit(&*store, finishes(end)).await;
    }
    let key = |key: &str| RunFilter { key: Some(KeyFilter::Is(key.into())), ..all() };
    assert_eq!(list(&*store, key("order-1")).await, [21, 20, 1]);
    assert_eq!(list(&*store, RunFilter { limit: 2, ..key("order-1") }).await, [21, 20]);
    assert_eq!(list(&*store, RunFilter { before: Some(id(20)), ..key("order-1") }).await, [1]);
    assert_eq!(list(&*store, RunFilter { flow: Some(FLOW), ..key("order-1") }).await, [1]);
    assert_eq!(list(&*store, key("order-")).await, NONE);
    assert_eq!(list(&*store, key("ORDER-1")).await, NONE);
}

pub async fn a_text_with_wildcards_means_itself(home: &dyn Home) {
    let store = eight_runs(home).await;
    assert_eq!(list(&*store, search("50%")).await, [12, 2]);
    assert_eq!(list(&*store, search("404%50")).await, NONE);
    assert_eq!(list(&*store, search("order_1")).await, NONE);
    assert_eq!(list(&*store, search("'; --")).await, NONE);
}

pub async fn a_run_in_detail_brings_its_event_and_doc(home: &dyn Home) {
    let store = eight_runs(home).await;
    let ended = store.run_detail(id(2)).await.expect("asked").expect("it is in history");
    assert_eq!(&ended.doc[..], b"what happened");
    assert_eq!(ended.event, Some(event(2)));
    let open = store.run_detail(id(4)).await.expect("asked").expect("it is open");
    assert_eq!((open.doc.len(), open.event, open.summary.status), (0, Some(event(4)), None));
}

pub async fn a_run_that_never_was_is_not_there(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(store.run_detail(id(1)).await.expect("asked"), None);
    assert_eq!(store.load_run(id(1)).await.expect("asked"), None);
}

pub async fn days_count_what_ended_on_them(home: &dyn Home) {
    let store = eight_runs(home).await;
    commit(&*store, accepts([accept(90_000)])).await;
    commit(&*store, finishes([finish(run(90_000), Status::Done)])).await;
    let count = |flow, day, status| DayCount { flow, day, status, runs: 1 };
    let [first, second] = [START, START + DAY];
    let expected = [
        count(FLOW, first, Status::Done),
        count(FLOW, first, Status::Failed),
        count(FLOW, first, Status::Cancelled),
        count(FLOW + 1, first, Status::Done),
        count(FLOW + 1, first, Status::Failed),
        count(FLOW + 1, first, Status::Cancelled),
        count(FLOW, second, Status::Done),
    ];
    assert_eq!(store.days(first + 5).await.expect("asked"), expected);
    assert_eq!(store.days(second).await.expect("asked"), expected[6..]);
}

pub async fn the_store_answers_and_has_a_size(home: &dyn Home) {
    let store = home.open().await;
    store.ping().await.expect("it answers");
    let size = store.size().await.expect("asked");
    assert!(size.bytes > 0 && size.free_disk_bytes > 0, "{size:?}");
}
