//! Calls that belong to no run: looks what has changed, and trials whether a connection works. They have no place in line:
//! while steps wait, these are left for later.

use super::gate::Aside;
use super::{GateView, Pass};
use crate::Engine;
use crate::core::Core;
use crate::sync;
use connector::Error;
use model::{ConnectionName, Value};
use run::doc::{BlockedDoc, BlockedWhy};
use std::sync::Arc;
use std::time::Duration;
use store::RunId;

/// Whose call it is.
pub const NOBODY: RunId = 0;
/// How often it is looked whether the store has answered, and how long. What it gave is good for a second.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const LOOKS_MAX: u32 = 60;

impl Engine {
    /// Makes one call for no run, if its connection's gate lets one through now; nothing where it does not. It is never the
    /// trial of an open breaker.
    pub async fn call_aside<T>(
        &self,
        connection: &ConnectionName,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Option<Result<T, Error>> {
        self.0.call_aside(connection, call).await
    }
}

impl Core {
    /// Lets one call through if one may be made now, also as the trial of an open breaker that is due; else says until when
    /// none may.
    pub async fn pass_aside(self: &Arc<Self>, name: &ConnectionName) -> Result<Pass, BlockedDoc> {
        for _ in 0..LOOKS_MAX {
            // A call without the connection that it names fails by itself.
            let Some(connection) = self.connections.connection(name) else { return Ok(Pass::FREE) };
            let gate = self.gates.find(name);
            match gate.enter_aside(&connection, || self.rate_of(&connection), self.clock.now()) {
                Ok(trial) => return Ok(Pass { gate: Some(gate), trial }),
                Err(Aside::Held(blocked)) => return Err(blocked),
                Err(Aside::Asked) => {
                    self.gates.ring();
                    sync::sleep(LOOK_AGAIN).await;
                }
            }
        }
        Err(BlockedDoc { connection: name.clone(), why: BlockedWhy::Rate, until: self.clock.now() })
    }

    /// Makes one call for no run, if it may be made now and is no trial of an open breaker; nothing where it may not.
    async fn call_aside<T>(
        self: &Arc<Self>,
        name: &ConnectionName,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Option<Result<T, Error>> {
        let shut = |view: GateView| view.open.is_some() || view.held_until.is_some() || view.waiting > 0;
        if !self.holding.is_good() || self.gates.views(self.clock.now()).remove(name).is_some_and(shut) {
            return None;
        }
        let pass = self.pass_aside(name).await.ok()?;
        let answer = call.await;
        let came = answer.as_ref().map(|_| Value::Null).map_err(Clone::clone);
        self.came(&pass, &came, NOBODY);
        Some(answer)
    }
}
