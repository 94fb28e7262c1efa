use super::Home;
use super::sample::*;
use crate::{Accepted, Batch, Error, LoadedRun, RunId, ScheduleMoved, Status, Store, all_shards};
use bytes::Bytes;
use model::NodeId;

async fn open_numbers(store: &dyn Store) -> Vec<i64> {
    let open = store.runs_of(&all_shards(), 0, 100).await.expect("open runs are listed");
    numbers(open.into_iter().map(|open| open.run.id))
}

async fn load(store: &dyn Store, n: i64) -> Option<LoadedRun> {
    store.load_run(id(n)).await.expect("a run is loaded")
}

pub async fn an_accepted_event_is_there_after_reopening(home: &dyn Home) {
    let store = home.open().await;
    let mut given = delivered(1, 9);
    given.run.parent = Some((id(0), "call/2".into()));
    assert_eq!(commit(&*store, accepts([given.clone()])).await, [Accepted::New]);
    drop(store);
    let loaded = load(&*home.open().await, 1).await.expect("it is open");
    assert_eq!(loaded.run, given.run);
    assert_eq!((loaded.trigger.as_str(), loaded.received_at), ("paid", at(1)));
    assert_eq!((&loaded.head[..], &loaded.body[..]), (&b"{}"[..], &b"body 1"[..]));
    assert_eq!(loaded.records, []);
}

pub async fn a_delivery_twice_is_one_event(home: &dyn Home) {
    let store = home.open().await;
    commit(&*store, accepts([delivered(1, 9)])).await;
    let again = commit(&*store, accepts([delivered(2, 9)])).await;
    assert_eq!(again, [Accepted::Duplicate { event: id(1) }]);
    assert_eq!(open_numbers(&*store).await, [1]);
    assert!(store.run_detail(id(2)).await.expect("asked").is_none());
}

pub async fn a_delivery_twice_in_one_batch_is_one_event(home: &dyn Home) {
    let store = home.open().await;
    let answers = commit(&*store, accepts([delivered(1, 9), delivered(2, 8), delivered(3, 9)])).await;
    assert_eq!(answers, [Accepted::New, Accepted::New, Accepted::Duplicate { event: id(1) }]);
    assert_eq!(open_numbers(&*store).await, [1, 2]);
}

pub async fn a_delivery_is_known_per_flow_and_trigger(home: &dyn Home) {
    let store = home.open().await;
    let (mut other_flow, mut other_trigger) = (delivered(2, 9), delivered(3, 9));
    other_flow.event.as_mut().expect("it has one").flow = FLOW + 1;
    other_trigger.event.as_mut().expect("it has one").trigger = NodeId::new("refunded");
    let answers = commit(&*store, accepts([delivered(1, 9), other_flow, other_trigger])).await;
    assert_eq!(answers, [Accepted::New; 3]);
}

pub async fn a_delivery_is_known_after_its_run_has_ended(home: &dyn Home) {
    let store = home.open().await;
    commit(&*store, accepts([delivered(1, 9)])).await;
    commit(&*store, finishes([finish(run(1), Status::Done)])).await;
    let again = commit(&*store, accepts([delivered(2, 9)])).await;
    assert_eq!(again, [Accepted::Duplicate { event: id(1) }]);
}

pub async fn events_without_delivery_are_all_new(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(commit(&*store, accepts([accept(1), accept(2)])).await, [Accepted::New; 2]);
}

pub async fn a_batch_is_all_or_nothing(home: &dyn Home) {
    let store = home.open().await;
    let no_such_event = retry(2, 77);
    let refused = store.commit(accepts([delivered(1, 9), no_such_event])).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(open_numbers(&*store).await, NONE);
    assert_eq!(commit(&*store, accepts([delivered(1, 9)])).await, [Accepted::New]);
    assert_eq!(open_numbers(&*store).await, [1]);
}

pub async fn a_commit_repeated_changes_nothing(home: &dyn Home) {
    let store = home.open().await;
    let mut batch = accepts([delivered(1, 9), accept(2)]);
    batch.records = vec![record(1, 1)];
    batch.parks = vec![(id(2), at(50))];
    let first = commit(&*store, batch.clone()).await;
    let before = (load(&*store, 1).await, load(&*store, 2).await, store.flow_totals().await.expect("totals"));
    assert_eq!(commit(&*store, batch).await, first);
    let after = (load(&*store, 1).await, load(&*store, 2).await, store.flow_totals().await.expect("totals"));
    assert_eq!(after, before);
}

pub async fn a_finished_run_does_not_come_back_when_its_accept_is_repeated(home: &dyn Home) {
    let store = home.open().await;
    let end = finishes([finish(run(1), Status::Done)]);
    commit(&*store, accepts([accept(1)])).await;
    commit(&*store, end.clone()).await;
    let totals = store.flow_totals().await.expect("totals");
    assert_eq!(commit(&*store, accepts([accept(1)])).await, [Accepted::New]);
    commit(&*store, end).await;
    assert_eq!(open_numbers(&*store).await, NONE);
    assert_eq!(store.flow_totals().await.expect("totals"), totals);
}

pub async fn records_come_back_in_order(home: &dyn Home) {
    let store = home.open().await;
    commit(&*store, accepts([accept(1), accept(2)])).await;
    commit(&*store, records([record(2, 1), record(1, 2), record(1, 1)])).await;
    commit(&*store, records([record(1, 3)])).await;
    let loaded = load(&*store, 1).await.expect("it is open");
    assert_eq!(loaded.records, [record(1, 1), record(1, 2), record(1, 3)]);
}

pub async fn a_record_of_an_ended_run_is_dropped(home: &dyn Home) {
    let store = home.open().await;
    ended(&*store, 1, Status::Done).await;
    commit(&*store, records([record(1, 1)])).await;
    assert_eq!(load(&*store, 1).await, None);
}

pub async fn a_finish_moves_the_run_into_history(home: &dyn Home) {
    let store = home.open().await;
    let mut batch = accepts([accept(1)]);
    batch.records = vec![record(1, 1)];
    commit(&*store, batch).await;
    commit(&*store, finishes([finish(run(1), Status::Failed)])).await;
    assert_eq!(open_numbers(&*store).await, NONE);
    assert_eq!(load(&*store, 1).await, None);
    let kept = store.run_detail(id(1)).await.expect("asked").expect("it is in history").summary;
    assert_eq!((kept.status, kept.finished_at, kept.steps), (Some(Status::Failed), Some(at(1) + 500), 3));
    assert_eq!(kept.error_node, Some(NodeId::new("erp")));
    assert_eq!(kept.error_code.as_deref(), Some("E0207"));
    assert_eq!(kept.key.as_deref(), Some("order-1"));
}

pub async fn a_retry_starts_with_its_records(home: &dyn Home) {
    let store = home.open().await;
    ended(&*store, 1, Status::Failed).await;
    let mut again = retry(2, 1);
    again.records = vec![record(2, 1), record(2, 2)];
    assert_eq!(commit(&*store, accepts([again.clone()])).await, [Accepted::New]);
    let loaded = load(&*store, 2).await.expect("it is open");
    assert_eq!((loaded.run, loaded.records), (again.run, again.records));
    assert_eq!(&loaded.body[..], b"body 1");
}

pub async fn open_runs_come_in_order_and_in_pages(home: &dyn Home) {
    let store = home.open().await;
    commit(&*store, accepts([3, 1, 5, 2, 4].map(accept))).await;
    let mut pages = Vec::new();
    let mut after = 0;
    loop {
        let page = store.runs_of(&all_shards(), after, 2).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = last.turn;
        pages.push(numbers(page.into_iter().map(|open| open.run.id)));
    }
    assert_eq!(pages, [vec![1, 2], vec![3, 4], vec![5]]);
}

pub async fn a_parked_run_keeps_its_wake_time(home: &dyn Home) {
    let store = home.open().await;
    let mut batch = accepts([accept(1), accept(2), accept(3)]);
    batch.parks = vec![(id(2), at(60)), (id(3), i64::MAX)];
    commit(&*store, batch).await;
    drop(store);
    let open = home.open().await.runs_of(&all_shards(), 0, 9).await.expect("listed");
    let wakes: Vec<_> = open.into_iter().map(|open| open.wake_at).collect();
    assert_eq!(wakes, [None, Some(at(60)), Some(i64::MAX)]);
}

pub async fn crashes_are_counted_until_the_run_comes_to_rest(home: &dyn Home) {
    let store = home.open().await;
    commit(&*store, accepts([accept(1), accept(2)])).await;
    let note = async |store: &dyn Store, crashes: Vec<(RunId, u32)>| {
        commit(store, Batch { crashes, ..Batch::default() }).await;
    };
    note(&*store, vec![(id(1), 1), (id(2), 1), (id(77), 1)]).await;
    note(&*store, vec![(id(1), 2)]).await;
    drop(store);
    let store = home.open().await;
    let counts = async |store: &dyn Store| {
        let open = store.runs_of(&all_shards(), 0, 10).await.expect("asked");
        open.into_iter().map(|open| (numbers([open.run.id])[0], open.crashes)).collect::<Vec<_>>()
    };
    assert_eq!(counts(&*store).await, [(1, 2), (2, 1)]);
    note(&*store, vec![(id(1), 2)]).await;
    assert_eq!(counts(&*store).await, [(1, 2), (2, 1)], "the same again changes nothing");
    note(&*store, vec![(id(1), 0)]).await;
    let end = Batch { crashes: vec![(id(2), 0)], ..finishes([finish(run(2), Status::Done)]) };
    commit(&*store, end).await;
    assert_eq!(counts(&*store).await, [(1, 0)]);
    store.expire(at(0), 10).await.expect("what is left goes");
}

pub async fn something_happening_ends_the_parking(home: &dyn Home) {
    let store = home.open().await;
    let mut batch = accepts([accept(1)]);
    batch.parks = vec![(id(1), at(60))];
    commit(&*store, batch).await;
    commit(&*store, records([record(1, 1)])).await;
    assert_eq!(store.runs_of(&all_shards(), 0, 9).await.expect("listed")[0].wake_at, None);
}

pub async fn a_schedule_moves_with_the_event_it_made(home: &dyn Home) {
    let store = home.open().await;
    let moved = |n| ScheduleMoved { flow: FLOW, node: NodeId::new("nightly"), next_at: at(n) };
    commit(&*store, Batch { schedules: vec![moved(10)], ..accepts([accept(1)]) }).await;
    commit(&*store, Batch { schedules: vec![moved(20)], ..accepts([accept(2)]) }).await;
    let next = store.schedules().await.expect("asked");
    assert_eq!(next, [((FLOW, NodeId::new("nightly")), at(20))].into());
}

pub async fn the_largest_id_is_remembered(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(store.last_id().await.expect("asked"), 0);
    commit(&*store, accepts([accept(7), accept(3)])).await;
    commit(&*store, finishes([finish(run(7), Status::Done)])).await;
    drop(store);
    assert_eq!(home.open().await.last_id().await.expect("asked"), id(7));
}

pub async fn large_bodies_come_back_byte_for_byte(home: &dyn Home) {
    let store = home.open().await;
    let large =
        |bytes: usize, seed: usize| Bytes::from_iter((0..bytes).map(|n| (n * 31 + n / 251 + seed) as u8));
    let mut given = accept(1);
    let body = large(3 << 20, 1);
    given.event.as_mut().expect("it has one").body = body.clone();
    given.records = vec![record(1, 1), record(1, 2)];
    given.records[0].body = large(600 << 10, 2);
    commit(&*store, accepts([given.clone()])).await;
    let loaded = load(&*store, 1).await.expect("it is open");
    assert!(loaded.body == body && loaded.records == given.records);
    let mut end = finish(run(1), Status::Done);
    end.doc = large(1 << 20, 3);
    commit(&*store, finishes([end.clone()])).await;
    let detail = store.run_detail(id(1)).await.expect("asked").expect("it is in history");
    assert!(detail.doc == end.doc && detail.event.expect("it is kept").body == body);
}
