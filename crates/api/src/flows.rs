//! Flows: importing, listing, starting.

use crate::runs::RunState;
use model::{FlowDocument, FlowId, NodeId, Problem, Value};
use run::doc::Ms;
use serde::Serialize;

wire! {
    pub struct FlowList {
        pub flows: Vec<FlowSummary>,
        /// What is being worked on, of these flows and of those that are still to be.
        #[serde(default)]
        pub drafts: Vec<DraftSummary>,
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

    /// A flow document that somebody works on. Nothing runs by it before it is published.
    pub struct Draft {
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub document: FlowDocument,
        /// To be sent along when it is saved or published; 0 where nothing was saved yet and the document is the live one.
        pub revision: i64,
        /// The number of the version that it was begun from; 0 for a new flow.
        pub based_on: u32,
        /// The number of the live version, where there is one.
        pub live: Option<u32>,
        pub saved_at: Option<Ms>,
        pub saved_by: Option<String>,
        /// Everything that is wrong with it.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub problems: Vec<Problem>,
    }

    pub struct SaveDraft {
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub document: FlowDocument,
        /// The revision that was worked on; 0 where there was no draft.
        pub revision: i64,
        pub based_on: u32,
    }

    /// What was saved, without the document.
    pub struct SavedDraft {
        pub revision: i64,
        pub saved_at: Ms,
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub problems: Vec<Problem>,
    }

    pub struct PublishDraft {
        pub revision: i64,
    }

    /// A draft in a list.
    pub struct DraftSummary {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub id: FlowId,
        pub name: String,
        pub based_on: u32,
        pub saved_at: Ms,
        pub saved_by: String,
    }

    pub struct VersionList {
        /// The newest first.
        pub versions: Vec<VersionSummary>,
    }

    pub struct VersionSummary {
        pub number: u32,
        pub created_at: Ms,
        pub created_by: String,
        pub live: bool,
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
