//! Flows that start by the clock.

use crate::send;
use model::{FlowDocument, Span};
use serde_json::json;
use testkit::{Life, World, flow};

fn hourly(catch_up: &str) -> FlowDocument {
    at("0 * * * *", catch_up)
}

fn at(cron: &str, catch_up: &str) -> FlowDocument {
    let clock = json!({"use": "core/schedule", "with": {"cron": cron, "catch_up": catch_up}});
    let note = json!({"use": "test/send_idempotent", "with": {"to": "note", "body": "${input.at}"}});
    flow("clock", json!({"clock": clock, "note": note}), "clock -> note")
}

const HOUR: Span = Span::from_secs(3_600);

/// Waits until the schedules have been looked at: the next time is on disk.
fn armed(world: &World) {
    let life = world.start();
    life.until("the schedule is known", || !world.ask(world.store.schedules()).unwrap().is_empty());
}

fn noted(world: &World, life: &Life<'_>, times: usize) -> Vec<String> {
    life.until(&format!("{times} runs have come"), || world.target.works_for("note") == times);
    life.until("all is done", || life.engine.gauges().active == 0);
    let mut times: Vec<_> =
        world.target.works().iter().map(|(_, at)| at.as_str().unwrap_or_default().to_owned()).collect();
    times.sort();
    times
}

#[test]
fn a_schedule_fires_when_its_time_comes_and_says_which_it_was() {
    let world = World::new([hourly("last")]);
    armed(&world);
    let life = world.start();
    world.clock.advance(HOUR);
    assert_eq!(noted(&world, &life, 1), ["2026-11-23T09:00:00+07:00"]);
    world.clock.advance(HOUR);
    assert_eq!(noted(&world, &life, 2)[1], "2026-11-23T10:00:00+07:00");
}

#[test]
fn times_missed_while_nothing_ran_are_made_up_for_by_each_schedule_s_rule() {
    for (rule, times) in [("all", 3), ("last", 1)] {
        let world = World::new([hourly(rule)]);
        armed(&world);
        world.clock.advance(Span::from_secs(3 * 3_600 + 600));
        let life = world.start();
        assert_eq!(noted(&world, &life, times).last().unwrap(), "2026-11-23T11:00:00+07:00", "{rule}");
    }
}

#[test]
fn a_schedule_that_skips_missed_times_goes_on_with_the_next() {
    let world = World::new([hourly("skip")]);
    armed(&world);
    world.clock.advance(Span::from_secs(3 * 3_600 + 600));
    let life = world.start();
    world.clock.advance(Span::from_secs(3_000));
    assert_eq!(noted(&world, &life, 1), ["2026-11-23T12:00:00+07:00"]);
}

#[test]
fn a_restart_does_not_fire_a_time_twice() {
    let world = World::new([hourly("all")]);
    armed(&world);
    let life = world.start();
    world.clock.advance(HOUR);
    noted(&world, &life, 1);
    drop(life);
    for _ in 0..3 {
        let life = world.start();
        life.until("it rests", || life.engine.gauges().active == 0);
    }
    let life = world.start();
    world.clock.advance(HOUR);
    assert_eq!(noted(&world, &life, 2).len(), 2);
}

#[test]
fn a_stop_at_the_tick_loses_none_and_doubles_none() {
    for when in [testkit::When::Before, testkit::When::After] {
        for commit in 0..5 {
            let world = World::new([hourly("all")]);
            armed(&world);
            let life = world.start_failing(commit, when);
            world.clock.advance(HOUR);
            life.until("the store fails or all is done", || {
                life.store.has_failed()
                    || world.target.works_for("note") == 1 && life.engine.gauges().active == 0
            });
            drop(life);
            let life = world.start();
            world.clock.advance(Span::from_secs(60));
            assert_eq!(noted(&world, &life, 1), ["2026-11-23T09:00:00+07:00"], "{when:?} {commit}");
        }
    }
}

#[test]
fn a_schedule_that_was_changed_does_not_wait_for_a_time_of_the_old_one() {
    let world = World::new([at("0 0 1 1 *", "last")]);
    armed(&world);
    let life = world.start();
    life.deploy(&hourly("last"));
    life.until("the next time is that of the new one", || {
        world.ask(world.store.schedules()).unwrap().values().all(|at| at - world.clock.read() <= 3_600_000)
    });
    world.clock.advance(HOUR);
    assert_eq!(noted(&world, &life, 1), ["2026-11-23T09:00:00+07:00"]);
}

#[test]
fn a_tick_on_a_full_disk_is_made_up_for_when_there_is_space() {
    let world = World::new([hourly("last")]);
    armed(&world);
    let life = world.start();
    life.store.set_full(true);
    world.clock.advance(HOUR);
    life.store.set_full(false);
    world.clock.advance(Span::from_secs(10));
    assert_eq!(noted(&world, &life, 1), ["2026-11-23T09:00:00+07:00"]);
}

/// Waits until the schedule is due at a time to come, and nothing was started for the times before.
fn due_again(world: &World, life: &Life<'_>) {
    life.until("the next time is to come", || {
        let times = world.ask(world.store.schedules()).unwrap();
        !times.is_empty() && times.values().all(|at| *at > world.clock.read())
    });
    life.until("all that was started is done", || {
        life.engine.gauges().active + life.engine.gauges().waiting == 0
    });
    assert_eq!(world.target.works(), [], "nothing was made up for");
}

fn set_state(world: &World, life: &Life<'_>, state: store::FlowState) {
    let id = "clock".into();
    world.ask(world.store.set_flow_state(&id, state, world.clock.read())).unwrap();
    let row = world.ask(world.store.flow(&id)).unwrap().unwrap();
    life.ask(life.engine.deploy(row)).unwrap();
}

#[test]
fn times_that_passed_while_a_flow_was_paused_are_not_made_up_for() {
    for restart in [false, true] {
        let world = World::new([hourly("all")]);
        armed(&world);
        let mut life = world.start();
        set_state(&world, &life, store::FlowState::Paused);
        world.clock.advance(Span::from_secs(3 * 3_600 + 600));
        if restart {
            drop(life);
            life = world.start();
        }
        set_state(&world, &life, store::FlowState::Live);
        due_again(&world, &life);
        world.clock.advance(Span::from_secs(3_000));
        assert_eq!(noted(&world, &life, 1), ["2026-11-23T12:00:00+07:00"]);
    }
}

#[test]
fn times_that_passed_while_a_flow_was_deleted_are_not_made_up_for() {
    let world = World::new([hourly("all")]);
    armed(&world);
    let life = world.start();
    world.ask(world.store.delete_flow(&"clock".into(), world.clock.read())).unwrap();
    life.ask(life.engine.withdraw(&"clock".into()));
    world.clock.advance(Span::from_secs(3 * 3_600 + 600));
    life.deploy(&hourly("all"));
    due_again(&world, &life);
    world.clock.advance(Span::from_secs(3_000));
    assert_eq!(noted(&world, &life, 1), ["2026-11-23T12:00:00+07:00"]);
}

#[test]
fn a_new_version_does_not_lose_the_time_that_is_due() {
    let world = World::new([hourly("all")]);
    armed(&world);
    let life = world.start();
    world.clock.advance(Span::from_secs(600));
    life.deploy(&hourly("last"));
    world.clock.advance(Span::from_secs(3_000));
    assert_eq!(noted(&world, &life, 1), ["2026-11-23T09:00:00+07:00"]);
}

#[test]
fn a_disk_that_is_busy_with_old_runs_holds_up_no_schedule() {
    let world = World::new([hourly("last")]);
    armed(&world);
    let life = world.start();
    life.store.hold_expiry(true);
    world.clock.advance(HOUR);
    noted(&world, &life, 1);
    world.clock.advance(HOUR);
    assert_eq!(noted(&world, &life, 2)[1], "2026-11-23T10:00:00+07:00");
}

#[test]
fn people_see_when_a_flow_is_due_next() {
    let world = World::new([
        hourly("last"),
        flow("other", json!({"go": "core/manual", "a": send("read", "a")}), "go -> a"),
    ]);
    let life = world.start();
    let next = life.engine.next_times(&"clock".into());
    assert_eq!(next.values().copied().collect::<Vec<_>>(), [Some(world.clock.read() + 3_600_000)]);
    assert!(life.engine.next_times(&"other".into()).is_empty());
}
