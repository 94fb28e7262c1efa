//! Days that go before their time. Not among the questions of `contract_tests!`: only stores on a disk take space.

use super::sample::*;
use crate::{InboxFilter, RunFilter, Space, Status, Store};

/// A store that is asked how much it takes.
pub trait Spacious: Store + Space {}
impl<T: Store + Space> Spacious for T {}

/// Seconds of a day.
const D: i64 = DAY / 1_000;

async fn there(store: &dyn Spacious) -> Vec<i64> {
    let filter = RunFilter { limit: 100, ..RunFilter::default() };
    let mut runs = numbers(store.runs(filter).await.expect("asked").into_iter().map(|run| run.id));
    runs.sort_unstable();
    runs
}

/// One day after the other, the oldest first, and nothing that is still needed.
pub async fn the_oldest_day_goes_and_what_is_needed_stays(store: &dyn Spacious) {
    with_flow(store).await;
    // Two days, one run of which is open, one failed; and one today that goes on with an event of the first day.
    ended(store, 1, Status::Done).await;
    ended(store, 2, Status::Failed).await;
    commit(store, accepts([accept(3), delivered(4, 9)])).await;
    commit(store, records([record(3, 0)])).await;
    commit(store, finishes([finish(run(4), Status::Done)])).await;
    ended(store, D + 1, Status::Done).await;
    commit(store, accepts([retrying(2 * D + 1, 2, 2)])).await;
    ended(store, 2 * D + 2, Status::Done).await;
    let (totals, days) = (store.flow_totals().await.expect("asked"), store.days(0).await.expect("asked"));
    let now = at(2 * D + 60);
    assert_eq!(store.taken().await.expect("asked").oldest_day, Some(START));

    assert_eq!(store.drop_oldest_day(START, now).await.expect("dropped"), Some(START));
    assert_eq!(store.drop_oldest_day(START, now).await.expect("asked"), None, "that one has gone");
    assert_eq!(there(store).await, [3, D + 1, 2 * D + 1, 2 * D + 2]);
    let taken = store.taken().await.expect("asked");
    assert_eq!(taken.oldest_day, Some(START + DAY));
    assert!(taken.bytes() > 0);
    assert_eq!(store.drop_oldest_day(START + DAY, now).await.expect("dropped"), Some(START + DAY));
    let today = START + 2 * DAY;
    assert_eq!(store.drop_oldest_day(today, now).await.expect("asked"), None, "today is not over");
    assert_eq!(there(store).await, [3, 2 * D + 1, 2 * D + 2]);

    // Open runs have all they need, the inbox its record, and what was counted and delivered is remembered.
    let open = store.load_run(id(3)).await.expect("asked").expect("it is open");
    assert_eq!((&open.body[..], open.records.len()), (&b"body 3"[..], 1));
    let retried = store.load_run(id(2 * D + 1)).await.expect("asked").expect("it is open");
    assert_eq!(&retried.body[..], b"body 2");
    let inbox = store.inbox(InboxFilter { limit: 9, ..InboxFilter::default() }).await.expect("asked");
    assert_eq!(numbers(inbox.into_iter().map(|row| row.run)), [2]);
    assert_eq!(store.flow_totals().await.expect("asked"), totals);
    assert_eq!(store.days(0).await.expect("asked"), days);
    let again = commit(store, accepts([delivered(2 * D + 3, 9)])).await;
    assert_eq!(again, [crate::Accepted::Duplicate { event: id(4) }]);
}
