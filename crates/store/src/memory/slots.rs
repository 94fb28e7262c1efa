//! What ended in each five minutes.

use super::MemoryStore;
use crate::slots::{SLOT_MS, SLOT_ROWS_MAX};
use crate::{Durations, Error, FlowKey, Grain, SlotCount, SlotFilter, SlotKey, Slots, Status};
use async_trait::async_trait;
use std::collections::BTreeMap;

#[async_trait]
impl Slots for MemoryStore {
    async fn slots(&self, which: SlotFilter, grain: Grain) -> Result<Vec<SlotCount>, Error> {
        let width = grain.width();
        let mut sums: BTreeMap<SlotKey, u64> = BTreeMap::new();
        for (key, runs) in self.meant(which) {
            let (slot, flow) = (key.slot.div_euclid(width) * width, if grain.by_flow { key.flow } else { 0 });
            *sums.entry(SlotKey { slot, flow, band: 0, ..key }).or_default() += runs;
        }
        let count = |(key, runs): (SlotKey, u64)| {
            let (at, status) = (key.slot * SLOT_MS, key.status.try_into()?);
            Ok(SlotCount { at, flow: key.flow, status, retried: key.retried != 0, runs })
        };
        sums.into_iter().take(SLOT_ROWS_MAX as usize).map(count).collect()
    }

    async fn durations(&self, which: SlotFilter) -> Result<BTreeMap<FlowKey, Durations>, Error> {
        let mut all: BTreeMap<FlowKey, Durations> = BTreeMap::new();
        for (key, runs) in self.meant(which) {
            if key.status == Status::Done as i16 {
                *all.entry(key.flow).or_default().0.entry(key.band).or_default() += runs;
            }
        }
        Ok(all)
    }
}

impl MemoryStore {
    fn meant(&self, which: SlotFilter) -> Vec<(SlotKey, u64)> {
        let meant = |key: &SlotKey| {
            (which.first()..which.end()).contains(&key.slot) && which.flow.is_none_or(|flow| flow == key.flow)
        };
        let state = self.state();
        state.slots.iter().filter(|(key, _)| meant(key)).map(|(key, runs)| (*key, *runs)).collect()
    }
}
