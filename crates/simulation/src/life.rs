//! One life of the engine, from its start to its end, which is sudden.

use crate::danger::Danger;
use crate::people::Engines;
use crate::world::World;
use crate::{harvest, people};
use connector::{Connection, Http, HttpPolicy};
use engine::{ConnectionSource, Engine, Options};
use futures::future::join_all;
use model::{ConnectionName, FlowDocument, Surroundings};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Flows, Ms, Schedules, Shards, Store};
use testkit::FlakyStore;
use tokio::runtime::Builder;

/// Longest life, where nothing ends it before.
const LIFE_MAX: Duration = Duration::from_secs(3_600);
/// Between two looks whether all is done, and how many there are: about two weeks.
const LOOK_EVERY: Duration = Duration::from_secs(600);
const LOOKS_MAX: usize = 2_000;

struct NoConnections;

impl ConnectionSource for NoConnections {
    fn connection(&self, _: &ConnectionName) -> Option<Arc<Connection>> {
        None
    }
}

/// The first start, in peace: the schedule becomes known.
pub fn calm_start(world: &World) {
    live(world, Danger::none(world), async |engine| {
        check_flows(world, &engine).await;
        while world.store.schedules().await.expect("memory answers").is_empty() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let due = world.store.schedules().await.expect("memory answers").into_values().next();
        *world.first_due.lock().unwrap_or_else(PoisonError::into_inner) = due;
    });
}

/// A life that ends by a crash, by a store that fails, or by its time.
pub fn dangerous(world: &World) {
    let danger = Danger::of(world);
    let until = world.chance.up_to(LIFE_MAX);
    live(world, danger, async |engine| {
        let engines = Engines::of(&engine);
        let senders = join_all((0..world.senders()).map(|sender| people::send_all(world, &engines, sender)));
        tokio::select! {
            biased;
            () = engine.failed() => {}
            () = tokio::time::sleep(until) => {}
            _ = people::meddle(world, &engines) => {}
            _ = people::set_the_clock(world) => {}
            _ = async { senders.await; std::future::pending::<()>().await } => {}
        }
    });
}

/// The last life: nothing fails any more, and it ends when all is done.
pub fn last(world: &World) {
    live(world, Danger::none(world), async |engine| {
        bring_to_an_end(world, &[engine]).await;
    });
}

/// Sends what is left to be sent, waits until all is done, and tells what came of it.
pub async fn bring_to_an_end(world: &World, engines: &[Engine]) {
    let any = Engines::default();
    any.set(engines.to_vec());
    join_all((0..world.senders()).map(|sender| people::send_all(world, &any, sender))).await;
    assert!(world.all_sent());
    for _ in 0..LOOKS_MAX {
        tokio::time::sleep(LOOK_EVERY).await;
        people::decide_all(world, &engines[0]).await;
        let now = world.clock.now();
        let clock_rests =
            world.store.schedules().await.expect("memory answers").values().all(|next| *next > now);
        let open = world.store.runs_of(&store::all_shards(), 0, 1).await.expect("memory answers");
        if open.is_empty() && clock_rests {
            return harvest::all(world, &engines[0]).await;
        }
    }
    let gauges: Vec<_> = engines.iter().map(Engine::gauges).collect();
    panic!("after two weeks in peace something is left to do: {gauges:?}");
}

/// Starts an engine and lets it live as long as `lives` does, or until it crashes.
fn live(world: &World, danger: Arc<Danger>, lives: impl AsyncFnOnce(Engine)) {
    in_time(world, async || {
        let life = async {
            // A start that fails is a short life.
            if let Ok(engine) = start(world, Arc::new(world.store.clone()), danger.clone()).await {
                lives(engine).await;
            }
        };
        tokio::select! {
            biased;
            () = danger.crashed() => {}
            () = life => {}
        }
    });
}

/// A stretch of the world's time. Everything under way is dropped at its end, wherever it stands.
pub fn in_time(world: &World, stretch: impl AsyncFnOnce()) {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        world.clock.start();
        stretch().await;
        world.clock.stop();
    });
}

/// An engine on a store, in whose way is what threatens it.
pub async fn start(
    world: &World,
    store: Arc<dyn Store>,
    danger: Arc<Danger>,
) -> Result<Engine, engine::Error> {
    let http = Http::new(HttpPolicy::default()).expect("an HTTP client");
    let catalog = world.target.facing(danger.clone()).catalog();
    let store = FlakyStore::under(danger, store);
    let options = Options {
        park_after: world.chance.up_to(Duration::from_secs(30)),
        poison_after: u32::MAX - 1,
        ..testkit::options()
    };
    let clock = Arc::new(world.clock.clone());
    Engine::start(store, catalog, http, Arc::new(NoConnections), clock, options).await
}

/// A simulation with an invalid flow would show nothing.
async fn check_flows(world: &World, engine: &Engine) {
    let catalog = world.target.catalog();
    for row in world.store.flows().await.expect("memory answers") {
        let doc: FlowDocument = serde_json::from_str(&row.document).expect("a flow document");
        let problems = model::validate(&doc, catalog.specs(), &Surroundings::default(), engine.scripts());
        let errors: Vec<_> = problems.iter().filter(|problem| problem.is_error()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", row.id);
    }
}

/// The time between two things that people do.
pub async fn a_while(world: &World, longest: Duration) -> Ms {
    tokio::time::sleep(world.chance.up_to(longest)).await;
    world.clock.now()
}
