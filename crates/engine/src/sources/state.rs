//! How the triggers that fetch their events are getting on, for people to see.

use super::Slot;
use crate::sync::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use store::Ms;
use tokio::sync::Notify;

/// How one of them is getting on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceState {
    /// When its system last answered.
    pub answered_at: Option<Ms>,
    /// When it asks again; nothing for one that is handed messages.
    pub next_at: Option<Ms>,
    /// Why its last try failed, and since when none has succeeded.
    pub failing: Option<Failing>,
    /// New events since this process serves it.
    pub events: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    pub since: Ms,
    pub tries: u32,
    pub code: String,
    pub message: String,
    pub advice: String,
}

#[derive(Default)]
struct Served {
    nudged: Arc<Notify>,
    state: SourceState,
}

/// Those that this process serves.
#[derive(Default)]
pub struct Sources {
    served: Mutex<HashMap<Slot, Served>>,
    /// Rings when others may be to be served here: a flow has changed, or a shard its holder.
    changed: Arc<Notify>,
}

impl Sources {
    fn served(&self) -> MutexGuard<'_, HashMap<Slot, Served>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Others may be to be served here.
    pub fn ring(&self) {
        self.changed.notify_one();
    }

    pub(super) fn changes(&self) -> Arc<Notify> {
        self.changed.clone()
    }

    pub(super) fn begin(&self, slot: &Slot) -> Arc<Notify> {
        self.served().entry(slot.clone()).or_default().nudged.clone()
    }

    pub(super) fn forget(&self, slot: &Slot) {
        self.served().remove(slot);
    }

    /// Lets one ask at once; false where this process does not serve it.
    pub fn nudge(&self, slot: &Slot) -> bool {
        let served = self.served();
        served.get(slot).inspect(|served| served.nudged.notify_one()).is_some()
    }

    pub fn state(&self, slot: &Slot) -> Option<SourceState> {
        self.served().get(slot).map(|served| served.state.clone())
    }

    fn change(&self, slot: &Slot, change: impl FnOnce(&mut SourceState)) {
        if let Some(served) = self.served().get_mut(slot) {
            change(&mut served.state);
        }
    }

    pub(super) fn brought(&self, slot: &Slot, new: bool) {
        self.change(slot, |state| state.events += u64::from(new));
    }

    pub(super) fn answered(&self, slot: &Slot, now: Ms, next_at: Option<Ms>) {
        self.change(slot, |state| {
            state.answered_at = Some(now);
            state.next_at = next_at;
            state.failing = None;
        });
    }

    pub(super) fn failed(&self, slot: &Slot, now: Ms, next_at: Ms, why: (&str, String, String)) {
        let (code, message, advice) = why;
        self.change(slot, |state| {
            let (since, tries) =
                state.failing.as_ref().map_or((now, 0), |before| (before.since, before.tries));
            state.next_at = Some(next_at);
            state.failing = Some(Failing { since, tries: tries + 1, code: code.into(), message, advice });
        });
    }
}
