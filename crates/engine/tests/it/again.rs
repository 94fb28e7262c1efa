//! A run is retried as somebody wants it: from another step, with other data, in the version of then, or anew.

use crate::{hook, script, send};
use engine::{Again, Decision, Edit, Error, LiveState, Version};
use model::NodeId;
use run::StepId;
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Answer, Life, World, flow, with_settings};

/// `a` is done, `b` fails.
fn world() -> World {
    let nodes = json!({"in": hook(), "a": send("send_ask", "a"), "map": script("#{n: input.sent.n}"),
                       "b": send("send_idempotent", "b")});
    World::new([flow("orders", nodes, "in -> a -> map -> b")])
}

fn failed(world: &World, life: &Life<'_>) -> RunId {
    world.target.answers("b", [Answer::Refused]);
    let run = life.send("in", json!({"n": 1}));
    assert_eq!(life.until_ended(run), Status::Failed);
    run
}

fn at(node: &str) -> Option<StepId> {
    Some(StepId::new(NodeId::from(node), Vec::new()))
}

fn by(again: Again) -> Again {
    Again { by: "mali".into(), ..again }
}

fn done(life: &Life<'_>, run: RunId, again: Again) -> RunId {
    let again = life.ask(life.engine.retry_as(run, by(again))).expect("it is retried");
    assert_eq!(life.until_ended(again), Status::Done);
    again
}

fn refused(life: &Life<'_>, run: RunId, again: Again) -> String {
    match life.ask(life.engine.retry_as(run, by(again))) {
        Err(Error::NotPossible(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn keys(world: &World, to: &str) -> Vec<String> {
    world.target.calls().into_iter().filter(|call| call.to == to).map(|call| call.key).collect()
}

#[test]
fn a_repaired_event_is_sent_on_and_what_was_done_is_not_done_again() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let edit = Some(Edit::Trigger(json!({"n": 2})));
    let again = done(&life, run, Again { edit, ..Again::default() });
    assert_eq!(life.view(again).trigger["body"], json!({"n": 2}));
    assert_eq!(life.view(run).trigger["body"], json!({"n": 1}), "the original stays");
    assert_eq!(world.target.calls_for("a"), 1);
    let link = world.ask(world.store.retried_by(run)).unwrap().expect("it was retried");
    assert_eq!((link.by_run, link.retried.who.as_str()), (again, "mali"));
    assert!(link.retried.what.contains(r#""edit":"trigger""#), "{}", link.retried.what);
    assert!(refused(&life, run, Again::default()).contains("retried before"));
}

#[test]
fn a_repaired_event_goes_into_the_lane_of_its_new_key() {
    let nodes = json!({"in": hook(), "b": send("send_idempotent", "b")});
    let doc = with_settings(flow("orders", nodes, "in -> b"), json!({"order_by": "${trigger.body.n}"}));
    let world = World::new([doc]);
    let life = world.start();
    let run = failed(&world, &life);
    let again = done(&life, run, Again { edit: Some(Edit::Trigger(json!({"n": "x"}))), ..Again::default() });
    assert_eq!(life.view(again).summary.key.as_deref(), Some("x"));
}

/// Retries a run of this key, which is shown as `shown`, while the key's next run is under way.
fn waits_behind_its_key_s_next(key: &str, shown: &str) {
    let nodes = json!({"in": hook(), "b": send("send_idempotent", "b")});
    let doc = with_settings(flow("orders", nodes, "in -> b"), json!({"order_by": "${trigger.body.key}"}));
    let world = World::new([doc]);
    let life = world.start();
    world.target.answers("b", [Answer::Refused, Answer::Held]);
    let run = life.send("in", json!({"key": key, "n": 1}));
    assert_eq!(life.until_ended(run), Status::Failed);
    assert_eq!(life.view(run).summary.key.as_deref(), Some(shown));
    let next = life.send("in", json!({"key": key, "n": 2}));
    life.until("the next one is under way", || world.target.calls_for("b") == 2);
    let again = life.ask(life.engine.retry(run)).expect("it is retried");
    let other = life.send("in", json!({"key": "other", "n": 3}));
    assert_eq!(life.until_ended(other), Status::Done);
    assert_eq!(
        (life.status(again), world.target.calls_for("b")),
        (None, 3),
        "it waits behind its key's next"
    );
    world.target.release();
    assert_eq!((life.until_ended(next), life.until_ended(again)), (Status::Done, Status::Done));
}

#[test]
fn a_run_with_a_long_key_is_retried_in_the_lane_of_the_whole_key() {
    waits_behind_its_key_s_next(&"k".repeat(300), &"k".repeat(200));
}

#[test]
fn a_run_whose_key_no_database_keeps_is_retried_in_the_lane_of_the_key_as_it_came() {
    waits_behind_its_key_s_next("a\0b", "a\u{fffd}b");
}

#[test]
fn a_step_s_input_is_repaired_and_shows_who_did_it() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let fields = json!({"to": "b", "body": {"n": 7}});
    let again =
        done(&life, run, Again { from: at("b"), edit: Some(Edit::Input(fields)), ..Again::default() });
    assert_eq!(world.target.works().last(), Some(&("b".to_owned(), json!({"n": 7}))));
    let step = life.step(again, "b");
    assert_eq!(step.edited.map(|edited| edited.by).as_deref(), Some("mali"));
    assert_eq!(world.target.calls_for("a"), 1);
}

#[test]
fn a_repaired_input_holds_for_the_retries_after_it_and_over_a_stop() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    world.target.answers("b", [Answer::Limited(Some(model::Span::from_secs(600))), Answer::Refused]);
    let edit = Some(Edit::Input(json!({"sent": {"n": 7}})));
    let again = Again { from: at("map"), edit, ..Again::default() };
    let second = life.ask(life.engine.retry_as(run, by(again))).unwrap();
    life.until_state(second, LiveState::Retrying);
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(second), Some(Status::Failed));
    let third = done(&life, second, Again::default());
    assert_eq!(world.target.works().last(), Some(&("b".to_owned(), json!({"n": 7}))));
    assert_eq!(life.step(third, "map").input, Some(json!({"sent": {"n": 7}})));
}

#[test]
fn a_write_that_is_done_is_sent_again_only_when_somebody_says_so() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let reason = refused(&life, run, Again { from: at("a"), ..Again::default() });
    assert!(reason.contains("done already"), "{reason}");
    let kept = done(&life, run, Again { from: at("in"), ..Again::default() });
    assert_eq!((world.target.calls_for("a"), life.step(kept, "a").attempts.len()), (1, 0));
    assert_eq!(world.target.calls_for("b"), 2);
}

#[test]
fn a_repeated_write_has_the_key_it_had_and_one_begun_anew_has_another() {
    for (again, same) in [
        (Again { from: at("a"), repeat: true, ..Again::default() }, true),
        (Again { from: at("a"), as_new: true, ..Again::default() }, false),
        (Again { as_new: true, ..Again::default() }, false),
    ] {
        let world = world();
        let life = world.start();
        let run = failed(&world, &life);
        done(&life, run, again);
        let (a, b) = (keys(&world, "a"), keys(&world, "b"));
        assert_eq!((a.len(), b.len()), (2, 2));
        assert_eq!((a[0] == a[1], b[0] == b[1]), (same, same));
    }
}

#[test]
fn a_run_begun_anew_in_the_middle_keeps_what_was_before() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    done(&life, run, Again { from: at("b"), as_new: true, ..Again::default() });
    let b = keys(&world, "b");
    assert_eq!((world.target.calls_for("a"), b.len()), (1, 2));
    assert_ne!(b[0], b[1]);
}

#[test]
fn nobody_begins_anew_behind_a_write_of_which_nobody_knows() {
    let world = world();
    world.target.answers("a", [Answer::LostAfterWork]);
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    life.until_state(run, LiveState::Unknown);
    assert!(life.ask(life.engine.cancel(run)).unwrap());
    let reason = refused(&life, run, Again { from: at("b"), as_new: true, ..Again::default() });
    assert!(reason.contains("nobody knows whether a was done"), "{reason}");
    let fields = Some(Edit::Input(json!({"to": "a"})));
    refused(&life, run, Again { from: at("a"), edit: fields, ..Again::default() });
    let again = life.ask(life.engine.retry_as(run, by(Again { from: at("a"), ..Again::default() }))).unwrap();
    life.until_state(again, LiveState::Unknown);
    assert!(
        life.ask(life.engine.decide(again, &"a".into(), &[], Decision::Done(json!({"sent": {"n": 1}}))))
            .unwrap()
    );
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(world.target.works_for("a"), 1);
}

#[test]
fn the_version_of_then_runs_as_it_was() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let nodes = json!({"in": hook(), "a": send("send_ask", "a"), "map": script("#{n: 99}"), "b": send("send_idempotent", "b")});
    life.deploy(&flow("orders", nodes, "in -> a -> map -> b"));
    done(&life, run, Again { version: Version::Then, ..Again::default() });
    assert_eq!(world.target.works().last(), Some(&("b".to_owned(), json!({"n": 1}))));
    let run = failed(&world, &life);
    done(&life, run, Again::default());
    assert_eq!(world.target.works().last(), Some(&("b".to_owned(), json!({"n": 99}))));
}

#[test]
fn a_run_that_succeeded_begins_anew_as_a_whole_or_not_at_all() {
    let world = world();
    let life = world.start();
    let run = life.send("in", json!({"n": 1}));
    assert_eq!(life.until_ended(run), Status::Done);
    refused(&life, run, Again::default());
    refused(&life, run, Again { from: at("b"), as_new: true, ..Again::default() });
    let again = Again { as_new: true, ..Again::default() };
    let both = [done(&life, run, again.clone()), done(&life, run, again)];
    assert_ne!(both[0], both[1]);
    assert_eq!(world.target.works_for("a"), 3);
}

#[test]
fn what_is_asked_for_has_to_make_sense() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life);
    let nowhere = Again { edit: Some(Edit::Input(json!(1))), ..Again::default() };
    assert!(refused(&life, run, nowhere).contains("at which step"));
    assert!(refused(&life, run, Again { from: at("nobody"), ..Again::default() }).contains("no node nobody"));
}

#[test]
fn one_item_of_a_list_is_retried_from_its_middle() {
    let line = |to: &str| json!({"use": "test/send_ask", "with": {"to": to, "body": "${item}"}});
    let nodes = json!({"in": hook(), "each": {"use": "core/for_each", "with": {"items": "${input}"}},
                       "x": line("x"), "y": line("y"), "end": send("send_ask", "end")});
    let world = World::new([flow("lines", nodes, "in -> each; each.item -> x -> y; each.done -> end")]);
    let life = world.start();
    world.target.answers("y", [Answer::Ok, Answer::Refused]);
    let run = life.send("in", json!([1, 2]));
    assert_eq!(life.until_ended(run), Status::Failed);
    let from = Some(StepId::new(NodeId::from("x"), vec![1]));
    done(&life, run, Again { from, repeat: true, ..Again::default() });
    let sent = |to: &str| -> Vec<Value> {
        world.target.works().into_iter().filter(|work| work.0 == to).map(|work| work.1).collect()
    };
    assert_eq!((sent("x"), sent("y")), (vec![json!(1), json!(2), json!(2)], vec![json!(1), json!(2)]));
    assert_eq!(sent("end").len(), 1);
}
