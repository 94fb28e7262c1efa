//! Those around the engine: senders that do not give up, and a person who cancels, retries and decides.

use crate::flows::HOOKS;
use crate::life::a_while;
use crate::world::{Delivery, World};
use bytes::Bytes;
use connector::Request;
use engine::{Decision, DoorError, Engine};
use history::What;
use http::{HeaderMap, Method};
use run::doc::StepState;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::{RunFilter, RunId, RunQueries, RunSummaryRow, Status};

/// The engines that can be reached.
#[derive(Default)]
pub struct Engines(Mutex<Vec<Engine>>);

impl Engines {
    pub fn set(&self, engines: Vec<Engine>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = engines;
    }

    pub fn of(engine: &Engine) -> Self {
        Self(Mutex::new(vec![engine.clone()]))
    }

    /// One is taken without asking chance, so that a world of one process stays what it was.
    fn any(&self, world: &World) -> Option<Engine> {
        let engines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &engines[..] {
            [only] => Some(only.clone()),
            several => world.chance.one_of(several).cloned(),
        }
    }
}

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends one thing after the other, each until it is taken, by whichever engine there is.
pub async fn send_all(world: &World, engines: &Engines, sender: usize) {
    loop {
        a_while(world, Duration::from_secs(60)).await;
        let Some(delivery) = world.list(sender).front().cloned() else { return };
        let Some(engine) = engines.any(world) else { continue };
        if send(world, &engine, &delivery).await {
            world.list(sender).pop_front();
        }
    }
}

async fn send(world: &World, engine: &Engine, delivery: &Delivery) -> bool {
    let Delivery { name, path, key } = delivery.clone();
    let effects = HOOKS.iter().find(|hook| hook.0 == path).map(|hook| hook.1).unwrap_or_default();
    let effects = effects.iter().map(|effect| (*effect).to_owned()).collect();
    // Flows have lanes of their own.
    world.log.note(What::Sent { delivery: name.clone(), key: Some(format!("{path} {key}")), effects });
    let said = tokio::time::timeout(PATIENCE, knock(engine, delivery)).await;
    let (what, taken) = match said {
        Ok(Ok(())) => (What::Acknowledged { delivery: name }, true),
        Ok(Err(DoorError::StoreFull | DoorError::Busy { .. } | DoorError::NotFound)) => {
            (What::Refused { delivery: name }, false)
        }
        Ok(Err(_)) | Err(_) => (What::Unclear { delivery: name }, false),
    };
    world.log.note(what);
    taken
}

async fn knock(engine: &Engine, Delivery { name, path, key }: &Delivery) -> Result<(), DoorError> {
    let hook = engine.hook(path).ok_or(DoorError::NotFound)?;
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/json".parse().expect("a header"));
    headers.insert("x-delivery", name.parse().expect("a header"));
    let body = Bytes::from(json!({"d": name, "key": key, "lines": [1, 2, 3]}).to_string());
    let request = Request { method: &Method::POST, path, query: None, headers: &headers, body: &body, at: 0 };
    engine.receive(&hook, &request).await.map(drop)
}

/// Cancels, retries and decides now and then, for ever.
pub async fn meddle(world: &World, engines: &Engines) {
    loop {
        a_while(world, Duration::from_secs(300)).await;
        let Some(engine) = engines.any(world) else { continue };
        decide_all(world, &engine).await;
        match world.chance.below(4) {
            0 => cancel_one(world, &engine).await,
            1 | 2 => retry_one(world, &engine).await,
            _ => {}
        }
    }
}

/// Somebody sets the clock, forward by up to an hour or back by up to ten minutes. Never to before the simulated time
/// began: a schedule's times before that would come for the first time.
pub async fn set_the_clock(world: &World) {
    loop {
        let now = a_while(world, Duration::from_secs(3_000)).await;
        let by = (world.chance.below(4_200) as i64 - 600) * 1_000;
        if now + by > testkit::START {
            world.clock.jump(by);
        }
    }
}

async fn list(world: &World, filter: RunFilter) -> Vec<RunSummaryRow> {
    world.store.runs(RunFilter { limit: 1_000, ..filter }).await.expect("memory answers")
}

/// Before anything is done, everybody knows of it: from then on the delivery has no place in its lane any more.
async fn disturb(world: &World, engine: &Engine, run: RunId) {
    if let Ok(Some(view)) = engine.inspect(run).await
        && let Some(delivery) = view.trigger["body"]["d"].as_str()
    {
        world.log.note(What::Disturbed { delivery: delivery.into() });
    }
}

async fn cancel_one(world: &World, engine: &Engine) {
    let open = list(world, RunFilter { open: true, ..RunFilter::default() }).await;
    if let Some(run) = world.chance.one_of(&open) {
        disturb(world, engine, run.id).await;
        tokio::time::timeout(PATIENCE, engine.cancel(run.id)).await.ok();
    }
}

async fn retry_one(world: &World, engine: &Engine) {
    let statuses = vec![Status::Failed, Status::Cancelled];
    let failed = list(world, RunFilter { statuses, ..RunFilter::default() }).await;
    if let Some(run) = world.chance.one_of(&failed) {
        disturb(world, engine, run.id).await;
        tokio::time::timeout(PATIENCE, engine.retry(run.id)).await.ok();
    }
}

/// Looks at the target and tells each run that asks what became of its effect.
pub async fn decide_all(world: &World, engine: &Engine) {
    for run in list(world, RunFilter { open: true, ..RunFilter::default() }).await {
        let Ok(Some(view)) = engine.inspect(run.id).await else { continue };
        for step in view.steps.iter().filter(|step| step.state == StepState::Unknown) {
            let Some(key) = step.effect.as_ref().map(|effect| &effect.key) else { continue };
            let decision = match world.target.look(key) {
                Some(true) => Decision::Done(json!({"to": "seen by a person"})),
                Some(false) => Decision::SendAgain,
                // Something is under way to the target: come back later.
                None => continue,
            };
            let told = engine.decide(run.id, &step.node, &step.item, decision);
            tokio::time::timeout(PATIENCE, told).await.ok();
        }
    }
}
