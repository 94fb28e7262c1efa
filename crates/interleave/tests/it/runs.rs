//! Runs between the queue, memory and their rest, while people meddle.

use crate::explore::{a_while, below, explore_async};
use crate::world::{World, calls, most_at_once, rest, until};
use interleave::Engine;
use model::FlowDocument;
use serde_json::{Value, json};
use shuttle::future::{JoinHandle, spawn};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{FlowState, RunId, Status};
use testkit::{flow, with_settings};

const HOUR_MS: i64 = 3_600_000;

fn orders(settings: Value) -> FlowDocument {
    let erp = json!({"use": "erp/write", "with": {"to": "${input.key}", "n": "${input.n}"}});
    with_settings(flow("orders", json!({"in": "core/manual", "erp": erp}), "in -> erp"), settings)
}

/// With a wait between, at which the run leaves memory.
fn waiting(settings: Value) -> FlowDocument {
    let erp = json!({"use": "erp/write", "with": {"to": "${trigger.body.key}", "n": "${trigger.body.n}"}});
    let nodes =
        json!({"in": "core/manual", "night": {"use": "core/wait", "with": {"for": "1h"}}, "erp": erp});
    with_settings(flow("orders", nodes, "in -> night -> erp"), settings)
}

/// Sends an event of a key; gives its run.
fn send(engine: &Engine, key: &'static str, n: i64) -> JoinHandle<RunId> {
    let engine = engine.clone();
    spawn(async move {
        let sent = engine.start_run(&"orders".into(), None, json!({"key": key, "n": n})).await;
        sent.expect("accepted").run
    })
}

async fn all(sent: impl IntoIterator<Item = JoinHandle<RunId>>) -> Vec<RunId> {
    let mut runs = Vec::new();
    for sent in sent {
        runs.push(sent.await.unwrap());
    }
    runs
}

/// What was called for a key, in the order of the calls.
fn called(key: &str) -> Vec<i64> {
    calls().into_iter().filter(|call| call.to == key).map(|call| call.n).collect()
}

#[test]
fn every_run_begins_once_in_its_turn_and_no_more_than_may_at_once() {
    explore_async(300, async || {
        let world = World::new(&orders(json!({"concurrency": 2, "order_by": "${trigger.body.key}"}))).await;
        let engine = world.start().await;
        let sent = [("a", 0), ("b", 1), ("a", 2), ("a", 3)];
        let runs = all(sent.map(|(key, n)| send(&engine, key, n))).await;
        rest(engine).await;
        let by_run: BTreeMap<RunId, i64> = runs.iter().copied().zip(0..).collect();
        let in_order = |key: &str| -> Vec<i64> {
            by_run.values().copied().filter(|n| sent[*n as usize].0 == key).collect()
        };
        for key in ["a", "b"] {
            assert_eq!(called(key), in_order(key), "key {key}");
        }
        assert!(most_at_once(|_| true) <= 2, "more at once than the flow allows");
        assert_eq!(most_at_once(|call| call.to == "a"), 1);
    });
}

#[test]
fn a_run_that_is_cancelled_anywhere_has_ended_when_that_is_answered_and_its_key_goes_on() {
    explore_async(300, async || {
        let world = World::new(&orders(json!({"concurrency": 1, "order_by": "${trigger.body.key}"}))).await;
        let world = Arc::new(world);
        let engine = world.start().await;
        let sent = [0, 1, 2].map(|n| send(&engine, "a", n));
        let people: Vec<_> = sent
            .into_iter()
            .map(|sent| {
                let (world, engine) = (world.clone(), engine.clone());
                spawn(async move {
                    let run = sent.await.unwrap();
                    if below(2) == 0 {
                        return (run, None);
                    }
                    a_while().await;
                    let cancelled = engine.cancel(run).await.expect("it is answered");
                    let status = world.status(run).await;
                    assert_eq!(status, Some(if cancelled { Status::Cancelled } else { Status::Done }));
                    (run, Some(cancelled))
                })
            })
            .collect();
        let mut told = Vec::new();
        for person in people {
            told.push(person.await.unwrap());
        }
        rest(engine).await;
        for (n, (run, cancelled)) in told.into_iter().enumerate() {
            let times = called("a").into_iter().filter(|called| *called == n as i64).count();
            assert!(times <= 1, "run {n} was begun twice");
            if cancelled != Some(true) {
                assert_eq!((world.status(run).await, times), (Some(Status::Done), 1), "run {n}");
            }
        }
        assert!(most_at_once(|_| true) <= 1, "one key, one at once");
    });
}

#[test]
fn a_word_to_a_run_is_heard_whether_it_comes_out_of_its_line_or_goes_to_rest() {
    explore_async(300, async || {
        let world = Arc::new(World::new(&waiting(json!({}))).await);
        let engine = world.start().await;
        let people: Vec<_> = [0, 1]
            .into_iter()
            .map(|n| {
                let (world, engine) = (world.clone(), engine.clone());
                spawn(async move {
                    let run = send(&engine, "a", n).await.unwrap();
                    // Nobody moves the clock: it has not ended, and can only be told so.
                    assert!(engine.cancel(run).await.expect("it is answered"), "it was taken for ended");
                    assert_eq!(world.status(run).await, Some(Status::Cancelled));
                })
            })
            .collect();
        for person in people {
            person.await.unwrap();
        }
        rest(engine).await;
        assert_eq!(calls(), []);
    });
}

#[test]
fn a_run_whose_time_comes_while_it_goes_to_rest_is_called_back_once() {
    explore_async(300, async || {
        let world = World::new(&waiting(json!({"order_by": "${trigger.body.key}"}))).await;
        let engine = world.start().await;
        let sent = [0, 1].map(|n| send(&engine, "a", n));
        let clock = world.clock.clone();
        let time = spawn(async move {
            for _ in 0..3 {
                a_while().await;
                clock.advance(HOUR_MS);
            }
        });
        all(sent).await;
        time.await.unwrap();
        let mut looks = 0_u32;
        until("both have gone out", async || {
            looks += 1;
            if looks.is_multiple_of(200) {
                world.clock.advance(HOUR_MS);
            }
            engine.gauges().done == 2
        })
        .await;
        rest(engine).await;
        assert_eq!((called("a").len(), most_at_once(|_| true)), (2, 1));
    });
}

#[test]
fn a_flow_that_is_held_and_released_between_leaves_nobody_in_line() {
    explore_async(300, async || {
        let world = World::new(&orders(json!({"concurrency": 1, "order_by": "${trigger.body.key}"}))).await;
        let world = Arc::new(world);
        let engine = world.start().await;
        let sent = [("a", 0), ("a", 1), ("b", 2)].map(|(key, n)| send(&engine, key, n));
        let (someone, theirs) = (world.clone(), engine.clone());
        let holds = spawn(async move {
            for state in [FlowState::Held, FlowState::Live, FlowState::Held, FlowState::Live] {
                someone.set_state(&theirs, state).await;
                a_while().await;
            }
        });
        all(sent).await;
        holds.await.unwrap();
        rest(engine).await;
        assert_eq!((calls().len(), most_at_once(|_| true)), (3, 1));
    });
}

#[test]
fn of_a_burst_the_newest_goes_out_and_each_other_run_has_gone_out_or_says_that_it_was_replaced() {
    explore_async(300, async || {
        let settings = json!({"concurrency": 2, "order_by": "${trigger.body.key}", "collapse": "newest"});
        let world = World::new(&orders(settings)).await;
        let engine = world.start().await;
        let runs = all([0, 1, 2, 3].map(|n| send(&engine, "a", n))).await;
        rest(engine).await;
        let mut by_run: Vec<(RunId, i64)> = runs.into_iter().zip(0..).collect();
        by_run.sort_unstable();
        let mut out = Vec::new();
        for (run, n) in &by_run {
            match world.status(*run).await {
                Some(Status::Done) => out.push(*n),
                status => assert_eq!(status, Some(Status::Cancelled), "run {n}"),
            }
        }
        assert_eq!(called("a"), out, "what went out, in order");
        assert_eq!(out.last(), by_run.last().map(|(_, n)| n), "the newest");
    });
}
