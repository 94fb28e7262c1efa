//! What people see of a run, while it goes on and after it.

use crate::{hook, script, send, until_called};
use engine::LiveState;
use model::Span;
use run::doc::StepState;
use serde_json::json;
use store::Status;
use testkit::{Answer, World, flow};

fn world() -> World {
    World::new([flow(
        "seen",
        json!({"in": hook(), "map": script("#{ n: input.n + 1 }"), "a": send("send_idempotent", "a"), "b": script("input.sent")}),
        "in -> map -> a -> b",
    )])
}

#[test]
fn each_step_shows_what_it_got_and_gave_after_the_run() {
    let world = world();
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    life.until_ended(run);
    let (map, a, b) = (life.step(run, "map"), life.step(run, "a"), life.step(run, "b"));
    assert_eq!((map.input, map.output), (Some(json!({"n": 1})), Some(json!({"n": 2}))));
    assert_eq!(a.input, Some(json!({"to": "a", "body": {"n": 2}})));
    assert_eq!(b.input, Some(json!({"to": "a", "sent": {"n": 2}})));
    assert!(a.effect.is_some_and(|effect| effect.key.starts_with("khlong-")));
    let view = life.view(run);
    assert_eq!(
        (view.state, view.summary.status, view.trigger["body"]["n"].as_i64()),
        (None, Some(Status::Done), Some(1))
    );
    assert!(view.edges.iter().all(|edge| edge.count == 1));
}

#[test]
fn a_run_under_way_shows_how_far_it_is() {
    let world = world();
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    until_called(&world, &life, "a", 1);
    let view = life.view(run);
    assert_eq!(view.state, Some(LiveState::Running));
    let states: Vec<_> = view.steps.iter().map(|step| (step.node.as_str(), step.state)).collect();
    assert_eq!(states, [("map", StepState::Done), ("a", StepState::Running)]);
    assert_eq!(view.edges.iter().map(|edge| edge.count).collect::<Vec<_>>(), [1, 1, 0]);
}

#[test]
fn a_run_out_of_memory_shows_its_steps_and_goes_back_to_its_wait() {
    let world = world();
    world.target.answers("a", [Answer::Limited(Some(Span::from_secs(3_600)))]);
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    for _ in 0..3 {
        life.until("it has left memory", || life.engine.gauges().parked == 1);
        let view = life.view(run);
        assert_eq!(view.state, Some(LiveState::Retrying));
        let a = view.steps.iter().find(|step| step.node.as_str() == "a").unwrap();
        assert_eq!(
            (a.state, a.attempts.len(), a.wake_at),
            (StepState::Retrying, 1, Some(world.clock.read() + 3_600_000))
        );
    }
    assert_eq!(world.target.calls_for("a"), 1);
}

#[test]
fn a_run_that_waits_for_its_turn_is_queued_and_has_no_steps() {
    let world = World::new([testkit::with_settings(
        flow("one", json!({"in": hook(), "a": send("send_idempotent", "a")}), "in -> a"),
        json!({"concurrency": 1}),
    )]);
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    life.send("in", json!(1));
    until_called(&world, &life, "a", 1);
    let run = life.send("in", json!(2));
    let view = life.view(run);
    assert_eq!((view.state, view.steps.len()), (Some(LiveState::Queued), 0));
}

#[test]
fn steps_behind_an_error_a_merge_and_a_loop_show_what_they_got() {
    let each = json!({"use": "core/for_each", "with": {"items": "${[4, 5]}"}});
    let world = World::new([flow(
        "inputs",
        json!({"in": hook(), "bad": script("throw `no`"), "sorry": script("input.code"), "c": script("7"), "all": "core/merge",
               "each": each, "item": script("item")}),
        "in -> bad; bad.error -> sorry -> all; in -> c -> all; all -> each; each.item -> item",
    )]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_ended(run);
    let sorry = life.step(run, "sorry");
    let code = sorry.output.unwrap();
    assert_eq!(sorry.input.unwrap()["code"], code);
    assert_eq!(life.step(run, "all").input, Some(json!({"sorry": code, "c": 7})));
    assert_eq!(life.step(run, "item").input, Some(json!(4)));
}

#[test]
fn a_failed_run_shows_where_and_why_and_what_it_cancelled() {
    let world = world();
    world.target.answers("a", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    life.until_ended(run);
    let error = life.step(run, "a").error.unwrap();
    assert_eq!((error.code.as_str(), error.advice.as_str()), ("E0308", "Ask them."));
    assert_eq!(life.view(run).summary.error_node.unwrap().as_str(), "a");
}

#[test]
fn a_value_too_large_to_show_is_shown_by_its_beginning() {
    let world = world();
    let life = world.start();
    let run = life.send("in", json!({"n": 1, "more": "x".repeat(600_000)}));
    life.until_ended(run);
    assert_eq!(life.step(run, "map").output, Some(json!({"n": 2})));
    let text = serde_json::to_string(&life.step(run, "map")).unwrap();
    assert!(text.len() < 1_000_000);
}

#[test]
fn a_run_that_never_was_is_not_there() {
    let world = world();
    let life = world.start();
    assert!(life.ask(life.engine.inspect(12)).unwrap().is_none());
}

#[test]
fn the_times_of_steps_are_the_same_after_a_restart_as_before_inside_of_loops_too() {
    let each = json!({"use": "core/for_each", "with": {"items": "${input}"}});
    let by_item = json!({"use": "test/send_idempotent", "with": {"to": "${item}", "body": "${input}"}});
    let second = json!({"use": "test/send_idempotent", "with": {"to": "then ${item}"}});
    let nodes = json!({"in": hook(), "first": send("send_idempotent", "first"), "list": script("trigger.body"), "each": each,
                       "map": script("item + `!`"), "a": by_item, "then": second});
    let world =
        World::new([flow("times", nodes, "in -> first -> list -> each; each.item -> map -> a -> then")]);
    world.target.answers("first", [Answer::Limited(Some(Span::from_secs(60)))]);
    world.target.answers("then y", [Answer::Limited(Some(Span::from_secs(7_200)))]);
    let life = world.start();
    let run = life.send("in", json!(["x", "y"]));
    life.until_state(run, LiveState::Retrying);
    world.clock.advance(Span::from_secs(100));
    until_called(&world, &life, "then y", 1);
    life.until_state(run, LiveState::Retrying);
    let times = |life: &testkit::Life<'_>| {
        let steps = life.view(run).steps.into_iter();
        let mut times: Vec<_> =
            steps.map(|step| (step.node, step.item, step.started_at, step.finished_at)).collect();
        times.sort();
        times
    };
    let before = times(&life);
    assert_eq!(before.len(), 9, "{before:?}");
    drop(life);
    world.clock.advance(Span::from_secs(1_000));
    let life = world.start();
    life.until_state(run, LiveState::Retrying);
    assert_eq!(times(&life), before);
}
