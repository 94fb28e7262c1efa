//! The engine is stopped between every two steps: a run must come out as if nothing had happened.

use crate::{hook, send};
use engine::{Decision, DoorError, LiveState};
use model::{FlowDocument, Span};
use serde_json::{Value, json};
use store::RunId;
use testkit::{Answer, Life, LongPost, Post, When, World, flow, with_settings};

/// More commits than any of these flows makes.
const COMMITS_MAX: usize = 60;

/// What is left of a run: its story, and what was done at the target.
#[derive(Debug, PartialEq)]
struct Outcome {
    story: String,
    works: Vec<(String, Value)>,
}

/// How the event comes in; a second time it is the same one.
type Knock = dyn Fn(&Life<'_>) -> Result<RunId, DoorError>;

fn knock(life: &Life<'_>) -> Result<RunId, DoorError> {
    let body = json!({"id": 7, "lines": [1, 2, 3]});
    life.post(Post { path: "in", body, delivery: Some("first") }).map(|received| received.run)
}

/// A person who looks into the target before deciding.
fn decide(world: &World, life: &Life<'_>, run: RunId) {
    for step in life.view(run).steps.iter().filter(|step| step.state == run::doc::StepState::Unknown) {
        let input = step.input.clone().unwrap_or_default();
        let to = input["to"].as_str().unwrap_or_default();
        let done = world.target.works().contains(&(to.to_owned(), input["body"].clone()));
        let output = json!({"to": to, "sent": input["body"]});
        let decision = if done { Decision::Done(output) } else { Decision::SendAgain };
        life.ask(life.engine.decide(run, &step.node, &step.item, decision)).expect("the decision is heard");
    }
}

/// Lets an engine go on until the run has ended, or the engine's store has failed.
fn go_on(world: &World, life: &Life<'_>, run: RunId) -> bool {
    loop {
        match life.until_settled(run) {
            Some(_) => return true,
            None if life.store.has_failed() => return false,
            None => decide(world, life, run),
        }
        life.until("the decision is taken", || {
            life.engine.live_state(run) != Some(LiveState::Unknown) || life.store.has_failed()
        });
    }
}

/// A sender that sends again until the event is taken, and engines that start anew until the run has ended.
fn play_in(world: &World, fails: Option<(usize, When)>) -> (Outcome, bool) {
    play_by(world, fails, &knock)
}

fn play_by(world: &World, fails: Option<(usize, When)>, knock: &Knock) -> (Outcome, bool) {
    let life = match fails {
        Some((at, when)) => world.start_failing(at, when),
        None => world.start(),
    };
    let run = knock(&life).ok();
    let ended = run.is_some_and(|run| go_on(world, &life, run));
    let failed = life.store.has_failed();
    drop(life);
    let life = world.start();
    let run = knock(&life).expect("a healthy engine takes the event");
    assert!(ended || go_on(world, &life, run));
    until_idle(world, &life);
    let mut works = world.target.works();
    works.sort_by_key(|work| format!("{work:?}"));
    (Outcome { story: life.story(run), works }, failed)
}

/// Nothing is left to do for anybody, not even later.
fn until_idle(world: &World, life: &Life<'_>) {
    life.until("nothing is left to do", || {
        world.clock.advance(Span::from_secs(60));
        let gauges = life.engine.gauges();
        gauges.active + gauges.waiting + gauges.parked == 0
    });
}

#[track_caller]
fn check(flows: &[FlowDocument]) {
    check_by(flows, &knock);
}

#[track_caller]
fn check_by(flows: &[FlowDocument], knock: &Knock) {
    let play = |fails| play_by(&World::new(flows.to_vec()), fails, knock);
    let (undisturbed, _) = play(None);
    assert!(!undisturbed.works.is_empty(), "{}", undisturbed.story);
    for when in [When::Before, When::After] {
        for at in 0..COMMITS_MAX {
            let (outcome, failed) = play(Some((at, when)));
            assert_eq!(outcome, undisturbed, "stopped {when:?} commit {at}");
            if !failed {
                break;
            }
            assert!(at + 1 < COMMITS_MAX, "more commits than were tried");
        }
    }
}

#[test]
fn a_loop_over_a_table_that_is_read_from_the_disk_comes_out_the_same_wherever_it_is_stopped() {
    let table = "n,name\n1,a\n2,\"b\nc\"\n3,d\n";
    let post = |life: &Life<'_>| {
        let long = LongPost {
            path: "in",
            content_type: "text/csv",
            delivery: Some("first"),
            body: table.as_bytes(),
        };
        life.post_long(&long).map(|received| received.run)
    };
    let each = json!({"use": "core/for_each", "with": {"items": "${trigger.body}", "parallel": 2}});
    check_by(
        &[flow(
            "rows",
            json!({"in": hook(), "each": each, "a": send("send_idempotent", "${item.name}"), "b": send("send_probe", "end")}),
            "in -> each; each.item -> a; each.done -> b",
        )],
        &post,
    );
}

#[test]
fn a_chain_of_two_idempotent_writes_comes_out_the_same_wherever_it_is_stopped() {
    check(&[flow(
        "chain",
        json!({"in": hook(), "map": {"use": "core/set", "with": {"value": {"n": "${input.id}"}}},
               "a": send("send_idempotent", "a"), "b": send("send_idempotent", "b")}),
        "in -> map -> a -> b",
    )]);
}

#[test]
fn a_chain_of_two_probed_writes_comes_out_the_same_wherever_it_is_stopped() {
    check(&[flow(
        "chain",
        json!({"in": hook(), "a": send("send_probe", "a"), "b": send("send_probe", "b")}),
        "in -> a -> b",
    )]);
}

#[test]
fn a_chain_of_two_writes_that_nobody_can_ask_about_comes_out_the_same_with_a_person_s_help() {
    check(&[flow(
        "chain",
        json!({"in": hook(), "a": send("send_ask", "a"), "b": send("send_ask", "b")}),
        "in -> a -> b",
    )]);
}

#[test]
fn reads_and_writes_on_branches_come_out_the_same_wherever_they_are_stopped() {
    check(&[flow(
        "branches",
        json!({"in": hook(), "stock": send("read", "stock"), "a": send("send_probe", "a"), "b": send("send_ask", "b"),
               "all": "core/merge", "c": send("send_idempotent", "c")}),
        "in -> stock -> a -> all; in -> b -> all; all -> c",
    )]);
}

#[test]
fn a_loop_of_writes_comes_out_the_same_wherever_it_is_stopped() {
    check(&[flow(
        "loop",
        json!({"in": hook(), "each": {"use": "core/for_each", "with": {"items": "${input.lines}", "parallel": 2}},
               "a": send("send_probe", "a"), "b": send("send_idempotent", "b"), "sum": send("send_ask", "sum")}),
        "in -> each.item -> a -> b; each.done -> sum",
    )]);
}

#[test]
fn a_wait_between_writes_comes_out_the_same_wherever_it_is_stopped() {
    check(&[flow(
        "wait",
        json!({"in": hook(), "a": send("send_probe", "a"), "night": {"use": "core/wait", "with": {"for": "1h"}},
               "b": send("send_probe", "b")}),
        "in -> a -> night -> b",
    )]);
}

#[test]
fn a_called_flow_and_its_caller_come_out_the_same_wherever_they_are_stopped() {
    let called = flow("child", json!({"start": "core/called", "a": send("send_probe", "a")}), "start -> a");
    let caller = flow(
        "caller",
        json!({"in": hook(), "call": {"use": "core/call", "with": {"flow": "child", "input": "${input.id}"}},
               "b": send("send_idempotent", "b")}),
        "in -> call -> b",
    );
    check(&[called, caller]);
}

#[test]
fn a_failure_that_somebody_takes_comes_out_the_same_wherever_it_is_stopped() {
    let broken = json!({"use": "test/send_idempotent", "with": {"to": "${input.nowhere.at.all}"}});
    check(&[flow(
        "broken",
        json!({"in": hook(), "bad": broken, "note": send("send_probe", "note"), "never": send("send_probe", "never")}),
        "in -> bad -> never; bad.error -> note",
    )]);
}

#[test]
fn a_flow_for_errors_is_started_once_wherever_the_failing_one_is_stopped() {
    let note = json!({"use": "test/send_probe", "with": {"to": "note", "body": "${input.node}"}});
    let failing = flow(
        "failing",
        json!({"in": hook(), "a": send("send_probe", "a"), "bad": {"use": "core/script", "with": {"script": "throw 1"}}}),
        "in -> a -> bad",
    );
    check(&[
        with_settings(failing, json!({"on_error": "flow:errors"})),
        flow("errors", json!({"start": "core/called", "note": note}), "start -> note"),
    ]);
}

#[test]
fn an_error_flow_is_started_for_a_run_that_fails_in_the_end_and_for_no_other_wherever_it_is_stopped() {
    let note = json!({"use": "test/send_idempotent", "with": {"to": "note", "body": "${input.node}"}});
    let failing = flow("failing", json!({"in": hook(), "a": send("send_idempotent", "a")}), "in -> a");
    let flows = [
        with_settings(failing, json!({"on_error": "flow:errors"})),
        flow("errors", json!({"start": "core/called", "note": note}), "start -> note"),
    ];
    for when in [When::Before, When::After] {
        for at in 0..COMMITS_MAX {
            let world = World::new(flows.clone());
            // Refused once: whoever forgets that and asks again succeeds.
            world.target.answers("a", [Answer::Refused]);
            let (outcome, failed) = play_in(&world, Some((at, when)));
            let told = world.target.works_for("note");
            assert_eq!(told == 1, outcome.story.starts_with("failed"), "stopped {when:?} commit {at}");
            if !failed {
                break;
            }
        }
    }
}

#[test]
fn a_merge_of_any_goes_on_with_the_same_branch_wherever_it_is_stopped() {
    let any = json!({"use": "core/merge", "with": {"mode": "any"}});
    let flows = [flow(
        "any",
        json!({"in": hook(), "a": send("send_idempotent", "a"), "b": send("send_idempotent", "b"), "any": any,
               "c": send("send_idempotent", "c")}),
        "in -> a -> any; in -> b -> any; any -> c",
    )];
    for when in [When::Before, When::After] {
        for at in 0..COMMITS_MAX {
            let world = World::new(flows.clone());
            // The second branch is the first to come; the first one comes while what follows has still to be done.
            world.target.answers("a", [Answer::Limited(Some(Span::from_secs(60)))]);
            world.target.answers("c", [Answer::Limited(Some(Span::from_secs(8 * 3_600)))]);
            let failed = play_in(&world, Some((at, when))).1;
            let calls = world.target.calls().into_iter().filter(|call| call.to == "c");
            let bodies: Vec<Value> = calls.map(|call| call.body).collect();
            assert!(bodies.iter().all(|body| *body == bodies[0]), "stopped {when:?} commit {at}: {bodies:?}");
            assert_eq!(world.target.works_for("c"), 1, "stopped {when:?} commit {at}");
            if !failed {
                break;
            }
        }
    }
}

/// Engines that are stopped one after the other while events keep coming, and the events.
const LIVES: usize = 24;
const EVENTS: u64 = 120;
const KEYS: u64 = 7;

#[test]
fn a_sender_that_never_gives_up_has_each_event_done_once_and_in_order_through_two_dozen_stops() {
    let by_number = |operation: &str, to: &str| json!({"use": format!("test/{operation}"), "with": {"to": format!("{to}${{trigger.body.key}}"), "body": "${trigger.body.n}"}});
    let nodes =
        json!({"in": hook(), "a": by_number("send_probe", "a"), "b": by_number("send_idempotent", "b")});
    let settings = json!({"order_by": "${trigger.body.key}"});
    let world = World::new([with_settings(flow("orders", nodes, "in -> a -> b"), settings)]);
    let mut next = 0;
    for stop in 0..LIVES {
        let when = if stop % 2 == 0 { When::Before } else { When::After };
        let life = world.start_failing(2 + stop * 5 % 13, when);
        while next < EVENTS && send_number(&life, next).is_ok() {
            next += 1;
        }
        if next == EVENTS {
            break;
        }
    }
    let life = world.start();
    for n in next..EVENTS {
        send_number(&life, n).expect("a healthy engine takes the event");
    }
    until_idle(&world, &life);
    for key in 0..KEYS {
        let all: Vec<Value> = (0..EVENTS).filter(|n| n % KEYS == key).map(Value::from).collect();
        for step in ["a", "b"] {
            let works = world.target.works().into_iter().filter(|(to, _)| *to == format!("{step}{key}"));
            assert_eq!(works.map(|(_, n)| n).collect::<Vec<_>>(), all, "{step}{key}");
        }
    }
}

fn send_number(life: &Life<'_>, n: u64) -> Result<RunId, DoorError> {
    let body = json!({"n": n, "key": n % KEYS});
    life.post(Post { path: "in", body, delivery: Some(&n.to_string()) }).map(|received| received.run)
}
