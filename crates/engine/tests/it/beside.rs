//! Several processes on one store.

use crate::{hook, send, until_called};
use engine::{Decision, LiveState, Received};
use model::{FlowDocument, Span};
use run::doc::StepState;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{RunId, Status};
use testkit::{Answer, Life, Post, Shared, World, flow, with_settings};

fn world(operation: &str, settings: Value) -> World {
    let erp =
        json!({"use": format!("test/{operation}"), "with": {"to": "${input.to}", "body": "${input.n}"}});
    World::new([with_settings(flow("order", json!({"in": hook(), "erp": erp}), "in -> erp"), settings)])
}

fn shared(world: &World) -> Arc<Shared> {
    Shared::new(world.store.clone())
}

/// Waits until both have as many shards.
fn until_dealt_out(shared: &Shared, life: &Life<'_>) {
    life.until("the shards are dealt out", || {
        shared.nodes().iter().all(|node| shared.shards_of(*node) == 64 / shared.nodes().len())
    });
}

/// Waits until a process has looked at its leases, and done what follows from that.
fn until_renewed(shared: &Shared, life: &Life<'_>, node: u16) {
    let enough = shared.renewals(node) + 3;
    life.until("the leases are renewed", || shared.renewals(node) >= enough);
}

fn ended(world: &World, run: RunId) -> bool {
    let detail = world.ask(world.store.run_detail(run)).unwrap();
    detail.is_some_and(|detail| detail.summary.status == Some(Status::Done))
}

#[test]
fn whatever_comes_in_at_either_of_two_processes_is_done_once() {
    let world = world("send_idempotent", json!({"order_by": "${trigger.body.n}"}));
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    let runs: Vec<RunId> =
        (0..60).map(|n| [&a, &b][n % 2].send("in", json!({"to": "erp", "n": n}))).collect();
    a.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    assert_eq!((world.target.works_for("erp"), world.target.calls_for("erp")), (60, 60));
    let (by_a, by_b) = (a.engine.gauges().done, b.engine.gauges().done);
    assert!(by_a > 10 && by_b > 10 && by_a + by_b == 60, "{by_a} and {by_b}");
}

#[test]
fn one_key_keeps_its_order_whichever_process_takes_the_events_in() {
    let world = world("send_idempotent", json!({"order_by": "${trigger.body.key}"}));
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    let send = |n: i32| {
        let body = json!({"key": n % 3, "to": format!("erp{}", n % 3), "n": n});
        [&a, &b][usize::from(n % 2 == 1)].send("in", body)
    };
    let runs: Vec<RunId> = (0..60).map(send).collect();
    a.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    for key in 0..3 {
        let to = format!("erp{key}");
        let sent = world.target.works().into_iter().filter(|(at, _)| *at == to);
        let sent: Vec<i64> = sent.filter_map(|(_, n)| n.as_i64()).collect();
        assert!(sent.is_sorted() && sent.len() == 20, "{key}: {sent:?}");
    }
}

#[test]
fn a_process_that_dies_leaves_its_runs_to_the_other_which_sends_nothing_twice() {
    let world = world("send_idempotent", json!({}));
    let shared = shared(&world);
    world.target.answers("erp", [Answer::Held; 8]);
    let a = world.start_beside(&shared);
    let runs: Vec<RunId> = (0..8).map(|n| a.send("in", json!({"to": "erp", "n": n}))).collect();
    until_called(&world, &a, "erp", 8);
    drop(a);
    let b = world.start_beside(&shared);
    assert_eq!(b.engine.gauges().active, 0);
    b.ask(shared.expire(shared.nodes()[0]));
    world.target.release();
    b.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    assert_eq!(world.target.works_for("erp"), 8);
}

/// Two processes. One has taken events in, and dies over their first step; the other is not dead, and has not noticed yet.
fn one_of_two_dies<'w>(world: &'w World, shared: &Arc<Shared>) -> (Life<'w>, u16, Vec<RunId>) {
    let (a, b) = (world.start_beside(shared), world.start_beside(shared));
    until_dealt_out(shared, &a);
    world.target.answers("erp", [Answer::Held; 8]);
    let runs = (0..8).map(|n| a.send("in", json!({"to": "erp", "n": n}))).collect();
    until_called(world, &a, "erp", 8);
    (b, shared.nodes()[0], runs)
}

#[test]
fn a_read_that_fails_when_shards_are_taken_over_leaves_no_run_behind() {
    let world = world("send_idempotent", json!({}));
    let shared = shared(&world);
    let (b, dead, runs) = one_of_two_dies(&world, &shared);
    b.store.fail_next("runs_of");
    b.ask(shared.expire(dead));
    world.target.release();
    b.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    assert_eq!((b.engine.gauges().shards, world.target.works_for("erp")), (64, 8));
}

#[test]
fn leases_are_renewed_however_long_it_takes_to_read_what_was_taken_over() {
    let world = world("send_idempotent", json!({}));
    let shared = shared(&world);
    let (b, dead, runs) = one_of_two_dies(&world, &shared);
    b.store.hold(Some("runs_of"));
    b.ask(shared.expire(dead));
    let living = shared.nodes()[0];
    b.until("it has everything", || shared.shards_of(living) == 64);
    until_renewed(&shared, &b, living);
    b.store.hold(None);
    world.target.release();
    b.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
}

#[test]
fn what_a_process_writes_after_its_lease_ran_out_is_refused() {
    let world = world("send_idempotent", json!({}));
    let shared = shared(&world);
    world.target.answers("erp", [Answer::Held]);
    let a = world.start_beside(&shared);
    let node = shared.nodes()[0];
    let run = a.send("in", json!({"to": "erp", "n": 1}));
    until_called(&world, &a, "erp", 1);
    // As if it were stopped for a while: it learns nothing, and the other one takes everything.
    shared.cut(node);
    a.ask(shared.expire(node));
    let b = world.start_beside(&shared);
    until_called(&world, &b, "erp", 2);
    b.until("the other one has the run", || shared.owner_of(run) != Some(node));
    world.target.release();
    b.until("it has ended", || ended(&world, run));
    // The first one's answer came too, and it tried to write it.
    a.until("the first one let go", || a.engine.gauges().active == 0);
    assert_eq!(world.target.works_for("erp"), 1);
    assert!(shared.refused() > 0);
    assert_eq!(b.step(run, "erp").attempts.len(), 2);
}

#[test]
fn a_call_of_a_process_that_may_live_on_is_asked_about_when_it_can_be_under_way_no_more() {
    let world = world("send_probe", json!({}));
    let shared = shared(&world);
    world.target.answers("erp", [Answer::Held]);
    let a = world.start_beside(&shared);
    let run = a.send("in", json!({"to": "erp", "n": 1}));
    until_called(&world, &a, "erp", 1);
    // Cut off from the store, and from nothing else.
    let node = shared.nodes()[0];
    shared.cut(node);
    a.ask(shared.expire(node));
    let b = world.start_beside(&shared);
    b.until_state(run, LiveState::Retrying);
    let longest = testkit::options().step_timeout.as_millis() as i64;
    assert_eq!(b.step(run, "erp").wake_at, Some(testkit::START + longest));
    // Whoever has the run after that one waits as long, and no less.
    let node = shared.nodes()[0];
    drop(b);
    let c = world.start_beside(&shared);
    c.ask(shared.expire(node));
    c.until_state(run, LiveState::Retrying);
    assert_eq!(c.step(run, "erp").wake_at, Some(testkit::START + longest));
    assert_eq!(world.target.calls_for("erp"), 1, "nobody has asked yet");
    world.target.release();
    c.until("the work is done after all", || world.target.works_for("erp") == 1);
    world.clock.advance(Span::from_ms(longest as u64));
    assert_eq!((c.until_ended(run), world.target.works_for("erp")), (Status::Done, 1));
}

#[test]
fn a_process_that_joins_gets_its_share_and_no_step_under_way_is_cut_off() {
    let world = world("send_ask", json!({}));
    let shared = shared(&world);
    world.target.answers("erp", [Answer::Held; 12]);
    let a = world.start_beside(&shared);
    let runs: Vec<RunId> = (0..12).map(|n| a.send("in", json!({"to": "erp", "n": n}))).collect();
    until_called(&world, &a, "erp", 12);
    let b = world.start_beside(&shared);
    b.until("the new one has some", || shared.shards_of(2) > 0);
    world.target.release();
    a.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    until_dealt_out(&shared, &b);
    // `send_ask` asks a person whenever an answer is lost: none was.
    assert_eq!((world.target.works_for("erp"), world.target.calls_for("erp")), (12, 12));
}

/// One run in each shard, each with a call to the ERP under way that is held.
fn one_in_each_shard(world: &World, life: &Life<'_>) -> Vec<RunId> {
    world.target.answers("erp", [Answer::Held; 64]);
    let runs: Vec<RunId> = (0..64).map(|n| life.send("in", json!({"to": "erp", "n": n}))).collect();
    until_called(world, life, "erp", 64);
    runs
}

#[test]
fn a_run_that_could_not_be_written_down_while_its_shard_went_is_the_next_holders_alone() {
    let wait = json!({"use": "core/wait", "with": {"for": "1h"}});
    let erp = send("send_idempotent", "erp");
    let nodes = json!({"in": hook(), "erp": erp, "wait": wait, "later": send("send_idempotent", "later")});
    let order = flow("order", nodes, "in -> erp -> wait -> later");
    let world = World::new([with_settings(order, json!({"concurrency": 64}))]);
    let shared = shared(&world);
    let a = world.start_beside(&shared);
    let runs = one_in_each_shard(&world, &a);
    let b = world.start_beside(&shared);
    a.until("half of the shards are on their way to the other", || a.engine.gauges().shards == 32);
    // Those with as much to do go in their order.
    let first = |run: &&RunId| world.ask(world.store.shard_of_run(**run)).unwrap() == Some(0);
    let refused = *runs.iter().find(first).expect("there is one in each");
    a.store.refuse(Some(refused));
    world.target.release();
    until_dealt_out(&shared, &b);
    b.until("the other has it", || b.engine.live_state(refused) == Some(LiveState::Waiting));
    assert_eq!(a.engine.live_state(refused), None);
    a.until("all wait", || a.engine.gauges().parked + b.engine.gauges().parked == 64);
    a.store.refuse(None);
    world.clock.advance(Span::from_secs(3_600));
    a.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    a.until("nothing is left", || a.engine.gauges().active + a.engine.gauges().parked == 0);
    assert_eq!(world.target.calls_for("later"), 64);
}

#[test]
fn a_process_that_gives_shards_back_begins_no_call_of_theirs_any_more() {
    let nodes = json!({"in": hook(), "erp": send("send_ask", "erp"), "note": send("send_ask", "note")});
    let world = World::new([with_settings(
        flow("order", nodes, "in -> erp; in -> note"),
        json!({"concurrency": 64}),
    )]);
    let shared = shared(&world);
    let a = world.start_beside(&shared);
    world.target.answers("note", [Answer::Limited(Some(Span::from_secs(60))); 64]);
    let runs = one_in_each_shard(&world, &a);
    let is_to_retry = |run: &RunId| {
        let steps = a.view(*run).steps;
        steps.iter().any(|step| step.node.as_str() == "note" && step.state == StepState::Retrying)
    };
    a.until("all notes are to be sent again", || runs.iter().all(is_to_retry));
    let b = world.start_beside(&shared);
    a.until("half of the shards are on their way to the other", || a.engine.gauges().shards == 32);
    until_renewed(&shared, &a, shared.nodes()[0]);
    world.clock.advance(Span::from_secs(60));
    // Each has heard of the time when it answers a second time.
    runs.iter().for_each(|run| drop(a.view(*run)));
    assert_eq!(runs.iter().filter(|run| is_to_retry(run)).count(), 32);
    world.target.release();
    b.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    assert_eq!((world.target.calls_for("erp"), world.target.calls_for("note")), (64, 128));
}

#[test]
fn a_person_reaches_a_run_wherever_it_is() {
    let world = world("send_ask", json!({"order_by": "${trigger.body.n}"}));
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    world.target.answers("erp", [Answer::LostAfterWork; 20]);
    let runs: Vec<RunId> = (0..20).map(|n| a.send("in", json!({"to": "erp", "n": n}))).collect();
    let asks =
        |run: RunId| [&a, &b].iter().any(|life| life.engine.live_state(run) == Some(LiveState::Unknown));
    a.until("all ask a person", || runs.iter().all(|run| asks(*run)));
    for (n, run) in runs.iter().enumerate() {
        assert_eq!(a.step(*run, "erp").attempts.len(), 1, "seen from the first process");
        let told = match n % 2 {
            0 => a.ask(a.engine.decide(*run, &"erp".into(), &[], Decision::Done(json!({})))).unwrap(),
            _ => a.ask(a.engine.cancel(*run)).unwrap(),
        };
        assert!(told, "run {n}");
        let status = a.until_ended(*run);
        assert_eq!(status, if n % 2 == 0 { Status::Done } else { Status::Cancelled });
    }
    assert!(!a.ask(a.engine.cancel(runs[0])).unwrap(), "it has ended");
}

#[test]
fn word_of_a_called_runs_end_is_gone_once_its_caller_has_heard_it() {
    let child = json!({"start": "core/called", "erp": send("send_idempotent", "erp")});
    let child = with_settings(flow("child", child, "start -> erp"), json!({"order_by": "${trigger.body.n}"}));
    let call = json!({"use": "core/call", "with": {"flow": "child", "input": "${input}"}});
    let world = World::new([child, flow("caller", json!({"in": hook(), "call": call}), "in -> call")]);
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    let runs: Vec<RunId> = (0..20).map(|n| [&a, &b][n % 2].send("in", json!({"n": n}))).collect();
    a.until("all have ended", || runs.iter().all(|run| ended(&world, *run)));
    assert_eq!((world.target.works_for("erp"), shared.answers_left()), (20, 0));
}

/// A flow that answers its sender what the ERP said, in order per `n`.
fn answering(timeout: &str) -> FlowDocument {
    let hook =
        json!({"use": "core/webhook", "with": {"path": "in", "answer": "result", "answer_timeout": timeout}});
    let respond = json!({"use": "core/respond", "with": {"status": 201, "body": {"n": "${trigger.body.n}"}}});
    let nodes = json!({"in": hook, "erp": send("send_idempotent", "erp"), "respond": respond});
    with_settings(flow("order", nodes, "in -> erp -> respond"), json!({"order_by": "${trigger.body.n}"}))
}

fn post(life: &Life<'_>, n: usize) -> Received {
    life.post(Post { path: "in", body: json!({"n": n}), delivery: None }).expect("it is accepted")
}

#[test]
fn a_sender_gets_the_flows_own_answer_whichever_process_has_the_run() {
    let world = World::new([answering("30s")]);
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    for n in 0..20 {
        let received = post([&a, &b][n % 2], n);
        let answer = received.answer.unwrap_or_else(|| panic!("{n} is answered"));
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, body), (201, json!({"n": n})));
    }
    assert!(a.engine.gauges().done > 0 && b.engine.gauges().done > 0);
    assert_eq!((shared.told_left(), shared.answers_left()), (0, 0));
}

#[test]
fn a_sender_is_answered_by_the_process_that_takes_the_run_over() {
    let world = World::new([answering("30s")]);
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    world.target.answers("erp", [Answer::Held; 8]);
    std::thread::scope(|scope| {
        let door = &a;
        let senders: Vec<_> = (0..8).map(|n| scope.spawn(move || post(door, n))).collect();
        until_called(&world, &a, "erp", 8);
        let dead = shared.nodes()[1];
        drop(b);
        a.ask(shared.expire(dead));
        world.target.release();
        for sender in senders {
            assert_eq!(sender.join().unwrap().answer.map(|answer| answer.status), Some(201));
        }
    });
}

#[test]
fn a_sender_whose_event_comes_while_its_shard_is_taken_over_is_answered_too() {
    let world = World::new([answering("30s")]);
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    let [dead, living] = shared.nodes()[..] else { panic!("two processes") };
    drop(a);
    b.store.hold(Some("runs_of"));
    b.ask(shared.expire(dead));
    until_renewed(&shared, &b, living);
    std::thread::scope(|scope| {
        let door = &b;
        let senders: Vec<_> = (0..8).map(|n| scope.spawn(move || post(door, n))).collect();
        b.until("all are accepted", || b.engine.gauges().accepted == 8);
        b.store.hold(None);
        for sender in senders {
            assert_eq!(sender.join().unwrap().answer.map(|answer| answer.status), Some(201));
        }
    });
}

#[test]
fn a_sender_of_a_run_elsewhere_is_told_after_its_time_that_the_event_is_kept_and_nothing_stays_behind() {
    let world = World::new([answering("1ms")]);
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    world.target.answers("erp", [Answer::Held; 8]);
    let received: Vec<Received> = (0..8).map(|n| post(&a, n)).collect();
    assert!(received.iter().all(|received| received.answer.is_none()));
    until_called(&world, &a, "erp", 8);
    b.until("nobody waits any more", || shared.told_left() == 0);
    world.target.release();
    b.until("all have ended", || received.iter().all(|received| ended(&world, received.run)));
    assert_eq!(shared.answers_left(), 0);
}

#[test]
fn a_flow_that_gives_no_answer_keeps_no_sender_waiting_wherever_it_runs() {
    let mut doc = answering("30s");
    doc.edges.retain(|edge| edge.to.as_str() != "respond");
    let world = World::new([doc]);
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    assert!((0..8).all(|n| post(&a, n).answer.is_none()));
    assert!(a.engine.gauges().done + b.engine.gauges().done == 8, "each was answered at its end");
}

#[test]
fn a_flow_published_at_one_process_is_served_by_the_other() {
    let world = world("send_idempotent", json!({}));
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    let mut hook = hook();
    hook["with"]["path"] = "new".into();
    a.deploy(&flow("later", json!({"in": hook, "erp": send("send_idempotent", "later")}), "in -> erp"));
    shared.publish();
    b.until("it is known", || b.engine.hook("new").is_some());
    let run = b.send("new", json!({}));
    b.until("it has ended", || ended(&world, run));
    assert_eq!(world.target.works_for("later"), 1);
}

#[test]
fn a_flow_that_could_not_be_read_when_it_was_published_is_read_by_the_next_look() {
    let world = world("send_idempotent", json!({}));
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    let mut hook = hook();
    hook["with"]["path"] = "new".into();
    b.store.fail_next("flows");
    a.deploy(&flow("later", json!({"in": hook, "erp": send("send_idempotent", "later")}), "in -> erp"));
    shared.publish();
    b.until("it is known", || b.engine.hook("new").is_some());
}

#[test]
fn whoever_cancels_a_run_elsewhere_while_the_store_is_busy_is_not_told_that_it_has_ended() {
    let world = world("send_ask", json!({"order_by": "${trigger.body.n}"}));
    let shared = shared(&world);
    let (a, b) = (world.start_beside(&shared), world.start_beside(&shared));
    until_dealt_out(&shared, &a);
    world.target.answers("erp", [Answer::Held; 12]);
    let runs: Vec<RunId> = (0..12).map(|n| a.send("in", json!({"to": "erp", "n": n}))).collect();
    let there = |run: RunId| b.engine.live_state(run).is_some();
    a.until("all are at work", || world.target.calls_for("erp") == 12);
    let elsewhere = runs.iter().find(|run| there(**run)).expect("one of twelve");
    a.store.fail_next("shard_of_run");
    assert!(a.ask(a.engine.cancel(*elsewhere)).is_err(), "try again");
    assert!(a.ask(a.engine.cancel(*elsewhere)).expect("it is heard"));
    world.target.release();
}

#[test]
fn of_several_processes_one_fires_a_schedule() {
    let clock = json!({"use": "core/schedule", "with": {"cron": "0 * * * *"}});
    let note = json!({"use": "test/send_idempotent", "with": {"to": "note", "body": "${input.at}"}});
    let world = World::new([flow("clock", json!({"clock": clock, "note": note}), "clock -> note")]);
    let shared = shared(&world);
    let lives = [world.start_beside(&shared), world.start_beside(&shared), world.start_beside(&shared)];
    lives[0].until("the schedule is known", || !world.ask(world.store.schedules()).unwrap().is_empty());
    for hour in 1..=5 {
        world.clock.advance(Span::from_secs(3_600));
        lives[0].until("it was noted", || world.target.works_for("note") == hour);
    }
    let accepted: u64 = lives.iter().map(|life| life.engine.gauges().accepted).sum();
    assert_eq!((accepted, world.target.calls_for("note")), (5, 5));
}
