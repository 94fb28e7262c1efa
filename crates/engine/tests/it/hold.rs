//! A held flow takes events and begins none of their runs.

use crate::{hook, send, until_called};
use engine::{DoorError, LiveState, Options};
use model::{FlowDocument, FlowId, Span};
use serde_json::{Value, json};
use store::{FlowState, Status};
use testkit::{Answer, Life, Post, World, flow, options, with_settings};

fn orders() -> FlowDocument {
    let nodes = json!({"in": hook(), "a": send("send_idempotent", "a")});
    with_settings(flow("orders", nodes, "in -> a"), json!({"order_by": "${trigger.body.key}"}))
}

fn set(world: &World, life: &Life<'_>, state: FlowState) {
    let id = FlowId::from("orders");
    assert!(world.ask(world.store.set_flow_state(&id, state, world.clock.read())).expect("it is set"));
    let row = world.ask(world.store.flow(&id)).expect("asked").expect("it is there");
    life.ask(life.engine.deploy(row)).expect("it is deployed");
}

fn sent(world: &World) -> Vec<Value> {
    world.target.works().into_iter().map(|(_, body)| body["n"].clone()).collect()
}

#[test]
fn what_comes_meanwhile_waits_in_order_over_a_stop_and_goes_out_when_the_flow_is_released() {
    let world = World::new([orders()]);
    let life = world.start();
    set(&world, &life, FlowState::Held);
    let runs: Vec<_> = (0..4).map(|n| life.send("in", json!({"key": 1, "n": n}))).collect();
    assert_eq!(life.engine.gauges().held, [("orders".to_owned(), 4)]);
    drop(life);
    let life = world.start();
    assert!(runs.iter().all(|run| life.status(*run).is_none()));
    let more = life.send("in", json!({"key": 1, "n": 4}));
    assert_eq!(life.engine.gauges().held, [("orders".to_owned(), 5)]);
    assert_eq!((world.target.calls().len(), life.engine.gauges().active), (0, 0));
    set(&world, &life, FlowState::Live);
    assert_eq!(life.until_ended(more), Status::Done);
    assert_eq!(sent(&world), [0, 1, 2, 3, 4].map(Value::from));
    assert_eq!(life.engine.gauges().held, []);
}

#[test]
fn a_run_that_has_begun_goes_on() {
    let nodes = json!({"in": hook(), "night": {"use": "core/wait", "with": {"for": "1h"}}, "a": send("send_probe", "a"),
                       "b": send("send_probe", "b")});
    let world = World::new([flow("orders", nodes, "in -> night -> a -> b")]);
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    life.until_state(run, LiveState::Waiting);
    set(&world, &life, FlowState::Held);
    let waits = life.send("in", json!({"n": 2}));
    world.clock.advance(Span::from_secs(3_600));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!((life.status(waits), world.target.works_for("a")), (None, 1));
}

#[test]
fn a_waiting_run_can_be_cancelled() {
    let world = World::new([orders()]);
    let life = world.start();
    set(&world, &life, FlowState::Held);
    let run = life.send("in", json!({"key": 1, "n": 1}));
    assert!(life.ask(life.engine.cancel(run)).expect("it is heard"));
    assert_eq!(life.status(run), Some(Status::Cancelled));
    assert_eq!(world.target.calls().len(), 0);
}

#[test]
fn a_full_hold_is_told_at_the_door_and_what_waits_is_not_lost() {
    let world = World::new([orders()]);
    let life = world.start_with(None, Options { held_runs_max: 3, ..options() });
    set(&world, &life, FlowState::Held);
    let knock = |n: u64| life.post(Post { path: "in", body: json!({"key": n, "n": n}), delivery: None });
    for n in 0..3 {
        knock(n).expect("there is room");
    }
    assert!(matches!(knock(3), Err(DoorError::HoldFull)));
    set(&world, &life, FlowState::Live);
    let last = knock(4).expect("it is not held any more").run;
    assert_eq!(life.until_ended(last), Status::Done);
    life.until("all have gone out", || world.target.works().len() == 4);
}

#[test]
fn a_paused_flow_refuses_and_a_held_one_does_not() {
    let world = World::new([orders()]);
    let life = world.start();
    world.target.answers("a", [Answer::Held]);
    let run = life.send("in", json!({"key": 1, "n": 1}));
    until_called(&world, &life, "a", 1);
    set(&world, &life, FlowState::Paused);
    let knock = || life.post(Post { path: "in", body: json!({"key": 1, "n": 2}), delivery: None });
    assert!(matches!(knock(), Err(DoorError::Paused)));
    set(&world, &life, FlowState::Held);
    let waits = knock().expect("it is taken").run;
    world.target.release();
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(life.status(waits), None);
}
