//! Several processes on one store: each dies, is held still beyond its lease or loses its store, while the others go on.

use crate::danger::Danger;
use crate::life::{a_while, bring_to_an_end, calm_start, in_time, start};
use crate::people::{self, Engines};
use crate::world::World;
use engine::Engine;
use futures::FutureExt;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use testkit::Shared;

const PROCESSES: usize = 3;
const LEASE: Duration = Duration::from_secs(15);
/// Stretches in which processes come and go. At the end of each all of them die at once.
const STRETCHES: usize = 3;
const STRETCH_MAX: Duration = Duration::from_secs(3_600);
/// How long a process is held still at most: beyond its lease, more often than not.
const STILL_MAX: Duration = Duration::from_secs(60);
/// Between two looks at who has died.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// In a thousand looks, so often something happens to one of them.
const BLOWS: u64 = 15;

/// Plays a world to its end, with several processes.
pub fn play(world: &World) {
    calm_start(world);
    let shared = Shared::with_leases_of(LEASE, Arc::new(world.store.clone()));
    for _ in 0..STRETCHES {
        in_time(world, async || {
            shared.begin_time();
            let (until, engines) = (world.chance.up_to(STRETCH_MAX), Engines::default());
            let senders =
                join_all((0..world.senders()).map(|sender| people::send_all(world, &engines, sender)));
            tokio::select! {
                biased;
                () = tokio::time::sleep(until) => {}
                () = end_leases(&shared) => {}
                () = fate(world, &shared, &engines) => {}
                () = people::meddle(world, &engines) => {}
                () = people::set_the_clock(world) => {}
                () = async { senders.await; std::future::pending::<()>().await } => {}
            }
        });
    }
    in_time(world, async || {
        shared.begin_time();
        let peace = async {
            let mut engines = Vec::new();
            for _ in 0..PROCESSES {
                let danger = Danger::none(world);
                engines.push(start(world, shared.process(), danger).await.expect("nothing is in its way"));
            }
            bring_to_an_end(world, &engines).await;
        };
        tokio::select! {
            biased;
            () = end_leases(&shared) => {}
            () = peace => {}
        }
    });
}

async fn end_leases(shared: &Shared) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        shared.end_leases().await;
    }
}

struct Process {
    engine: Engine,
    danger: Arc<Danger>,
    /// Looks until a process that is held still goes on.
    still_for: Option<u64>,
}

impl Process {
    async fn start(world: &World, shared: &Arc<Shared>) -> Option<Self> {
        let danger = Danger::of(world);
        let engine = tokio::select! {
            biased;
            () = danger.crashed() => None,
            started = start(world, shared.process(), danger.clone()) => started.ok(),
        };
        engine.map(|engine| Self { engine, danger, still_for: None })
    }

    /// One whose store failed ends itself.
    fn is_over(&self) -> bool {
        if self.engine.failed().now_or_never().is_some() {
            self.danger.kill();
        }
        self.danger.is_gone()
    }

    fn pass_a_look(&mut self) {
        self.still_for = self.still_for.and_then(|looks| looks.checked_sub(1));
        if self.still_for.is_none() {
            self.danger.hold(false);
        }
    }
}

/// What becomes of the processes, for ever.
async fn fate(world: &World, shared: &Arc<Shared>, engines: &Engines) {
    let mut processes: Vec<Process> = Vec::new();
    loop {
        processes.retain(|process| !process.is_over());
        processes.iter_mut().for_each(Process::pass_a_look);
        if processes.len() < PROCESSES {
            processes.extend(Process::start(world, shared).await);
        }
        engines.set(processes.iter().map(|process| process.engine.clone()).collect());
        let place = world.chance.below(PROCESSES as u64) as usize;
        if let Some(process) = processes.get_mut(place).filter(|_| world.chance.in_a_thousand(BLOWS)) {
            match world.chance.below(3) {
                0 => process.danger.kill(),
                _ => {
                    process.danger.hold(true);
                    process.still_for = Some(world.chance.up_to(STILL_MAX).as_secs());
                }
            }
        }
        a_while(world, LOOK_EVERY * 2).await;
    }
}
