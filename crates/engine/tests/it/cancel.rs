//! A run is cancelled in whatever state it is, and stays so.

use crate::{hook, send, until_called};
use engine::{Decision, LiveState};
use model::Span;
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Answer, Life, World, flow, with_settings};

fn world(node: Value, settings: Value) -> World {
    let nodes = json!({"in": hook(), "a": node, "b": send("send_idempotent", "b")});
    World::new([with_settings(flow("flow", nodes, "in -> a -> b"), settings)])
}

#[track_caller]
fn cancelled(world: &World, life: Life<'_>, run: RunId) {
    assert!(life.ask(life.engine.cancel(run)).unwrap());
    assert_eq!(life.status(run), Some(Status::Cancelled), "it is on disk when the call returns");
    assert!(!life.ask(life.engine.cancel(run)).unwrap(), "it has ended");
    drop(life);
    let life = world.start();
    assert_eq!(life.status(run), Some(Status::Cancelled));
    assert_eq!(life.engine.gauges().parked, 0);
    let went_on = world.target.works().into_iter().any(|(to, body)| to == "b" && body["sent"] != "another");
    assert!(!went_on, "{:?}", world.target.works());
}

#[test]
fn while_it_waits_for_its_turn() {
    let world = world(send("send_idempotent", "a"), json!({"concurrency": 1}));
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    life.send("in", json!("another"));
    until_called(&world, &life, "a", 1);
    let run = life.send("in", json!(2));
    cancelled(&world, life, run);
    assert!(world.target.calls().iter().all(|call| call.body != json!(2)));
}

#[test]
fn while_a_call_is_under_way() {
    let world = world(send("send_ask", "a"), json!({}));
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!(1));
    until_called(&world, &life, "a", 1);
    cancelled(&world, life, run);
}

#[test]
fn while_it_waits_out_of_memory() {
    let world = world(json!({"use": "core/wait", "with": {"for": "1h"}}), json!({}));
    let life = world.start();
    let run = life.send("in", json!(1));
    life.until("it has left memory", || life.engine.gauges().parked == 1);
    cancelled(&world, life, run);
}

#[test]
fn while_it_waits_in_memory() {
    let world = world(json!({"use": "core/wait", "with": {"for": "1h"}}), json!({}));
    let options =
        engine::Options { park_after: std::time::Duration::from_secs(100_000), ..testkit::options() };
    let life = world.start_with(None, options);
    let run = life.send("in", json!(1));
    life.until_state(run, LiveState::Waiting);
    cancelled(&world, life, run);
}

#[test]
fn while_it_waits_for_its_next_attempt() {
    let world = world(send("send_idempotent", "a"), json!({}));
    world.target.answers("a", [Answer::Limited(Some(Span::from_secs(3_600)))]);
    let life = world.start();
    let run = life.send("in", json!(1));
    life.until_state(run, LiveState::Retrying);
    cancelled(&world, life, run);
}

#[test]
fn while_a_person_is_asked_and_a_retry_asks_again() {
    let world = world(send("send_ask", "a"), json!({}));
    world.target.answers("a", [Answer::LostAfterWork]);
    let life = world.start();
    let run = life.send("in", json!(1));
    life.until_state(run, LiveState::Unknown);
    cancelled(&world, life, run);
    let life = world.start();
    let again = life.ask(life.engine.retry(run)).unwrap();
    life.until_state(again, LiveState::Unknown);
    assert_eq!(world.target.calls_for("a"), 1);
    assert!(life.ask(life.engine.decide(again, &"a".into(), &[], Decision::Done(json!(1)))).unwrap());
    assert_eq!(life.until_ended(again), Status::Done);
}

#[test]
fn a_run_that_never_was_cannot_be_cancelled() {
    let world = world(send("send_ask", "a"), json!({}));
    let life = world.start();
    assert!(!life.ask(life.engine.cancel(12)).unwrap());
}
