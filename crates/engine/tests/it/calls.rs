//! Flows that call flows.

use crate::{hook, script, send, until_called};
use engine::LiveState;
use model::{FlowDocument, Span};
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Answer, Life, World, flow, with_settings};

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
    until_called(&world, &life, "a", 1);
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

/// The engine so much later. Whatever is not kept for so long has gone, deliveries after a month.
fn after_days<'w>(world: &'w World, life: Life<'w>, days: u64) -> Life<'w> {
    drop(life);
    world.clock.advance(Span::from_secs(days * 86_400));
    world.ask(world.store.expire(world.clock.read(), 100)).unwrap();
    world.start()
}

#[test]
fn a_called_flow_does_not_do_its_work_again_when_its_caller_is_retried_after_a_month() {
    let world = World::new([child(), caller(json!({}))]);
    world.target.answers("b", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Failed));
    let life = after_days(&world, life, 100);
    world.target.answers("b", [Answer::Refused]);
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_ended(again), Status::Failed);
    assert_eq!((world.target.calls_for("a"), world.target.calls_for("b")), (1, 2), "it goes on where it was");
    // By now the called runs are not known any more; the inbox still has the caller.
    let life = after_days(&world, life, 200);
    let last = life.ask(life.engine.retry(again)).unwrap();
    assert_eq!(life.until_ended(last), Status::Failed);
    assert_eq!(life.view(last).summary.error_code.as_deref(), Some("E0505"));
    assert_eq!(world.target.calls_for("a"), 1, "not a second time");
}

#[test]
fn a_call_that_names_another_flow_by_now_calls_that() {
    let other = flow("other", json!({"start": "core/called", "c": send("send_ask", "c")}), "start -> c");
    let world = World::new([child(), other, caller(json!({}))]);
    world.target.answers("b", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Failed));
    life.deploy(&caller(json!({"flow": "other"})));
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_settled(again), Some(Status::Done));
    assert_eq!((world.target.calls_for("b"), world.target.works_for("c")), (1, 1));
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

/// The other run that is open.
fn called_by(world: &World, run: RunId) -> RunId {
    let open = store::RunFilter { open: true, limit: 10, ..Default::default() };
    let runs = world.ask(world.store.runs(open)).unwrap();
    runs.iter().find(|other| other.id != run).expect("a called run").id
}

#[test]
fn a_call_on_a_full_disk_waits_for_space_and_is_made_once() {
    let nodes = json!({"in": hook(), "first": send("send_idempotent", "first"),
                       "call": {"use": "core/call", "with": {"flow": "child"}}});
    let world = World::new([child(), flow("caller", nodes, "in -> first -> call")]);
    world.target.answers("first", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({}));
    until_called(&world, &life, "first", 1);
    life.store.set_full(true);
    world.target.release();
    life.until("the call was sent away", || life.store.sent_away() > 2);
    life.store.set_roomy();
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!((world.target.works_for("a"), world.target.works_for("b")), (1, 1));
}

#[test]
fn a_retried_call_on_a_full_disk_waits_for_space_too() {
    let world = World::new([child(), caller(json!({}))]);
    world.target.answers("b", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_ended(run), Status::Failed);
    life.until("nothing is under way", || life.engine.gauges().active == 0);
    // The retry itself.
    life.store.fill_after(1);
    let again = life.ask(life.engine.retry(run)).unwrap();
    life.until("the call was sent away", || life.store.sent_away() > 1);
    assert_eq!(life.status(again), None);
    life.store.set_roomy();
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!((world.target.works_for("a"), world.target.works_for("b")), (1, 1));
}

#[test]
fn an_error_on_a_full_disk_starts_the_flow_for_errors_once_when_there_is_space() {
    let nodes = json!({"in": hook(), "first": send("send_idempotent", "first"), "bad": script("throw 1")});
    let failing =
        with_settings(flow("failing", nodes, "in -> first -> bad"), json!({"on_error": "flow:child"}));
    let world = World::new([child(), failing]);
    world.target.answers("first", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({}));
    until_called(&world, &life, "first", 1);
    life.store.set_full(true);
    world.target.release();
    life.until("the event was sent away", || life.store.sent_away() > 2);
    life.store.set_roomy();
    assert_eq!(life.until_ended(run), Status::Failed);
    life.until("the other flow has done its work", || world.target.works_for("b") == 1);
    assert_eq!(world.target.works_for("a"), 1);
}

#[test]
fn a_flow_that_calls_itself_is_stopped_and_says_why() {
    let call = json!({"use": "core/call", "with": {"flow": "circle"}});
    let nodes = json!({"in": hook(), "start": "core/called", "call": call});
    let world = World::new([flow("circle", nodes, "in -> call; start -> call")]);
    let life = world.start();
    let run = life.send("in", json!({}));
    assert_eq!(life.until_settled(run), Some(Status::Failed));
    assert_eq!(life.view(run).summary.error_code.as_deref(), Some("E0508"));
    assert_eq!(ended(&world), 33);
}

#[test]
fn flows_that_start_each_other_by_calls_and_by_errors_are_stopped_too() {
    let failing = flow(
        "failing",
        json!({"in": hook(), "start": "core/called", "bad": script("throw 1")}),
        "in -> bad; start -> bad",
    );
    let call = json!({"use": "core/call", "with": {"flow": "failing"}});
    let world = World::new([
        with_settings(failing, json!({"on_error": "flow:mender"})),
        flow("mender", json!({"start": "core/called", "call": call}), "start -> call"),
    ]);
    let life = world.start();
    life.send("in", json!({}));
    life.until("nothing is left to do", || {
        world.clock.advance(Span::from_secs(600));
        let gauges = life.engine.gauges();
        gauges.active + gauges.waiting + gauges.parked == 0
    });
    assert_eq!(ended(&world), 33);
}

/// How many runs there were.
fn ended(world: &World) -> usize {
    let all = store::RunFilter { limit: 100, ..Default::default() };
    world.ask(world.store.runs(all)).unwrap().len()
}

fn both_are_cancelled(world: &World, life: Life<'_>, run: RunId) {
    let called = called_by(world, run);
    assert!(life.ask(life.engine.cancel(run)).unwrap());
    assert_eq!((life.status(run), life.status(called)), (Some(Status::Cancelled), Some(Status::Cancelled)));
    drop(life);
    let life = world.start();
    assert_eq!((life.engine.gauges().parked, life.engine.gauges().waiting), (0, 0));
    assert_eq!(world.target.works_for("b") + world.target.works_for("after"), 0);
}

#[test]
fn whoever_cancels_a_caller_cancels_what_it_called() {
    let world = World::new([child(), caller(json!({}))]);
    world.target.answers("a", [Answer::Held]);
    let life = world.start();
    let run = life.send("in", json!({}));
    until_called(&world, &life, "a", 1);
    both_are_cancelled(&world, life, run);
}

#[test]
fn also_when_both_are_out_of_memory_and_after_a_restart() {
    for restart in [false, true] {
        let world = World::new([child(), caller(json!({}))]);
        world.target.answers("a", [Answer::Limited(Some(Span::from_secs(3_600)))]);
        let life = world.start();
        let run = life.send("in", json!({}));
        life.until("both have left memory", || life.engine.gauges().parked == 2);
        let life = if restart {
            drop(life);
            world.start()
        } else {
            life
        };
        both_are_cancelled(&world, life, run);
    }
}

#[test]
fn a_caller_that_runs_out_of_time_cancels_what_it_called() {
    let world = World::new([child(), with_settings(caller(json!({})), json!({"timeout": "1h"}))]);
    world.target.answers("a", [Answer::Limited(Some(Span::from_secs(3 * 3_600)))]);
    let life = world.start();
    let run = life.send("in", json!({}));
    life.until("both have left memory", || life.engine.gauges().parked == 2);
    let called = called_by(&world, run);
    world.clock.advance(Span::from_secs(3_600));
    assert_eq!(life.until_ended(run), Status::Failed);
    assert_eq!(life.view(run).summary.error_code.as_deref(), Some("E0502"));
    assert_eq!(life.status(called), Some(Status::Cancelled));
}

#[test]
fn a_caller_of_a_hundred_is_cancelled_with_all_of_them() {
    let each =
        |parallel| json!({"use": "core/for_each", "with": {"items": "${input}", "parallel": parallel}});
    let call = json!({"use": "core/call", "with": {"flow": "child", "input": "${item}"}});
    let nodes = json!({"in": hook(), "twice": each(2), "each": each(50), "call": call});
    let edges = "in -> twice; twice.item -> each; each.item -> call";
    let world = World::new([child(), flow("loop", nodes, edges)]);
    world.target.answers("a", [Answer::Held; 100]);
    let life = world.start();
    let run = life.send("in", json!([vec![0; 50], vec![0; 50]]));
    life.until("some are called and some wait for their turn", || {
        life.engine.gauges().active + life.engine.gauges().waiting == 101
    });
    assert!(life.ask(life.engine.cancel(run)).unwrap());
    life.until("nothing is left", || life.engine.gauges().active + life.engine.gauges().waiting == 0);
    assert_eq!(life.engine.gauges().cancelled, 101);
}
