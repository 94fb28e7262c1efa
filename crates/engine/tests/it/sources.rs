//! Triggers that fetch their events themselves.

use crate::send;
use connector::Refusal;
use engine::DoorError;
use model::{FlowDocument, FlowId, NodeId, Span};
use serde_json::{Value, json};
use store::FlowState;
use testkit::{Life, Post, When, World, flow, with_settings};

const MINUTE: Span = Span::from_secs(60);

fn asking() -> FlowDocument {
    let asks = json!({"use": "test/changed", "with": {"every": "1m", "path": "look"}});
    flow("asking", json!({"asks": asks, "note": send("send_idempotent", "note")}), "asks -> note")
}

fn hearing() -> FlowDocument {
    let hears = json!({"use": "test/received", "connection": "broker"});
    flow("hearing", json!({"hears": hears, "note": send("send_idempotent", "note")}), "hears -> note")
}

fn noted(world: &World) -> Vec<Value> {
    world.target.works().into_iter().map(|(_, body)| body).collect()
}

/// Waits until the trigger has found out where the present is.
fn began(world: &World, life: &Life<'_>) {
    let row = world.ask(world.store.flows()).unwrap().remove(0);
    let node = NodeId::from("asks");
    life.until("the first look is over", || world.ask(world.store.cursor(row.key, &node)).unwrap().is_some());
}

#[test]
fn what_changes_after_a_flow_went_live_comes_once_page_by_page() {
    let world = World::new([asking()]);
    world.target.feed().change("before");
    let life = world.start();
    began(&world, &life);
    for record in ["a", "b", "c", "d", "e"] {
        world.target.feed().change(record);
    }
    world.clock.advance(MINUTE);
    life.until("all have come", || world.target.works_for("note") == 5);
    world.clock.advance(MINUTE);
    let looks = world.target.feed().looks();
    life.until("it has looked again", || world.target.feed().looks() > looks);
    let mut noted = noted(&world);
    noted.sort_by_key(Value::to_string);
    assert_eq!(noted, ["a", "b", "c", "d", "e"]);
}

#[test]
fn what_changed_while_nothing_ran_comes_after_the_start_and_nothing_twice() {
    let world = World::new([asking()]);
    let life = world.start();
    began(&world, &life);
    world.target.feed().change("a");
    world.clock.advance(MINUTE);
    life.until("it has come", || world.target.works_for("note") == 1);
    drop(life);
    world.target.feed().change("b");
    let life = world.start();
    life.until("the other has come", || world.target.works_for("note") == 2);
    assert_eq!(noted(&world), ["a", "b"]);
}

#[test]
fn it_asks_within_the_budget_of_a_connection_that_nobody_else_calls_over() {
    let mut flow = asking();
    let asks = flow.nodes.iter_mut().find(|node| node.id.as_str() == "asks").unwrap();
    asks.connection = Some("shop".into());
    let world = World::new([flow]);
    world.connect("shop", json!({"rate": {"calls": 1, "per": "10m", "burst": 1}}));
    let life = world.start();
    began(&world, &life);
    world.target.feed().change("a");
    let looks = world.target.feed().looks();
    world.clock.advance(MINUTE);
    world.clock.advance(MINUTE);
    assert_eq!(world.target.feed().looks(), looks, "the budget is spent for ten minutes");
    // One jump: what the store gave is good for a second, and this clock stands still while it is fetched.
    world.clock.advance(Span::from_secs(20 * 60));
    life.until("it has come", || world.target.works_for("note") == 1);
}

#[test]
fn its_looks_are_the_trials_of_a_breaker_that_nobody_else_would_close() {
    let mut flow = asking();
    let asks = flow.nodes.iter_mut().find(|node| node.id.as_str() == "asks").unwrap();
    asks.connection = Some("shop".into());
    let world = World::new([flow]);
    world.connect("shop", json!({}));
    let now = world.clock.read();
    let open =
        store::OpenBreaker { since: now, trials: 0, next_trial_at: now + 10_000, error: String::new() };
    world.ask(world.store.open_breaker(&"shop".into(), &open)).unwrap();
    let life = world.start();
    let is_closed = || {
        let gates = life.engine.gates();
        let closed = gates.get(&model::ConnectionName::from("shop")).is_none_or(|gate| gate.open.is_none());
        if !closed {
            world.clock.advance(Span::from_secs(5));
        }
        closed
    };
    life.until("it is closed", is_closed);
    began(&world, &life);
}

#[test]
fn a_word_that_something_changed_makes_it_look_at_once() {
    let world = World::new([asking()]);
    let life = world.start();
    began(&world, &life);
    world.target.feed().change("a");
    let post = |body: &str| life.post(Post { path: "look", body: body.into(), delivery: None });
    assert!(matches!(post("wrong"), Err(DoorError::Refused(Refusal::Unauthorized))));
    assert!(matches!(post("look"), Err(DoorError::Refused(Refusal::Look))));
    life.until("it has come", || world.target.works_for("note") == 1);
}

#[test]
fn a_system_that_is_away_is_asked_again_and_people_can_see_why() {
    let world = World::new([asking()]);
    let life = world.start();
    began(&world, &life);
    let row = world.ask(world.store.flows()).unwrap().remove(0);
    let state = || life.engine.source_state(row.key, &NodeId::from("asks")).expect("it is served here");
    world.target.feed().fail(1);
    world.target.feed().change("a");
    world.clock.advance(MINUTE);
    life.until("it fails", || state().failing.is_some());
    assert_eq!(state().failing.map(|failing| failing.code).as_deref(), Some("E0307"));
    world.clock.advance(MINUTE);
    life.until("it has come", || world.target.works_for("note") == 1);
    life.until("it is well again", || state().failing.is_none());
    assert_eq!(state().events, 1);
}

#[test]
fn a_flow_that_is_paused_asks_nothing() {
    let world = World::new([asking()]);
    let life = world.start();
    began(&world, &life);
    let id = FlowId::from("asking");
    world.ask(world.store.set_flow_state(&id, FlowState::Paused, 0)).unwrap();
    let row = world.ask(world.store.flow(&id)).unwrap().unwrap();
    let slot = row.key;
    life.ask(life.engine.deploy(row)).unwrap();
    life.until("nobody serves it", || life.engine.source_state(slot, &NodeId::from("asks")).is_none());
    world.target.feed().change("a");
    let looks = world.target.feed().looks();
    world.clock.advance(MINUTE);
    assert_eq!(world.target.feed().looks(), looks);
}

#[test]
fn a_message_is_answered_for_when_its_event_is_on_disk() {
    let world = World::new([hearing()]);
    world.connect("broker", json!({}));
    let life = world.start();
    for text in ["a", "b", "bad", "c"] {
        world.target.feed().send(text);
    }
    life.until("all have come", || world.target.works_for("note") == 3);
    life.until("all are answered for", || world.target.feed().unanswered() == 0);
    assert_eq!(world.target.feed().buried(), ["bad"]);
}

#[test]
fn a_message_that_comes_again_is_one_event() {
    let world = World::new([hearing()]);
    world.connect("broker", json!({}));
    let life = world.start();
    world.target.feed().send("a");
    life.until("it has come", || world.target.works_for("note") == 1);
    world.target.feed().send("a");
    world.target.feed().send("b");
    life.until("both are answered for", || world.target.feed().unanswered() == 0);
    life.until("the other has come", || world.target.works_for("note") == 2);
    assert_eq!(noted(&world), ["a", "b"]);
}

#[test]
fn a_stop_at_any_moment_loses_no_message_and_doubles_none() {
    for at in 0..6 {
        let world = World::new([hearing()]);
        world.connect("broker", json!({}));
        let life = world.start_failing(at, When::After);
        for text in ["a", "b"] {
            world.target.feed().send(text);
        }
        life.until("it stops, or all is done", || {
            life.store.has_failed()
                || (world.target.works_for("note") == 2 && world.target.feed().unanswered() == 0)
        });
        drop(life);
        let life = world.start();
        life.until("all have come", || world.target.works_for("note") == 2);
        life.until("all are answered for", || world.target.feed().unanswered() == 0);
        assert_eq!(world.target.works_for("note"), 2, "stopped at {at}");
    }
}

#[test]
fn an_event_whose_ordering_key_cannot_be_read_is_taken_all_the_same_and_says_so() {
    let order_by = json!({"order_by": "${trigger.body.order.id}"});
    let told = |mut doc: FlowDocument| {
        let note = doc.nodes.iter_mut().find(|node| node.id.as_str() == "note").unwrap();
        note.with.insert("body".into(), "${trigger.problem}".into());
        with_settings(doc, order_by.clone())
    };
    for doc in [told(asking()), told(hearing())] {
        let asks = doc.id.as_str() == "asking";
        let world = World::new([doc]);
        world.connect("broker", json!({}));
        let life = world.start();
        if asks {
            began(&world, &life);
            world.target.feed().change("a");
            world.clock.advance(MINUTE);
        } else {
            world.target.feed().send("a");
        }
        life.until("it has come", || world.target.works_for("note") == 1);
        assert!(noted(&world)[0].as_str().unwrap().contains("ordering key"), "{:?}", noted(&world));
        assert!(world.target.feed().buried().is_empty());
    }
}

#[test]
fn a_connection_that_leads_elsewhere_is_listened_at_from_then_on() {
    let world = World::new([hearing()]);
    world.connect("broker", json!({"host": "old"}));
    let life = world.start();
    life.until("it listens", || world.target.feed().sessions() == 1);
    life.engine.connection_changed();
    world.connect("broker", json!({"host": "new"}));
    life.engine.connection_changed();
    life.until("it listens there", || world.target.feed().sessions() == 2);
    world.target.feed().send("a");
    life.until("it has come", || world.target.works_for("note") == 1);
}
