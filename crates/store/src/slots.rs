//! How many runs ended in each five minutes, and how long they took.
//!
//! A commit adds to a few counters, whatever the number of runs it ends: one for each flow, outcome and band of durations.

use crate::{Error, Finish, FlowKey, Ms, Status};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The length of a slot.
pub const SLOT_MS: Ms = 300_000;
/// Long enough for the same weekday of last week, in any time zone. Days are counted for ever.
pub const SLOTS_KEPT: Ms = 9 * crate::DAY_MS;
/// Most slots that are forgotten at once, so that commits do not wait long.
pub const SLOTS_FORGOTTEN: i64 = 12;
/// Most rows one question gives.
pub const SLOT_ROWS_MAX: i64 = 50_000;

/// Which runs are counted together in one row of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlotKey {
    /// In `SLOT_MS` since 1970.
    pub slot: i64,
    pub flow: FlowKey,
    pub status: i16,
    /// 1 where a step needed more than one attempt.
    pub retried: i16,
    pub band: i16,
}

impl SlotKey {
    pub fn of(finish: &Finish) -> Self {
        Self {
            slot: slot_at(finish.finished_at),
            flow: finish.run.flow,
            status: finish.status as i16,
            retried: finish.retried.into(),
            band: band(finish.finished_at - finish.run.started_at),
        }
    }
}

/// The slot of a time.
pub fn slot_at(time: Ms) -> i64 {
    time.div_euclid(SLOT_MS)
}

/// No slot before this one is kept.
pub fn first_slot_kept(now: Ms) -> i64 {
    slot_at(now - SLOTS_KEPT)
}

/// Which slots: those that begin in this time, of one flow or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotFilter {
    pub flow: Option<FlowKey>,
    pub since: Ms,
    pub until: Ms,
}

impl SlotFilter {
    pub fn first(&self) -> i64 {
        -(-self.since).div_euclid(SLOT_MS)
    }

    /// The first one that is not meant any more.
    pub fn end(&self) -> i64 {
        -(-self.until).div_euclid(SLOT_MS)
    }
}

/// How finely runs are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grain {
    /// So many slots are one. Spans begin at the multiples of their length since 1970.
    pub slots: u32,
    /// Each flow for itself.
    pub by_flow: bool,
}

impl Grain {
    pub fn width(&self) -> i64 {
        self.slots.max(1).into()
    }
}

/// How many runs ended in some time with one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotCount {
    /// When that time began.
    pub at: Ms,
    /// 0 where flows are counted together.
    pub flow: FlowKey,
    pub status: Status,
    pub retried: bool,
    pub runs: u64,
}

#[async_trait]
pub trait Slots: Send + Sync {
    /// What ended, in order of time and flow; at most `SLOT_ROWS_MAX`.
    async fn slots(&self, which: SlotFilter, grain: Grain) -> Result<Vec<SlotCount>, Error>;

    /// How long the runs took that ended well, for each flow.
    async fn durations(&self, which: SlotFilter) -> Result<BTreeMap<FlowKey, Durations>, Error>;
}

/// Largest duration that is told apart: about 34 years.
const DURATION_MAX: Ms = 1 << 40;

/// The band of a duration: four to each doubling, so that whatever is said of a band is off by a tenth or so.
pub fn band(duration: Ms) -> i16 {
    let duration = duration.clamp(0, DURATION_MAX);
    if duration < 4 {
        return duration as i16;
    }
    let octave = duration.ilog2() as i16;
    octave * 4 - 4 + ((duration >> (octave - 2)) & 3) as i16
}

/// The shortest duration of a band.
fn shortest(band: i16) -> Ms {
    if band < 4 {
        return band.max(0).into();
    }
    let octave = (band / 4 + 1).min(60);
    (4 + Ms::from(band % 4)) << (octave - 2)
}

/// How many runs took how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations(pub BTreeMap<i16, u64>);

impl Durations {
    pub fn add(&mut self, other: &Self) {
        for (band, runs) in &other.0 {
            *self.0.entry(*band).or_default() += runs;
        }
    }

    pub fn runs(&self) -> u64 {
        self.0.values().sum()
    }

    /// The duration that this part of the runs did not exceed, in thousandths; nothing where there are none.
    pub fn quantile(&self, thousandths: u64) -> Option<Ms> {
        let runs = self.runs();
        let place = (runs * thousandths).div_ceil(1_000).max(1);
        let mut before = 0;
        for (band, here) in &self.0 {
            if before + here >= place {
                let (from, to) = (shortest(*band), shortest(*band + 1));
                // As if the runs of a band were spread evenly over it.
                let within = (to - from) as u64 * (2 * (place - before) - 1) / (2 * here);
                return Some(from + within as Ms);
            }
            before += here;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(durations: impl IntoIterator<Item = Ms>) -> Durations {
        let mut took = Durations::default();
        for duration in durations {
            *took.0.entry(band(duration)).or_default() += 1;
        }
        took
    }

    #[test]
    fn bands_follow_one_another_without_a_gap() {
        for duration in (0..5_000).chain([1 << 30, DURATION_MAX, Ms::MAX]) {
            let (band, kept) = (band(duration), duration.min(DURATION_MAX));
            assert!(shortest(band) <= kept && kept < shortest(band + 1), "{duration} is in {band}");
        }
        assert_eq!(band(-5), 0, "a clock that was put back");
    }

    #[test]
    fn of_a_thousand_runs_the_median_is_the_five_hundredth() {
        let durations = took(1..=1_000);
        let near = |thousandths, exact: f64| {
            let told = durations.quantile(thousandths).expect("there are runs") as f64;
            assert!((told - exact).abs() / exact < 0.1, "{told} for {exact}");
        };
        near(500, 500.0);
        near(990, 990.0);
        near(10, 10.0);
    }

    #[test]
    fn one_run_is_its_own_median_and_none_has_none() {
        assert_eq!(took([2]).quantile(500), Some(2));
        let told = took([800]).quantile(990).expect("there is one");
        assert!((768..896).contains(&told), "{told}");
        assert_eq!(Durations::default().quantile(500), None);
    }

    #[test]
    fn a_slot_is_meant_when_it_begins_in_time() {
        let which = |since, until| SlotFilter { flow: None, since, until };
        assert_eq!((which(0, SLOT_MS).first(), which(0, SLOT_MS).end()), (0, 1));
        assert_eq!((which(1, SLOT_MS + 1).first(), which(1, SLOT_MS + 1).end()), (1, 2));
    }
}
