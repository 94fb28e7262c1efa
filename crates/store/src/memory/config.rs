//! What people set up.

use super::{KeptFlow, MemoryStore, State};
use crate::{
    Connections, Error, FlowKey, FlowRow, FlowState, Flows, Ms, SaveFlow, Schedules, SealedConnection,
    Settings, VersionKey, VersionRow,
};
use async_trait::async_trait;
use model::{ConnectionName, FlowId, NodeId};
use std::collections::BTreeMap;

#[async_trait]
impl Flows for MemoryStore {
    async fn save_flow(&self, save: SaveFlow) -> Result<FlowRow, Error> {
        let mut state = self.state();
        let now = state.there().find(|flow| flow.row.id == save.id).map(|flow| &flow.row);
        save.check_over(now.map(|row| (row.version, row.updated_at)))?;
        Ok(state.save(save))
    }

    async fn flows(&self) -> Result<Vec<FlowRow>, Error> {
        let mut flows: Vec<FlowRow> = self.state().there().map(|flow| flow.row.clone()).collect();
        flows.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(flows)
    }

    async fn flow(&self, id: &FlowId) -> Result<Option<FlowRow>, Error> {
        Ok(self.state().there().find(|flow| flow.row.id == *id).map(|flow| flow.row.clone()))
    }

    async fn set_flow_state(&self, id: &FlowId, state: FlowState, at: Ms) -> Result<bool, Error> {
        let mut all = self.state();
        let found = all.there_mut(id);
        Ok(found.map(|flow| (flow.row.state, flow.row.updated_at) = (state, at)).is_some())
    }

    async fn delete_flow(&self, id: &FlowId, _at: Ms) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(key) = state.there_mut(id).map(|flow| flow.row.key) else { return Ok(false) };
        if state.open.values().any(|open| open.run.flow == key) {
            return Err(Error::Conflict(format!("flow {id} has open runs")));
        }
        state.schedules.retain(|(flow, _), _| *flow != key);
        state.cursors.retain(|(flow, _), _| *flow != key);
        if let Some(flow) = state.there_mut(id) {
            flow.deleted = true;
        }
        Ok(true)
    }

    async fn versions(&self, flow: FlowKey) -> Result<Vec<VersionRow>, Error> {
        let state = self.state();
        let mut versions: Vec<_> =
            state.versions.values().filter(|version| version.flow == flow).cloned().collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.number));
        Ok(versions)
    }

    async fn numbered_version(&self, flow: FlowKey, number: u32) -> Result<Option<VersionRow>, Error> {
        let is_it = |version: &&VersionRow| version.flow == flow && version.number == number;
        Ok(self.state().versions.values().find(is_it).cloned())
    }

    async fn version(&self, key: VersionKey) -> Result<Option<VersionRow>, Error> {
        Ok(self.state().versions.get(&key).cloned())
    }
}

impl State {
    fn there(&self) -> impl Iterator<Item = &KeptFlow> {
        self.flows.values().filter(|flow| !flow.deleted)
    }

    fn there_mut(&mut self, id: &FlowId) -> Option<&mut KeptFlow> {
        self.flows.values_mut().find(|flow| !flow.deleted && flow.row.id == *id)
    }

    /// An id is permanent, so a flow that was deleted and comes back goes on with its numbers.
    fn save(&mut self, save: SaveFlow) -> FlowRow {
        let known = self.flows.values().find(|flow| flow.row.id == save.id).cloned();
        let key = known.as_ref().map_or(self.flows.len() as FlowKey + 1, |known| known.row.key);
        let live = known.as_ref().and_then(|known| self.versions.get(&known.row.version)).cloned();
        let (version, version_number) = match live {
            Some(live) if live.logic == save.logic => (live.key, live.number),
            live => self.add_version(key, live.map_or(1, |live| live.number + 1), &save),
        };
        let before = known.filter(|known| !known.deleted).map(|known| known.row);
        let row = FlowRow {
            key,
            id: save.id,
            name: save.name,
            state: before.as_ref().map_or(FlowState::Live, |before| before.state),
            version,
            version_number,
            document: save.document,
            created_at: before.as_ref().map_or(save.at, |before| before.created_at),
            updated_at: save.at,
        };
        let (keep_done, keep_failed) = (save.keep_done, save.keep_failed);
        self.flows.insert(key, KeptFlow { row: row.clone(), deleted: false, keep_done, keep_failed });
        row
    }

    fn add_version(&mut self, flow: FlowKey, number: u32, save: &SaveFlow) -> (VersionKey, u32) {
        let key = self.versions.len() as VersionKey + 1;
        let (logic, created_at, created_by) = (save.logic.clone(), save.at, save.by.clone());
        self.versions.insert(key, VersionRow { key, flow, number, logic, created_at, created_by });
        (key, number)
    }
}

#[async_trait]
impl Connections for MemoryStore {
    async fn save_connection(&self, connection: SealedConnection) -> Result<(), Error> {
        self.state().connections.insert(connection.name.clone(), connection);
        Ok(())
    }

    async fn connections(&self) -> Result<Vec<SealedConnection>, Error> {
        Ok(self.state().connections.values().cloned().collect())
    }

    async fn connection(&self, name: &ConnectionName) -> Result<Option<SealedConnection>, Error> {
        Ok(self.state().connections.get(name).cloned())
    }

    async fn delete_connection(&self, name: &ConnectionName) -> Result<bool, Error> {
        let mut state = self.state();
        state.gates.remove(name);
        state.renewals.remove(name);
        state.health.remove(name);
        Ok(state.connections.remove(name).is_some())
    }
}

#[async_trait]
impl Schedules for MemoryStore {
    async fn schedules(&self) -> Result<BTreeMap<(FlowKey, NodeId), Ms>, Error> {
        Ok(self.state().schedules.clone())
    }
}

#[async_trait]
impl Settings for MemoryStore {
    async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.state().settings.get(name).cloned())
    }

    async fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        self.state().settings.insert(name.into(), value.into());
        Ok(())
    }
}
