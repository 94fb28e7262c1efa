//! A connection that nobody is signed in to, and calls that belong to no run.

use crate::hook;
use connector::Error;
use model::FlowDocument;
use run::doc::{BlockedWhy, StepState};
use serde_json::json;
use std::cell::Cell;
use store::Status;
use testkit::{Answer, Life, World, flow};

fn order() -> FlowDocument {
    let with = json!({"to": "${input.to}", "body": "${input.n}"});
    let retry = json!({"attempts": 1});
    let erp = json!({"use": "test/send_idempotent", "connection": "erp", "with": with, "retry": retry});
    flow("order", json!({"in": hook(), "erp": erp}), "in -> erp")
}

fn waiting(life: &Life<'_>) -> usize {
    life.engine.gates().get(&"erp".into()).map_or(0, |gate| gate.waiting)
}

#[test]
fn a_step_waits_until_somebody_signs_in_and_makes_no_attempt_before() {
    let world = World::new([order()]);
    world.connect("erp", json!({}));
    world.sign_out("erp");
    let life = world.start();
    let runs: Vec<_> = (0..3).map(|n| life.send("in", json!({"to": format!("{n}"), "n": n}))).collect();
    life.until("all stand in line", || waiting(&life) == 3);
    life.until("and are out of memory", || life.engine.gauges().active == 0);
    let step = life.step(runs[0], "erp");
    assert_eq!((step.state, step.attempts.len()), (StepState::Waiting, 0));
    assert_eq!(step.blocked.map(|blocked| blocked.why), Some(BlockedWhy::SignIn));
    assert!(life.engine.gates()[&"erp".into()].signed_out);
    world.connect("erp", json!({}));
    life.engine.connection_changed();
    for run in runs {
        assert_eq!(life.until_ended(run), Status::Done);
    }
    assert_eq!(world.target.calls().len(), 3);
}

/// Whether a call beside the runs was made; it comes out as given.
fn aside(life: &Life<'_>, came: Result<(), Error>) -> bool {
    let made = Cell::new(false);
    let call = async {
        made.set(true);
        came
    };
    let answer = life.ask(life.engine.call_aside(&"erp".into(), call));
    assert_eq!(answer.is_some(), made.get());
    made.get()
}

#[test]
fn a_call_that_belongs_to_no_run_takes_its_place_in_the_budget_and_waits_for_none() {
    let world = World::new([order()]);
    world.connect("erp", json!({"rate": {"calls": 1, "per": "1m", "burst": 1}}));
    let life = world.start();
    life.until("the first call is in the budget", || aside(&life, Ok(())));
    assert!(!aside(&life, Ok(())), "it is spent");
    assert_eq!(waiting(&life), 0, "and nobody stands in line");
    let run = life.send("in", json!({"to": "a", "n": 1}));
    life.until("a run's step does", || waiting(&life) == 1);
    assert_eq!(world.target.calls().len(), 0, "for the call was counted");
    world.clock.advance(model::Span::from_secs(60));
    assert_eq!(life.until_ended(run), Status::Done);
}

#[test]
fn a_call_that_belongs_to_no_run_is_no_trial_of_an_open_breaker() {
    let world = World::new([order()]);
    world.connect("erp", json!({}));
    let life = world.start();
    let away = || Err(Error::Unreachable { host: "erp".into(), message: "nobody".into() });
    for _ in 0..5 {
        assert!(aside(&life, away()));
    }
    assert!(life.engine.gates()[&"erp".into()].open.is_some(), "what they find counts as others' calls do");
    assert!(!aside(&life, Ok(())));
    world.clock.advance(model::Span::from_secs(3_600));
    assert!(!aside(&life, Ok(())), "also when a trial is due");
    world.target.set_down(Some(Answer::Away));
    assert!(life.ask(life.engine.unblock(&"erp".into())).expect("asked"));
    assert!(aside(&life, Ok(())));
}
