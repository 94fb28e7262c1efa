//! A key is written of by the flow or by a person, never by both.

use crate::{hook, send};
use engine::LiveState;
use model::{FlowDocument, FlowId, Span};
use run::doc::StepState;
use serde_json::{Value, json};
use store::{Claimed, Status};
use testkit::{Answer, Life, World, flow, with_settings};

fn orders(more: Value) -> FlowDocument {
    let nodes = json!({"in": hook(), "a": send("send_probe", "a"), "b": send("send_probe", "b")});
    let mut settings = json!({"order_by": "${trigger.body.id}", "claims": true});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    with_settings(flow("orders", nodes, "in -> a -> b"), settings)
}

fn claim(life: &Life<'_>, key: &str, who: &str) -> Claimed {
    life.ask(life.engine.claim_by_hand(&FlowId::from("orders"), key, who)).expect("asked")
}

#[test]
fn what_a_person_has_claimed_the_flow_does_not_write_and_its_run_says_who_does_it() {
    let world = World::new([orders(json!({}))]);
    let life = world.start();
    assert_eq!(claim(&life, "1042", "ann"), Claimed::Yours);
    drop(life);
    let life = world.start();
    let run = life.send("in", json!({"id": 1042}));
    assert_eq!(life.until_ended(run), Status::Cancelled);
    let said = life.view(run).summary;
    assert_eq!(said.error_code.as_deref(), Some("E0522"));
    assert_eq!(said.error.as_deref(), Some("done by hand: ann had claimed 1042"));
    assert_eq!(life.step(run, "a").state, StepState::Cancelled);
    assert!(world.target.calls().is_empty());
    // Let go of, it is the flow's for whoever retries.
    assert!(life.ask(life.engine.release_claim(&"orders".into(), "1042")).unwrap());
    let again = life.ask(life.engine.retry(run)).unwrap();
    assert_eq!(life.until_settled(again), Some(Status::Done));
    assert_eq!(world.target.works().len(), 2);
}

#[test]
fn whoever_comes_after_the_flow_is_told_which_run_has_it() {
    let world = World::new([orders(json!({}))]);
    world.target.answers("b", [Answer::Limited(Some(Span::from_secs(600)))]);
    let life = world.start();
    let run = life.send("in", json!({"id": 1042}));
    life.until_state(run, LiveState::Retrying);
    let Claimed::Another(held) = claim(&life, "1042", "ann") else { panic!("the flow has it") };
    assert_eq!((held.run, held.key.as_str()), (Some(run), "1042"));
    assert!(life.ask(life.engine.release_claim(&"orders".into(), "1042")).is_err(), "it is at work");
    drop(life);
    let life = world.start();
    assert_eq!(life.until_settled(run), Some(Status::Done));
    // A later event of the order is the same flow's.
    let later = life.send("in", json!({"id": 1042}));
    assert_eq!(life.until_settled(later), Some(Status::Done));
    assert_eq!(world.target.works().len(), 4);
}

#[test]
fn a_person_who_claims_an_order_while_its_write_waits_for_a_yes_has_it() {
    let world = World::new([orders(json!({"mode": "assist"}))]);
    let life = world.start();
    let run = life.send("in", json!({"id": 1042}));
    life.until_state(run, LiveState::Proposed);
    assert_eq!(claim(&life, "1042", "ann"), Claimed::Yours);
    let reply = engine::Reply { by: "bea".into(), refused: None };
    assert!(life.ask(life.engine.reply(run, &"a".into(), &[], reply)).unwrap());
    assert_eq!(life.until_ended(run), Status::Cancelled);
    assert!(world.target.calls().is_empty());
}

#[test]
fn a_person_and_the_flow_take_a_thousand_orders_in_the_same_second_and_each_is_written_once() {
    const ORDERS: u32 = 1_000;
    let nodes = json!({"in": hook(), "a": send("send_probe", "a")});
    let settings = json!({"order_by": "${trigger.body.id}", "claims": true, "concurrency": 64});
    let world = World::new([with_settings(flow("orders", nodes, "in -> a"), settings)]);
    let life = world.start();
    let (mut by_hand, mut runs) = (Vec::new(), Vec::new());
    for id in 0..ORDERS {
        // Now one is a little earlier, now the other.
        let person = || claim(&life, &id.to_string(), "ann") == Claimed::Yours;
        let sends = || life.send("in", json!({"id": id}));
        let (theirs, run) = match id % 2 {
            0 => {
                let theirs = person();
                (theirs, sends())
            }
            _ => {
                let run = sends();
                (person(), run)
            }
        };
        by_hand.extend(theirs.then_some(id));
        runs.push(run);
    }
    for run in runs {
        life.until_ended(run);
    }
    let mut written: Vec<u32> = by_hand.clone();
    let sent = world.target.works();
    written.extend(sent.iter().map(|(_, body)| body["id"].as_u64().unwrap() as u32));
    written.sort_unstable();
    assert_eq!(written, (0..ORDERS).collect::<Vec<_>>());
    assert!(by_hand.len() >= ORDERS as usize / 2, "those whom the person asked for first are theirs");
}
