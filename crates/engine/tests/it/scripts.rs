//! A step's time-out, a run's end and a person's word reach into a script that goes on and on.

use crate::{hook, script, send};
use engine::Options;
use model::Span;
use serde_json::json;
use std::time::Duration;
use store::{RunId, Status};
use testkit::{Life, World, flow, options, with_settings};

/// Scripts end by themselves after an hour only.
fn patient() -> Options {
    let limits =
        script::Limits { operations: u64::MAX, wall: Duration::from_secs(3_600), ..options().limits };
    Options { limits, ..options() }
}

fn world() -> World {
    let nodes = json!({"in": hook(), "night": {"use": "core/wait", "with": {"for": "59900ms"}},
                       "map": script("loop { }"), "b": send("send_probe", "b")});
    let endless = flow("endless", nodes, "in -> night -> map -> b; map.error -> b");
    World::new([with_settings(endless, json!({"timeout": "1m"}))])
}

fn until_computing(world: &World, life: &Life<'_>) -> RunId {
    let run = life.send("in", json!(1));
    life.until("it waits", || life.engine.gauges().parked == 1);
    world.clock.advance(Span::from_ms(59_900));
    life.until("it computes", || life.engine.gauges().active == 1);
    run
}

#[test]
fn a_script_has_no_longer_than_its_run_has() {
    let world = world();
    let life = world.start_with(None, patient());
    // A tenth of a second is left, by the clock that is moved by hand.
    let run = until_computing(&world, &life);
    assert_eq!(life.until_ended(run), Status::Failed);
    assert_eq!(life.view(run).summary.error_code.as_deref(), Some("E0502"));
    assert_eq!(world.target.works_for("b"), 0, "no way out of the step leads on");
}

#[test]
fn a_script_has_no_longer_than_its_step_has() {
    let nodes = json!({"in": hook(), "map": {"use": "core/script", "with": {"script": "loop { }"}, "timeout": "30ms"},
                       "b": send("send_probe", "b")});
    let world = World::new([flow("endless", nodes, "in -> map; map.error -> b")]);
    let life = world.start_with(None, patient());
    let run = life.send("in", json!(1));
    assert_eq!(life.until_ended(run), Status::Done);
    let error = life.step(run, "map").error.expect("the step failed");
    assert_eq!(error.code, "E0517");
    assert_eq!(world.target.works_for("b"), 1, "the way out for errors leads on");
}

#[test]
fn a_script_that_failed_for_lack_of_time_has_failed_also_after_a_restart() {
    let counts = script("let n = 0; while n < 10000 { n += 1 } n");
    let nodes = json!({"in": hook(), "map": counts, "a": send("send_probe", "a"), "b": send("send_probe", "b"),
                       "night": {"use": "core/wait", "with": {"for": "1h"}}, "end": send("send_probe", "end")});
    let world = World::new([flow("slow", nodes, "in -> map -> b; map.error -> a -> night -> end")]);
    let limits = script::Limits { operations: 1_000, ..options().limits };
    let life = world.start_with(None, Options { limits, ..options() });
    let run = life.send("in", json!(1));
    life.until("it waits", || life.engine.gauges().parked == 1);
    drop(life);
    // By now there is time enough.
    let life = world.start();
    world.clock.advance(Span::from_secs(3_600));
    assert_eq!(life.until_ended(run), Status::Done);
    let works = |to: &str| world.target.works_for(to);
    assert_eq!((works("a"), works("b"), works("end")), (1, 0, 1));
}

#[test]
fn a_run_is_cancelled_while_its_script_goes_on_and_on() {
    let nodes = json!({"in": hook(), "map": script("loop { }"), "b": send("send_probe", "b")});
    let world = World::new([flow("endless", nodes, "in -> map -> b; map.error -> b")]);
    let life = world.start_with(None, patient());
    let run = life.send("in", json!(1));
    life.until("it computes", || life.engine.gauges().active == 1);
    assert!(life.ask(life.engine.cancel(run)).expect("it is heard"));
    assert_eq!((life.status(run), world.target.works_for("b")), (Some(Status::Cancelled), 0));
}
