//! How far a flow goes with its effects, step by step and back.

use crate::{hook, script, send};
use engine::{LiveState, Reply};
use model::{FlowDocument, Span};
use run::doc::StepState;
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Answer, Life, World, flow, with_settings};

/// Two writes, one after the other.
fn orders(settings: Value) -> FlowDocument {
    let nodes = json!({"in": hook(), "a": send("send_idempotent", "a"), "b": send("send_idempotent", "b")});
    with_settings(flow("orders", nodes, "in -> a -> b"), settings)
}

fn by_key(settings: Value) -> Value {
    let mut all = json!({"order_by": "${trigger.body.id}"});
    all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    all
}

fn yes(life: &Life<'_>, run: RunId, node: &str) -> bool {
    let reply = Reply { by: "ann".into(), refused: None };
    life.ask(life.engine.reply(run, &node.into(), &[], reply)).unwrap()
}

fn no(life: &Life<'_>, run: RunId, node: &str, why: &str) -> bool {
    let reply = Reply { by: "ann".into(), refused: Some(why.into()) };
    life.ask(life.engine.reply(run, &node.into(), &[], reply)).unwrap()
}

fn works(world: &World) -> Vec<String> {
    world.target.works().into_iter().map(|(to, _)| to).collect()
}

#[test]
fn in_assist_each_write_waits_for_a_yes_and_is_shown_as_it_would_be_sent() {
    let world = World::new([orders(json!({"mode": "assist"}))]);
    let life = world.start();
    let run = life.send("in", json!({"total": 1042}));
    life.until_state(run, LiveState::Proposed);
    let step = life.step(run, "a");
    assert_eq!(step.state, StepState::Proposed);
    assert_eq!(step.input, Some(json!({"to": "a", "body": {"total": 1042}})));
    assert!(world.target.calls().is_empty());

    assert!(yes(&life, run, "a"));
    life.until("the second write is proposed", || {
        life.view(run).steps.iter().any(|step| step.node.as_str() == "b" && step.state == StepState::Proposed)
    });
    assert_eq!(works(&world), ["a"]);
    assert!(!yes(&life, run, "a"), "it was answered before");
    assert!(yes(&life, run, "b"));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(works(&world), ["a", "b"]);
    assert_eq!(life.step(run, "b").answered.unwrap().by, "ann");
}

#[test]
fn a_yes_that_came_before_a_stop_is_not_asked_for_again_and_sends_what_was_shown() {
    let world = World::new([orders(json!({"mode": "assist"}))]);
    let life = world.start();
    let run = life.send("in", json!({"total": 1042}));
    life.until_state(run, LiveState::Proposed);
    drop(life);
    let life = world.start();
    life.until_state(run, LiveState::Proposed);
    world.target.answers("a", [Answer::Limited(Some(Span::from_secs(3_600)))]);
    assert!(yes(&life, run, "a"));
    life.until_state(run, LiveState::Retrying);
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(run), None);
    assert_eq!(life.step(run, "b").state, StepState::Proposed);
    assert_eq!(world.target.works(), [("a".to_owned(), json!({"total": 1042}))]);
}

#[test]
fn a_no_ends_its_branch_with_who_and_why_and_leaves_the_other_branch_alone() {
    let nodes = json!({"in": hook(), "a": send("send_idempotent", "a"), "after": send("send_idempotent", "after"),
                       "b": send("send_idempotent", "b")});
    let world = World::new([with_settings(
        flow("orders", nodes, "in -> a -> after; in -> b"),
        json!({"mode": "assist"}),
    )]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Proposed);
    assert!(no(&life, run, "a", "the address is wrong"));
    drop(life);
    let life = world.start();
    life.until_state(run, LiveState::Proposed);
    assert!(yes(&life, run, "b"));
    assert_eq!(life.until_ended(run), Status::Cancelled);
    assert_eq!(works(&world), ["b"]);
    let step = life.step(run, "a");
    assert_eq!((step.state, step.answered.unwrap().by.as_str()), (StepState::Cancelled, "ann"));
    let said = life.view(run).summary;
    assert_eq!(said.error_code.as_deref(), Some("E0520"));
    assert_eq!(said.error.as_deref(), Some("ann said no: the address is wrong"));
    // Mended, it is asked about anew, and what was done is not done twice.
    let again = life.ask(life.engine.retry(run)).unwrap();
    life.until_state(again, LiveState::Proposed);
    assert!(yes(&life, again, "a"));
    assert_eq!(life.until_settled(again), None);
    assert!(yes(&life, again, "after"));
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(works(&world), ["b", "a", "after"]);
}

#[test]
fn in_assist_a_read_asks_nobody_and_a_yes_that_never_comes_ends_the_run_at_the_flows_time_out() {
    let nodes = json!({"in": hook(), "look": send("read", "look"), "a": send("send_idempotent", "a")});
    let settings = json!({"mode": "assist", "timeout": "2h"});
    let world = World::new([with_settings(flow("orders", nodes, "in -> look -> a"), settings)]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Proposed);
    assert_eq!(world.target.calls_for("look"), 1);
    world.clock.advance(Span::from_secs(2 * 3_600));
    assert_eq!(life.until_ended(run), Status::Failed);
    let said = life.view(run).summary;
    assert_eq!((said.error_code.as_deref(), said.error_node.unwrap().as_str()), (Some("E0521"), "a"));
    assert!(works(&world).is_empty());
}

#[test]
fn in_a_canary_the_listed_orders_are_sent_and_all_others_only_computed() {
    let settings = by_key(json!({"mode": "canary", "canary": {"keys": ["1001"]}}));
    let world = World::new([orders(settings)]);
    let life = world.start();
    for id in 1000..1004 {
        let run = life.send("in", json!({"id": id}));
        assert_eq!(life.until_ended(run), Status::Done);
        assert_eq!(life.step(run, "a").output.unwrap()["shadow"] == true, id != 1001);
    }
    assert_eq!(
        world.target.works(),
        [("a".to_owned(), json!({"id": 1001})), ("b".to_owned(), json!({"to": "a", "sent": {"id": 1001}}))]
    );
}

#[test]
fn an_order_is_in_the_canary_each_time_or_never() {
    let world = World::new([orders(by_key(json!({"mode": "canary", "canary": {"percent": 50}})))]);
    let life = world.start();
    let sent = |id: u32| {
        let before = world.target.calls().len();
        let run = life.send("in", json!({"id": id}));
        assert_eq!(life.until_ended(run), Status::Done);
        world.target.calls().len() > before
    };
    let first: Vec<bool> = (0..20).map(sent).collect();
    let second: Vec<bool> = (0..20).map(sent).collect();
    assert_eq!(first, second);
    assert!(first.contains(&true) && first.contains(&false));
}

#[test]
fn a_flow_that_observes_keeps_its_events_and_does_nothing_with_them() {
    let nodes = json!({"in": hook(), "map": script("throw \"never\""), "a": send("send_idempotent", "a")});
    let world =
        World::new([with_settings(flow("orders", nodes, "in -> map -> a"), json!({"mode": "observe"}))]);
    let life = world.start();
    let run = life.send("in", json!({"total": 1042}));
    assert_eq!(life.until_ended(run), Status::Done);
    let view = life.view(run);
    assert!(view.steps.is_empty());
    assert_eq!(view.trigger["body"], json!({"total": 1042}));
    assert!(world.target.calls().is_empty());
}

#[test]
fn a_run_that_has_sent_nothing_goes_on_in_shadow_when_its_flow_goes_back() {
    let nodes = json!({"in": hook(), "night": {"use": "core/wait", "with": {"for": "1h"}},
                       "a": send("send_idempotent", "a"), "later": {"use": "core/wait", "with": {"for": "1h"}},
                       "b": send("send_idempotent", "b")});
    let orders = |mode: &str| {
        with_settings(flow("orders", nodes.clone(), "in -> night -> a -> later -> b"), json!({"mode": mode}))
    };
    let world = World::new([orders("live")]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Waiting);
    life.deploy(&orders("shadow"));
    world.clock.advance(Span::from_secs(3_600));
    life.until("the second wait is reached", || {
        life.view(run).steps.iter().any(|step| step.node.as_str() == "later")
    });
    // Going forward again does not make a run send its second half alone.
    life.deploy(&orders("live"));
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!(life.step(run, "a").output.unwrap()["shadow"], true);
    assert_eq!(life.step(run, "b").output.unwrap()["shadow"], true);
    assert!(world.target.calls().is_empty());
}

#[test]
fn a_run_that_is_half_done_when_its_flow_goes_back_sends_no_more_and_waits_for_a_person() {
    let world = World::new([orders(json!({}))]);
    world.target.answers("b", [Answer::Failed(503), Answer::Failed(503)]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Retrying);
    life.deploy(&orders(json!({"mode": "shadow"})));
    assert_eq!(life.until_settled(run), Some(Status::Failed));
    assert_eq!(life.view(run).summary.error_code.as_deref(), Some("E0519"));
    assert_eq!((world.target.calls_for("a"), world.target.calls_for("b")), (1, 1));

    life.deploy(&orders(json!({})));
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_settled(again), Some(Status::Done));
    assert_eq!(works(&world), ["a", "b"]);
    assert_eq!(world.target.calls_for("a"), 1);
}

#[test]
fn a_write_whose_outcome_nobody_knows_is_not_sent_again_when_its_flow_has_gone_back() {
    let nodes = json!({"in": hook(), "a": send("send_probe", "a")});
    let orders = |mode: &str| with_settings(flow("orders", nodes.clone(), "in -> a"), json!({"mode": mode}));
    let world = World::new([orders("live")]);
    world.target.answers("a", [Answer::LostBeforeWork]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Retrying);
    life.deploy(&orders("shadow"));
    assert_eq!(life.until_settled(run), None);
    assert_eq!(life.engine.live_state(run), Some(LiveState::Unknown));
    assert_eq!(world.target.calls().len(), 1);
}

#[test]
fn a_yes_after_the_flow_has_gone_back_sends_nothing() {
    let world = World::new([orders(json!({"mode": "assist"}))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Proposed);
    life.deploy(&orders(json!({"mode": "shadow"})));
    assert!(!yes(&life, run, "a"), "called back to hear it, the run has gone on in shadow");
    assert_eq!(life.until_ended(run), Status::Done);
    assert!(world.target.calls().is_empty());
}

#[test]
fn a_run_that_began_live_asks_when_its_flow_has_gone_back_to_assist() {
    let nodes = json!({"in": hook(), "night": {"use": "core/wait", "with": {"for": "1h"}}, "a": send("send_idempotent", "a")});
    let orders =
        |mode: &str| with_settings(flow("orders", nodes.clone(), "in -> night -> a"), json!({"mode": mode}));
    let world = World::new([orders("live")]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until_state(run, LiveState::Waiting);
    life.deploy(&orders("assist"));
    world.clock.advance(Span::from_secs(3_600));
    life.until_state(run, LiveState::Proposed);
    // It was asked about, so it waits, however far the flow goes by then.
    life.deploy(&orders("live"));
    drop(life);
    let life = world.start();
    life.until_state(run, LiveState::Proposed);
    assert!(world.target.calls().is_empty());
    assert!(yes(&life, run, "a"));
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_called_flow_goes_no_further_than_the_flow_that_calls_it() {
    let child =
        flow("child", json!({"start": "core/called", "a": send("send_idempotent", "a")}), "start -> a");
    let nodes = json!({"in": hook(), "call": {"use": "core/call", "with": {"flow": "child"}}});
    let caller = with_settings(flow("orders", nodes, "in -> call"), json!({"mode": "shadow"}));
    let world = World::new([child, caller]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert!(world.target.calls().is_empty());
}
