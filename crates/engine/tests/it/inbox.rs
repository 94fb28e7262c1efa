//! What failed waits for a person, and is closed by the run that mends it.

use crate::{hook, script, send};
use serde_json::{Value, json};
use store::{GroupFilter, InboxFilter, InboxRow, InboxState, RunId, Status};
use testkit::{Answer, Life, When, World, flow, with_settings};

fn world() -> World {
    World::new([flow(
        "two",
        json!({"in": hook(), "a": send("send_ask", "a"), "b": send("send_idempotent", "b")}),
        "in -> a -> b",
    )])
}

fn failed(world: &World, life: &Life<'_>, body: Value) -> RunId {
    world.target.answers("b", [Answer::Refused]);
    let run = life.send("in", body);
    assert_eq!(life.until_ended(run), Status::Failed);
    run
}

fn inbox(world: &World) -> Vec<InboxRow> {
    let filter = InboxFilter { limit: 100, ..Default::default() };
    world.ask(world.store.inbox(filter)).expect("the inbox")
}

fn states(world: &World) -> Vec<InboxState> {
    inbox(world).iter().map(|row| row.state).collect()
}

#[test]
fn failures_that_differ_in_numbers_and_names_only_are_one_group() {
    let fails = |text: &str| script(&format!("throw {text}"));
    let nodes = json!({"in": hook(), "map": fails("`order ${input.id} of \"${input.name}\" has no lines`"),
                       "other": fails("`nothing like it`"), "way": {"use": "core/filter", "with": {"when": "${input.id > 2}"}}});
    let world = World::new([flow("orders", nodes, "in -> way -> map; way.else -> other")]);
    let life = world.start();
    for (id, name) in [(1, "Somchai"), (4, "Somsri"), (5, "Mali")] {
        let run = life.send("in", json!({"id": id, "name": name}));
        assert_eq!(life.until_ended(run), Status::Failed);
    }
    let filter = GroupFilter { limit: 10, ..Default::default() };
    let groups = world.ask(world.store.error_groups(filter)).unwrap();
    let counts: Vec<_> = groups.iter().map(|group| (group.node.as_str(), group.runs, group.open)).collect();
    assert_eq!(counts, [("map", 2, 2), ("other", 1, 1)]);
    assert!(groups[0].message.contains("order 5 of \"Mali\""), "{}", groups[0].message);
}

#[test]
fn a_failed_run_waits_until_its_retry_succeeds() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life, json!({"n": 1}));
    assert_eq!((inbox(&world)[0].run, states(&world)), (run, vec![InboxState::Open]));
    world.target.answers("b", [Answer::Refused]);
    let second = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_ended(second), Status::Failed);
    assert_eq!(states(&world), [InboxState::Open, InboxState::Retried]);
    let third = life.ask(life.engine.retry(second)).unwrap();
    assert_eq!(life.until_ended(third), Status::Done);
    assert_eq!(states(&world), [InboxState::Resolved, InboxState::Resolved]);
    assert_eq!(world.target.works_for("a"), 1);
}

#[test]
fn wherever_the_engine_stops_the_record_and_the_run_agree() {
    for when in [When::Before, When::After] {
        for at in 0..12 {
            let world = world();
            let life = world.start();
            let run = failed(&world, &life, json!({"n": 1}));
            drop(life);
            let life = world.start_failing(at, when);
            life.ask(life.engine.retry(run)).ok();
            life.until("the retry ends or the store fails", || {
                life.store.has_failed() || states(&world) == [InboxState::Resolved]
            });
            drop(life);
            let life = world.start();
            if states(&world) == [InboxState::Open] {
                life.ask(life.engine.retry(run)).expect("nobody retries it");
            }
            life.until("it is mended", || states(&world) == [InboxState::Resolved]);
            assert_eq!((world.target.works_for("a"), world.target.works_for("b")), (1, 1));
        }
    }
}

#[test]
fn who_has_a_flow_for_errors_leaves_nothing_in_the_inbox() {
    let nodes = || json!({"in": hook(), "b": send("send_idempotent", "b")});
    let errors =
        flow("errors", json!({"err": "core/called", "tell": send("send_idempotent", "tell")}), "err -> tell");
    let handed = with_settings(flow("orders", nodes(), "in -> b"), json!({"on_error": "flow:errors"}));
    let world = World::new([handed, errors]);
    let life = world.start();
    failed(&world, &life, json!(1));
    life.until("the error is told", || world.target.works_for("tell") == 1);
    assert_eq!(inbox(&world), []);
}

#[test]
fn a_called_flow_that_fails_leaves_its_caller_in_the_inbox_alone() {
    let caller = flow(
        "caller",
        json!({"in": hook(), "call": {"use": "core/call", "with": {"flow": "inner"}}}),
        "in -> call",
    );
    let inner =
        flow("inner", json!({"start": "core/called", "b": send("send_idempotent", "b")}), "start -> b");
    let world = World::new([caller, inner]);
    let life = world.start();
    let run = failed(&world, &life, json!(1));
    assert_eq!(inbox(&world).iter().map(|row| row.run).collect::<Vec<_>>(), [run]);
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!((states(&world), world.target.works_for("b")), (vec![InboxState::Resolved], 1));
}

#[test]
fn a_run_that_the_history_has_forgotten_is_retried_from_the_inbox() {
    let world = world();
    let life = world.start();
    let run = failed(&world, &life, json!({"n": 12_345_678_901_234_567_890_u64}));
    let late = world.clock.read() + 500 * 86_400_000;
    world.ask(world.store.expire(late, 100)).unwrap();
    assert_eq!(life.status(run), None, "it is not kept any more");
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(world.target.works_for("a"), 1);
    let sent = &world.target.works()[1];
    assert_eq!(sent.1.to_string(), r#"{"to":"a","sent":{"n":12345678901234567890}}"#);
    assert_eq!(states(&world), [InboxState::Resolved]);
}
