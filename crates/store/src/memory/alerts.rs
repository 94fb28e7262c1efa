//! What people are to be told of.

use super::MemoryStore;
use crate::alerts::too_many;
use crate::{ALERTS_MAX, AlertRow, Alerts, Error};
use async_trait::async_trait;

#[async_trait]
impl Alerts for MemoryStore {
    async fn alerts(&self) -> Result<Vec<AlertRow>, Error> {
        Ok(self.state().alerts.values().cloned().collect())
    }

    async fn alert(&self, id: &str) -> Result<Option<AlertRow>, Error> {
        Ok(self.state().alerts.get(id).cloned())
    }

    async fn save_alert(&self, row: AlertRow) -> Result<bool, Error> {
        let mut state = self.state();
        let there = state.alerts.get(&row.id).map(|kept| kept.revision);
        if row.revision != there.unwrap_or_default() {
            return Ok(false);
        }
        if there.is_none() && state.alerts.len() >= ALERTS_MAX {
            return Err(too_many());
        }
        let revision = there.map_or_else(|| row.first_revision(), |revision| revision + 1);
        state.alerts.insert(row.id.clone(), AlertRow { revision, ..row });
        Ok(true)
    }

    async fn delete_alert(&self, id: &str) -> Result<bool, Error> {
        Ok(self.state().alerts.remove(id).is_some())
    }
}
