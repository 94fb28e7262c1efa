//! Counts of what ended, put into a row of equal spans of time.

use api::{Series, Took};
use std::collections::HashMap;
use store::slots::SLOT_MS;
use store::{Durations, Error, FlowKey, Grain, Ms, SlotCount, SlotFilter, Slots, Status};

/// What a spark shows.
const SPARK_HOURS: usize = 24;
const HOUR_SLOTS: u32 = 12;
const HOUR_MS: Ms = HOUR_SLOTS as Ms * SLOT_MS;

/// The beginning of the slot that a time is in.
pub fn slot_of(time: Ms) -> Ms {
    time.div_euclid(SLOT_MS) * SLOT_MS
}

/// Five minutes each, from `since` to the one under way. `since` begins a slot.
pub fn series(counts: &[SlotCount], since: Ms, now: Ms) -> Series {
    let spans = usize::try_from((now - since).div_euclid(SLOT_MS) + 1).unwrap_or(0);
    let none = || vec![0; spans];
    let mut series = Series { since, every: SLOT_MS, done: none(), retried: none(), failed: none() };
    for count in counts {
        let place = usize::try_from((count.at - since) / SLOT_MS).unwrap_or(usize::MAX);
        let add = |row: &mut Vec<u64>| row.get_mut(place).into_iter().for_each(|sum| *sum += count.runs);
        match count.status {
            Status::Done => add(&mut series.done),
            Status::Failed => add(&mut series.failed),
            Status::Cancelled => {}
        }
        if count.status == Status::Done && count.retried {
            add(&mut series.retried);
        }
    }
    series
}

pub fn took(durations: &Durations) -> Took {
    Took { median: durations.quantile(500), p99: durations.quantile(990) }
}

/// Each flow's runs per hour of late.
pub struct Sparks(HashMap<FlowKey, Vec<u64>>);

impl Sparks {
    pub async fn read(store: &(impl Slots + ?Sized), now: Ms) -> Result<Self, Error> {
        let since = now.div_euclid(HOUR_MS) * HOUR_MS - (SPARK_HOURS as Ms - 1) * HOUR_MS;
        let which = SlotFilter { flow: None, since, until: now + SLOT_MS };
        let counts = store.slots(which, Grain { slots: HOUR_SLOTS, by_flow: true }).await?;
        let mut sparks: HashMap<FlowKey, Vec<u64>> = HashMap::new();
        for count in counts {
            let hours = sparks.entry(count.flow).or_insert_with(|| vec![0; SPARK_HOURS]);
            let place = usize::try_from((count.at - since) / HOUR_MS).unwrap_or(usize::MAX);
            hours.get_mut(place).into_iter().for_each(|sum| *sum += count.runs);
        }
        Ok(Self(sparks))
    }

    /// A flow without runs has a flat one.
    pub fn take(&mut self, flow: FlowKey) -> Vec<u64> {
        self.0.remove(&flow).unwrap_or_else(|| vec![0; SPARK_HOURS])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stand_in_the_five_minutes_in_which_they_ended() {
        let since = 1_000 * SLOT_MS;
        let count = |slot, status, retried, runs| SlotCount {
            at: since + slot * SLOT_MS,
            flow: 0,
            status,
            retried,
            runs,
        };
        let counts = [
            count(0, Status::Done, false, 5),
            count(0, Status::Done, true, 2),
            count(0, Status::Cancelled, false, 9),
            count(2, Status::Failed, true, 1),
            count(7, Status::Done, false, 4),
        ];
        let series = series(&counts, since, since + 2 * SLOT_MS + 1);
        assert_eq!(series.done, [7, 0, 0]);
        assert_eq!((series.retried, series.failed), (vec![2, 0, 0], vec![0, 0, 1]));
    }
}
