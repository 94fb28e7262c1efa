//! What threatens one life of the engine: a crash at any await of the store or a target, and a store that misbehaves.

use crate::chance::Chance;
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::Error;
use testkit::Weather;
use tokio::sync::watch;

pub struct Danger {
    chance: Chance,
    /// Steps until the crash; below zero there is none.
    fuse: AtomicI64,
    state: watch::Sender<State>,
    calm: bool,
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
    pub fn of(chance: &Chance) -> Arc<Self> {
        // One life in five ends by its own time or by a failing store only.
        let fuse = if chance.in_a_thousand(200) { -1 } else { chance.below(FUSE_MAX) as i64 };
        let (chance, fuse) = (chance.clone(), AtomicI64::new(fuse));
        Arc::new(Self { chance, fuse, state: watch::Sender::new(State::Alive), calm: false })
    }

    pub fn none(chance: &Chance) -> Arc<Self> {
        let (chance, fuse) = (chance.clone(), AtomicI64::new(-1));
        Arc::new(Self { chance, fuse, state: watch::Sender::new(State::Alive), calm: true })
    }

    pub fn is_calm(&self) -> bool {
        self.calm
    }

    /// A point at which the process may die or be held still. Whoever is there then goes no further.
    pub async fn step(&self) {
        self.burn();
        self.until(|state| state == State::Alive).await;
    }

    /// The same for what is on its way out: being held still does not keep it.
    pub async fn step_out(&self) {
        self.burn();
        self.until(|state| state != State::Gone).await;
    }

    fn burn(&self) {
        if self.fuse.load(Ordering::Relaxed) >= 0 && self.fuse.fetch_sub(1, Ordering::Relaxed) == 0 {
            self.kill();
        }
    }

    async fn until(&self, wanted: impl Fn(State) -> bool) {
        let mut state = self.state.subscribe();
        // There is a sender as long as this is asked.
        state.wait_for(|state| wanted(*state)).await.ok();
    }

    pub fn kill(&self) {
        self.state.send_replace(State::Gone);
    }

    pub fn is_gone(&self) -> bool {
        *self.state.borrow() == State::Gone
    }

    /// Held still, or going on.
    pub fn hold(&self, still: bool) {
        let next = if still { State::Still } else { State::Alive };
        self.state.send_if_modified(|state| {
            let changes = *state != State::Gone;
            *state = if changes { next } else { State::Gone };
            changes
        });
    }

    pub async fn crashed(&self) {
        self.until(|state| state == State::Gone).await;
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
            "news" | "renew" => self.until(|state| state == State::Alive).await,
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
