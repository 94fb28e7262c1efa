//! What is left in the store when all is done, told to the log in its own words.

use crate::flows::{CLOCK_EVERY_MIN, HOOKS, WITH_ERROR_FLOW};
use crate::world::World;
use engine::Engine;
use history::{Outcome, What};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use store::{EventId, FlowKey, Flows, Ms, RunFilter, RunQueries, RunSummaryRow, Schedules, Status};

pub async fn all(world: &World, engine: &Engine) {
    let flows = world.store.flows().await.expect("memory answers");
    let names: BTreeMap<FlowKey, String> =
        flows.into_iter().map(|flow| (flow.key, flow.id.to_string())).collect();
    let filter = RunFilter { limit: 1_000, ..RunFilter::default() };
    let mut runs = world.store.runs(filter).await.expect("memory answers");
    assert!(runs.len() < 1_000, "more runs than a list holds");
    runs.reverse();
    let mut latest: BTreeMap<EventId, String> = BTreeMap::new();
    for run in runs {
        let name = names.get(&run.flow).map(String::as_str).unwrap_or_default();
        let replaces = latest.insert(run.event, run.id.to_string());
        note(world, engine, name, &run, replaces).await;
    }
    due_times(world).await;
}

async fn note(world: &World, engine: &Engine, flow: &str, run: &RunSummaryRow, replaces: Option<String>) {
    let view = engine.inspect(run.id).await.expect("it can be read").expect("it is there");
    let body = |field: &str| view.trigger["body"][field].as_str().unwrap_or_default().to_owned();
    let hooked = HOOKS.iter().any(|hook| hook.0 == flow);
    let (delivery, first) = match flow {
        "clock" => (format!("tick {}", body("at")), replaces.is_none()),
        "errors" => (format!("error {}", body("run")), false),
        _ => (body("d"), false),
    };
    if first {
        let (schedule, time) = ("clock".to_owned(), body("at"));
        world.log.note(What::Ticked { schedule, time });
    }
    let outcome = match run.status.expect("nothing is open any more") {
        Status::Done => Outcome::Done,
        Status::Failed => Outcome::Failed,
        Status::Cancelled => Outcome::Cancelled,
    };
    if hooked || flow == "clock" || flow == "errors" {
        world.log.note(What::Ended { delivery, run: run.id.to_string(), outcome, replaces });
    }
    match outcome {
        Outcome::Failed if WITH_ERROR_FLOW.contains(&flow) => {
            promised(world, format!("error {}", run.id), "note");
        }
        // It may have failed, died before that was written, and been cancelled by somebody then.
        Outcome::Cancelled if WITH_ERROR_FLOW.contains(&flow) => {
            let delivery = format!("error {}", run.id);
            world.log.note(What::Sent { delivery, key: None, effects: Vec::new() });
        }
        _ => {}
    }
}

/// Something that the engine owes without anybody having sent it.
fn promised(world: &World, delivery: String, effect: &str) {
    let (key, effects) = (None, vec![effect.to_owned()]);
    world.log.note(What::Sent { delivery: delivery.clone(), key, effects });
    world.log.note(What::Acknowledged { delivery });
}

/// Each time from the first one on, reckoned apart from the engine.
async fn due_times(world: &World) {
    let next = world.store.schedules().await.expect("memory answers").into_values().next();
    let first = *world.first_due.lock().unwrap_or_else(PoisonError::into_inner);
    let (first, next) = (first.expect("it is known"), next.expect("it is known"));
    for at in (first..next).step_by((CLOCK_EVERY_MIN * 60_000) as usize) {
        let time = in_bangkok(at);
        promised(world, format!("tick {time}"), "tick");
        world.log.note(What::Due { schedule: "clock".into(), time });
    }
}

/// The simulated time begins on the 23rd at eight and never reaches the end of the month.
fn in_bangkok(at: Ms) -> String {
    let minutes = 8 * 60 + (at - testkit::START) / 60_000;
    let (day, hour, minute) = (23 + minutes / 1_440, minutes / 60 % 24, minutes % 60);
    assert!(day <= 30, "the simulation took longer than a week");
    format!("2026-11-{day:02}T{hour:02}:{minute:02}:00+07:00")
}
