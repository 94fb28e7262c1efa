//! Writes to a target that misbehaves.

use crate::{hook, send, until_called};
use engine::{Decision, LiveState};
use model::Span;
use run::doc::Settled;
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Answer, Life, World, flow};

fn sending(operation: &str) -> World {
    sending_with(operation, json!({}))
}

fn sending_with(operation: &str, more: Value) -> World {
    let mut a = send(operation, "a");
    a.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    World::new([flow(
        "send",
        json!({"in": hook(), "a": a, "b": send("send_idempotent", "b"), "failed": send("send_idempotent", "failed")}),
        "in -> a -> b; a.error -> failed",
    )])
}

fn decide(life: &Life<'_>, run: RunId, decision: Decision) -> bool {
    life.ask(life.engine.decide(run, &"a".into(), &[], decision)).unwrap()
}

fn works(world: &World) -> (usize, usize, usize) {
    let for_node = |node| world.target.works_for(node);
    (for_node("a"), for_node("b"), for_node("failed"))
}

#[test]
fn a_target_that_is_busy_for_a_minute_is_asked_again_after_a_minute_with_the_same_key() {
    let world = sending("send_idempotent");
    world.target.answers("a", [Answer::Limited(Some(Span::from_secs(60)))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Retrying);
    let step = life.step(run, "a");
    assert_eq!(step.attempts[0].retry_at, Some(world.clock.read() + 60_000));
    assert_eq!(step.attempts[0].error.as_ref().unwrap().code, "E0306");
    world.clock.advance(Span::from_secs(59));
    assert_eq!(world.target.calls_for("a"), 1);
    world.clock.advance(Span::from_secs(1));
    assert_eq!(life.until_ended(run), Status::Done);
    let keys: Vec<_> =
        world.target.calls().into_iter().filter(|call| call.to == "a").map(|call| call.key).collect();
    assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
    assert_eq!(life.step(run, "a").attempts.len(), 2);
}

#[test]
fn a_failing_target_is_tried_as_often_as_the_node_says_and_then_the_error_goes_on() {
    let world =
        sending_with("send_idempotent", json!({"retry": {"attempts": 3, "first": "2s", "max": "1m"}}));
    world.target.answers("a", [Answer::Failed(503); 3]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!((world.target.calls_for("a"), works(&world)), (3, (0, 0, 1)));
}

#[test]
fn a_wait_for_the_next_attempt_is_kept_over_a_restart() {
    let world = sending("send_idempotent");
    world.target.answers("a", [Answer::Failed(503), Answer::Limited(Some(Span::from_secs(7_200)))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Retrying);
    world.clock.advance(Span::from_secs(10));
    until_called(&world, &life, "a", 2);
    life.until("the second failure is noted", || life.step(run, "a").attempts.len() == 2);
    drop(life);
    let life = world.start();
    life.until_state(run, LiveState::Retrying);
    let attempts = life.step(run, "a").attempts;
    assert_eq!(attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(attempts[1].retry_at, Some(world.clock.read() + 7_200_000));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!(world.target.calls_for("a"), 3);
}

#[test]
fn a_target_that_refuses_is_not_asked_again() {
    let world = sending("send_idempotent");
    world.target.answers("a", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!((world.target.calls_for("a"), works(&world)), (1, (0, 0, 1)));
    assert_eq!(world.target.works()[0].1["code"], "E0308");
}

#[test]
fn a_lost_answer_is_sent_again_where_the_target_knows_the_key() {
    let world = sending("send_idempotent");
    world.target.answers("a", [Answer::LostAfterWork]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!((world.target.calls_for("a"), works(&world)), (2, (1, 1, 0)));
}

#[test]
fn a_lost_answer_is_asked_about_where_the_target_can_tell() {
    for (answer, calls) in [(Answer::LostAfterWork, 1), (Answer::LostBeforeWork, 2)] {
        let world = sending("send_probe");
        world.target.answers("a", [answer]);
        let life = world.start();
        let run = life.send("in", json!({}));
        assert_eq!(life.until_settled(run), Some(Status::Done));
        assert_eq!((world.target.calls_for("a"), works(&world)), (calls, (1, 1, 0)), "{answer:?}");
    }
}

#[test]
fn a_call_that_was_under_way_at_a_stop_has_its_time_to_arrive_from_the_restart_on() {
    let world = sending("send_probe");
    world.target.set_settle(Span::from_secs(10));
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({}));
    until_called(&world, &life, "a", 1);
    // A slow target: nothing says that the call will not arrive a moment after the process has gone.
    world.clock.advance(Span::from_secs(20));
    drop(life);
    let life = world.start();
    life.until("it waits", || life.engine.gauges().parked == 1);
    drop(life);
    world.clock.advance(Span::from_secs(9));
    let life = world.start();
    life.until("it waits again", || life.engine.gauges().parked == 1);
    assert_eq!(world.target.calls().len(), 1, "nobody asks yet");
    world.clock.advance(Span::from_secs(1));
    life.until("it is asked", || world.target.calls().len() > 1);
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!(works(&world), (1, 1, 0));
}

#[test]
fn a_target_that_says_it_was_not_done_and_then_refuses_has_settled_it() {
    let world = sending("send_probe");
    world.target.answers("a", [Answer::LostBeforeWork, Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!(works(&world), (0, 0, 1));
}

#[test]
fn a_target_that_can_tell_is_asked_even_after_an_answer_nobody_can_read() {
    let world = sending("send_probe");
    world.target.answers("a", [Answer::Panic]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!(works(&world), (1, 1, 0));
}

#[test]
fn a_lost_answer_that_nobody_can_ask_about_waits_for_a_person_who_says_it_was_done() {
    let world = sending("send_ask");
    world.target.answers("a", [Answer::LostAfterWork]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Unknown);
    assert_eq!(life.step(run, "a").state, run::doc::StepState::Unknown);
    assert!(decide(&life, run, Decision::Done(json!({"id": 9}))));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!((world.target.calls_for("a"), works(&world)), (1, (1, 1, 0)));
    assert_eq!(life.step(run, "b").input.unwrap()["body"], json!({"id": 9}));
}

#[test]
fn a_person_who_says_it_was_not_done_has_it_sent_again_also_after_a_restart() {
    let world = sending("send_ask");
    world.target.answers("a", [Answer::LostBeforeWork]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Unknown);
    drop(life);
    let life = world.start();
    life.until_state(run, LiveState::Unknown);
    assert!(decide(&life, run, Decision::SendAgain));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!((world.target.calls_for("a"), works(&world)), (2, (1, 1, 0)));
}

#[test]
fn a_person_who_gives_up_lets_the_error_go_on_and_it_stays_so_after_a_restart() {
    let world = sending("send_ask");
    world.target.answers("a", [Answer::LostAfterWork]);
    world.target.answers("failed", [Answer::Limited(Some(Span::from_secs(600)))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Unknown);
    assert!(decide(&life, run, Decision::Fail));
    life.until_state(run, LiveState::Retrying);
    assert!(!decide(&life, run, Decision::SendAgain), "there is nothing to decide any more");
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!((world.target.calls_for("a"), works(&world)), (1, (1, 0, 1)));
}

#[test]
fn a_decision_that_was_heard_is_not_lost_by_a_stop_right_after() {
    let world = sending("send_ask");
    world.target.answers("a", [Answer::LostAfterWork]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Unknown);
    assert!(decide(&life, run, Decision::Done(json!(1))));
    drop(life);
    let life = world.start();
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(works(&world), (1, 1, 0));
}

#[test]
fn a_write_under_way_when_the_engine_stops_is_treated_by_its_rule() {
    for (operation, asks, calls) in
        [("send_idempotent", false, 2), ("send_probe", false, 2), ("send_ask", true, 1)]
    {
        let world = sending(operation);
        world.target.answers("a", [Answer::Held]);
        let life = world.start();
        let run = life.send("in", json!({}));
        until_called(&world, &life, "a", 1);
        drop(life);
        let life = world.start();
        assert_eq!(life.until_settled(run), (!asks).then_some(Status::Done), "{operation}");
        assert_eq!(
            (world.target.calls_for("a"), works(&world).0),
            (calls, usize::from(!asks)),
            "{operation}"
        );
    }
}

#[test]
fn a_write_that_failed_for_good_stays_failed_after_a_restart() {
    let world = sending_with("send_idempotent", json!({"retry": {"attempts": 1}}));
    world.target.answers("a", [Answer::Failed(500)]);
    world.target.answers("failed", [Answer::Limited(Some(Span::from_secs(600)))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Retrying);
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!((world.target.calls_for("a"), works(&world)), (1, (0, 0, 1)));
}

#[test]
fn a_connector_that_panics_is_an_error_of_one_run() {
    let world = sending("send_idempotent");
    world.target.answers("a", [Answer::Panic]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(works(&world), (0, 0, 1));
    let next = life.send("in", json!({}));
    assert_eq!(life.until_ended(next), Status::Done);
    assert_eq!(works(&world), (1, 1, 1));
}

#[test]
fn a_step_that_takes_longer_than_it_may_is_given_up_and_tried_again() {
    let world = sending_with("send_probe", json!({"timeout": "10ms"}));
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    let step = life.step(run, "a");
    assert_eq!(step.attempts[0].error.as_ref().unwrap().code, "E0305");
    assert_eq!(works(&world), (1, 1, 0));
}

#[test]
fn a_flow_in_shadow_sends_nothing() {
    let nodes = json!({"in": hook(), "a": send("send_idempotent", "a")});
    let world =
        World::new([testkit::with_settings(flow("shadow", nodes, "in -> a"), json!({"mode": "shadow"}))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(life.step(run, "a").output.unwrap()["shadow"], true);
    assert!(world.target.calls().is_empty());
}

#[test]
fn a_branch_that_failed_does_not_undo_what_the_other_is_doing_and_starts_nothing_more() {
    let world = World::new([flow(
        "two",
        json!({"in": hook(), "a": send("send_idempotent", "a"), "after": send("send_idempotent", "after"), "bad": send("send_idempotent", "bad")}),
        "in -> a -> after; in -> bad",
    )]);
    world.target.answers("a", [Answer::Held]);
    world.target.answers("bad", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until("the other branch has failed", || {
        life.view(run).steps.iter().any(|step| step.error.is_some())
    });
    world.target.release();
    assert_eq!(life.until_ended(run), Status::Failed);
    assert_eq!((world.target.works_for("a"), world.target.works_for("after")), (1, 0));
}

/// By what the first attempt's outcome was settled, when the run has ended.
fn settled(world: &World, life: &Life<'_>, decision: Option<Decision>) -> Option<Settled> {
    let run = life.send("in", json!({}));
    if let Some(decision) = decision {
        life.until_state(run, LiveState::Unknown);
        assert!(decide(life, run, decision));
    }
    assert_eq!(life.until_settled(run), Some(Status::Done));
    let before = life.step(run, "a").attempts;
    assert_eq!(world.target.calls()[0].key, life.step(run, "a").effect.expect("it is a write").key);
    assert!(before[0].unknown || before[0].settled.is_none(), "{before:?}");
    before[0].settled
}

#[test]
fn the_run_shows_by_what_an_unknown_outcome_was_settled() {
    let done = || Some(Decision::Done(json!({"sent": 1})));
    for (operation, answer, decision, how) in [
        ("send_probe", Answer::LostAfterWork, None, Some(Settled::FoundDone)),
        ("send_probe", Answer::LostBeforeWork, None, Some(Settled::FoundNotDone)),
        ("send_idempotent", Answer::LostAfterWork, None, Some(Settled::KeyRepeated)),
        ("send_ask", Answer::LostAfterWork, done(), Some(Settled::PersonDone)),
        ("send_ask", Answer::LostBeforeWork, Some(Decision::SendAgain), Some(Settled::PersonNotDone)),
        ("send_ask", Answer::LostBeforeWork, Some(Decision::Fail), Some(Settled::GivenUp)),
        ("send_idempotent", Answer::Failed(503), None, None),
    ] {
        let world = sending(operation);
        world.target.answers("a", [answer]);
        let life = world.start();
        assert_eq!(settled(&world, &life, decision), how, "{operation} {answer:?}");
    }
}

#[test]
fn a_call_that_a_stop_cut_off_shows_how_it_was_settled_too() {
    let world = sending("send_idempotent");
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({}));
    until_called(&world, &life, "a", 1);
    drop(life);
    let life = world.start();
    assert_eq!(life.until_ended(run), Status::Done);
    let attempts = life.step(run, "a").attempts;
    assert_eq!((attempts[0].settled, attempts[1].settled), (Some(Settled::KeyRepeated), None));
}
