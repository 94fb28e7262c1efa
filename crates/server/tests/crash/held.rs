//! A flow that is held at one of two servers is held at the other, too, and stays so when the first one dies.

use crate::desk::Desk;
use crate::fleet::{Duty, Fleet};
use crate::target::{self, EFFECT, Target};
use crate::{AGAIN, Chance, choices};
use history::{History, Outcome, What};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const FLOW: &str = "orders";
const KEYS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);
/// All shards there are.
const ALL: u64 = 64;

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let patience = async {
        while !holds().await {
            tokio::time::sleep(AGAIN).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, patience).await.is_ok(), "waited in vain until {what}");
}

async fn set(desk: &Desk, state: &str) {
    let path = api::path::FLOW_STATE.replace("{id}", FLOW);
    desk.ask(Method::PUT, &path, Some(json!({ "state": state }))).await;
}

/// Events of some keys, and what their senders were told.
#[derive(Default)]
struct Shop {
    history: History,
    sent: usize,
}

impl Shop {
    async fn send(&mut self, desk: &Desk) {
        let (delivery, key) = (format!("delivery {}", self.sent), (self.sent % KEYS).to_string());
        let (effects, lane) = (vec![EFFECT.to_owned()], Some(key.clone()));
        self.history.push(0, What::Sent { delivery: delivery.clone(), key: lane, effects });
        // Until the flow is known there, and its shards are somebody's.
        until("it is taken", async || {
            let request = reqwest::Client::new().post(format!("{}/hooks/{FLOW}", desk.url));
            let request = request.header("x-delivery", &delivery).json(&json!({ "d": delivery, "key": key }));
            request.send().await.unwrap().status().is_success()
        })
        .await;
        self.history.push(0, What::Acknowledged { delivery });
        self.sent += 1;
    }
}

/// What a server itself says of the flow, not what the database does.
async fn knows_of_the_hold(desk: &Desk) -> bool {
    desk.metric(&format!("khlong_held_runs{{flow=\"{FLOW}\"}}")).await.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_that_is_held_at_one_server_begins_at_none_and_stays_held_when_that_one_is_killed() {
    let (_, seed) = choices(0);
    let mut fleet = Fleet::start(&[Duty::Serve, Duty::Serve], &mut Chance(seed)).await;
    let desks = fleet.desks();
    let target = Arc::new(Target::default());
    let settings = json!({ "order_by": "${trigger.body.key}" });
    let flow: Value = target::flow(FLOW, &target.open().await, settings);
    desks[0].ask(Method::POST, api::path::FLOWS, Some(flow)).await;
    for desk in &desks {
        until("each holds its share", async || desk.metric("khlong_shards").await == Some(ALL / 2)).await;
    }
    let mut shop = Shop::default();
    for n in 0..10 {
        shop.send(&desks[n % 2]).await;
    }
    desks[0].settled(&[FLOW]).await;
    assert_eq!(target.works(), shop.sent);

    set(&desks[0], "held").await;
    until("the other knows of the hold", async || knows_of_the_hold(&desks[1]).await).await;
    let before = target.calls();
    for n in 0..30 {
        shop.send(&desks[n % 2]).await;
    }
    fleet.kill(0);
    until("the other has taken over", async || desks[1].metric("khlong_shards").await == Some(ALL)).await;
    for _ in 0..10 {
        shop.send(&desks[1]).await;
    }
    until("all wait", async || {
        desks[1].metric(&format!("khlong_held_runs{{flow=\"{FLOW}\"}}")).await == Some(40)
    })
    .await;
    fleet.raise(None).await;
    for desk in &desks {
        until("each holds its share", async || desk.metric("khlong_shards").await == Some(ALL / 2)).await;
    }
    assert_eq!(target.calls(), before, "nothing begins while the flow is held");

    // Released at the one that did not hold it, which dies of it.
    set(&desks[1], "live").await;
    fleet.kill(1);
    shop.send(&desks[0]).await;
    desks[0].settled(&[FLOW]).await;
    target.tell(&mut shop.history);
    for run in desks[0].runs(FLOW).await {
        let delivery = run.trigger["body"]["d"].as_str().unwrap().to_owned();
        assert_eq!(run.outcome, Outcome::Done);
        shop.history.push(0, What::Ended { delivery, run: run.id, outcome: run.outcome, replaces: None });
    }
    crate::check(&shop.history);
}
