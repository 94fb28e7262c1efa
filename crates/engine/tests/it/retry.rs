//! A failed run is retried: what was done stays done.

use crate::{hook, send};
use engine::{Decision, Error, LiveState};
use model::Span;
use serde_json::json;
use store::{RunId, Status};
use testkit::{Answer, Life, World, flow};

fn world() -> World {
    World::new([flow(
        "two",
        json!({"in": hook(), "a": send("send_ask", "a"), "b": send("send_idempotent", "b")}),
        "in -> a -> b",
    )])
}

fn failed(world: &World, life: &Life<'_>) -> RunId {
    world.target.answers("b", [Answer::Refused]);
    let run = life.send("in", json!({"n": 1}));
    assert_eq!(life.until_ended(run), Status::Failed);
    run
}

#[test]
fn it_goes_on_where_it_failed_with_the_keys_it_had() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!((world.target.calls_for("a"), world.target.calls_for("b")), (1, 2));
    let keys: Vec<_> =
        world.target.calls().into_iter().filter(|call| call.to == "b").map(|call| call.key).collect();
    assert_eq!(keys[0], keys[1]);
    assert_eq!(life.step(again, "a").output, Some(json!({"to": "a", "sent": {"n": 1}})));
}

#[test]
fn it_survives_a_stop_as_any_run_does() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    world.target.answers("b", [Answer::Limited(Some(Span::from_secs(600)))]);
    let again = life.ask(life.engine.retry(run)).unwrap();
    life.until_state(again, LiveState::Retrying);
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(again), Some(Status::Done));
    assert_eq!((world.target.works_for("a"), world.target.works_for("b")), (1, 1));
}

#[test]
fn a_clock_that_is_set_back_makes_no_attempt_wait_longer_than_it_was_to() {
    let minutes = |minutes: u64| Span::from_secs(minutes * 60);
    let world = world();
    let life = world.start();
    world.target.answers("b", [Answer::Limited(Some(minutes(10))); 2]);
    let (first, second) = (life.send("in", json!({"n": 1})), life.send("in", json!({"n": 2})));
    for run in [first, second] {
        life.until_state(run, LiveState::Retrying);
    }
    world.clock.advance(minutes(1));
    world.clock.set_back(minutes(300));
    // Looking at it does not put it off.
    for _ in 0..12 {
        life.view(first);
        world.clock.advance(minutes(1));
    }
    assert_eq!([first, second].map(|run| life.until_ended(run)), [Status::Done; 2]);

    // The same where it is set back while nothing runs.
    world.target.answers("b", [Answer::Limited(Some(minutes(10)))]);
    let third = life.send("in", json!({"n": 3}));
    life.until_state(third, LiveState::Retrying);
    drop(life);
    world.clock.set_back(minutes(300));
    let life = world.start();
    let reckoned = || life.step(third, "b").wake_at.is_some_and(|at| at <= world.clock.read() + 600_000);
    life.until("it is reckoned anew", reckoned);
    world.clock.advance(minutes(11));
    assert_eq!(life.until_ended(third), Status::Done);
}

#[test]
fn two_people_who_retry_at_once_start_one_run() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let both = futures::future::join(life.engine.retry(run), life.engine.retry(run));
    let (one, other) = life.ask(both);
    assert_ne!(one.is_ok(), other.is_ok(), "which of them is left to chance");
    let refused = one.and(other);
    assert!(matches!(refused, Err(Error::NotPossible(reason)) if reason.contains("retried before")));
}

#[test]
fn a_run_that_was_retried_with_success_is_not_retried_again() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let again = life.ask(life.engine.retry(run)).unwrap();
    life.until_ended(again);
    for run in [run, again] {
        assert!(matches!(life.ask(life.engine.retry(run)), Err(Error::NotPossible(_))));
    }
    assert!(matches!(life.ask(life.engine.retry(12)), Err(Error::NotFound)));
}

#[test]
fn a_corrected_flow_is_what_a_retry_runs() {
    let bad = |text: &str| json!({"use": "core/script", "with": {"script": text}});
    let doc = |text: &str| {
        let nodes = json!({"in": hook(), "a": send("send_ask", "a"), "map": bad(text), "b": send("send_idempotent", "b")});
        flow("map", nodes, "in -> a -> map -> b")
    };
    let world = World::new([doc("throw `wrong`")]);
    let life = world.start();
    let run = life.send("in", json!(1));
    assert_eq!(life.until_ended(run), Status::Failed);
    life.deploy(&doc("input.sent + 1"));
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!(1)), ("b".to_owned(), json!(2))]);
}

/// A flow whose first step is tried twice at most, and a run of it that is cancelled while nobody knows whether it was
/// done.
fn cancelled_unknown(operation: &str, state: LiveState) -> (World, RunId) {
    let mut a = send(operation, "a");
    a["retry"] = json!({"attempts": 2, "first": "2s", "max": "1m"});
    let world = World::new([flow("one", json!({"in": hook(), "a": a}), "in -> a")]);
    world.target.answers("a", [Answer::LostBeforeWork, Answer::Failed(503)]);
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    life.until_state(run, state);
    assert!(life.ask(life.engine.cancel(run)).unwrap());
    drop(life);
    (world, run)
}

#[test]
fn a_target_that_can_tell_is_asked_again_and_the_attempts_begin_anew() {
    let (world, run) = cancelled_unknown("send_probe", LiveState::Retrying);
    let life = world.start();
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_settled(again), Some(Status::Done));
    assert!(world.target.calls()[1].probe, "it is asked before anything is sent");
    let numbers: Vec<_> = life.step(again, "a").attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!((numbers, world.target.works_for("a")), (vec![1, 2, 3], 1));
}

#[test]
fn a_person_is_asked_again_and_the_attempts_begin_anew() {
    let (world, run) = cancelled_unknown("send_ask", LiveState::Unknown);
    let life = world.start();
    let again = life.ask(life.engine.retry(run)).unwrap();
    life.until_state(again, LiveState::Unknown);
    assert_eq!(world.target.calls_for("a"), 1);
    assert!(life.ask(life.engine.decide(again, &"a".into(), &[], Decision::SendAgain)).unwrap());
    life.until_state(again, LiveState::Retrying);
    assert_eq!(life.until_settled(again), Some(Status::Done));
    assert_eq!((world.target.calls_for("a"), world.target.works_for("a")), (3, 1));
}
