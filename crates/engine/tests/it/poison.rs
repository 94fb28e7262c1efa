//! A run that ends the process each time it is begun is set aside, and stands in nobody's way.

use crate::{hook, send, until_called};
use engine::Options;
use model::Span;
use serde_json::json;
use store::{InboxFilter, InboxRow, InboxState, RunId, Status};
use testkit::{Answer, Life, World, flow, options, with_settings};

const AFTER: usize = 5;

fn world() -> World {
    let nodes = json!({"in": hook(), "a": send("send_idempotent", "a"), "b": send("send_idempotent", "b")});
    let settings = json!({"order_by": "${trigger.body.key}"});
    World::new([with_settings(flow("orders", nodes, "in -> a -> b"), settings)])
}

fn inbox(world: &World) -> Vec<InboxRow> {
    let filter = InboxFilter { limit: 100, ..Default::default() };
    world.ask(world.store.inbox(filter)).expect("the inbox")
}

/// Begins the run and is killed while its call is under way, one life after the other.
fn die_under_it(world: &World, lives: usize) {
    for _ in 0..lives {
        let calls = world.target.calls_for("a");
        world.target.answers("a", [Answer::Held]);
        let life = world.start();
        until_called(world, &life, "a", calls + 1);
    }
}

fn failed_as_poison(life: &Life<'_>, run: RunId) {
    life.until("it is set aside", || life.status(run) == Some(Status::Failed));
    let summary = life.view(run).summary;
    assert_eq!(summary.error_code.as_deref(), Some("E0512"));
}

#[test]
fn a_run_that_the_process_dies_under_five_times_waits_in_the_inbox_and_lets_the_next_one_go() {
    let world = world();
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({"key": 1}));
    let next = life.send("in", json!({"key": 1, "n": 2}));
    until_called(&world, &life, "a", 1);
    drop(life);
    die_under_it(&world, AFTER);
    assert_eq!(world.target.calls_for("a"), 1 + AFTER);
    let life = world.start();
    failed_as_poison(&life, run);
    assert_eq!(life.until_ended(next), Status::Done);
    let record = inbox(&world).pop().expect("it waits for a person");
    assert_eq!((record.run, record.state, record.node.as_str()), (run, InboxState::Open, "a"));
    assert!(record.message.contains('5'), "{}", record.message);
    drop(life);
    let life = world.start();
    assert_eq!(world.target.calls_for("a"), 1 + AFTER + 1, "never again by itself");
    let again = life.ask(life.engine.retry(run)).expect("a person may");
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(inbox(&world)[0].state, InboxState::Resolved);
}

#[test]
fn a_run_that_gets_further_or_only_waits_is_not_to_blame() {
    let nodes = json!({"in": hook(), "night": {"use": "core/wait", "with": {"for": "1h"}},
                       "a": send("send_idempotent", "a")});
    let world = World::new([flow("orders", nodes, "in -> night -> a")]);
    let stay = || Options { park_after: std::time::Duration::from_secs(100_000), ..options() };
    let life = world.start_with(None, stay());
    let run = life.send("in", json!(1));
    life.until_state(run, engine::LiveState::Waiting);
    drop(life);
    for _ in 0..2 * AFTER {
        let life = world.start_with(None, stay());
        life.until_state(run, engine::LiveState::Waiting);
    }
    let life = world.start();
    world.clock.advance(Span::from_secs(4_000));
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn those_that_were_at_work_beside_it_are_cleared() {
    let nodes =
        json!({"in": hook(), "a": {"use": "test/send_idempotent", "with": {"to": "${trigger.body.to}"}}});
    let world = World::new([flow("orders", nodes, "in -> a")]);
    // All are under way when the first four lives end; from then on only one of them ends a life.
    world.target.answers("bad", vec![Answer::Held; 100]);
    world.target.answers("good", vec![Answer::Held; 3 * 4]);
    let life = world.start();
    let good: Vec<RunId> = (0..3).map(|_| life.send("in", json!({"to": "good"}))).collect();
    let bad = life.send("in", json!({"to": "bad"}));
    until_called(&world, &life, "bad", 1);
    until_called(&world, &life, "good", 3);
    drop(life);
    for times in 2..=4 {
        let life = world.start();
        until_called(&world, &life, "bad", times);
        until_called(&world, &life, "good", 3 * times);
    }
    loop {
        let calls = world.target.calls_for("bad");
        let life = world.start();
        life.until("it is begun or set aside", || {
            world.clock.advance(Span::from_secs(1));
            world.target.calls_for("bad") > calls || life.status(bad).is_some()
        });
        if life.status(bad).is_some() {
            break;
        }
    }
    assert_eq!(world.target.calls_for("bad"), 1 + AFTER);
    let life = world.start();
    life.until("all are settled", || {
        world.clock.advance(Span::from_secs(1));
        good.iter().all(|run| life.status(*run).is_some())
    });
    failed_as_poison(&life, bad);
    assert!(good.iter().all(|run| life.status(*run) == Some(Status::Done)), "the others had no part in it");
}

#[test]
fn a_step_over_which_the_engine_stumbles_holds_its_lane_for_moments_only() {
    let world = world();
    let life = world.start();
    world.target.set_stumbles(2);
    let run = life.send("in", json!({"key": 1}));
    let next = life.send("in", json!({"key": 1, "n": 2}));
    life.until("both are done", || {
        world.clock.advance(Span::from_secs(60));
        life.status(run).is_some() && life.status(next).is_some()
    });
    assert_eq!((life.status(run), life.status(next)), (Some(Status::Done), Some(Status::Done)));
    let order: Vec<_> = world.target.works().into_iter().filter(|work| work.0 == "a").collect();
    assert_eq!(order[0].1, json!({"key": 1}), "the order is kept");
}

#[test]
fn a_step_over_which_the_engine_stumbles_always_is_set_aside() {
    let world = world();
    let life = world.start();
    world.target.set_stumbles(1_000);
    let run = life.send("in", json!({"key": 1}));
    life.until("it is set aside", || {
        world.clock.advance(Span::from_secs(60));
        life.status(run) == Some(Status::Failed)
    });
    failed_as_poison(&life, run);
    world.target.set_stumbles(0);
    let next = life.send("in", json!({"key": 1, "n": 2}));
    assert_eq!(life.until_ended(next), Status::Done);
}

#[test]
fn a_run_that_waits_to_be_tried_alone_can_be_cancelled() {
    let world = world();
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({"key": 1}));
    until_called(&world, &life, "a", 1);
    drop(life);
    die_under_it(&world, AFTER - 1);
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    assert!(life.ask(life.engine.cancel(run)).expect("it is heard"));
    assert_eq!(life.status(run), Some(Status::Cancelled));
}
