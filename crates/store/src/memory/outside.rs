//! What is remembered of other systems.

use super::MemoryStore;
use crate::outside::too_many_connectors;
use crate::{CONNECTORS_MAX, ConnectorRow, Error, FlowKey, HealthRow, Ms, Outside};
use async_trait::async_trait;
use model::{ConnectionName, NodeId};

#[async_trait]
impl Outside for MemoryStore {
    async fn cursor(&self, flow: FlowKey, node: &NodeId) -> Result<Option<String>, Error> {
        Ok(self.state().cursors.get(&(flow, node.clone())).cloned())
    }

    async fn set_cursor(&self, flow: FlowKey, node: &NodeId, cursor: &str) -> Result<(), Error> {
        self.state().cursors.insert((flow, node.clone()), cursor.into());
        Ok(())
    }

    async fn begin_renewal(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error> {
        let mut state = self.state();
        let free = state.renewals.get(connection).is_none_or(|until| *until <= now);
        if free {
            state.renewals.insert(connection.clone(), until);
        }
        Ok(free)
    }

    async fn end_renewal(&self, connection: &ConnectionName) -> Result<(), Error> {
        self.state().renewals.remove(connection);
        Ok(())
    }

    async fn health(&self) -> Result<Vec<HealthRow>, Error> {
        Ok(self.state().health.values().cloned().collect())
    }

    async fn keep_health(&self, row: HealthRow) -> Result<(), Error> {
        self.state().health.insert(row.connection.clone(), row);
        Ok(())
    }

    async fn connectors(&self) -> Result<Vec<ConnectorRow>, Error> {
        Ok(self.state().connectors.values().cloned().collect())
    }

    async fn save_connector(&self, row: ConnectorRow) -> Result<(), Error> {
        let mut state = self.state();
        if !state.connectors.contains_key(&row.id) && state.connectors.len() >= CONNECTORS_MAX {
            return Err(too_many_connectors());
        }
        state.connectors.insert(row.id.clone(), row);
        Ok(())
    }

    async fn delete_connector(&self, id: &str) -> Result<bool, Error> {
        Ok(self.state().connectors.remove(id).is_some())
    }
}
