//! Which runs have ended and left the hot file, for a writer that must not take one in twice.

use super::look::Days;
use crate::fault::Fault;
use rusqlite::Transaction;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{EventId, RunId};

/// Ids that are kept in memory: some seconds' worth under full load. Whoever asks about an older one looks into a file.
const RECENT_MAX: usize = 20_000;

pub(crate) struct Ended {
    days: Arc<Days>,
    recent: BTreeSet<RunId>,
    /// No larger id has left without being in `recent`.
    floor: RunId,
}

impl Ended {
    pub(crate) fn new(days: Arc<Days>, floor: RunId) -> Self {
        Self { days, recent: BTreeSet::new(), floor }
    }

    pub(super) fn note(&mut self, runs: impl Iterator<Item = RunId>) {
        self.recent.extend(runs);
        while self.recent.len() > RECENT_MAX
            && let Some(oldest) = self.recent.pop_first()
        {
            self.floor = self.floor.max(oldest);
        }
    }

    pub(crate) fn holds(&self, tx: &Transaction<'_>, run: RunId) -> Result<bool, Fault> {
        match run > self.floor {
            true => Ok(self.recent.contains(&run)),
            false => self.days.has_run(tx, run),
        }
    }

    /// Brings an event back for another run of it; `false` where it is not kept any more.
    pub(crate) fn bring_event(&self, tx: &Transaction<'_>, event: EventId) -> Result<bool, Fault> {
        self.days.bring_event(tx, event)
    }
}
