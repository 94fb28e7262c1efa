//! Steps that wait for a time or for somebody's call.

use crate::{hook, send};
use engine::LiveState;
use model::Span;
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Life, World, flow, with_settings};

fn waiting(with: Value) -> World {
    let wait = json!({"use": "core/wait", "with": with});
    World::new([flow(
        "wait",
        json!({"in": hook(), "wait": wait, "a": send("send_idempotent", "a"), "late": send("send_idempotent", "late")}),
        "in -> wait -> a; wait.timeout -> late",
    )])
}

fn parked(life: &Life<'_>, run: RunId) {
    life.until_state(run, LiveState::Waiting);
    life.until("the run has left memory", || life.engine.gauges().parked == 1);
}

/// The token in the address that the wait shows.
fn token(life: &Life<'_>, run: RunId) -> String {
    let input = life.step(run, "wait").input.unwrap();
    input["callback"].as_str().unwrap().strip_prefix("/hooks/resume/").unwrap().to_owned()
}

fn resume(life: &Life<'_>, token: &str, payload: Value) -> Option<RunId> {
    life.ask(life.engine.resume(token, payload)).unwrap()
}

#[test]
fn a_wait_of_ten_minutes_ends_after_ten_minutes_out_of_memory() {
    let world = waiting(json!({"for": "10m"}));
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    world.clock.advance(Span::from_secs(599));
    assert_eq!(life.engine.gauges().parked, 1);
    assert_eq!(world.target.works_for("a"), 0);
    world.clock.advance(Span::from_secs(1));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works_for("a"), 1);
}

#[test]
fn a_wait_goes_on_over_a_restart_and_does_not_begin_anew() {
    let world = waiting(json!({"for": "10m"}));
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    drop(life);
    world.clock.advance(Span::from_secs(600));
    let life = world.start();
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_wait_until_a_time_that_has_passed_does_not_wait() {
    let world = waiting(json!({"until": "${input.at}"}));
    let life = world.start();
    let run = life.send("in", json!({"at": "2020-01-01T00:00:00+07:00"}));
    assert_eq!(life.until_ended(run), Status::Done);
    let run = life.send("in", json!({"at": "2026-11-23T09:00:00+07:00"}));
    parked(&life, run);
    world.clock.advance(Span::from_secs(3_600));
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_wait_until_no_time_at_all_is_an_error_of_its_step() {
    let world = waiting(json!({"until": "${input.at}"}));
    let life = world.start();
    let run = life.send("in", json!({"at": "tomorrow"}));
    assert_eq!(life.until_ended(run), Status::Failed);
    assert_eq!(life.step(run, "wait").error.unwrap().code, "E0504");
}

#[test]
fn a_call_of_its_address_ends_a_wait_and_brings_what_was_sent() {
    let world = waiting(json!({"callback": true, "timeout": "2d"}));
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    let token = token(&life, run);
    assert_eq!(resume(&life, &token, json!({"approved": true})), Some(run));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!({"approved": true}))]);
    assert_eq!(resume(&life, &token, json!({})), None, "the wait is over");
}

#[test]
fn an_address_works_after_a_restart_and_two_calls_count_once() {
    let world = waiting(json!({"callback": true}));
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    let token = token(&life, run);
    drop(life);
    let life = world.start();
    let calls = (0..8).map(|n| life.engine.resume(&token, json!(n)));
    let heard = life.ask(futures::future::join_all(calls));
    assert_eq!(heard.into_iter().filter(|heard| heard.as_ref().unwrap().is_some()).count(), 1);
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works_for("a"), 1);
}

#[test]
fn a_callback_that_was_acknowledged_is_not_lost_by_a_stop_right_after() {
    let world = waiting(json!({"callback": true}));
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    assert_eq!(resume(&life, &token(&life, run), json!("yes")), Some(run));
    drop(life);
    let life = world.start();
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!("yes"))]);
}

#[test]
fn an_address_that_nobody_signed_ends_nothing() {
    let world = waiting(json!({"callback": true}));
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    let forged = token(&life, run).replace('.', ".A");
    assert_eq!((resume(&life, &forged, json!(1)), resume(&life, "nonsense", json!(1))), (None, None));
    assert_eq!(life.status(run), None);
}

#[test]
fn a_wait_that_nobody_ends_goes_on_at_its_time_out() {
    let world = waiting(json!({"callback": true, "timeout": "1h"}));
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    let token = token(&life, run);
    world.clock.advance(Span::from_secs(3_600));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!((world.target.works_for("a"), world.target.works_for("late")), (0, 1));
    assert_eq!(resume(&life, &token, json!(1)), None);
}

#[test]
fn a_call_may_come_before_its_wait_is_reached() {
    let wait = json!({"use": "core/wait", "with": {"callback": true}});
    let nodes = json!({"in": hook(), "wait": wait, "a": send("send_idempotent", "a")});
    let world =
        World::new([with_settings(flow("wait", nodes, "in -> wait -> a"), json!({"concurrency": 1}))]);
    let life = world.start();
    let first = life.send("in", json!({}));
    parked(&life, first);
    let second = life.send("in", json!({}));
    life.until("the second waits, too", || life.engine.gauges().parked == 2);
    let token = token(&life, second);
    drop(life);
    // Both come back at once; whichever is still in the queue hears the call there.
    let life = world.start();
    assert_eq!(resume(&life, &token, json!("early")), Some(second));
    assert_eq!(life.until_ended(second), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!("early"))]);
}

#[test]
fn a_run_that_takes_longer_than_its_flow_allows_fails_wherever_it_stands() {
    let wait = json!({"use": "core/wait", "with": {"for": "8h"}});
    let nodes = json!({"in": hook(), "wait": wait, "a": send("send_idempotent", "a")});
    let world = World::new([with_settings(flow("wait", nodes, "in -> wait -> a"), json!({"timeout": "1h"}))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    parked(&life, run);
    world.clock.advance(Span::from_secs(3_600));
    assert_eq!(life.until_ended(run), Status::Failed);
    let view = life.view(run);
    assert_eq!(view.summary.error_code.as_deref(), Some("E0502"));
    assert_eq!(view.summary.error_node.unwrap().as_str(), "wait");
}

#[test]
fn a_run_whose_time_passed_before_its_turn_sends_nothing() {
    let nodes = json!({"in": hook(), "a": send("send_idempotent", "a")});
    let settings = json!({"timeout": "1h", "concurrency": 1});
    let world = World::new([with_settings(flow("slow", nodes, "in -> a"), settings)]);
    world.target.answers("a", [testkit::Answer::Held]);
    let life = world.start();
    let first = life.send("in", json!(1));
    crate::until_called(&world, &life, "a", 1);
    let second = life.send("in", json!(2));
    world.clock.advance(Span::from_secs(3_601));
    assert_eq!((life.until_ended(first), life.until_ended(second)), (Status::Failed, Status::Failed));
    assert_eq!(world.target.calls_for("a"), 1);
}

#[test]
fn each_item_of_a_loop_waits_at_an_address_of_its_own() {
    let each = json!({"use": "core/for_each", "with": {"items": "${input}", "parallel": 3}});
    let wait = json!({"use": "core/wait", "with": {"callback": true}});
    let nodes = json!({"in": hook(), "each": each, "wait": wait, "all": send("send_idempotent", "all")});
    let world = World::new([flow("loop", nodes, "in -> each; each.item -> wait; each.done -> all")]);
    let life = world.start();
    let run = life.send("in", json!(["a", "b", "c"]));
    parked(&life, run);
    let waits = life.view(run).steps.into_iter().filter(|step| step.node.as_str() == "wait");
    let tokens: Vec<String> = waits
        .map(|step| step.input.unwrap()["callback"].as_str().unwrap().replace("/hooks/resume/", ""))
        .collect();
    assert_eq!(tokens.len(), 3);
    for (n, token) in tokens.iter().enumerate().rev() {
        assert_eq!(resume(&life, token, json!(n)), Some(run));
    }
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works(), [("all".to_owned(), json!([0, 1, 2]))]);
}
