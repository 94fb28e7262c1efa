//! Flows: importing, listing, starting.

use crate::runs::RunState;
use model::{FlowDocument, FlowId, NodeId, Problem, Value};
use run::doc::Ms;
use serde::Serialize;

wire! {
    pub struct FlowList {
        pub flows: Vec<FlowSummary>,
    }

    pub struct FlowSummary {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub id: FlowId,
        pub name: String,
        pub state: FlowState,
        pub version: u32,
        pub updated_at: Ms,
        pub totals: Totals,
        /// The operations of its nodes in order, for icons.
        pub operations: Vec<String>,
    }

    pub struct Totals {
        pub done: u64,
        pub failed: u64,
        pub cancelled: u64,
        pub open: u64,
        pub last_run_at: Option<Ms>,
        pub last_state: Option<RunState>,
    }

    pub struct FlowDetail {
        pub summary: FlowSummary,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub document: FlowDocument,
        pub webhooks: Vec<WebhookInfo>,
        pub schedules: Vec<ScheduleInfo>,
    }

    /// Where a webhook trigger listens.
    pub struct WebhookInfo {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
        pub url: String,
    }

    pub struct ScheduleInfo {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
        pub next_at: Option<Ms>,
    }

    /// What an import did.
    pub struct Imported {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub id: FlowId,
        pub version: u32,
        pub created: bool,
        /// False where the logic was the live one already and only the drawing changed, or nothing.
        pub changed: bool,
        /// Warnings; errors would have refused the import.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub problems: Vec<Problem>,
    }

    pub struct SetFlowState {
        pub state: FlowState,
    }

    /// Starts a run by hand.
    pub struct StartRun {
        /// The trigger to start at; may be left out where the flow has only one.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub node: Option<NodeId>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub input: Value,
    }

    pub struct Started {
        pub run: String,
        /// True where the same delivery had come before: `run` is what it started then.
        pub duplicate: bool,
    }

    /// An event that its flow's buffer has confirmed. Its run is not there yet.
    pub struct Buffered {
        pub buffer: String,
        /// The sender's number of the event, or one that was made for it.
        pub delivery: String,
    }
}

word! {
    FlowState {
        Live = "live",
        /// Events are refused with 503, and schedules rest.
        Paused = "paused",
        /// Events are taken and kept in order, and none of their runs begins.
        Held = "held",
    }
}

/// What the sender of a webhook's event is told once it is accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Taken {
    Started(Started),
    Buffered(Buffered),
}
