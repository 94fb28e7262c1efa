//! How much the store may take: a warning before, old history that goes early, and a door that closes in time.

use crate::storage::Storage;
use arc_swap::ArcSwapOption;
use engine::{Clock, Engine};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{Error, Ms, Taken};
use tokio::sync::Mutex;

/// Percent of the budget from which on each thing happens.
const NEAR: u64 = 80;
const DROPS: u64 = 95;
const FULL: u64 = 100;
/// What is taken is looked at so often; oftener when there is less room. Nobody's request looks.
const LOOK_EVERY: Duration = Duration::from_secs(30);
const LOOK_EVERY_NEAR: Duration = Duration::from_secs(5);
const LOOK_EVERY_TIGHT: Duration = Duration::from_secs(1);

/// What the administrator allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of everything the store has on its disk; any number where there is none.
    pub bytes_max: Option<u64>,
    /// Days of history stay as long as their flows say, even if the door has to close.
    pub keeps_days: bool,
}

/// How near the end of the budget is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Fine,
    Near,
    /// The oldest days go.
    Tight,
    /// No new events.
    Full,
}

impl Limits {
    pub fn level(&self, bytes: u64) -> Level {
        let Some(most) = self.bytes_max else { return Level::Fine };
        let reaches = |percent| u128::from(bytes) * 100 >= u128::from(most) * u128::from(percent);
        match bytes {
            _ if reaches(FULL) => Level::Full,
            _ if reaches(DROPS) => Level::Tight,
            _ if reaches(NEAR) => Level::Near,
            _ => Level::Fine,
        }
    }
}

/// What the last look found.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Ms,
    pub taken: Taken,
    pub level: Level,
}

pub struct Budget {
    pub limits: Limits,
    seen: ArcSwapOption<Seen>,
    /// One look at a time: two that see the same too much would drop a day each.
    turn: Mutex<()>,
    dropped: AtomicU64,
}

impl Budget {
    pub fn new(limits: Limits) -> Self {
        Self { limits, seen: ArcSwapOption::empty(), turn: Mutex::new(()), dropped: AtomicU64::new(0) }
    }

    pub fn seen(&self) -> Option<Arc<Seen>> {
        self.seen.load_full()
    }

    /// Days of history that went early since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// What somebody should know about it, where it is not fine.
    pub fn note(&self) -> Option<String> {
        let (seen, most) = (self.seen()?, self.limits.bytes_max?);
        let (used, most) = (megabytes(seen.taken.bytes()), megabytes(most));
        let what = match seen.level {
            Level::Fine => return None,
            Level::Near => "is nearly used up",
            Level::Tight if self.limits.keeps_days => "is nearly used up",
            Level::Tight => "is nearly used up: the oldest days of history go early",
            Level::Full => "is used up: no new events are taken",
        };
        Some(format!("the storage budget {what} ({used} of {most} MB)"))
    }

    /// Why no new events are taken, where that is for the budget.
    pub fn closes(&self) -> Option<String> {
        self.note().filter(|_| self.seen().is_some_and(|seen| seen.level == Level::Full))
    }

    /// Looks after it for as long as it is waited for.
    pub async fn keep(&self, storage: &Storage, engine: &Engine, clock: &dyn Clock) {
        loop {
            if let Err(error) = self.look(storage, engine, clock.now()).await {
                tracing::warn!(%error, "how much the store takes is not known now");
            }
            let pause = match self.seen().map(|seen| seen.level) {
                None | Some(Level::Fine) => LOOK_EVERY,
                Some(Level::Near) => LOOK_EVERY_NEAR,
                Some(Level::Tight | Level::Full) => LOOK_EVERY_TIGHT,
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Looks once, and does what has to be done.
    pub async fn look(&self, storage: &Storage, engine: &Engine, now: Ms) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let mut taken = storage.space().taken().await?;
        while !self.limits.keeps_days && self.limits.level(taken.bytes()) >= Level::Tight {
            let Some(oldest) = taken.oldest_day else { break };
            let Some(day) = storage.space().drop_oldest_day(oldest, now).await? else { break };
            self.dropped.fetch_add(1, Ordering::Relaxed);
            let before = megabytes(taken.bytes());
            taken = storage.space().taken().await?;
            let after = megabytes(taken.bytes());
            tracing::warn!(
                day = date(day),
                before,
                after,
                "a day of history was dropped: the storage budget"
            );
        }
        let level = self.limits.level(taken.bytes());
        engine.close_door(level == Level::Full);
        let before = self.seen.swap(Some(Arc::new(Seen { at: now, taken, level })));
        if before.map_or(Level::Fine, |before| before.level) != level {
            self.tell(level);
        }
        Ok(())
    }

    fn tell(&self, level: Level) {
        match (level, self.note()) {
            (Level::Full, Some(note)) => tracing::error!("{note}"),
            (_, Some(note)) => tracing::warn!("{note}"),
            (_, None) => tracing::info!("the storage budget has room again"),
        }
    }
}

pub fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// Such as 2026-11-25.
pub fn date(at: Ms) -> String {
    let time = time::OffsetDateTime::from_unix_timestamp(at.div_euclid(1_000));
    time.map_or_else(|_| at.to_string(), |time| time.date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_begin_at_their_percentages() {
        let limits = Limits { bytes_max: Some(1_000), keeps_days: false };
        let levels = [0, 799, 800, 949, 950, 999, 1_000, u64::MAX].map(|bytes| limits.level(bytes));
        use Level::*;
        assert_eq!(levels, [Fine, Fine, Near, Near, Tight, Tight, Full, Full]);
        assert_eq!(Limits::default().level(u64::MAX), Fine, "without a budget there is always room");
    }
}
