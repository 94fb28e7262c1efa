//! One connection's gate, passed by several steps at once.

use crate::explore::{explore, explore_async};
use crate::world::{World, calls, erp, rest, set_away, until};
use connector::Error;
use interleave::inside::{Answer, Ask, Gate, Next, Waiter};
use interleave::{Clock, Engine};
use model::{ConnectionName, FlowDocument, Rate, Span, Value};
use run::StepId;
use serde_json::json;
use shuttle::future::spawn;
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::sync::mpsc;
use shuttle::thread;
use std::sync::Arc;
use store::{GateRow, Ms, OpenBreaker, RunId};
use testkit::flow;

const NOW: Ms = 10_000_000;
const SOON_MS: Ms = 60_000;
const LOOKS_MAX: usize = 5_000;

fn name() -> ConnectionName {
    ConnectionName::new("erp")
}

fn waiter(run: RunId) -> Waiter {
    Waiter { run, step: StepId::new("erp".into(), Vec::new()) }
}

fn away() -> Result<Value, Error> {
    Err(Error::Unreachable { host: "erp".into(), message: "nobody is there".into() })
}

#[test]
fn nobody_calls_beside_a_budget_that_is_only_being_looked_up() {
    const RATE: Rate = Rate::new(1, Span::from_secs(1), 1);
    explore(5_000, || {
        // Spent for a while, as after a restart; and somebody has looked at the gate before its first call.
        let spent_until = NOW * 1_000 + 60_000_000;
        let row = GateRow { connection: name(), spent_until, held_until: 0, open: None };
        let gate = Arc::new(Gate::new(name(), false, Some(&row)));
        gate.next(NOW);
        let connection = erp(json!({}));
        let called = [1, 2, 3].map(|run| {
            let (gate, connection) = (gate.clone(), connection.clone());
            thread::spawn(move || gate.enter(&connection, || Some(RATE), 1, || waiter(run), NOW).is_ok())
        });
        let called = called.map(|step| step.join().unwrap());
        assert_eq!(called, [false; 3], "the budget is spent");
        assert_eq!(gate.view(NOW).waiting, 3);
    });
}

/// Does what is to be done at the gate until all steps are through, as `gates::serve` does.
fn attend(gate: &Gate, calls: &[mpsc::Sender<()>], through: &AtomicUsize) {
    let mut now = NOW;
    for _ in 0..LOOKS_MAX {
        if through.load(Ordering::Relaxed) == calls.len() {
            return;
        }
        let Next { admitted, ask, at } = gate.next(now);
        for waiter in admitted {
            let call = calls.get(waiter.run as usize).and_then(|call| call.send(()).ok());
            if call.is_none() {
                gate.give_back(&waiter, now);
            }
        }
        match ask {
            Some(ask @ Ask::Trial { .. }) => gate.answered(&ask, Answer::Trial(true), now),
            Some(ask) => gate.answered(&ask, Answer::Written, now),
            // Not so far that somebody else would make the trial that is under way.
            None => now = at.filter(|at| *at < NOW + SOON_MS).unwrap_or(now).max(now),
        }
        thread::yield_now();
    }
    panic!("somebody stands in line and is not called");
}

#[test]
fn an_open_breaker_lets_one_trial_through_and_the_others_when_that_went_well() {
    explore(2_000, || {
        let open = OpenBreaker { since: 0, trials: 0, next_trial_at: NOW, error: String::new() };
        let row = GateRow { connection: name(), spent_until: 0, held_until: 0, open: Some(open) };
        let gate = Arc::new(Gate::new(name(), false, Some(&row)));
        let connection = erp(json!({}));
        let (under_way, tried, through) = <(Arc<AtomicUsize>, Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let (senders, steps): (Vec<_>, Vec<_>) = (0..3)
            .map(|run| {
                let (sender, called) = mpsc::channel();
                let (gate, connection) = (gate.clone(), connection.clone());
                let (under_way, tried, through) = (under_way.clone(), tried.clone(), through.clone());
                let step = thread::spawn(move || {
                    step(run, &gate, &connection, &called, &under_way, &tried);
                    drop(called);
                    through.fetch_add(1, Ordering::Relaxed);
                });
                (sender, step)
            })
            .unzip();
        attend(&gate, &senders, &through);
        steps.into_iter().for_each(|step| step.join().unwrap());
        assert!(tried.load(Ordering::Relaxed) >= 2, "one trial failed, another one went well");
        let view = gate.view(Ms::MAX);
        assert_eq!((view.open, view.waiting), (None, 0));
    });
}

/// Calls once it may. The step of run 0 gives up when it is told to wait; the first trial finds nobody.
fn step(
    run: RunId,
    gate: &Gate,
    connection: &Arc<connector::Connection>,
    called: &mpsc::Receiver<()>,
    under_way: &AtomicUsize,
    tried: &AtomicUsize,
) {
    loop {
        match gate.enter(connection, || None, 1, || waiter(run), NOW) {
            Ok(trial) => {
                let others = under_way.fetch_add(1, Ordering::Relaxed);
                let came = match trial {
                    true => {
                        assert_eq!(others, 0, "a trial is made alone");
                        match tried.fetch_add(1, Ordering::Relaxed) {
                            0 => away(),
                            _ => Ok(Value::Null),
                        }
                    }
                    false => {
                        assert!(gate.view(NOW).open.is_none(), "a call through an open breaker");
                        Ok(Value::Null)
                    }
                };
                let failed = came.is_err();
                under_way.fetch_sub(1, Ordering::Relaxed);
                gate.came(&came, trial, run, NOW);
                if !failed {
                    return;
                }
            }
            Err(_) if run == 0 => return gate.leave(&waiter(run), NOW),
            Err(_) => called.recv().expect("somebody attends to the gate"),
        }
    }
}

fn orders() -> FlowDocument {
    let with = json!({"to": "erp", "n": "${input.n}"});
    let retry = json!({"attempts": 20, "first": "1s", "max": "1s"});
    let erp = json!({"use": "erp/write", "connection": "erp", "with": with, "retry": retry});
    flow("orders", json!({"in": "core/manual", "erp": erp}), "in -> erp")
}

async fn send_all(engine: &Engine, count: i64) {
    let sent: Vec<_> = (0..count)
        .map(|n| {
            let engine = engine.clone();
            spawn(async move { engine.start_run(&"orders".into(), None, json!({"n": n})).await.map(drop) })
        })
        .collect();
    for sent in sent {
        sent.await.unwrap().expect("accepted");
    }
}

/// The clock goes on a little whenever nobody has anything to do.
async fn advance_until(world: &World, engine: &Engine, holds: impl Fn() -> bool) {
    let mut looks = 0_u32;
    until("all calls are made", async || {
        looks += 1;
        if looks.is_multiple_of(40) {
            world.clock.advance(10_000);
        }
        let gauges = engine.gauges();
        holds() && gauges.active + gauges.waiting + gauges.parked == 0
    })
    .await;
}

#[test]
fn steps_at_a_budget_call_no_sooner_than_it_allows_and_none_is_forgotten() {
    explore_async(200, async || {
        let world =
            World::new(&orders()).await.connect(json!({"rate": {"calls": 1, "per": "1m", "burst": 2}}));
        let engine = world.start().await;
        send_all(&engine, 4).await;
        until("two have called", async || calls().len() == 2).await;
        until("two wait", async || engine.gauges().parked == 2 && engine.gauges().active == 0).await;
        assert_eq!(calls().len(), 2, "more calls than the budget has");
        let began = world.clock.now();
        advance_until(&world, &engine, || {
            let minutes = (world.clock.now() - began) / 60_000;
            assert!(calls().len() as Ms <= 2 + minutes, "a call too soon");
            calls().len() == 4
        })
        .await;
        rest(engine).await;
    });
}

#[test]
fn steps_at_a_breaker_go_on_when_the_other_system_is_there_again_and_none_is_forgotten() {
    explore_async(200, async || {
        let world = World::new(&orders()).await.connect(json!({}));
        let engine = world.start().await;
        // Enough to open it, and one trial more.
        set_away(6);
        send_all(&engine, 5).await;
        advance_until(&world, &engine, || calls().len() >= 6).await;
        assert_eq!(engine.gauges().done, 5);
        rest(engine).await;
    });
}
