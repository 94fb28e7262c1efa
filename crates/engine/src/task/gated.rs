//! Steps at their connections' gates.

use super::{Stop, Task};
use crate::flow::Work;
use crate::gates::{Pass, Waiter};
use crate::sleepers::{Sleeper, What};
use run::At;
use store::Ms;

/// When a step asks again for which there was no place in line.
const ASK_AGAIN_MS: Ms = 30_000;

impl Task {
    /// Whether a step may call now. One that may not waits, without an attempt.
    pub(super) fn pass(&mut self, at: &At) -> Option<Pass> {
        let flow = self.flow.clone();
        let Work::Action(work) = &flow.nodes[at.node] else { return Some(Pass::FREE) };
        let waiter = || self.waiter(at);
        let blocked = match self.core.enter(work.connection.as_ref(), self.row.flow, waiter) {
            Ok(pass) => return Some(pass),
            Err(blocked) => blocked,
        };
        let until = blocked.forgotten.then(|| self.now().saturating_add(ASK_AGAIN_MS));
        let what = What::Gate { expected: blocked.doc.until };
        self.sleepers.add(Sleeper { at: at.clone(), since: self.now(), until, what });
        self.notes.blocked(at, blocked.doc);
        None
    }

    fn waiter(&self, at: &At) -> Waiter {
        Waiter { run: self.row.id, step: self.run.step_id(at) }
    }

    /// One of the steps that wait is let through; only its gate knows which.
    pub(super) async fn ask_gates(&mut self) -> Result<(), Stop> {
        for at in self.sleepers.take_gated() {
            self.launch(at, None).await?;
        }
        Ok(())
    }

    /// A step is given up while it waits at a gate.
    pub(super) fn leave_gate(&self, sleeper: &Sleeper) {
        if let (What::Gate { .. }, Work::Action(work)) = (&sleeper.what, &self.flow.nodes[sleeper.at.node])
            && let Some(connection) = &work.connection
        {
            self.core.leave_gate(connection, &self.waiter(&sleeper.at));
        }
    }
}
