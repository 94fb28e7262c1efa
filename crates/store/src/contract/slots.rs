use super::Home;
use super::sample::*;
use crate::slots::SLOT_MS;
use crate::{Finish, Grain, Ms, SlotCount, SlotFilter, Status, Store};

const HOUR: Ms = 12 * SLOT_MS;
const SLOTS: Grain = Grain { slots: 1, by_flow: true };
const DAYS: Grain = Grain { slots: 288, by_flow: true };

fn all() -> SlotFilter {
    SlotFilter { flow: None, since: START, until: START + 20 * DAY }
}

fn count(at: Ms, flow: i64, status: Status, runs: u64) -> SlotCount {
    SlotCount { at, flow, status, retried: status == Status::Failed, runs }
}

/// Accepts a run and ends it some time after it began.
async fn ends(store: &dyn Store, n: i64, flow: i64, status: Status, took: Ms) {
    let mut accept = accept(n);
    accept.event.as_mut().expect("it has one").flow = flow;
    accept.run.flow = flow;
    let end = finish(accept.run.clone(), status);
    commit(store, accepts([accept])).await;
    let finished_at = end.run.started_at + took;
    commit(store, finishes([Finish { finished_at, ..end }])).await;
}

pub async fn what_ended_is_counted_per_slot(home: &dyn Home) {
    let store = home.open().await;
    ends(&*store, 1, FLOW, Status::Done, 500).await;
    ends(&*store, 2, FLOW, Status::Done, 90_000).await;
    ends(&*store, 3, FLOW, Status::Failed, 500).await;
    ends(&*store, 4, FLOW + 1, Status::Done, 500).await;
    ends(&*store, 301, FLOW, Status::Done, 500).await;
    ends(&*store, 3_601, FLOW, Status::Cancelled, 500).await;
    let slots = |which, slots| store.slots(which, Grain { slots, by_flow: true });
    let (first, second) = (START, START + SLOT_MS);
    let each = [
        count(first, FLOW, Status::Done, 2),
        count(first, FLOW, Status::Failed, 1),
        count(first, FLOW + 1, Status::Done, 1),
        count(second, FLOW, Status::Done, 1),
        count(START + HOUR, FLOW, Status::Cancelled, 1),
    ];
    assert_eq!(slots(all(), 1).await.expect("asked"), each);
    let of_other = SlotFilter { flow: Some(FLOW + 1), ..all() };
    assert_eq!(slots(of_other, 1).await.expect("asked"), each[2..3]);
    let only_second = SlotFilter { since: second, until: second + SLOT_MS, ..all() };
    assert_eq!(slots(only_second, 1).await.expect("asked"), each[3..4]);
    let hours = [count(START, FLOW, Status::Done, 3), each[1], each[2], each[4]];
    assert_eq!(slots(all(), 12).await.expect("asked"), hours);
    let together = store.slots(all(), Grain { slots: 12, by_flow: false }).await.expect("asked");
    let all_flows = |at, status, runs| count(at, 0, status, runs);
    let expected = [
        all_flows(START, Status::Done, 4),
        all_flows(START, Status::Failed, 1),
        all_flows(START + HOUR, Status::Cancelled, 1),
    ];
    assert_eq!(together, expected);
}

pub async fn it_is_known_how_long_runs_took_that_ended_well(home: &dyn Home) {
    let store = home.open().await;
    for n in 0..10 {
        ends(&*store, n + 1, FLOW, Status::Done, 1_000).await;
    }
    ends(&*store, 20, FLOW, Status::Done, 60_000).await;
    ends(&*store, 21, FLOW, Status::Failed, 600_000).await;
    ends(&*store, 22, FLOW + 1, Status::Done, 5).await;
    let took = store.durations(all()).await.expect("asked");
    let told = |flow, thousandths| took[&flow].quantile(thousandths).expect("there are runs");
    assert!((896..1_024).contains(&told(FLOW, 500)), "{took:?}");
    assert!((57_344..65_536).contains(&told(FLOW, 990)), "{took:?}");
    assert_eq!((took[&FLOW].runs(), told(FLOW + 1, 500)), (11, 5));
    let none = SlotFilter { since: START + DAY, ..all() };
    assert!(store.durations(none).await.expect("asked").is_empty());
}

pub async fn an_end_told_twice_is_counted_once(home: &dyn Home) {
    let store = home.open().await;
    ends(&*store, 1, FLOW, Status::Done, 500).await;
    commit(&*store, finishes([finish(accept(1).run, Status::Done)])).await;
    assert_eq!(store.slots(all(), SLOTS).await.expect("asked"), [count(START, FLOW, Status::Done, 1)]);
}

pub async fn slots_are_forgotten_after_nine_days(home: &dyn Home) {
    let store = home.open().await;
    ends(&*store, 1, FLOW, Status::Done, 500).await;
    ends(&*store, 90_000, FLOW, Status::Done, 500).await;
    store.expire(START + 9 * DAY, 100).await.expect("expired");
    assert_eq!(store.slots(all(), DAYS).await.expect("asked").len(), 2);
    store.expire(START + 9 * DAY + SLOT_MS, 100).await.expect("expired");
    let second = [count(START + DAY, FLOW, Status::Done, 1)];
    assert_eq!(store.slots(all(), DAYS).await.expect("asked"), second);
    let days = store.days(START).await.expect("asked");
    assert_eq!(days.len(), 2, "days are counted for ever");
}
