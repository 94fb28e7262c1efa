//! The flow document, version 1: what a flow file holds.

use crate::drawing::{Group, Note, places};
use crate::{Canary, ConnectionName, FlowId, Mode, NodeId, OperationId, Port, Span};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The version of the document format that this code writes.
pub const DOCUMENT_VERSION: u32 = 1;

// The order of the fields is the order in an exported file.
/// A flow: what starts it, what it does, and how it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowDocument {
    /// Version of the document format: 1.
    pub khlong: u32,
    /// Permanent id: letters, digits, `-` and `_`.
    pub id: FlowId,
    /// What people call the flow.
    pub name: String,
    /// The folder that people find it in, such as `Shop/Orders`. Not part of the flow's logic.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// Words that people find it by. Not part of the flow's logic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How the flow runs; each has a default that suits most flows.
    #[serde(default, skip_serializing_if = "Settings::is_default")]
    pub settings: Settings,
    /// What the flow does: one trigger or more, and the operations behind them.
    pub nodes: Vec<Node>,
    /// Which node's value goes where.
    #[serde(default)]
    pub edges: Vec<Edge>,
    /// Where each node is drawn, in canvas units. Not part of the flow's logic.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty", serialize_with = "places")]
    #[schemars(with = "std::collections::BTreeMap<String, [f64; 2]>")]
    pub layout: IndexMap<NodeId, [f64; 2]>,
    /// Remarks that lie on the canvas. Not part of the flow's logic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Nodes that are drawn in one frame. Not part of the flow's logic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Example data per node, for previews and tests. Never used by a real run.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    pub samples: IndexMap<NodeId, Value>,
}

impl FlowDocument {
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id.as_str() == id)
    }

    /// The document without drawing, samples, folder and tags: what a version of the flow consists of.
    pub fn logic(&self) -> FlowDocument {
        FlowDocument {
            folder: String::new(),
            tags: Vec::new(),
            layout: IndexMap::new(),
            notes: Vec::new(),
            groups: Vec::new(),
            samples: IndexMap::new(),
            ..self.clone()
        }
    }

    /// A version's fingerprint: the same for the same logic, wherever its boxes are drawn.
    pub fn digest(&self) -> String {
        let text = serde_json::to_vec(&self.logic()).unwrap_or_default();
        hex::encode(Sha256::digest(text))
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Expression for the ordering key: events with the same key run one after the other, in order of arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
    /// How many runs of this flow may be active at once.
    #[serde(default = "Settings::default_concurrency")]
    pub concurrency: u32,
    /// How many runs with the same ordering key may be active at once. 1 keeps them strictly in order; with more, they
    /// begin in order and may end in another.
    #[serde(default = "Settings::default_key_concurrency", skip_serializing_if = "is_one")]
    pub key_concurrency: u32,
    /// Whether its runs go before those of other flows when there is more to do than can be done at once.
    #[serde(default, skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// Of the runs with one ordering key that wait for their turn, only the newest goes out; the others end as replaced.
    /// For events that hold a whole state, such as a stock level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collapse: Option<Collapse>,
    /// How long no event of the key must have come before the newest goes out, such as 5s. A key that is never quiet goes out
    /// after ten times this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collapse_after: Option<Span>,
    /// How long one run may take, waits included.
    #[serde(default = "Settings::default_timeout")]
    pub timeout: Span,
    /// Where an error goes that no edge takes: the error inbox, or another flow.
    #[serde(default)]
    pub on_error: OnError,
    /// How long finished runs are kept.
    #[serde(default)]
    pub keep: Keep,
    /// Whether effects are really sent.
    #[serde(default)]
    pub mode: Mode,
    /// Which keys are live in the mode `canary`. In other modes it waits for the next time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
    /// Whether a person and the flow never both write of one ordering key: before its first write of a key the flow claims
    /// it, and where a person has claimed it before, the run ends as done by that person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub claims: bool,
    /// The buffer that the events of the flow's webhooks are accepted into, such as a message broker's queue. They are
    /// acknowledged when it has confirmed them, also while the database is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_into: Option<String>,
}

impl Settings {
    fn default_concurrency() -> u32 {
        16
    }

    fn default_key_concurrency() -> u32 {
        1
    }

    fn default_timeout() -> Span {
        Span::from_secs(24 * 3_600)
    }

    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            order_by: None,
            concurrency: Self::default_concurrency(),
            key_concurrency: Self::default_key_concurrency(),
            priority: Priority::default(),
            collapse: None,
            collapse_after: None,
            timeout: Self::default_timeout(),
            on_error: OnError::default(),
            keep: Keep::default(),
            mode: Mode::default(),
            canary: None,
            claims: false,
            accept_into: None,
        }
    }
}

fn is_one(number: &u32) -> bool {
    *number == 1
}

/// Which flows' runs go first when there is more to do than can be done at once. Each priority keeps a share of the turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// For what may wait, such as a nightly comparison.
    Low,
    #[default]
    Normal,
    /// For what people wait for, such as new orders.
    High,
}

/// What becomes of several runs with one ordering key that wait for their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Collapse {
    /// The newest goes out, and the others end as replaced.
    Newest,
}

impl Priority {
    fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}

/// `"inbox"`, or `"flow:<id>"` for a flow that is started with the error.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum OnError {
    #[default]
    Inbox,
    Flow(FlowId),
}

impl Serialize for OnError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            OnError::Inbox => serializer.serialize_str("inbox"),
            OnError::Flow(id) => serializer.collect_str(&format_args!("flow:{id}")),
        }
    }
}

impl<'de> Deserialize<'de> for OnError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for OnError {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("flow:") {
            Some(id) => Ok(OnError::Flow(FlowId::from(id))),
            None if text == "inbox" => Ok(OnError::Inbox),
            None => Err(format!("\"{text}\" is neither \"inbox\" nor \"flow:\" and a flow's id")),
        }
    }
}

impl JsonSchema for OnError {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OnError".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "\"inbox\", or \"flow:\" and the id of a flow that is started with the error.", "pattern": "^(inbox|flow:[A-Za-z0-9][A-Za-z0-9_-]*)$"})
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// Runs that did what they should.
    pub done: Span,
    /// Runs that ended in an error.
    pub failed: Span,
}

impl Default for Keep {
    fn default() -> Self {
        Self { done: Span::from_secs(7 * 86_400), failed: Span::from_secs(180 * 86_400) }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Permanent id, unique in the flow.
    pub id: NodeId,
    /// What people read on the canvas; any text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The operation, written `connector/operation`.
    #[serde(rename = "use")]
    pub operation: OperationId,
    /// Whose credentials the operation uses: the name of a connection of its connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionName>,
    /// The operation's fields. Any text in them may hold `${…}` expressions.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub with: serde_json::Map<String, Value>,
    /// How often and when a failed attempt is made again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How long one attempt may take, or the node's script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    /// A disabled node passes its input on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// A remark for people; it does nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Node {
    /// A node of which only the operation is said.
    pub fn new(id: NodeId, operation: OperationId) -> Self {
        Self {
            id,
            title: String::new(),
            operation,
            connection: None,
            with: serde_json::Map::new(),
            retry: None,
            timeout: None,
            disabled: false,
            note: String::new(),
        }
    }

    /// What people see: the title, or the id where there is none.
    pub fn label(&self) -> &str {
        if self.title.is_empty() { self.id.as_str() } else { &self.title }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// How often the step is tried in all, the first time included.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles from there, with jitter.
    pub first: Span,
    /// The longest wait between two attempts.
    pub max: Span,
}

impl Retry {
    pub const ATTEMPTS_MAX: u32 = 100;
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 8, first: Span::from_secs(1), max: Span::from_secs(900) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// `node` or `node.port`; without a port it is `out`.
    #[schemars(with = "String")]
    pub from: PortRef,
    /// The node that gets the value.
    pub to: NodeId,
}

/// A node and one of its ports, written `node` or `node.port`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortRef {
    pub node: NodeId,
    pub port: Port,
}

impl fmt::Display for PortRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port.as_str() {
            Port::OUT => write!(f, "{}", self.node),
            port => write!(f, "{}.{port}", self.node),
        }
    }
}

impl From<&str> for PortRef {
    fn from(text: &str) -> Self {
        let (node, port) = text.split_once('.').unwrap_or((text, Port::OUT));
        Self { node: node.into(), port: port.into() }
    }
}

impl Serialize for PortRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PortRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(PortRef::from(&*std::borrow::Cow::<str>::deserialize(deserializer)?))
    }
}
