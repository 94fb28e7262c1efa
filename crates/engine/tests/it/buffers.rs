//! Events that wait in a buffer before they are in the store.

use crate::{hook, script, send};
use buffer::memory::MemoryBuffer;
use buffer::{Buffer, Buffers};
use engine::{DoorError, Options};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Status;
use testkit::{Life, Post, World, flow, options, with_settings};

const BUFFER: &str = "orders";

fn order(settings: Value) -> model::FlowDocument {
    let mut all = json!({"accept_into": BUFFER});
    all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let doc = flow("order", json!({"in": hook(), "erp": send("send_idempotent", "erp")}), "in -> erp");
    with_settings(doc, all)
}

fn with(buffer: &MemoryBuffer) -> Options {
    let buffers: [(String, Arc<dyn Buffer>); 1] = [(BUFFER.into(), Arc::new(buffer.clone()))];
    Options { buffers: Buffers::from_iter(buffers), ..options() }
}

fn event(n: u32) -> Post<'static> {
    Post { path: "in", body: json!({"n": n, "key": "A"}), delivery: None }
}

fn arrived(world: &World) -> Vec<Value> {
    world.target.works().into_iter().map(|(_, body)| body["n"].clone()).collect()
}

fn until_arrived(world: &World, life: &Life<'_>, count: usize) {
    life.until(&format!("{count} have arrived"), || arrived(world).len() >= count);
}

/// Nothing is left in the broker's hands.
fn until_empty(life: &Life<'_>, buffer: &MemoryBuffer) {
    life.until("the buffer is empty", || buffer.texts().is_empty());
}

#[test]
fn an_event_goes_through_the_buffer_and_becomes_a_run() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    let kept = life.put(event(1)).unwrap();
    assert_eq!(kept.buffer, BUFFER);
    until_arrived(&world, &life, 1);
    until_empty(&life, &buffer);
    let gauges = life.engine.gauges().buffers;
    assert_eq!((gauges[0].1.confirmed, gauges[0].1.drawn, gauges[0].1.buried), (1, 1, 0));
}

#[test]
fn what_the_broker_does_not_confirm_is_not_accepted() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    buffer.set_away(true);
    let refused = life.put(event(1));
    assert!(matches!(&refused, Err(DoorError::NotConfirmed { buffer }) if buffer == BUFFER), "{refused:?}");
    buffer.set_away(false);
    life.put(event(2)).unwrap();
    until_arrived(&world, &life, 1);
    assert_eq!(arrived(&world), [json!(2)]);
}

#[test]
fn a_buffer_that_is_not_set_up_here_confirms_nothing() {
    let world = World::new([order(json!({}))]);
    let refused = world.start().put(event(1));
    assert!(matches!(refused, Err(DoorError::NotConfirmed { .. })), "{refused:?}");
}

#[test]
fn events_are_acknowledged_while_the_store_is_away_and_come_in_order_when_it_is_back() {
    let world = World::new([order(json!({"order_by": "${trigger.body.key}"}))]);
    let buffer = MemoryBuffer::default();
    let life = world.start_with(None, with(&buffer));
    life.store.set_away(true);
    for n in 0..20 {
        life.put(event(n)).unwrap();
    }
    life.until("some are in hands, and wait", || life.engine.gauges().buffers[0].1.confirmed == 20);
    assert_eq!(buffer.texts().len(), 20);
    life.store.set_away(false);
    until_arrived(&world, &life, 20);
    assert_eq!(arrived(&world), (0..20).map(Value::from).collect::<Vec<_>>());
    until_empty(&life, &buffer);
}

#[test]
fn a_store_at_the_end_of_its_budget_leaves_events_where_they_are() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    life.engine.close_door(true);
    life.put(event(1)).unwrap();
    assert_eq!((life.engine.gauges().accepted, buffer.texts().len()), (0, 1));
    life.engine.close_door(false);
    until_arrived(&world, &life, 1);
    until_empty(&life, &buffer);
}

#[test]
fn what_the_broker_gives_twice_is_one_run() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    // One event whose sender numbers them, and one of a sender that does not.
    life.put(Post { delivery: Some("d1"), ..event(1) }).unwrap();
    life.put(event(2)).unwrap();
    let written = buffer.texts();
    until_arrived(&world, &life, 2);
    until_empty(&life, &buffer);
    for text in written.iter().chain(&written) {
        buffer.slip_in(text.clone());
    }
    until_empty(&life, &buffer);
    assert_eq!(arrived(&world).len(), 2);
    assert_eq!(life.engine.gauges().duplicates as usize, 2 * written.len());
}

#[test]
fn an_engine_that_stops_between_commit_and_answer_doubles_nothing() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    life.store.set_away(true);
    (0..10).for_each(|n| drop(life.put(event(n)).unwrap()));
    life.store.set_away(false);
    life.until("the first is on disk", || life.engine.gauges().accepted > 0);
    // As kill -9 does; the broker gives out again what was in its hands.
    drop(life);
    buffer.take_from_hands();
    let life = world.start_with(None, with(&buffer));
    until_empty(&life, &buffer);
    until_arrived(&world, &life, 10);
    let mut all: Vec<u64> = arrived(&world).iter().filter_map(Value::as_u64).collect();
    all.sort_unstable();
    assert_eq!(all, (0..10).collect::<Vec<_>>());
}

#[test]
fn what_is_no_use_is_buried_and_the_others_go_on() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    buffer.slip_in("this is no event");
    buffer.slip_in(
        r#"{"khlong":1,"flow":"gone","trigger":"in","delivery":"d","received_at":0,"head":{},"body":1}"#,
    );
    buffer.slip_in(
        r#"{"khlong":1,"flow":"order","trigger":"out","delivery":"d","received_at":0,"head":{},"body":1}"#,
    );
    life.put(event(1)).unwrap();
    until_arrived(&world, &life, 1);
    until_empty(&life, &buffer);
    let why: Vec<String> = buffer.dead().into_iter().map(|(_, why)| why).collect();
    let expected = ["cannot be read", "no trigger in in a flow gone", "no trigger out in a flow order"];
    assert!(why.iter().zip(expected).all(|(why, part)| why.contains(part)), "{why:?}");
    assert_eq!(why.len(), 3);
}

/// A newer process publishes a flow with an operation that this release has not heard of, and confirms an event for it.
fn newer_release_confirms(world: &World, buffer: &MemoryBuffer) {
    world.save(&flow("order", json!({"in": hook(), "erp": send("of_a_newer_release", "erp")}), "in -> erp"));
    buffer.slip_in(
        r#"{"khlong":1,"flow":"order","trigger":"in","delivery":"d","received_at":0,"head":{},"body":{"n":1}}"#,
    );
}

#[test]
fn an_event_waits_for_a_process_that_can_run_its_flow() {
    let (world, buffer) = (World::new([]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    newer_release_confirms(&world, &buffer);
    life.until("it was drawn", || buffer.in_hands() == 1);
    world.save(&order(json!({})));
    until_arrived(&world, &life, 1);
    until_empty(&life, &buffer);
    assert!(buffer.dead().is_empty());
}

#[test]
fn an_event_whose_flow_no_process_can_run_is_buried_after_a_while_and_says_so() {
    let (world, buffer) = (World::new([]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    newer_release_confirms(&world, &buffer);
    life.until("it is buried", || {
        world.clock.advance(model::Span::from_secs(60));
        !buffer.dead().is_empty()
    });
    let (_, why) = &buffer.dead()[0];
    assert!(why.contains("the flow order cannot run") && why.contains("of_a_newer_release"), "{why}");
}

#[test]
fn while_there_is_no_room_for_the_dead_the_living_go_on() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    life.store.set_away(true);
    buffer.set_dead_full(true);
    // Drawn together, what is no use among them.
    for n in 0..3 {
        life.put(event(n)).unwrap();
        buffer.slip_in("this is no event");
    }
    life.store.set_away(false);
    until_arrived(&world, &life, 3);
    life.until("only what is no use is left", || buffer.texts().len() == 3);
    buffer.set_dead_full(false);
    life.until("it is buried", || buffer.dead().len() == 3 && buffer.texts().is_empty());
    assert_eq!(arrived(&world).len(), 3);
}

#[test]
fn an_event_that_came_again_and_again_is_buried() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let most = buffer::Most { parcels: 1, bytes: 1 << 20 };
    let life = world.start_with(None, with(&buffer));
    life.store.set_away(true);
    life.put(event(1)).unwrap();
    drop(life);
    for _ in 0..40 {
        buffer.take_from_hands();
        assert_eq!(world.ask(buffer.draw(most, Default::default())).unwrap().len(), 1);
    }
    buffer.take_from_hands();
    let life = world.start_with(None, with(&buffer));
    life.until("it is buried", || buffer.dead().len() == 1);
    assert!(buffer.dead()[0].1.contains("never came on disk"));
    assert!(arrived(&world).is_empty());
}

#[test]
fn a_key_that_cannot_be_read_is_told_to_the_sender() {
    let world = World::new([order(json!({"order_by": "${trigger.body.missing.key}"}))]);
    let buffer = MemoryBuffer::default();
    let life = world.start_with(None, with(&buffer));
    assert!(matches!(life.put(event(1)), Err(DoorError::Malformed(_))));
    assert!(buffer.texts().is_empty());
}

#[test]
fn an_event_that_is_too_large_for_the_broker_is_refused_with_its_limit() {
    let (world, buffer) = (World::new([order(json!({}))]), MemoryBuffer::default());
    let life = world.start_with(None, with(&buffer));
    let limit = buffer.parcel_bytes_max();
    let refused = life.put(Post { body: json!("x".repeat(limit - 100)), ..event(1) });
    assert!(matches!(refused, Err(DoorError::TooLargeForBuffer { limit: told, .. }) if told == limit));
}

#[test]
fn a_long_order_passes_a_broker_that_takes_long_ones_and_nothing_of_it_is_lost() {
    let mut long = hook();
    long["with"]["body_bytes_max"] = (4 << 20).into();
    let doc = flow("order", json!({"in": long, "map": script("input.lines.len()")}), "in -> map");
    let world = World::new([with_settings(doc, json!({"accept_into": BUFFER}))]);
    let buffer = MemoryBuffer::of_parcels(8 << 20);
    let life = world.start_with(None, with(&buffer));
    let body = json!({"lines": vec!["a jar of palm sugar ".repeat(50); 2_000]});
    life.put(Post { body, ..event(1) }).unwrap();
    until_empty(&life, &buffer);
    life.until("its run has ended", || life.engine.gauges().done + life.engine.gauges().failed == 1);
    let rows = world.ask(world.store.runs(store::RunFilter { limit: 10, ..Default::default() })).unwrap();
    assert_eq!(life.step(rows[0].id, "map").output, Some(json!(2_000)));
}

#[test]
fn numbers_and_the_time_of_arrival_pass_the_buffer_unchanged() {
    let doc = flow("order", json!({"in": hook(), "map": script("input")}), "in -> map");
    let world = World::new([with_settings(doc, json!({"accept_into": BUFFER}))]);
    let buffer = MemoryBuffer::default();
    let life = world.start_with(None, with(&buffer));
    life.store.set_away(true);
    let came = world.clock.read();
    let body: Value =
        serde_json::from_str(r#"{"total": 10.50, "id": 12345678901234567890123456789}"#).unwrap();
    life.put(Post { body: body.clone(), ..event(1) }).unwrap();
    world.clock.advance(model::Span::from_secs(60));
    life.store.set_away(false);
    life.until("it is done", || life.engine.gauges().done == 1);
    let rows = world.ask(world.store.runs(store::RunFilter { limit: 10, ..Default::default() })).unwrap();
    let run = rows[0].id;
    assert_eq!(life.status(run), Some(Status::Done));
    let view = life.view(run);
    assert_eq!(view.trigger["body"].to_string(), body.to_string());
    let event = world.ask(world.store.run_detail(run)).unwrap().unwrap().event.unwrap();
    assert_eq!(event.received_at, came);
}
