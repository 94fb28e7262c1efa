//! What holds calls of a connection back: its rate budget, a target that asks to wait, its breaker.

use crate::hook;
use engine::LiveState;
use model::{ConnectionName, FlowDocument, Rate, Span};
use run::doc::{BlockedWhy, StepState};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Drawn, RunId, Status};
use testkit::{Answer, Life, Shared, World, flow, with_settings};

const HALF: Span = Span::from_ms(500);

/// A write over the connection `erp`, tried so often.
fn order(attempts: u32, settings: Value) -> FlowDocument {
    let retry = json!({"attempts": attempts, "first": "1s", "max": "2s"});
    let with = json!({"to": "${input.to}", "body": "${input.n}"});
    let erp = json!({"use": "test/send_idempotent", "connection": "erp", "with": with, "retry": retry});
    with_settings(flow("order", json!({"in": hook(), "erp": erp}), "in -> erp"), settings)
}

fn world(attempts: u32, settings: Value, connection: Value) -> World {
    let world = World::new([order(attempts, settings)]);
    world.connect("erp", connection);
    world
}

fn erp() -> ConnectionName {
    "erp".into()
}

fn is_open(life: &Life<'_>) -> bool {
    life.engine.gates().get(&erp()).is_some_and(|gate| gate.open.is_some())
}

fn waiting(life: &Life<'_>) -> usize {
    waiting_at(life, erp())
}

fn waiting_at(life: &Life<'_>, connection: ConnectionName) -> usize {
    life.engine.gates().get(&connection).map_or(0, |gate| gate.waiting)
}

fn calls(world: &World) -> usize {
    world.target.calls().len()
}

fn ended(world: &World, run: RunId) -> bool {
    let detail = world.ask(world.store.run_detail(run)).expect("the run can be read");
    detail.is_some_and(|detail| detail.summary.status == Some(Status::Done))
}

/// Sends so many, of as many keys.
fn send_all(life: &Life<'_>, count: i64, keys: i64) -> Vec<RunId> {
    let body = |n: i64| json!({"to": format!("key{}", n % keys), "n": n});
    (0..count).map(|n| life.send("in", body(n))).collect()
}

/// Waits until both processes have as many shards.
fn until_dealt_out(shared: &Shared, life: &Life<'_>) {
    life.until("the shards are dealt out", || {
        shared.nodes().iter().all(|node| shared.shards_of(*node) == 32)
    });
}

/// Moves the clock on until something holds.
fn advance_until(world: &World, life: &Life<'_>, what: &str, step: Span, holds: impl Fn() -> bool) {
    life.until(what, || {
        let holds = holds();
        if !holds {
            world.clock.advance(step);
        }
        holds
    });
}

/// Five runs find nobody there.
fn open_the_breaker(world: &World, life: &Life<'_>) {
    world.target.set_down(Some(Answer::Away));
    advance_until(world, life, "the breaker opens", Span::from_secs(1), || is_open(life));
}

/// Moves the clock on to the next trial, and no further.
fn until_trial(world: &World, life: &Life<'_>) {
    let open = life.engine.gates().get(&erp()).and_then(|gate| gate.open.clone()).expect("it is open");
    let wait = u64::try_from(open.next_trial_at - world.clock.read()).unwrap_or(0);
    world.clock.advance(Span::from_ms(wait));
}

#[test]
fn two_calls_a_second_are_two_calls_a_second_over_two_processes() {
    let world = world(3, json!({}), json!({"rate": {"calls": 2, "per": "1s", "burst": 3}}));
    let shared = Shared::new(world.store.clone());
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    let body = |n: usize| json!({"to": "erp", "n": n});
    let runs: Vec<RunId> = (0..16).map(|n| [&a, &b][n % 2].send("in", body(n))).collect();
    a.until("all stand in line", || calls(&world) + waiting(&a) + waiting(&b) == 16);
    for allowed in 3..=16 {
        // The clock stands still: whatever more goes out is too much, and is seen by the next look.
        a.until("what may go out has", || calls(&world) >= allowed);
        assert_eq!(calls(&world), allowed);
        world.clock.advance(HALF);
    }
    a.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    assert_eq!((world.target.works_for("erp"), calls(&world)), (16, 16));
}

#[test]
fn a_step_that_waits_for_its_turn_to_call_makes_no_attempt_and_leaves_memory() {
    let world = world(1, json!({"concurrency": 2}), json!({"rate": {"calls": 1, "per": "1m"}}));
    let life = world.start();
    let runs = send_all(&life, 4, 4);
    life.until("one has called", || calls(&world) == 1);
    life.until("the others stand in line", || waiting(&life) == 3);
    life.until("and are out of memory", || life.engine.gauges().active == 0);
    let waits = runs.iter().find(|run| !ended(&world, **run)).expect("one that waits");
    let step = life.step(*waits, "erp");
    let blocked = step.blocked.expect("it says why it waits");
    assert_eq!((step.state, step.attempts.len()), (StepState::Waiting, 0));
    assert_eq!((blocked.connection, blocked.why), (erp(), BlockedWhy::Rate));
    assert!(blocked.until > world.clock.read());
    assert!(life.ask(life.engine.cancel(*waits)).expect("asked"), "and it can be cancelled");
    life.until("it has left the line", || waiting(&life) == 2);
    advance_until(&world, &life, "the others have called", Span::from_secs(60), || calls(&world) == 3);
}

#[test]
fn steps_in_line_go_by_the_budget_that_their_connection_is_given() {
    for beside in [false, true] {
        let world = world(1, json!({}), json!({"rate": {"calls": 1, "per": "1d"}}));
        let shared = Shared::new(world.store.clone());
        let life = if beside { world.start_beside(&shared) } else { world.start() };
        let runs = send_all(&life, 4, 4);
        life.until("one has called", || calls(&world) == 1);
        life.until("the others stand in line", || waiting(&life) == 3);
        life.until("and are out of memory", || life.engine.gauges().active == 0);
        world.connect("erp", json!({"rate": {"calls": 1000, "per": "1s", "burst": 100}}));
        life.engine.connection_changed();
        // The clock stands still.
        life.until("all have called", || calls(&world) == 4);
        life.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    }
}

#[test]
fn a_step_in_line_for_a_connection_that_is_deleted_fails_and_does_not_wait_for_it() {
    let world = world(1, json!({}), json!({"rate": {"calls": 1, "per": "1d"}}));
    let life = world.start();
    let runs = send_all(&life, 3, 3);
    life.until("one has called", || calls(&world) == 1);
    life.until("the others stand in line", || waiting(&life) == 2);
    life.until("and are out of memory", || life.engine.gauges().active == 0);
    world.disconnect("erp");
    life.ask(async { life.engine.forget_connection(&erp()) });
    // The clock stands still.
    let failed = |run: &&RunId| life.status(**run) == Some(Status::Failed);
    life.until("they have failed", || runs.iter().filter(failed).count() == 2);
    let last = life.view(*runs.iter().rfind(failed).expect("one of them"));
    assert_eq!(last.summary.error_code.as_deref(), Some("E0302"));
    assert_eq!(calls(&world), 1);
}

#[test]
fn a_run_that_does_not_listen_holds_up_no_other_connection() {
    let read = |to: &str, connection: &str| json!({"use": "test/read", "connection": connection, "with": {"to": to, "body": 1}});
    let each = || json!({"use": "core/for_each", "with": {"items": "${input.sent}", "parallel": 50}});
    let first = json!({"use": "test/read", "with": {"to": "first", "body": "${input}"}});
    let nodes = json!({"in": hook(), "first": first, "a": each(), "to_a": read("erp", "erp"),
                       "b": each(), "to_b": read("erp", "erp")});
    let mut other = json!({"in": hook(), "shop": read("shop", "shop")});
    other["in"]["with"]["path"] = "other".into();
    let world = World::new([
        flow("many", nodes, "in -> first -> a; a.item -> to_a; first -> b; b.item -> to_b"),
        flow("other", other, "in -> shop"),
    ]);
    world.connect("erp", json!({"rate": {"calls": 100, "per": "1m", "burst": 100}}));
    world.connect("shop", json!({"rate": {"calls": 1, "per": "1h"}}));
    let life = world.start();
    let items: Vec<i64> = (0..50).collect();
    let spent = life.send("in", json!(items));
    assert_eq!(life.until_ended(spent), Status::Done);
    assert_eq!(life.until_ended(life.send("other", json!(1))), Status::Done);
    life.send("other", json!(2));
    life.until("it stands in line at the shop", || waiting_at(&life, "shop".into()) == 1);
    life.until("and is out of memory", || life.engine.gauges().active == 0);
    // All but its event waits for the disk, and so does the run, which then hears nothing.
    life.store.fill_after(1);
    life.send("in", json!(items));
    life.until("all of it stands in line at the ERP", || waiting(&life) == 100);
    world.clock.advance(Span::from_secs(61));
    life.until("all of it is called out", || waiting(&life) == 0);
    world.clock.advance(Span::from_secs(3_600));
    life.until("the other one has called", || world.target.calls_for("shop") == 2);
    life.store.set_roomy();
    advance_until(&world, &life, "all have called", Span::from_secs(60), || {
        world.target.calls_for("erp") >= 200
    });
}

#[test]
fn a_budget_is_not_full_again_because_the_process_was() {
    let rate = json!({"rate": {"calls": 2, "per": "1s", "burst": 4}});
    let world = world(1, json!({}), rate);
    let life = world.start();
    send_all(&life, 10, 10);
    life.until("the burst is out", || calls(&world) == 4);
    drop(life);
    let life = world.start();
    life.until("the rest stands in line", || waiting(&life) + calls(&world) >= 10);
    assert_eq!(calls(&world), 4, "the burst has been had");
    let mut allowed = 4;
    while calls(&world) < 10 {
        world.clock.advance(HALF);
        allowed += 1;
        // On a busy machine a run may be set aside because it could not be read in time: it comes back as the clock goes on.
        let is_over = || calls(&world) == 10 || waiting(&life) > 0 || life.engine.gauges().active == 0;
        life.until("the step was looked at", is_over);
        assert!(calls(&world) <= allowed, "{} of {allowed}", calls(&world));
    }
    let rate = Rate::new(2, Span::from_secs(1), 4);
    // The clock may have been moved once more while the last one was on its way.
    let called_at = world.clock.read() - 500;
    let left = world.ask(world.store.take_calls(&erp(), &rate, 4, called_at)).expect("asked");
    assert!(matches!(left, Drawn::Later(_)), "what was called is written down");
}

#[test]
fn a_target_that_asks_one_to_wait_is_left_alone_by_all() {
    let world = world(3, json!({}), json!({}));
    let shared = Shared::new(world.store.clone());
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    world.target.answers("first", [Answer::Limited(Some(Span::from_secs(60)))]);
    let first = a.send("in", json!({"to": "first", "n": 0}));
    let held =
        |life: &Life<'_>| life.engine.gates().get(&erp()).is_some_and(|gate| gate.held_until.is_some());
    a.until("both know it", || held(&a) && held(&b));
    let later: Vec<RunId> =
        (1..9).map(|n| [&a, &b][n % 2].send("in", json!({"to": "late", "n": n}))).collect();
    a.until("all stand in line", || waiting(&a) + waiting(&b) == 8);
    world.clock.advance(Span::from_secs(59));
    let one = later.iter().find(|run| a.engine.live_state(**run).is_some()).expect("one that waits here");
    assert_eq!(a.step(*one, "erp").blocked.map(|blocked| blocked.why), Some(BlockedWhy::Asked));
    assert_eq!(calls(&world), 1);
    world.clock.advance(Span::from_secs(1));
    a.until("all have ended", || later.iter().chain([&first]).all(|run| ended(&world, *run)));
    assert_eq!((world.target.calls_for("first"), world.target.calls_for("late")), (2, 8));
}

#[test]
fn a_dead_erp_costs_no_run_its_attempts_and_all_goes_through_once_and_in_order_when_it_is_back() {
    let world = world(3, json!({"order_by": "${trigger.body.to}"}), json!({}));
    let life = world.start();
    world.target.set_down(Some(Answer::Away));
    let runs = send_all(&life, 24, 6);
    open_the_breaker(&world, &life);
    let tried = calls(&world);
    assert!(tried <= 6 + 5, "{tried} calls until it opened");
    for trial in 1..=12 {
        until_trial(&world, &life);
        life.until("a trial is made", || calls(&world) >= tried + trial);
        life.until("it failed", || is_open(&life) && waiting(&life) == 6);
        assert_eq!(calls(&world), tried + trial, "one at a time");
    }
    assert!(runs.iter().all(|run| life.status(*run).is_none()), "nobody has failed");
    world.target.set_down(None);
    advance_until(&world, &life, "all have ended", Span::from_secs(10), || {
        runs.iter().all(|run| ended(&world, *run))
    });
    assert!(!is_open(&life));
    assert_eq!(world.target.works().len(), 24);
    for key in 0..6 {
        let to = format!("key{key}");
        let sent = world.target.works().into_iter().filter(|(at, _)| *at == to);
        let sent: Vec<i64> = sent.filter_map(|(_, n)| n.as_i64()).collect();
        assert_eq!(sent, [key, key + 6, key + 12, key + 18], "{to}");
    }
}

#[test]
fn a_process_that_starts_while_a_connection_is_paused_leaves_it_paused() {
    let world = world(3, json!({}), json!({}));
    let life = world.start();
    world.target.set_down(Some(Answer::Away));
    let runs = send_all(&life, 9, 9);
    open_the_breaker(&world, &life);
    life.until("it is written down", || {
        world.ask(world.store.gates()).expect("the gates").iter().any(|gate| gate.open.is_some())
    });
    drop(life);
    let before = calls(&world);
    let life = world.start();
    assert!(is_open(&life));
    life.until("all stand in line, or wait for their next attempt", || {
        runs.iter()
            .all(|run| matches!(life.engine.live_state(*run), Some(LiveState::Waiting | LiveState::Retrying)))
    });
    assert_eq!(calls(&world), before);
    world.target.set_down(None);
    advance_until(&world, &life, "all have ended", Span::from_secs(10), || {
        runs.iter().all(|run| ended(&world, *run))
    });
    assert_eq!(world.target.works().len(), 9);
    assert!(world.ask(world.store.gates()).expect("the gates").iter().all(|gate| gate.open.is_none()));
}

#[test]
fn a_step_that_has_tried_shows_whom_it_waits_for_also_out_of_memory() {
    let world = world(9, json!({}), json!({}));
    let life = world.start();
    world.target.set_down(Some(Answer::Away));
    let runs = send_all(&life, 5, 5);
    open_the_breaker(&world, &life);
    let all_wait = || runs.iter().all(|run| life.engine.live_state(*run) != Some(LiveState::Running));
    life.until("all wait for their next attempt", all_wait);
    // Longer than that takes, and not as long as until a trial.
    world.clock.advance(Span::from_secs(3));
    life.until("all stand in line", || waiting(&life) == runs.len());
    life.until("and are out of memory", || life.engine.gauges().active == 0);
    for run in runs {
        let step = life.step(run, "erp");
        assert_eq!(step.state, StepState::Waiting);
        assert_eq!(step.blocked.map(|blocked| blocked.why), Some(BlockedWhy::Breaker));
        assert!(!step.attempts.is_empty());
    }
}

#[test]
fn a_clerk_who_knows_that_the_erp_is_back_need_not_wait_for_the_next_trial() {
    let world = world(8, json!({}), json!({}));
    let shared = Shared::new(world.store.clone());
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    world.target.set_down(Some(Answer::Away));
    let first = send_all(&a, 6, 6);
    open_the_breaker(&world, &a);
    b.until("the other one knows it", || is_open(&b));
    let more = send_all(&b, 6, 6);
    b.until("they stand in line there", || waiting(&b) >= 6);
    world.target.set_down(None);
    let before = calls(&world);
    assert!(a.ask(a.engine.unblock(&erp())).expect("closed"));
    assert!(!a.ask(a.engine.unblock(&erp())).expect("asked"), "it is closed");
    b.until("those have ended that only waited for that", || more.iter().all(|run| ended(&world, *run)));
    assert!(calls(&world) >= before + 6);
    advance_until(&world, &a, "all have ended", Span::from_secs(1), || {
        first.iter().all(|run| ended(&world, *run))
    });
    assert_eq!(world.target.works().len(), 12);
}

#[test]
fn an_order_that_the_erp_stumbles_over_pauses_no_other() {
    let world = world(4, json!({}), json!({}));
    let life = world.start();
    world.target.answers("bad", [Answer::Failed(500); 4]);
    let bad = life.send("in", json!({"to": "bad", "n": 0}));
    assert_eq!(life.until_settled(bad), Some(Status::Failed));
    assert!(!is_open(&life));
    let refused = world.target.clone();
    refused.answers("wrong", [Answer::Refused; 8]);
    for n in 0..8 {
        let run = life.send("in", json!({"to": "wrong", "n": n}));
        assert_eq!(life.until_ended(run), Status::Failed);
    }
    assert!(!is_open(&life), "a refusal is an answer");
}

#[test]
fn a_flow_with_much_to_send_holds_up_no_other_flow() {
    let many = order(1, json!({}));
    let mut few = order(1, json!({}));
    (few.id, few.name) = ("few".into(), "few".into());
    let hook = few.nodes.iter_mut().find(|node| node.connection.is_none()).expect("the webhook");
    hook.with.insert("path".into(), "few".into());
    let world = World::new([many, few]);
    world.connect("erp", json!({"rate": {"calls": 1, "per": "1s"}}));
    let life = world.start();
    let _many = send_all(&life, 30, 1);
    life.until("they stand in line", || waiting(&life) + calls(&world) == 30);
    let before = calls(&world);
    let one = life.send("few", json!({"to": "few", "n": 0}));
    life.until("it stands in line", || waiting(&life) + calls(&world) == 31);
    advance_until(&world, &life, "it has called", Span::from_secs(1), || world.target.calls_for("few") == 1);
    assert_eq!(life.until_ended(one), Status::Done);
    let called: BTreeSet<String> = world.target.calls().into_iter().map(|call| call.to).collect();
    assert!(called.len() == 2 && calls(&world) <= before + 6, "{} calls before it", calls(&world) - before);
}
