//! What is remembered of other systems: up to where they were asked, who renews tokens, how they were when they were last tried, and connectors made from descriptions.

use crate::{Error, FlowKey, Ms};
use async_trait::async_trait;
use model::{ConnectionName, NodeId};

/// The most connectors that are made from descriptions.
pub const CONNECTORS_MAX: usize = 200;

/// A connector that was made from a system's own description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorRow {
    pub id: String,
    /// The connector as JSON; what is in it is the reader's business.
    pub document: String,
    pub changed_at: Ms,
    pub changed_by: String,
}

/// How a connection was when it was last tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthRow {
    pub connection: ConnectionName,
    pub checked_at: Ms,
    /// What was found, as JSON without secrets; what is in it is the reader's business.
    pub document: String,
}

#[async_trait]
pub trait Outside: Send + Sync {
    /// Up to where a trigger has asked its system; nothing before its first look.
    async fn cursor(&self, flow: FlowKey, node: &NodeId) -> Result<Option<String>, Error>;

    /// Written once everything before it is on disk. It goes away with its flow.
    async fn set_cursor(&self, flow: FlowKey, node: &NodeId, cursor: &str) -> Result<(), Error>;

    /// Lets one renew a connection's tokens: nobody else is let until then, or until it says that it is done.
    async fn begin_renewal(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error>;

    async fn end_renewal(&self, connection: &ConnectionName) -> Result<(), Error>;

    /// How connections were when they were last tried, by name. A deleted connection has none.
    async fn health(&self) -> Result<Vec<HealthRow>, Error>;

    /// Replaces what was known of the connection.
    async fn keep_health(&self, row: HealthRow) -> Result<(), Error>;

    /// By id.
    async fn connectors(&self) -> Result<Vec<ConnectorRow>, Error>;

    /// Adds it or replaces the one of this id; `Conflict` when there are too many.
    async fn save_connector(&self, row: ConnectorRow) -> Result<(), Error>;

    async fn delete_connector(&self, id: &str) -> Result<bool, Error>;
}

/// The answer when there is no room for another one.
pub fn too_many_connectors() -> Error {
    Error::Conflict(format!("there are {CONNECTORS_MAX} imported connectors already"))
}
