//! Flows that call flows.

use crate::{hook, send};
use engine::LiveState;
use model::{FlowDocument, Span};
use serde_json::{Value, json};
use store::Status;
use testkit::{Answer, World, flow};

fn child() -> FlowDocument {
    flow(
        "child",
        json!({"start": "core/called", "a": send("send_ask", "a"), "b": send("send_ask", "b")}),
        "start -> a -> b",
    )
}

fn caller(with: Value) -> FlowDocument {
    let mut call = json!({"flow": "child"});
    call.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    flow(
        "caller",
        json!({"in": hook(), "call": {"use": "core/call", "with": call}, "after": send("send_idempotent", "after")}),
        "in -> call -> after",
    )
}

#[test]
fn a_called_flow_gets_the_input_and_its_last_value_comes_back() {
    let world = World::new([child(), caller(json!({"input": "${input.n}"}))]);
    let life = world.start();
    let run = life.send("in", json!({"n": 5}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!(world.target.works()[0], ("a".to_owned(), json!(5)));
    assert_eq!(life.step(run, "call").output.unwrap()["to"], "b");
}

#[test]
fn a_call_without_an_input_passes_on_what_it_got() {
    let world = World::new([child(), caller(json!({}))]);
    let life = world.start();
    let run = life.send("in", json!({"n": 5}));
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!(world.target.works()[0], ("a".to_owned(), json!({"n": 5})));
}

#[test]
fn a_caller_out_of_memory_is_called_back_also_when_the_engine_was_restarted_in_between() {
    let world = World::new([child(), caller(json!({}))]);
    world.target.answers("a", [Answer::Limited(Some(Span::from_secs(3_600)))]);
    let life = world.start();
    let run = life.send("in", json!({"n": 5}));
    life.until("both have left memory", || life.engine.gauges().parked == 2);
    assert_eq!(life.engine.live_state(run), Some(LiveState::Waiting));
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(run), Some(Status::Done));
    assert_eq!((world.target.works_for("a"), world.target.works_for("b")), (1, 1));
}

#[test]
fn a_called_flow_that_fails_fails_the_step_of_its_caller() {
    let world = World::new([child(), caller(json!({}))]);
    world.target.answers("b", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Failed));
    let view = life.view(run);
    assert_eq!(
        (view.summary.error_code.as_deref(), view.summary.error.as_deref()),
        (Some("E0308"), Some("not here"))
    );
    assert_eq!(view.summary.error_node.unwrap().as_str(), "call");
}

#[test]
fn a_called_flow_that_is_cancelled_fails_the_step_of_its_caller_and_nobody_waits_for_ever() {
    let world = World::new([child(), caller(json!({}))]);
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({}));
    crate::until_called(&world, &life, "a", 1);
    let open = store::RunFilter { open: true, limit: 10, ..Default::default() };
    let runs = world.ask(world.store.runs(open)).unwrap();
    let called = runs.iter().find(|other| other.id != run).unwrap().id;
    assert!(life.ask(life.engine.cancel(called)).unwrap());
    assert_eq!(life.until_settled(run), Some(Status::Failed));
    assert_eq!(life.view(run).summary.error_code.as_deref(), Some("E0506"));
}

#[test]
fn a_retried_caller_retries_the_called_flow_where_it_failed() {
    let world = World::new([child(), caller(json!({}))]);
    world.target.answers("b", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Failed));
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_settled(again), Some(Status::Done));
    assert_eq!((world.target.calls_for("a"), world.target.calls_for("b")), (1, 2));
    assert_eq!(world.target.works_for("after"), 1);
}

#[test]
fn a_flow_that_is_not_there_fails_the_call_and_says_so() {
    let world = World::new([child(), caller(json!({}))]);
    let life = world.start();
    life.ask(life.engine.withdraw(&"child".into()));
    let run = life.send("in", json!({}));
    assert_eq!(life.until_ended(run), Status::Failed);
    assert_eq!(life.view(run).summary.error_code.as_deref(), Some("E0505"));
}

#[test]
fn many_called_flows_in_a_loop_all_come_back() {
    let each = json!({"use": "core/for_each", "with": {"items": "${input}", "parallel": 5}});
    let call = json!({"use": "core/call", "with": {"flow": "twice", "input": "${item}"}});
    let twice = json!({"use": "core/script", "with": {"script": "input * 2"}});
    let world = World::new([
        flow("twice", json!({"start": "core/called", "twice": twice}), "start -> twice"),
        flow(
            "loop",
            json!({"in": hook(), "each": each, "call": call, "all": send("send_idempotent", "all")}),
            "in -> each; each.item -> call; each.done -> all",
        ),
    ]);
    let life = world.start();
    let run = life.send("in", (0..40).collect());
    assert_eq!(life.until_settled(run), Some(Status::Done));
    let doubled: Vec<Value> = (0..40).map(|n| json!(n * 2)).collect();
    assert_eq!(world.target.works(), [("all".to_owned(), Value::Array(doubled))]);
}
