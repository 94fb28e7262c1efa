//! What holds calls of a connection back.

use super::{MemoryStore, State};
use crate::{Drawn, Error, GateRow, Gates, Ms, OpenBreaker};
use async_trait::async_trait;
use model::ConnectionName;
use model::rate::{Rate, Us};

impl State {
    fn gate(&mut self, connection: &ConnectionName) -> &mut GateRow {
        let new = || GateRow { connection: connection.clone(), spent_until: 0, held_until: 0, open: None };
        self.gates.entry(connection.clone()).or_insert_with(new)
    }
}

#[async_trait]
impl Gates for MemoryStore {
    async fn gates(&self) -> Result<Vec<GateRow>, Error> {
        Ok(self.state().gates.values().cloned().collect())
    }

    async fn take_calls(
        &self,
        connection: &ConnectionName,
        rate: &Rate,
        calls: u32,
        now: Ms,
    ) -> Result<Drawn, Error> {
        let mut state = self.state();
        let gate = state.gate(connection);
        if gate.held_until > now {
            return Ok(Drawn::Later(gate.held_until * 1_000));
        }
        Ok(match rate.take(gate.spent_until, now * 1_000, calls) {
            Ok(spent_until) => {
                gate.spent_until = spent_until;
                Drawn::Now
            }
            Err(at) => Drawn::Later(at),
        })
    }

    async fn keep_spent(&self, connection: &ConnectionName, spent_until: Us) -> Result<(), Error> {
        let mut state = self.state();
        let gate = state.gate(connection);
        gate.spent_until = gate.spent_until.max(spent_until);
        Ok(())
    }

    async fn hold(&self, connection: &ConnectionName, until: Ms) -> Result<(), Error> {
        let mut state = self.state();
        let gate = state.gate(connection);
        gate.held_until = gate.held_until.max(until);
        Ok(())
    }

    async fn open_breaker(&self, connection: &ConnectionName, open: &OpenBreaker) -> Result<(), Error> {
        let mut state = self.state();
        let gate = state.gate(connection);
        let since = gate.open.as_ref().map_or(open.since, |known| known.since);
        gate.open = Some(OpenBreaker { since, ..open.clone() });
        Ok(())
    }

    async fn begin_trial(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error> {
        let mut state = self.state();
        let open = state.gates.get_mut(connection).and_then(|gate| gate.open.as_mut());
        let due = open.filter(|open| open.next_trial_at <= now);
        Ok(due.map(|open| open.next_trial_at = until).is_some())
    }

    async fn close_breaker(&self, connection: &ConnectionName) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(gate) = state.gates.get_mut(connection) else { return Ok(false) };
        let was = gate.open.is_some() || gate.held_until > 0;
        (gate.open, gate.held_until) = (None, 0);
        Ok(was)
    }
}
