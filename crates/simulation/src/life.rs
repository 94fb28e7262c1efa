//! One life of the engine, from its start to its end, which is sudden.

use crate::danger::Danger;
use crate::world::World;
use crate::{harvest, people};
use connector::{Connection, Http, HttpPolicy};
use engine::{ConnectionSource, Engine, Options};
use futures::future::join_all;
use model::{ConnectionName, FlowDocument, Surroundings};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Flows, Ms, Schedules};
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
    live(world, Danger::none(&world.chance), async |engine| {
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
    let danger = Danger::of(&world.chance);
    let until = world.chance.up_to(LIFE_MAX);
    live(world, danger, async |engine| {
        let senders = join_all((0..world.senders()).map(|sender| people::send_all(world, &engine, sender)));
        tokio::select! {
            biased;
            () = engine.failed() => {}
            () = tokio::time::sleep(until) => {}
            _ = people::meddle(world, &engine) => {}
            _ = people::set_the_clock(world) => {}
            _ = async { senders.await; std::future::pending::<()>().await } => {}
        }
    });
}

/// The last life: nothing fails any more, and it ends when all is done.
pub fn last(world: &World) {
    live(world, Danger::none(&world.chance), async |engine| {
        join_all((0..world.senders()).map(|sender| people::send_all(world, &engine, sender))).await;
        assert!(world.all_sent());
        for _ in 0..LOOKS_MAX {
            tokio::time::sleep(LOOK_EVERY).await;
            people::decide_all(world, &engine).await;
            let gauges = engine.gauges();
            let now = world.clock.now();
            let clock_rests =
                world.store.schedules().await.expect("memory answers").values().all(|next| *next > now);
            if gauges.active + gauges.waiting + gauges.parked == 0 && clock_rests {
                return harvest::all(world, &engine).await;
            }
        }
        let gauges = engine.gauges();
        panic!("after two weeks in peace something is left to do: {gauges:?}");
    });
}

/// Starts an engine and lets it live as long as `lives` does, or until it crashes.
fn live(world: &World, danger: Arc<Danger>, lives: impl AsyncFnOnce(Engine)) {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    world.target.face(danger.clone());
    let http = Http::new(HttpPolicy::default()).expect("an HTTP client");
    runtime.block_on(async {
        world.clock.start();
        let store = FlakyStore::under(danger.clone(), Arc::new(world.store.clone()));
        let (catalog, connections) = (world.target.catalog(), Arc::new(NoConnections));
        let options = Options {
            park_after: world.chance.up_to(Duration::from_secs(30)),
            poison_after: u32::MAX - 1,
            ..testkit::options()
        };
        let life = async {
            let start =
                Engine::start(store, catalog, http, connections, Arc::new(world.clock.clone()), options);
            // A start that fails is a short life.
            if let Ok(engine) = start.await {
                lives(engine).await;
            }
        };
        tokio::select! {
            biased;
            () = danger.crashed() => {}
            () = life => {}
        }
        world.clock.stop();
    });
    // Everything under way is dropped here, wherever it stands.
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
