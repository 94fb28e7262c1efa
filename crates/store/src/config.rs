//! What people set up: flows and their versions, connections, schedules, settings.

use crate::{Error, FlowKey, Ms, VersionKey};
use async_trait::async_trait;
use model::{ConnectionName, FlowId, NodeId};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum FlowState {
    Live = 1,
    /// Triggers answer 503 and schedules rest; open runs go on.
    Paused = 2,
    /// Events are taken and kept in order, schedules fire, and none of their runs begins; those that have begun go on.
    Held = 3,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FlowRow {
    pub key: FlowKey,
    pub id: FlowId,
    pub name: String,
    pub state: FlowState,
    /// The live version and its number for people (1, 2, 3 …).
    pub version: VersionKey,
    pub version_number: u32,
    /// The whole document as JSON, drawing and samples included.
    pub document: String,
    pub created_at: Ms,
    pub updated_at: Ms,
}

#[derive(Clone, Debug, PartialEq)]
pub struct VersionRow {
    pub key: VersionKey,
    pub flow: FlowKey,
    pub number: u32,
    /// The document's logic as JSON, without drawing and samples.
    pub logic: String,
    pub created_at: Ms,
    pub created_by: String,
}

#[async_trait]
pub trait Flows: Send + Sync {
    /// Creates the flow or gives it a new version; the same logic as the live version only changes the drawing.
    ///
    /// `keep_done` and `keep_failed` (milliseconds) are kept beside it for `Journal::expire`.
    async fn save_flow(&self, save: SaveFlow) -> Result<FlowRow, Error>;
    async fn flows(&self) -> Result<Vec<FlowRow>, Error>;
    async fn flow(&self, id: &FlowId) -> Result<Option<FlowRow>, Error>;
    async fn set_flow_state(&self, id: &FlowId, state: FlowState, at: Ms) -> Result<bool, Error>;
    /// Takes the flow away; `Conflict` while it has open runs. Its history stays until it expires.
    async fn delete_flow(&self, id: &FlowId, at: Ms) -> Result<bool, Error>;
    async fn versions(&self, flow: FlowKey) -> Result<Vec<VersionRow>, Error>;
    /// The version of a flow that has this number for people.
    async fn numbered_version(&self, flow: FlowKey, number: u32) -> Result<Option<VersionRow>, Error>;
    async fn version(&self, key: VersionKey) -> Result<Option<VersionRow>, Error>;
}

#[derive(Clone, Debug, PartialEq)]
pub struct SaveFlow {
    pub id: FlowId,
    pub name: String,
    pub document: String,
    pub logic: String,
    pub keep_done: Ms,
    pub keep_failed: Ms,
    pub at: Ms,
    pub by: String,
    /// Only while the flow is as it was then: of this version, and last changed at this time. Else it is a `Conflict`.
    pub over: Option<(VersionKey, Ms)>,
}

impl SaveFlow {
    /// Refuses what would replace something else than it means to. `now` is the flow as it is, if there is one.
    pub fn check_over(&self, now: Option<(VersionKey, Ms)>) -> Result<(), Error> {
        match self.over {
            Some(meant) if now != Some(meant) => {
                Err(Error::Conflict(format!("flow {} was changed meanwhile: nothing was saved", self.id)))
            }
            _ => Ok(()),
        }
    }
}

/// A connection as it is kept: plain fields readable, secrets sealed by the caller.
#[derive(Clone, PartialEq)]
pub struct SealedConnection {
    pub name: ConnectionName,
    pub connector: String,
    /// JSON object.
    pub fields: String,
    pub secrets: Vec<u8>,
    pub updated_at: Ms,
}

impl std::fmt::Debug for SealedConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedConnection")
            .field("name", &self.name)
            .field("connector", &self.connector)
            .finish_non_exhaustive()
    }
}

#[async_trait]
pub trait Connections: Send + Sync {
    async fn save_connection(&self, connection: SealedConnection) -> Result<(), Error>;
    async fn connections(&self) -> Result<Vec<SealedConnection>, Error>;
    async fn connection(&self, name: &ConnectionName) -> Result<Option<SealedConnection>, Error>;
    async fn delete_connection(&self, name: &ConnectionName) -> Result<bool, Error>;
}

#[async_trait]
pub trait Schedules: Send + Sync {
    /// Next times of all schedules that have run or been set before.
    async fn schedules(&self) -> Result<BTreeMap<(FlowKey, NodeId), Ms>, Error>;
}

/// Small facts by name, such as the store's own id. Not for secrets.
#[async_trait]
pub trait Settings: Send + Sync {
    async fn setting(&self, name: &str) -> Result<Option<String>, Error>;
    async fn set_setting(&self, name: &str, value: &str) -> Result<(), Error>;
}
