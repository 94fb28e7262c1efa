//! Bursts of events of one key: only the newest goes out.

use crate::{hook, until_called};
use engine::Error;
use model::Span;
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Answer, Life, Post, When, World, flow, with_settings};

fn stock(settings: Value) -> World {
    let shop = json!({"use": "test/send_idempotent", "with": {"to": "${input.to}", "body": "${input.left}"}});
    World::new([with_settings(flow("stock", json!({"in": hook(), "shop": shop}), "in -> shop"), settings)])
}

fn newest() -> Value {
    json!({"order_by": "${trigger.body.sku}", "collapse": "newest"})
}

fn newest_after_5s() -> Value {
    json!({"order_by": "${trigger.body.sku}", "collapse": "newest", "collapse_after": "5s"})
}

fn left(life: &Life<'_>, sku: &str, left: i32) -> RunId {
    life.send("in", json!({"sku": sku, "to": "shop", "left": left}))
}

fn sent(world: &World) -> Vec<Value> {
    world.target.works().into_iter().map(|(_, body)| body).collect()
}

fn until_idle(world: &World, life: &Life<'_>) {
    life.until("nothing is left to do", || {
        world.clock.advance(Span::from_secs(60));
        let gauges = life.engine.gauges();
        gauges.active + gauges.waiting + gauges.parked == 0
    });
}

#[test]
fn behind_a_call_under_way_only_the_newest_goes_out_and_the_others_say_what_took_their_place() {
    let world = stock(newest());
    world.target.answers("shop", [Answer::Held]);
    let life = world.start();
    let first = left(&life, "A", 10);
    until_called(&world, &life, "shop", 1);
    let runs: Vec<RunId> = (1..=5).map(|n| left(&life, "A", n)).collect();
    let other = left(&life, "B", 7);
    assert_eq!(life.until_ended(other), Status::Done);
    for (run, by) in runs.iter().zip(&runs[1..]) {
        assert_eq!(life.until_ended(*run), Status::Cancelled);
        let summary = life.view(*run).summary;
        let said = format!("replaced by the run {by}, which came later with the same key");
        assert_eq!((summary.error_code.as_deref(), summary.error), (Some("E0511"), Some(said)));
    }
    assert_eq!(life.status(runs[4]), None, "the newest waits for the one under way");
    world.target.release();
    assert_eq!((life.until_ended(first), life.until_ended(runs[4])), (Status::Done, Status::Done));
    assert_eq!(sent(&world), [7, 10, 5]);
}

#[test]
fn ten_thousand_events_for_one_product_are_one_write_and_ten_thousand_ended_runs() {
    let world = stock(newest_after_5s());
    let life = world.start();
    let start = |n: i32| {
        let engine = life.engine.clone();
        async move {
            let body = json!({"sku": "A", "to": "shop", "left": n});
            engine.start_run(&"stock".into(), None, body).await
        }
    };
    for hundred in 0..100 {
        let all = futures::future::join_all((0..100).map(|n| start(hundred * 100 + n)));
        life.ask(all).into_iter().for_each(|started| drop(started.expect("an accepted event")));
    }
    until_idle(&world, &life);
    let gauges = life.engine.gauges();
    assert_eq!((gauges.accepted, gauges.done, gauges.cancelled, gauges.failed), (10_000, 1, 9_999, 0));
    assert_eq!(sent(&world), [9_999]);
    let totals = world.ask(world.store.flow_totals()).unwrap()[0].1;
    assert_eq!((totals.done, totals.cancelled, totals.open), (1, 9_999, 0));
}

#[test]
fn a_product_goes_out_when_it_has_been_quiet_and_one_that_is_never_quiet_goes_out_too() {
    let world = stock(newest_after_5s());
    let life = world.start();
    let quiet = left(&life, "A", 1);
    world.clock.advance(Span::from_secs(4));
    assert_eq!(life.status(quiet), None);
    world.clock.advance(Span::from_secs(1));
    assert_eq!(life.until_ended(quiet), Status::Done);
    let busy: Vec<RunId> = (1..=17)
        .map(|n| {
            world.clock.advance(Span::from_secs(3));
            left(&life, "B", n)
        })
        .collect();
    assert_eq!(life.status(busy[16]), None);
    world.clock.advance(Span::from_secs(3));
    assert_eq!(life.until_ended(busy[16]), Status::Done, "ten times five seconds after the first");
    assert!(busy[..16].iter().all(|run| life.until_ended(*run) == Status::Cancelled));
}

#[test]
fn a_run_that_has_begun_is_not_replaced_not_even_after_a_restart() {
    let world = stock(newest());
    world.target.answers("shop", [Answer::Limited(Some(Span::from_secs(3_600)))]);
    let life = world.start();
    let begun = left(&life, "A", 1);
    life.until("it has left memory", || life.engine.gauges().parked == 1);
    let (older, newer) = (left(&life, "A", 2), left(&life, "A", 3));
    assert_eq!(life.until_ended(older), Status::Cancelled);
    drop(life);
    let life = world.start();
    let newest = left(&life, "A", 4);
    assert_eq!(life.until_ended(newer), Status::Cancelled);
    assert_eq!(life.until_settled(begun), Some(Status::Done));
    assert_eq!(life.until_ended(newest), Status::Done);
    assert_eq!(sent(&world), [1, 4]);
}

#[test]
fn what_was_called_or_retried_by_a_person_is_not_replaced_and_what_was_replaced_is_not_retried() {
    let world = stock(newest());
    world.target.answers("shop", [Answer::Refused, Answer::Held]);
    let life = world.start();
    let failed = left(&life, "A", 1);
    assert_eq!(life.until_ended(failed), Status::Failed);
    let head = left(&life, "A", 2);
    until_called(&world, &life, "shop", 2);
    let again = life.ask(life.engine.retry(failed)).unwrap();
    let (older, newer) = (left(&life, "A", 3), left(&life, "A", 4));
    assert_eq!(life.until_ended(older), Status::Cancelled);
    let refused = life.ask(life.engine.retry(older));
    assert!(matches!(refused, Err(Error::NotPossible(why)) if why.contains("took its place")));
    world.target.release();
    assert!([head, again, newer].into_iter().all(|run| life.until_ended(run) == Status::Done));
    assert_eq!(sent(&world), [2, 1, 4]);
}

#[test]
fn a_waiting_newest_run_that_is_cancelled_brings_nothing_back() {
    let world = stock(newest_after_5s());
    let life = world.start();
    let (older, newer) = (left(&life, "A", 1), left(&life, "A", 2));
    assert_eq!(life.until_ended(older), Status::Cancelled);
    assert!(life.ask(life.engine.cancel(newer)).unwrap());
    until_idle(&world, &life);
    let next = left(&life, "A", 3);
    until_idle(&world, &life);
    assert_eq!((life.status(next), sent(&world)), (Some(Status::Done), vec![json!(3)]));
}

/// Four levels of stock, a stop at the given commit, and a sender that sends again what was not taken.
fn stopped_at(commit: usize, when: When) -> bool {
    let world = stock(newest_after_5s());
    let post = |life: &Life<'_>, n: i32| {
        let body = json!({"sku": "A", "to": "shop", "left": n});
        let delivery = n.to_string();
        life.post(Post { path: "in", body, delivery: Some(&delivery) }).map(|received| received.run)
    };
    let life = world.start_failing(commit, when);
    (1..=4).for_each(|n| drop(post(&life, n)));
    life.until("nothing is left to do, or nothing can be done", || {
        world.clock.advance(Span::from_secs(5));
        let gauges = life.engine.gauges();
        life.store.has_failed() || gauges.active + gauges.waiting + gauges.parked == 0
    });
    let failed = life.store.has_failed();
    drop(life);
    let life = world.start();
    let runs: Vec<RunId> = (1..=4).map(|n| post(&life, n).expect("an accepted event")).collect();
    until_idle(&world, &life);
    assert!(runs.iter().all(|run| life.status(*run).is_some()));
    assert_eq!(life.status(runs[3]), Some(Status::Done));
    let sent: Vec<i64> = sent(&world).iter().filter_map(Value::as_i64).collect();
    assert!(sent.is_sorted() && sent.last() == Some(&4), "an older level went out last: {sent:?}");
    failed
}

#[test]
fn wherever_the_process_stops_no_older_level_goes_out_after_a_newer_one() {
    for when in [When::Before, When::After] {
        let stops = (0..40).take_while(|commit| stopped_at(*commit, when)).count();
        assert!(stops >= 4, "only {stops} commits were tried");
    }
}
