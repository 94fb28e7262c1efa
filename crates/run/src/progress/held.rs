//! How much a run holds in memory, and which of its steps hold it.

use super::Run;
use crate::{Data, StepId};
use std::collections::HashMap;

/// Smaller values are counted wherever they are; larger ones once, however many steps gave them on.
const COUNTED_ONCE_BYTES_MIN: usize = 16 << 10;

/// Bytes of text of the outputs that later steps may look at.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    bytes: usize,
    /// Larger values, by where they are: how many hold each.
    shared: HashMap<usize, u32>,
}

/// What one output counts; given back when its scope closes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Charge {
    pub bytes: usize,
    place: usize,
}

impl Holdings {
    pub(super) fn add(&mut self, data: &Data) -> Charge {
        let (bytes, place) = data.held();
        if bytes < COUNTED_ONCE_BYTES_MIN {
            self.bytes += bytes;
            return Charge { bytes, place };
        }
        let holders = self.shared.entry(place).or_default();
        *holders += 1;
        if *holders == 1 {
            self.bytes += bytes;
        }
        Charge { bytes, place }
    }

    pub(super) fn give_back(&mut self, charge: Charge) {
        if charge.bytes >= COUNTED_ONCE_BYTES_MIN {
            let Some(holders) = self.shared.get_mut(&charge.place) else { return };
            *holders -= 1;
            if *holders > 0 {
                return;
            }
            self.shared.remove(&charge.place);
        }
        self.bytes -= charge.bytes.min(self.bytes);
    }
}

impl Run {
    /// Bytes of values that the run holds in memory: what steps gave, and what for-eaches have gathered.
    pub fn held(&self) -> usize {
        self.holdings.bytes + self.loops.values().map(super::Loop::held).sum::<usize>()
    }

    /// Who holds the most, first; at most `limit` of them.
    pub fn holders(&self, limit: usize) -> Vec<(StepId, usize)> {
        let mut holders: Vec<_> =
            self.loops.iter().map(|(at, around)| (self.step_id(at), around.held())).collect();
        for scope in self.scopes.iter().flatten() {
            let path = scope.item.as_ref().map(|item| [&item.parent.item[..], &[item.index]].concat());
            let nodes = &self.plan.scope(scope.plan).nodes;
            for (slot, node) in scope.slots.iter().zip(nodes) {
                let step = StepId::new(self.plan.id(*node).clone(), path.clone().unwrap_or_default());
                holders.push((step, slot.charge.bytes));
            }
        }
        holders.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        holders.truncate(limit);
        holders
    }
}
