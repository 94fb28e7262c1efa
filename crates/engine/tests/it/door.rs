//! Events come in, and whoever sent them is answered.

use crate::{hook, script, send};
use engine::{DoorError, LiveState};
use serde_json::{Value, json};
use store::{FlowState, Status};
use testkit::{Answer, Post, World, flow};

fn order() -> model::FlowDocument {
    flow(
        "order",
        json!({"in": hook(), "map": script("#{ ref: input.name }"), "erp": send("send_idempotent", "erp")}),
        "in -> map -> erp",
    )
}

fn post(body: Value) -> Post<'static> {
    Post { path: "in", body, delivery: None }
}

/// A webhook that answers with what the flow gives.
fn asking(answer_timeout: &str) -> Value {
    json!({"use": "core/webhook", "with": {"path": "in", "answer": "result", "answer_timeout": answer_timeout}})
}

fn answer(life: &testkit::Life<'_>, body: Value) -> Option<(u16, Value)> {
    let answer = life.post(post(body)).unwrap().answer?;
    Some((answer.status, serde_json::from_slice(&answer.body).unwrap()))
}

#[test]
fn an_order_becomes_a_write_at_the_target() {
    let world = World::new([order()]);
    let life = world.start();
    let run = life.send("in", json!({"name": "#1001", "id": 450789469450789469i64}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works(), [("erp".to_owned(), json!({"ref": "#1001"}))]);
}

#[test]
fn the_same_delivery_three_times_is_one_run_also_after_a_restart() {
    let world = World::new([order()]);
    let life = world.start();
    let knock = |life: &testkit::Life<'_>| {
        let received = life.post(Post { delivery: Some("d1"), ..post(json!({"name": "a"})) }).unwrap();
        (received.run, received.duplicate)
    };
    let (run, duplicate) = knock(&life);
    assert!(!duplicate);
    assert_eq!(knock(&life), (run, true));
    life.until_ended(run);
    drop(life);
    let life = world.start();
    assert_eq!(knock(&life), (run, true));
    assert_eq!(world.target.works_for("erp"), 1);
}

#[test]
fn a_sender_that_waits_gets_the_flow_s_answer() {
    let world = World::new([flow(
        "ask",
        json!({"in": asking("20s"), "respond": {"use": "core/respond", "with": {"status": 201, "body": {"twice": "${input.n * 2}"}}},
               "after": send("send_idempotent", "after")}),
        "in -> respond -> after",
    )]);
    let life = world.start();
    assert_eq!(answer(&life, json!({"n": 21})), Some((201, json!({"twice": 42}))));
    life.until("the rest is done too", || world.target.works_for("after") == 1);
}

#[test]
fn an_answer_without_a_body_is_what_the_node_got() {
    let world =
        World::new([flow("ask", json!({"in": asking("20s"), "respond": "core/respond"}), "in -> respond")]);
    let life = world.start();
    assert_eq!(answer(&life, json!({"n": 1})), Some((200, json!({"n": 1}))));
}

#[test]
fn a_sender_that_waits_for_a_run_that_fails_is_told_so() {
    let world = World::new([flow(
        "ask",
        json!({"in": asking("20s"), "bad": script("throw `no`"), "respond": "core/respond"}),
        "in -> bad -> respond",
    )]);
    let life = world.start();
    let (status, body) = answer(&life, json!({})).unwrap();
    assert_eq!(status, 500);
    assert!(body["code"].as_str().unwrap().starts_with("E0") && body["run"].is_string(), "{body}");
}

#[test]
fn a_sender_that_waited_long_enough_is_sent_on_and_the_run_goes_on() {
    let world = World::new([flow(
        "ask",
        json!({"in": asking("20ms"), "erp": send("send_idempotent", "erp"), "respond": "core/respond"}),
        "in -> erp -> respond",
    )]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start();
    let received = life.post(post(json!({}))).unwrap();
    assert!(received.answer.is_none());
    world.target.release();
    assert_eq!(life.until_ended(received.run), Status::Done);
}

#[test]
fn a_sender_that_has_gone_does_not_keep_a_waiting_run_in_memory() {
    let world = World::new([flow(
        "ask",
        json!({"in": asking("20ms"), "night": {"use": "core/wait", "with": {"for": "8h"}}, "respond": "core/respond"}),
        "in -> night -> respond",
    )]);
    let life = world.start();
    let received = life.post(post(json!({}))).unwrap();
    world.clock.advance(model::Span::from_secs(1));
    life.until("the run has left memory", || life.engine.gauges().parked == 1);
    assert_eq!(life.until_settled(received.run), Some(Status::Done));
}

#[test]
fn nobody_listens_at_a_path_that_no_flow_has() {
    let world = World::new([order()]);
    let refused = world.start().post(Post { path: "elsewhere", ..post(json!({})) });
    assert!(matches!(refused, Err(DoorError::NotFound)), "{refused:?}");
}

#[test]
fn a_paused_flow_takes_nothing_and_its_open_runs_go_on() {
    let world = World::new([order()]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({"name": "a"}));
    crate::until_called(&world, &life, "erp", 1);
    world.ask(world.store.set_flow_state(&"order".into(), FlowState::Paused, 0)).unwrap();
    let row = world.ask(world.store.flow(&"order".into())).unwrap().unwrap();
    life.ask(life.engine.deploy(row)).unwrap();
    assert!(matches!(life.post(post(json!({}))), Err(DoorError::Paused)));
    world.target.release();
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_flow_is_started_by_hand_with_what_a_person_gives() {
    let world = World::new([flow(
        "by-hand",
        json!({"go": "core/manual", "a": send("send_idempotent", "a")}),
        "go -> a",
    )]);
    let life = world.start();
    let received = life.ask(life.engine.start_run(&"by-hand".into(), None, json!({"n": 1}))).unwrap();
    assert_eq!(life.until_ended(received.run), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!({"n": 1}))]);
    let unknown = life.ask(life.engine.start_run(&"nothing".into(), None, json!({})));
    assert!(matches!(unknown, Err(DoorError::NotFound)));
}

#[test]
fn a_full_disk_refuses_events_and_keeps_progress() {
    let world = World::new([order()]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({"name": "a"}));
    crate::until_called(&world, &life, "erp", 1);
    life.store.set_full(true);
    world.target.release();
    // The run's end waits for space all the while, and the door answers nevertheless.
    for _ in 0..3 {
        let refused = life.post(post(json!({})));
        assert!(matches!(refused, Err(DoorError::StoreFull)), "{refused:?}");
    }
    assert_eq!(life.status(run), None);
    life.store.set_full(false);
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works_for("erp"), 1);
    let run = life.send("in", json!({"name": "b"}));
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_closed_door_takes_nothing_new_and_what_is_here_goes_on() {
    let world = World::new([order()]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({"name": "a"}));
    crate::until_called(&world, &life, "erp", 1);
    life.engine.close_door(true);
    let refused = life.post(post(json!({})));
    assert!(matches!(refused, Err(DoorError::Closed)), "{refused:?}");
    world.target.release();
    assert_eq!(life.until_ended(run), Status::Done);
    life.engine.close_door(false);
    let run = life.send("in", json!({"name": "b"}));
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_store_that_is_away_refuses_events_keeps_progress_and_ends_nothing() {
    let world = World::new([order()]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({"name": "a"}));
    crate::until_called(&world, &life, "erp", 1);
    life.store.set_away(true);
    world.target.release();
    for _ in 0..3 {
        let refused = life.post(post(json!({})));
        assert!(matches!(refused, Err(DoorError::StoreAway)), "{refused:?}");
    }
    assert_eq!(life.status(run), None);
    life.store.set_away(false);
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works_for("erp"), 1);
    let run = life.send("in", json!({"name": "b"}));
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_store_that_fails_ends_the_engine_and_nothing_is_sent_without_its_intent() {
    let world = World::new([order()]);
    let life = world.start_failing(1, testkit::When::Before);
    life.post(post(json!({"name": "a"}))).unwrap();
    life.ask(life.engine.failed());
    assert!(matches!(life.post(post(json!({}))), Err(DoorError::Down)));
    assert_eq!(world.target.calls().len(), 0);
}

#[test]
fn a_payload_beyond_what_memory_may_hold_is_read_back_from_the_disk() {
    long_names_arrive(10);
}

#[test]
fn a_payload_too_large_to_wait_opened_waits_as_it_is_stored() {
    long_names_arrive(3_000);
}

/// Orders of 5,000 bytes, which are stored in less than 200.
fn long_names_arrive(payload_bytes_max: usize) {
    let world = World::new([order()]);
    let life = world.start_with(None, engine::Options { payload_bytes_max, ..testkit::options() });
    let name = "long ".repeat(1_000);
    let runs: Vec<_> = (0..20).map(|n| life.send("in", json!({"name": name, "n": n}))).collect();
    assert!(runs.into_iter().all(|run| life.until_ended(run) == Status::Done));
    assert!(world.target.works().iter().all(|(_, body)| body["ref"] == name));
}

#[test]
fn a_door_with_too_much_waiting_says_when_to_come_back() {
    let world = World::new([testkit::with_settings(order(), json!({"concurrency": 1}))]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start_with(None, engine::Options { queue_runs_max: 2, ..testkit::options() });
    let first = life.send("in", json!({"name": 0}));
    crate::until_called(&world, &life, "erp", 1);
    let runs: Vec<_> = (1..3).map(|n| life.send("in", json!({"name": n}))).collect();
    assert!(matches!(life.post(post(json!({}))), Err(DoorError::Busy { .. })));
    assert_eq!(life.engine.live_state(first), Some(LiveState::Running));
    world.target.release();
    assert!(runs.into_iter().all(|run| life.until_ended(run) == Status::Done));
}

#[test]
fn an_engine_that_is_shut_down_lets_calls_land_and_starts_nothing_new() {
    let world = World::new([testkit::with_settings(order(), json!({"concurrency": 1}))]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start();
    let first = life.send("in", json!({"name": 1}));
    crate::until_called(&world, &life, "erp", 1);
    let second = life.send("in", json!({"name": 2}));
    world.target.release();
    life.ask(life.engine.shutdown(testkit::PATIENCE));
    assert_eq!((life.status(first), life.status(second)), (Some(Status::Done), None));
    drop(life);
    assert_eq!(world.start().until_ended(second), Status::Done);
}

#[test]
fn a_run_is_forgotten_when_its_flow_has_kept_it_long_enough() {
    let world = World::new([order()]);
    let life = world.start();
    let run = life.send("in", json!({"name": "a"}));
    life.until_ended(run);
    world.clock.advance(model::Span::from_secs(6 * 86_400));
    assert!(life.ask(life.engine.inspect(run)).unwrap().is_some());
    world.clock.advance(model::Span::from_secs(3 * 86_400));
    life.until("the run is gone", || life.ask(life.engine.inspect(run)).unwrap().is_none());
}

#[test]
fn an_event_whose_key_takes_too_long_is_sent_again_later_and_holds_up_nobody() {
    let slow = "${numbers(1, 200000).map(|a| numbers(1, 100000).len()).len()}";
    let doc = testkit::with_settings(flow("orders", json!({"in": hook()}), ""), json!({"order_by": slow}));
    let world = World::new([doc]);
    let life = world.start();
    let refused = life.post(Post { path: "in", body: json!({}), delivery: None });
    assert!(matches!(refused, Err(DoorError::Busy { .. })), "{refused:?}");
    assert_eq!(world.ask(world.store.last_id()).expect("asked"), 0, "nothing was kept of it");
}
