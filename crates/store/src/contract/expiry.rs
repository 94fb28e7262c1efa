use super::Home;
use super::sample::*;
use crate::{Accepted, Ms, Status, Store};

async fn left(store: &dyn Store) -> Vec<i64> {
    let filter = crate::RunFilter { limit: 100, ..Default::default() };
    numbers(store.runs(filter).await.expect("runs are listed").into_iter().map(|run| run.id))
}

async fn expire(store: &dyn Store, now: Ms) -> usize {
    store.expire(now, 100).await.expect("old runs go")
}

/// A store may keep a run until the day is over on which its time is up, so the two are days apart.
pub async fn what_is_older_than_its_flow_keeps_goes(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    let days_later = 3 * DAY / 1_000;
    ended(&*store, 1, Status::Done).await;
    ended(&*store, days_later, Status::Done).await;
    assert_eq!(expire(&*store, START + 7 * DAY).await, 0);
    assert_eq!(expire(&*store, START + 9 * DAY).await, 1);
    assert_eq!(left(&*store).await, [days_later]);
    assert_eq!(store.run_detail(id(1)).await.expect("asked"), None);
    assert_eq!(expire(&*store, START + 9 * DAY).await, 0);
}

pub async fn failed_runs_are_kept_by_their_own_time(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    ended(&*store, 2, Status::Failed).await;
    ended(&*store, 3, Status::Cancelled).await;
    expire(&*store, at(50) + 7 * DAY).await;
    assert_eq!(left(&*store).await, [3, 2]);
    expire(&*store, at(50) + 30 * DAY).await;
    assert_eq!(left(&*store).await, NONE);
}

pub async fn an_event_stays_while_a_run_refers_to_it(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    commit(&*store, accepts([retry(2, 1)])).await;
    expire(&*store, at(50) + 7 * DAY).await;
    let open = store.load_run(id(2)).await.expect("asked").expect("it is open");
    assert_eq!(&open.body[..], b"body 1");
    let mut end = finish(retry(2, 1).run, Status::Failed);
    end.finished_at = at(60);
    commit(&*store, finishes([end])).await;
    expire(&*store, at(70) + 7 * DAY).await;
    let kept = store.run_detail(id(2)).await.expect("asked").expect("failed runs are kept longer");
    assert_eq!(kept.event, Some(event(1)));
    assert_eq!(expire(&*store, at(70) + 30 * DAY).await, 1);
    let refused = store.commit(accepts([retry(3, 1)])).await;
    refused.expect_err("the event went with its last run");
}

pub async fn an_open_run_never_expires(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    commit(&*store, accepts([accept(1)])).await;
    assert_eq!(expire(&*store, START + 3_650 * DAY).await, 0);
    assert_eq!(left(&*store).await, [1]);
}

/// The limit bounds what goes one by one; runs that go together may be more.
pub async fn old_runs_go_in_as_many_calls_as_it_takes(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    for n in 1..=5 {
        ended(&*store, n, if n % 2 == 0 { Status::Failed } else { Status::Done }).await;
    }
    let (late, mut gone) = (START + 60 * DAY, 0);
    loop {
        match store.expire(late, 2).await.expect("old runs go") {
            0 => break,
            some => gone += some,
        }
    }
    assert_eq!((gone, left(&*store).await), (5, NONE.to_vec()));
}

pub async fn history_of_a_deleted_flow_expires_too(home: &dyn Home) {
    let store = home.open().await;
    let flow = with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    assert!(store.delete_flow(&flow.id, at(5)).await.expect("deleted"));
    expire(&*store, at(50)).await;
    assert_eq!(left(&*store).await, [1]);
    expire(&*store, at(50) + 7 * DAY).await;
    assert_eq!(left(&*store).await, NONE);
}

pub async fn totals_outlive_what_they_count(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    ended(&*store, 1, Status::Done).await;
    let before = store.flow_totals().await.expect("asked");
    expire(&*store, START + 60 * DAY).await;
    assert_eq!(store.flow_totals().await.expect("asked"), before);
}

pub async fn a_delivery_is_forgotten_after_a_month(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    commit(&*store, accepts([delivered(1, 9)])).await;
    commit(&*store, finishes([finish(run(1), Status::Done)])).await;
    expire(&*store, START + 29 * DAY).await;
    assert_eq!(commit(&*store, accepts([delivered(2, 9)])).await, [Accepted::Duplicate { event: id(1) }]);
    expire(&*store, START + 31 * DAY).await;
    assert_eq!(commit(&*store, accepts([delivered(3, 9)])).await, [Accepted::New]);
}
