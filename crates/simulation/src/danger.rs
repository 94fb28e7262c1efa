//! What threatens one life of the engine: a crash at any await of the store or a target, and a store that misbehaves.

use crate::bell::Bell;
use crate::chance::Chance;
use crate::world::{Trace, World};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::Error;
use testkit::Weather;

pub struct Danger {
    chance: Chance,
    /// Steps until the crash; below zero there is none.
    fuse: AtomicI64,
    state: Bell<State>,
    calm: bool,
    trace: Trace,
    process: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Alive,
    /// As a machine that hangs: nothing that is under way comes back, until it goes on.
    Still,
    Gone,
}

/// How long a hint may be lost.
const HINT_LOST_MAX: Duration = Duration::from_secs(10);

/// Steps that a life has at most before it crashes.
const FUSE_MAX: u64 = 400;

impl Danger {
    pub fn of(world: &World) -> Arc<Self> {
        // One life in five ends by its own time or by a failing store only.
        let chance = &world.chance;
        let fuse = if chance.in_a_thousand(200) { -1 } else { chance.below(FUSE_MAX) as i64 };
        Self::new(world, fuse, false)
    }

    pub fn none(world: &World) -> Arc<Self> {
        Self::new(world, -1, true)
    }

    fn new(world: &World, fuse: i64, calm: bool) -> Arc<Self> {
        let (chance, trace, process) = (world.chance.clone(), world.trace.clone(), world.trace.process());
        let (fuse, state) = (AtomicI64::new(fuse), Bell::new(State::Alive));
        Arc::new(Self { chance, fuse, state, calm, trace, process })
    }

    pub fn is_calm(&self) -> bool {
        self.calm
    }

    /// A point at which the process may die or be held still. Whoever is there then goes no further.
    pub async fn step(&self) {
        self.trace.note(self.process, "step");
        self.burn();
        self.state.until(|state| state == State::Alive).await;
    }

    /// The same for what is on its way out: being held still does not keep it.
    pub async fn step_out(&self) {
        self.trace.note(self.process, "call");
        self.burn();
        self.state.until(|state| state != State::Gone).await;
    }

    fn burn(&self) {
        if self.fuse.load(Ordering::Relaxed) >= 0 && self.fuse.fetch_sub(1, Ordering::Relaxed) == 0 {
            self.kill();
        }
    }

    pub fn kill(&self) {
        self.state.ring(|_| State::Gone);
    }

    pub fn is_gone(&self) -> bool {
        self.state.get() == State::Gone
    }

    /// Held still, or going on.
    pub fn hold(&self, still: bool) {
        let next = if still { State::Still } else { State::Alive };
        self.state.ring(|state| if state == State::Gone { state } else { next });
    }

    pub async fn crashed(&self) {
        self.state.until(|state| state == State::Gone).await;
    }

    async fn delay(&self) {
        if self.chance.in_a_thousand(150) {
            tokio::time::sleep(self.chance.up_to(Duration::from_secs(3))).await;
        }
    }
}

/// Questions that may be given up for taking too long.
const MAY_TAKE_TOO_LONG: [&str; 5] = ["load_run", "run_detail", "retries", "version", "flows"];

#[async_trait]
impl Weather for Danger {
    async fn before(&self, method: &'static str) -> Result<(), Error> {
        self.trace.note(self.process, method);
        if self.calm {
            return Ok(());
        }
        if method == "hint" {
            // One in so many is lost for a while; it is never waited for alone.
            if self.chance.in_a_thousand(100) {
                tokio::time::sleep(self.chance.up_to(HINT_LOST_MAX)).await;
            }
            return Ok(());
        }
        match method {
            // Asked for again and again, also when nothing happens.
            "news" | "renew" => self.state.until(|state| state == State::Alive).await,
            _ => self.step().await,
        }
        self.delay().await;
        match method {
            "commit" if self.chance.in_a_thousand(3) => Err(Error::Io("the disk is gone".into())),
            "commit" if self.chance.in_a_thousand(10) => Err(Error::Full),
            _ if MAY_TAKE_TOO_LONG.contains(&method) && self.chance.in_a_thousand(20) => Err(Error::Deadline),
            _ => Ok(()),
        }
    }

    async fn after_commit(&self) -> Result<(), Error> {
        if self.calm {
            return Ok(());
        }
        self.step().await;
        self.delay().await;
        match self.chance.in_a_thousand(3) {
            true => Err(Error::Io("nobody knows whether it was written".into())),
            false => Ok(()),
        }
    }
}
