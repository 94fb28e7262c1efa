//! Two processes on one store: shards go from one to the other while events come in at both.

use crate::explore::{a_while, explore_async};
use crate::world::{World, calls, rest, until};
use interleave::{DoorError, Engine};
use model::FlowDocument;
use serde_json::{Value, json};
use shuttle::future::{JoinHandle, spawn, yield_now};
use std::time::Duration;
use store::{RunId, Status};
use testkit::{Shared, flow, with_settings};

/// Leases are renewed four times as often.
const TTL: Duration = Duration::from_secs(60);

fn orders(settings: Value) -> FlowDocument {
    let erp = json!({"use": "erp/write", "with": {"to": "${input.key}", "n": "${input.n}"}});
    with_settings(flow("orders", json!({"in": "core/manual", "erp": erp}), "in -> erp"), settings)
}

/// Sends two events of a key, one at each process, the second when the first is acknowledged.
fn send_two(doors: [Engine; 2], key: usize) -> JoinHandle<Vec<RunId>> {
    spawn(async move {
        let mut runs = Vec::new();
        for (n, engine) in doors.iter().enumerate() {
            a_while().await;
            runs.push(send(engine, key, n).await);
        }
        runs
    })
}

async fn send(engine: &Engine, key: usize, n: usize) -> RunId {
    loop {
        let body = json!({"key": format!("k{key}"), "n": n});
        match engine.start_run(&"orders".into(), None, body).await {
            Ok(received) => return received.run,
            // Its leases are about to run out: it comes back.
            Err(DoorError::Busy { .. }) => yield_now().await,
            Err(error) => panic!("not accepted: {error}"),
        }
    }
}

/// Plays two processes, of which the second comes when the first has everything, until all has ended.
async fn play(settings: Value) {
    let world = World::new(&orders(settings)).await;
    let shared = Shared::with_leases_of(TTL, world.store.clone());
    let a = world.start_on(shared.process()).await;
    let b = world.start_on(shared.process()).await;
    assert_eq!(a.gauges().shards, 64);
    let sent = [0, 1, 2].map(|key| {
        let doors = if key % 2 == 0 { [a.clone(), b.clone()] } else { [b.clone(), a.clone()] };
        send_two(doors, key)
    });
    let senders = spawn(async move {
        let mut runs = Vec::new();
        for sent in sent {
            runs.extend(sent.await.unwrap());
        }
        runs
    });
    // Hints come all the time. The leases are renewed three times in any case: that gives half of them to the other.
    // More only while nobody works, because a run that does not come to rest in time is taken away.
    let (mut looks, mut renewals) = (0_u32, 0);
    until("all events are done", async || {
        looks += 1;
        if looks.is_multiple_of(20) {
            shared.publish();
        }
        if looks.is_multiple_of(60) && (renewals < 3 || a.gauges().active + b.gauges().active == 0) {
            renewals += 1;
            tokio::time::advance(TTL / 4).await;
        }
        senders.is_finished() && a.gauges().done + b.gauges().done == 6
    })
    .await;
    for run in senders.await.unwrap() {
        assert_eq!(world.status(run).await, Some(Status::Done));
    }
    for key in ["k0", "k1", "k2"] {
        let called: Vec<i64> = calls().into_iter().filter(|call| call.to == key).map(|call| call.n).collect();
        assert_eq!(called, [0, 1], "key {key}: in the order in which they were acknowledged, and once");
    }
    for engine in [a, b] {
        rest(engine).await;
    }
}

#[test]
fn events_of_keys_are_done_once_and_in_order_while_their_shards_go_to_another() {
    explore_async(200, async || play(json!({"order_by": "${trigger.body.key}"})).await);
}

#[test]
fn a_process_whose_leases_ended_and_that_gets_them_again_goes_on_with_all_of_it_once() {
    explore_async(200, async || {
        let world = World::new(&orders(json!({"order_by": "${trigger.body.key}"}))).await;
        let shared = Shared::with_leases_of(TTL, world.store.clone());
        let engine = world.start_on(shared.process()).await;
        let node = shared.nodes()[0];
        let sent = [0, 1].map(|key| send_two([engine.clone(), engine.clone()], key));
        let theirs = shared.clone();
        let pause = spawn(async move {
            a_while().await;
            theirs.expire(node).await;
            tokio::time::advance(TTL / 4).await;
        });
        let mut looks = 0_u32;
        until("all events are done", async || {
            looks += 1;
            if looks.is_multiple_of(20) {
                shared.publish();
            }
            if looks.is_multiple_of(100) {
                tokio::time::advance(TTL / 4).await;
            }
            pause.is_finished() && engine.gauges().done >= 4 && engine.gauges().shards == 64
        })
        .await;
        for sent in sent {
            for run in sent.await.unwrap() {
                assert_eq!(world.status(run).await, Some(Status::Done));
            }
        }
        until("nobody is at work", async || engine.gauges().active == 0).await;
        assert_eq!(engine.gauges().done, 4, "a run ended twice");
        rest(engine).await;
    });
}
