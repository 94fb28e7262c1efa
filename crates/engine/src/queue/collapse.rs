//! Of the runs of one key that have not begun, only the newest goes out, and if the flow says so only when its key has been
//! quiet for a while.
//!
//! A run that is replaced is still open on the disk until its end is written. The newer one does not start before that:
//! else a stop in between would leave the older one alone in its lane, to go out last.

use super::{Queue, Ready, Stand};
use store::{FlowKey, Ms, RunId};

/// A key that is never quiet goes out all the same, this many quiet times after its first event.
const QUIET_TIMES_MAX: Ms = 10;

/// A run that a newer one took the place of. Its lane waits for `Queue::end_written`.
#[derive(Debug)]
pub struct Replaced {
    pub ready: Ready,
    pub by: RunId,
}

/// The run of a key that waits, and that a newer one is to replace.
pub(super) struct Older {
    run: RunId,
    turn: i64,
    stand: Stand,
    burst: Ms,
}

impl Queue {
    /// How long a key must be quiet, where the flow wants only the newest of its runs.
    fn quiet(&self, flow: FlowKey) -> Option<Ms> {
        self.flows.get(&flow).and_then(|flow| flow.rules.collapse)
    }

    pub(super) fn older(&self, flow: FlowKey, lane: i64) -> Option<Older> {
        self.quiet(flow)?;
        let newest = self.lines.get(self.lanes.get(&lane)?.newest?)?;
        Some(Older { run: newest.run, turn: newest.turn, stand: newest.stand, burst: newest.burst })
    }

    pub(super) fn replace(&mut self, key: i64, older: Older, mut ready: Ready) -> Option<Replaced> {
        let by = ready.run;
        let lane = self.lanes.get_mut(&key)?;
        lane.ending += 1;
        if older.turn > ready.turn {
            // It came late, by way of another process.
            return Some(Replaced { ready, by: older.run });
        }
        lane.newest = Some(by);
        let quiets = older.stand == Stand::Aside && lane.due.is_some();
        ready.burst = older.burst;
        let is_last = match older.stand {
            Stand::Behind => lane.behind.is_last(&self.lines, older.run),
            Stand::Turn | Stand::Resumed | Stand::Aside => lane.behind.is_empty(),
        };
        let gone = if is_last {
            ready.stand = older.stand;
            if quiets {
                self.set_due(key, self.due(&ready));
            }
            self.lines.swap(older.run, ready)
        } else {
            let gone = self.take(older.run);
            if older.stand != Stand::Behind {
                self.leave_lane(ready.flow, key);
            }
            self.stand_in(key, ready);
            gone
        };
        self.words.remove(&older.run);
        gone.map(|ready| Replaced { ready, by })
    }

    /// A run has its place in the lane: it takes its turn, or stands aside until the key is quiet.
    pub(super) fn settle(&mut self, key: i64, ready: Ready) {
        match self.due(&ready) {
            Some(due) => {
                self.stand_aside(key, ready);
                self.set_due(key, Some(due));
            }
            None => self.line_up(ready),
        }
    }

    /// When the key of a run has been quiet for long enough; nothing where nobody waits for that.
    fn due(&self, ready: &Ready) -> Option<Ms> {
        let quiet = self.quiet(ready.flow).filter(|quiet| *quiet > 0 && ready.collapsible)?;
        let longest = quiet.saturating_mul(QUIET_TIMES_MAX);
        Some(ready.came.saturating_add(quiet).min(ready.burst.saturating_add(longest)))
    }

    fn set_due(&mut self, key: i64, due: Option<Ms>) {
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        if let Some(before) = std::mem::replace(&mut lane.due, due) {
            self.quiet.remove(&(before, key));
        }
        if let Some(due) = due {
            self.quiet.insert((due, key));
            self.sooner |= self.quiet.first() == Some(&(due, key));
        }
    }

    fn stand_aside(&mut self, key: i64, mut ready: Ready) {
        ready.stand = Stand::Aside;
        let lane = self.lanes.entry(key).or_default();
        self.lines.push_back(&mut lane.aside, ready);
    }

    /// Gives a run back whose turn it is, unless the end of one that it replaced is not on disk yet.
    pub(super) fn unless_ending(&mut self, ready: Ready) -> Option<Ready> {
        let key = ready.lane.filter(|_| ready.collapsible);
        match key.filter(|key| self.lanes.get(key).is_some_and(|lane| lane.ending > 0)) {
            Some(key) => {
                self.stand_aside(key, ready);
                None
            }
            None => Some(ready),
        }
    }

    /// The end of a replaced run is on disk.
    pub fn end_written(&mut self, key: i64) {
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        lane.ending = lane.ending.saturating_sub(1);
        if lane.ending == 0 && lane.due.is_none() {
            self.come_back(key);
        }
        self.forget_if_empty(key);
    }

    /// Lines up what waited for its key to be quiet; returns when the next key is.
    pub fn end_quiet(&mut self, now: Ms) -> Option<Ms> {
        while let Some(&(due, key)) = self.quiet.first() {
            if due > now {
                return Some(due);
            }
            self.quiet.pop_first();
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.due = None;
            }
            // Its turn was never taken, so it goes behind the others.
            while let Some(ready) = self.no_longer_aside(key) {
                self.line_up(ready);
            }
        }
        None
    }

    /// What had its turn already is the next of its flow.
    fn come_back(&mut self, key: i64) {
        while let Some(ready) = self.no_longer_aside(key) {
            self.line_up_first(ready);
        }
    }

    fn no_longer_aside(&mut self, key: i64) -> Option<Ready> {
        self.lines.pop_front(&mut self.lanes.get_mut(&key)?.aside)
    }

    pub(super) fn forget_quiet(&mut self, gone: impl Fn(i64) -> bool) {
        self.quiet.retain(|(_, lane)| !gone(*lane));
    }
}
