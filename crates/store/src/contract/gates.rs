use super::Home;
use super::sample::*;
use crate::{Drawn, GateRow, OpenBreaker, SealedConnection, Store};
use model::{ConnectionName, Rate, Span};
use std::future::poll_fn;
use std::task::Poll;

/// Two a second, three at once.
const RATE: Rate = Rate::new(2, Span::from_secs(1), 3);

fn erp() -> ConnectionName {
    ConnectionName::new("erp")
}

/// Half seconds after the start.
fn half(n: i64) -> i64 {
    START + n * 500
}

async fn take(store: &dyn Store, calls: u32, now: i64) -> Drawn {
    store.take_calls(&erp(), &RATE, calls, now).await.expect("asked")
}

async fn gate(store: &dyn Store) -> Option<GateRow> {
    store.gates().await.expect("asked").into_iter().find(|gate| gate.connection == erp())
}

/// Asks everything before it waits for the first answer.
pub(super) async fn at_once<T>(questions: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut asked: Vec<_> = questions.map(Box::pin).collect();
    let mut answers = Vec::new();
    poll_fn(|cx| {
        asked.retain_mut(|question| match question.as_mut().poll(cx) {
            Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            Poll::Pending => true,
        });
        if asked.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers
}

fn open(since: i64, trials: u32, error: &str) -> OpenBreaker {
    OpenBreaker { since, trials, next_trial_at: since + 10_000, error: error.into() }
}

pub async fn a_budget_gives_its_burst_and_then_one_by_one(home: &dyn Home) {
    let store = home.open().await;
    for _ in 0..3 {
        assert_eq!(take(&*store, 1, half(0)).await, Drawn::Now);
    }
    assert_eq!(take(&*store, 1, half(0)).await, Drawn::Later(half(1) * 1_000));
    drop(store);
    let store = home.open().await;
    assert_eq!(take(&*store, 1, half(0)).await, Drawn::Later(half(1) * 1_000), "a restart fills nothing");
    assert_eq!(take(&*store, 1, half(1)).await, Drawn::Now);
    assert_eq!(take(&*store, 1, half(1)).await, Drawn::Later(half(2) * 1_000));
    let other = ConnectionName::new("shop");
    assert_eq!(store.take_calls(&other, &RATE, 1, half(1)).await.expect("asked"), Drawn::Now);
}

pub async fn a_block_is_taken_whole_or_not_at_all(home: &dyn Home) {
    let store = home.open().await;
    assert!(matches!(take(&*store, 4, half(0)).await, Drawn::Later(_)), "more than it ever holds");
    assert_eq!(take(&*store, 2, half(0)).await, Drawn::Now);
    assert_eq!(take(&*store, 2, half(0)).await, Drawn::Later(half(1) * 1_000));
    assert_eq!(take(&*store, 1, half(0)).await, Drawn::Now, "what was refused took nothing");
    assert_eq!(take(&*store, 3, half(4)).await, Drawn::Now, "after a quiet time it is full");
    // A clock that was far ahead must not block the others for as long.
    assert_eq!(take(&*store, 1, half(10_000)).await, Drawn::Now);
    assert_eq!(take(&*store, 1, half(100)).await, Drawn::Now);
}

pub async fn many_at_once_take_no_more_than_there_is(home: &dyn Home) {
    let store = home.open().await;
    let answers = at_once((0..20).map(|_| take(&*store, 1, half(0)))).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Drawn::Now).count(), 3);
}

pub async fn a_budget_kept_in_memory_never_moves_back(home: &dyn Home) {
    let store = home.open().await;
    for spent in [half(4), half(2)] {
        store.keep_spent(&erp(), spent * 1_000).await.expect("kept");
    }
    drop(store);
    let store = home.open().await;
    assert_eq!(gate(&*store).await.expect("it is there").spent_until, half(4) * 1_000);
    assert_eq!(take(&*store, 1, half(1)).await, Drawn::Later(half(2) * 1_000));
}

pub async fn a_target_that_asks_to_wait_holds_everybody(home: &dyn Home) {
    let store = home.open().await;
    for until in [half(60), half(10)] {
        store.hold(&erp(), until).await.expect("held");
    }
    assert_eq!(take(&*store, 1, half(59)).await, Drawn::Later(half(60) * 1_000));
    assert_eq!(take(&*store, 1, half(60)).await, Drawn::Now);
    drop(store);
    let store = home.open().await;
    assert_eq!(gate(&*store).await.expect("it is there").held_until, half(60));
}

pub async fn a_breaker_opens_once_and_tells_of_its_trials(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(gate(&*store).await, None);
    store.open_breaker(&erp(), &open(at(1), 0, "first")).await.expect("opened");
    store.open_breaker(&erp(), &open(at(20), 1, "second")).await.expect("opened");
    drop(store);
    let store = home.open().await;
    let known = gate(&*store).await.and_then(|gate| gate.open).expect("it is open");
    assert_eq!(known, OpenBreaker { since: at(1), ..open(at(20), 1, "second") });
}

pub async fn a_breaker_opens_whatever_its_system_said(home: &dyn Home) {
    let store = home.open().await;
    store.open_breaker(&erp(), &open(at(1), 0, "it said \0")).await.expect("opened");
    let known = gate(&*store).await.and_then(|gate| gate.open).expect("it is open");
    assert!(["it said \0", "it said \u{fffd}"].contains(&&*known.error), "{:?}", known.error);
}

pub async fn of_several_one_makes_the_trial(home: &dyn Home) {
    let store = home.open().await;
    assert!(!store.begin_trial(&erp(), at(1), at(9)).await.expect("asked"), "nothing is open");
    store.open_breaker(&erp(), &open(at(1), 0, "away")).await.expect("opened");
    assert!(!store.begin_trial(&erp(), at(10), at(99)).await.expect("asked"), "it is not due");
    let ask = |_| async { store.begin_trial(&erp(), at(11), at(99)).await.expect("asked") };
    let begun = at_once((0..8).map(ask)).await;
    assert_eq!(begun.iter().filter(|begun| **begun).count(), 1);
    assert!(store.begin_trial(&erp(), at(99), at(200)).await.expect("asked"), "whoever made it is gone");
}

pub async fn a_closed_breaker_is_as_new(home: &dyn Home) {
    let store = home.open().await;
    assert!(!store.close_breaker(&erp()).await.expect("asked"));
    store.open_breaker(&erp(), &open(at(1), 4, "away")).await.expect("opened");
    store.hold(&erp(), at(500)).await.expect("held");
    assert!(store.close_breaker(&erp()).await.expect("closed"));
    assert!(!store.close_breaker(&erp()).await.expect("asked"), "by another person, just before");
    let known = gate(&*store).await.expect("it is there");
    assert_eq!((known.open, known.held_until), (None, 0));
    assert!(!store.begin_trial(&erp(), at(99), at(200)).await.expect("asked"));
    store.open_breaker(&erp(), &open(at(50), 0, "again")).await.expect("opened");
    let known = gate(&*store).await.and_then(|gate| gate.open);
    assert_eq!(known, Some(open(at(50), 0, "again")));
}

pub async fn a_deleted_connection_has_no_gate(home: &dyn Home) {
    let store = home.open().await;
    let (name, connector, fields) = (erp(), "http".into(), "{}".into());
    let connection = SealedConnection { name, connector, fields, secrets: Vec::new(), updated_at: START };
    store.save_connection(connection).await.expect("saved");
    store.open_breaker(&erp(), &open(at(1), 0, "away")).await.expect("opened");
    assert!(store.delete_connection(&erp()).await.expect("deleted"));
    assert_eq!(gate(&*store).await, None);
}
