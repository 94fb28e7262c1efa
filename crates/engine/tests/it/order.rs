//! Who goes first, and how many at once.

use crate::{hook, until_called};
use engine::{Decision, Error, LiveState, Options};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use model::Span;
use serde_json::{Value, json};
use store::{RunId, Status};
use testkit::{Answer, Life, World, flow, with_settings};

fn ordered(settings: Value) -> World {
    let erp = json!({"use": "test/send_idempotent", "with": {"to": "${input.to}", "body": "${input.n}"}});
    World::new([with_settings(flow("order", json!({"in": hook(), "erp": erp}), "in -> erp"), settings)])
}

fn by_key() -> Value {
    json!({"order_by": "${trigger.body.key}"})
}

#[test]
fn events_with_one_key_go_one_after_the_other_and_others_pass_them() {
    let world = ordered(by_key());
    world.target.answers("first", [Answer::Held]);
    let life = world.start();
    let first = life.send("in", json!({"key": "A", "to": "first", "n": 1}));
    until_called(&world, &life, "first", 1);
    let next: Vec<_> = (2..6).map(|n| life.send("in", json!({"key": "A", "to": "next", "n": n}))).collect();
    let other = life.send("in", json!({"key": "B", "to": "other", "n": 1}));
    assert_eq!(life.until_ended(other), Status::Done);
    assert_eq!(world.target.works_for("next"), 0);
    world.target.release();
    life.until_ended(first);
    assert!(next.into_iter().all(|run| life.until_ended(run) == Status::Done));
    let sent: Vec<Value> =
        world.target.works().into_iter().filter(|(to, _)| to == "next").map(|(_, n)| n).collect();
    assert_eq!(sent, [2, 3, 4, 5].map(Value::from));
}

#[test]
fn a_head_that_fails_lets_the_next_go() {
    let world = ordered(by_key());
    world.target.answers("bad", [Answer::Refused]);
    let life = world.start();
    let bad = life.send("in", json!({"key": "A", "to": "bad", "n": 1}));
    let good = life.send("in", json!({"key": "A", "to": "good", "n": 2}));
    assert_eq!((life.until_ended(bad), life.until_ended(good)), (Status::Failed, Status::Done));
}

#[test]
fn a_head_that_waits_for_its_next_attempt_is_not_overtaken_not_even_by_a_restart() {
    let world = ordered(by_key());
    world.target.answers("late", [Answer::Limited(Some(Span::from_secs(3_600)))]);
    let life = world.start();
    let late = life.send("in", json!({"key": "A", "to": "late", "n": 1}));
    let next = life.send("in", json!({"key": "A", "to": "next", "n": 2}));
    life.until("the head has left memory", || life.engine.gauges().parked == 1);
    drop(life);
    let life = world.start();
    assert_eq!((life.engine.gauges().parked, life.engine.gauges().waiting), (1, 1));
    assert_eq!(life.until_settled(late), Some(Status::Done));
    assert_eq!(life.until_ended(next), Status::Done);
    let sent: Vec<_> = world.target.works().into_iter().map(|(to, _)| to).collect();
    assert_eq!(sent, ["late", "next"]);
}

#[test]
fn no_more_runs_of_a_flow_are_active_than_it_says() {
    let world = ordered(json!({"concurrency": 2}));
    world.target.answers("slow", [Answer::Held; 5]);
    let life = world.start();
    let runs: Vec<_> = (0..5).map(|n| life.send("in", json!({"to": "slow", "n": n}))).collect();
    until_called(&world, &life, "slow", 2);
    assert_eq!((life.engine.gauges().active, life.engine.gauges().waiting), (2, 3));
    world.target.release();
    assert!(runs.into_iter().all(|run| life.until_ended(run) == Status::Done));
}

#[test]
fn a_key_may_have_as_many_runs_at_once_as_the_flow_says() {
    let world = ordered(json!({"order_by": "${trigger.body.key}", "key_concurrency": 2}));
    world.target.answers("slow", [Answer::Held; 3]);
    let life = world.start();
    let send = |key: &str| life.send("in", json!({"key": key, "to": "slow", "n": 1}));
    let runs = [send("A"), send("A"), send("A")];
    until_called(&world, &life, "slow", 2);
    assert_eq!((life.engine.gauges().active, life.engine.gauges().waiting), (2, 1));
    world.target.release();
    assert!(runs.into_iter().all(|run| life.until_ended(run) == Status::Done));
}

#[test]
fn a_restart_lets_no_more_runs_of_a_key_in_than_before_it() {
    let world = ordered(json!({"order_by": "${trigger.body.key}", "key_concurrency": 2}));
    world.target.answers("late", [Answer::Limited(Some(Span::from_secs(3_600))); 2]);
    let life = world.start();
    let send = |to: &str| life.send("in", json!({"key": "A", "to": to, "n": 1}));
    let (late, next) = ([send("late"), send("late")], send("next"));
    life.until("both have left memory", || life.engine.gauges().parked == 2);
    drop(life);
    let life = world.start();
    assert_eq!((life.engine.gauges().parked, life.engine.gauges().waiting), (2, 1));
    assert!(late.into_iter().all(|run| life.until_settled(run) == Some(Status::Done)));
    assert_eq!(life.until_ended(next), Status::Done);
}

#[test]
fn urgent_orders_pass_a_backlog_of_price_changes_and_leave_it_a_share() {
    let erp = || json!({"use": "test/send_idempotent", "with": {"to": "erp", "body": "${run.flow}"}});
    let of = |id: &str, path: &str, priority: &str| {
        let hook = json!({"use": "core/webhook", "with": {"path": path}});
        let settings = json!({"priority": priority, "concurrency": 1_000});
        with_settings(flow(id, json!({"in": hook, "erp": erp()}), "in -> erp"), settings)
    };
    let world = World::new([of("prices", "prices", "low"), of("orders", "orders", "high")]);
    world.target.answers("erp", [Answer::Held]);
    let life = world.start_with(None, Options { runs_active_max: 1, ..testkit::options() });
    let prices: Vec<_> = (0..40).map(|_| life.send("prices", json!({}))).collect();
    until_called(&world, &life, "erp", 1);
    let orders: Vec<_> = (0..40).map(|_| life.send("orders", json!({}))).collect();
    world.target.release();
    assert!(orders.into_iter().chain(prices).all(|run| life.until_ended(run) == Status::Done));
    let flows: Vec<Value> = world.target.works().into_iter().map(|(_, flow)| flow).collect();
    let of_orders = |of: &[Value]| of.iter().filter(|flow| **flow == json!("orders")).count();
    assert_eq!(flows[0], "prices", "it was under way when the orders came");
    assert_eq!((of_orders(&flows[1..34]), of_orders(&flows[1..43])), (32, 40), "{flows:?}");
}

#[test]
fn the_lane_goes_on_when_a_run_that_waits_in_it_is_cancelled() {
    let world = ordered(by_key());
    world.target.answers("head", [Answer::Held]);
    let life = world.start();
    let send = |to: &str| life.send("in", json!({"key": "A", "to": to, "n": 1}));
    let (head, second, third) = (send("head"), send("second"), send("third"));
    until_called(&world, &life, "head", 1);
    assert!(life.ask(life.engine.cancel(second)).unwrap());
    assert_eq!(life.status(second), Some(Status::Cancelled));
    assert_eq!((life.status(head), world.target.works_for("third")), (None, 0));
    world.target.release();
    assert_eq!(life.until_ended(third), Status::Done);
    assert_eq!(world.target.works_for("second"), 0);
}

#[test]
fn a_thousand_events_of_ten_keys_keep_their_order() {
    let world = ordered(json!({"order_by": "${trigger.body.key}", "concurrency": 64}));
    let life = world.start();
    let runs: Vec<_> = (0..1_000)
        .map(|n| life.send("in", json!({"key": n % 10, "to": (n % 10).to_string(), "n": n})))
        .collect();
    runs.into_iter().for_each(|run| assert_eq!(life.until_ended(run), Status::Done));
    let mut last = [-1; 10];
    for (to, n) in world.target.works() {
        let (lane, n) = (to.parse::<usize>().unwrap(), n.as_i64().unwrap());
        assert!(last[lane] < n, "{n} came after {} in lane {lane}", last[lane]);
        last[lane] = n;
    }
}

#[test]
fn events_that_come_at_the_same_moment_run_in_the_order_of_their_numbers() {
    let note = json!({"use": "test/send_idempotent", "with": {"to": "${input.key}", "body": "${run.id}"}});
    let nodes = json!({"in": "core/manual", "note": note});
    let world = World::new([with_settings(flow("many", nodes, "in -> note"), by_key())]);
    let life = world.start();
    let start = |n: i32| {
        let engine = life.engine.clone();
        async move { engine.start_run(&"many".into(), None, json!({"key": (n % 3).to_string()})).await }
    };
    let all = async { futures::future::join_all((0..300).map(|n| tokio::spawn(start(n)))).await };
    for started in life.ask(all) {
        assert_eq!(life.until_ended(started.unwrap().unwrap().run), Status::Done);
    }
    for key in ["0", "1", "2"] {
        let works = world.target.works().into_iter().filter(|(to, _)| to == key);
        let runs: Vec<i64> =
            works.map(|(_, run)| run.to_string().trim_matches('"').parse().unwrap()).collect();
        assert!(runs.len() == 100 && runs.is_sorted(), "{runs:?}");
    }
}

/// An order of key A whose answer the store does not take, one of key B, and one more of key A; one goes at a time.
fn refused_in_the_middle(world: &World) -> (Life<'_>, [RunId; 3]) {
    world.target.answers("first", [Answer::Held]);
    let life = world.start();
    let first = life.send("in", json!({"key": "A", "to": "first", "n": 1}));
    until_called(world, &life, "first", 1);
    let other = life.send("in", json!({"key": "B", "to": "other", "n": 1}));
    let next = life.send("in", json!({"key": "A", "to": "next", "n": 2}));
    life.store.refuse(Some(first));
    world.target.release();
    assert_eq!(life.until_ended(other), Status::Done, "the place of the first one is free");
    (life, [first, other, next])
}

fn one_at_a_time() -> World {
    ordered(json!({"order_by": "${trigger.body.key}", "concurrency": 1}))
}

#[test]
fn a_run_whose_write_the_store_refuses_leaves_its_place_and_comes_back_before_the_next_of_its_key() {
    let world = one_at_a_time();
    let (life, [first, _, next]) = refused_in_the_middle(&world);
    assert_eq!((life.status(first), life.status(next)), (None, None));
    life.store.refuse(None);
    assert_eq!(life.until_settled(first), Some(Status::Done));
    assert_eq!(life.until_ended(next), Status::Done);
    let order: Vec<_> = world.target.works().into_iter().map(|(to, _)| to).collect();
    assert_eq!(order, ["first", "other", "next"]);
}

#[test]
fn a_run_whose_intent_the_store_refuses_leaves_its_place_too() {
    let world = one_at_a_time();
    world.target.answers("first", [Answer::Limited(Some(Span::from_secs(60)))]);
    let life = world.start();
    let first = life.send("in", json!({"key": "A", "to": "first", "n": 1}));
    life.until_state(first, LiveState::Retrying);
    life.until("it has left memory", || life.engine.gauges().parked == 1);
    life.store.refuse(Some(first));
    world.clock.advance(Span::from_secs(60));
    let other = life.send("in", json!({"key": "B", "to": "other", "n": 1}));
    assert_eq!(life.until_ended(other), Status::Done);
    assert_eq!(world.target.calls_for("first"), 1, "nothing is sent whose intent is not on disk");
    life.store.refuse(None);
    assert_eq!(life.until_settled(first), Some(Status::Done));
}

#[test]
fn whoever_does_not_want_to_wait_for_a_refused_run_cancels_it() {
    let world = one_at_a_time();
    let (life, [first, _, next]) = refused_in_the_middle(&world);
    life.store.refuse(None);
    life.until_state(first, LiveState::Waiting);
    assert!(life.ask(life.engine.cancel(first)).unwrap());
    assert_eq!(life.until_ended(next), Status::Done);
}

#[test]
fn a_waiting_run_that_is_told_too_much_says_so() {
    let world = ordered(json!({"concurrency": 1}));
    world.target.answers("first", [Answer::Held]);
    let life = world.start();
    let first = life.send("in", json!({"to": "first", "n": 1}));
    until_called(&world, &life, "first", 1);
    let waiting = life.send("in", json!({"to": "next", "n": 2}));
    let node = "erp".into();
    let tell = || life.engine.decide(waiting, &node, &[], Decision::Fail);
    let all: FuturesUnordered<_> = (0..100).map(|_| tell()).collect();
    let sent_away = life.ask(all.take(36).collect::<Vec<_>>());
    for told in sent_away {
        assert!(matches!(told, Err(Error::NotPossible(why)) if why.contains("waits for its turn")));
    }
    assert!(life.ask(life.engine.cancel(waiting)).unwrap(), "it can be cancelled all the same");
    world.target.release();
    assert_eq!(life.until_ended(first), Status::Done);
}
