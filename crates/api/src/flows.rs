//! Flows: importing, listing, starting.

use crate::runs::RunState;
use model::{Canary, FlowDocument, FlowId, Mode, NodeId, Problem, Value};
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
        /// The connections that its nodes name.
        #[serde(default)]
        pub connections: Vec<String>,
        /// Empty where it is in no folder.
        #[serde(default)]
        pub folder: String,
        #[serde(default)]
        pub tags: Vec<String>,
        /// Whether its effects are computed and not sent.
        #[serde(default)]
        pub shadow: bool,
        /// How far it goes with its effects.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub mode: Mode,
        /// Runs that failed and wait for a person.
        #[serde(default)]
        pub errors: u64,
        /// When the first of its schedules is due.
        #[serde(default)]
        pub next_at: Option<Ms>,
        /// Runs that ended in each of the last 24 hours, the one under way last. Only in lists: news of a flow has none, and
        /// whoever shows some keeps them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub spark: Vec<u64>,
    }

    /// Where people find a flow. It makes no new version.
    pub struct Labels {
        /// Such as `Shop/Orders`; empty for no folder. Left out, the flow stays where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub folder: Option<String>,
        /// All tags that it is to have. Left out, they stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tags: Option<Vec<String>>,
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
        /// Triggers that fetch their events themselves, as far as the process serves them that answers.
        #[serde(default)]
        pub sources: Vec<SourceInfo>,
    }

    /// How a trigger is getting on that asks its system, or that a broker hands messages to.
    pub struct SourceInfo {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
        /// When its system last answered.
        pub answered_at: Option<Ms>,
        /// When it asks again.
        pub next_at: Option<Ms>,
        /// New events since the process serves it.
        pub events: u64,
        /// Why its last try failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub failing: Option<SourceFailing>,
    }

    pub struct SourceFailing {
        pub since: Ms,
        pub tries: u32,
        pub code: String,
        pub message: String,
        pub advice: String,
    }

    /// A trigger shall ask its system at once.
    pub struct LookNow {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
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
        /// Where its webhook triggers listen, or will.
        #[serde(default)]
        pub hooks: Vec<HookAddress>,
        /// Everything that is wrong with it.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub problems: Vec<Problem>,
    }

    pub struct HookAddress {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
        pub url: String,
        /// Where one event is taken while somebody waits for it.
        pub test_url: String,
    }

    /// Asks a node's system for real.
    pub struct AskNow {
        /// The node as it is drawn now, with every expression in its fields worked out.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub node: model::Node,
    }

    /// What the system answered.
    pub struct AskedNow {
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub output: Value,
        pub took_ms: i64,
    }

    pub struct FetchFlow {
        /// Where the flow file is, beginning with `http://` or `https://`.
        pub url: String,
    }

    pub struct FetchedFlow {
        /// As it came; whether it is a flow is not looked at.
        pub text: String,
    }

    /// Where a text is in all flows.
    pub struct FoundPlaces {
        pub places: Vec<FoundPlace>,
        /// There are more than are told.
        pub more: bool,
    }

    pub struct FoundPlace {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub flow: FlowId,
        pub flow_name: String,
        /// It is found in what somebody works on, and not in what is live.
        pub draft: bool,
        /// Nothing where it is in a note on the drawing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub node: Option<NodeId>,
        /// What people call the node.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub label: String,
        pub part: FoundPart,
        /// The field, where it is in one.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub field: String,
        /// What stands around it.
        pub text: String,
    }

    /// Waits for an event at a trigger's test address.
    pub struct Listen {
        /// The trigger as it is drawn now.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub node: model::Node,
    }

    pub struct Listening {
        pub url: String,
        /// Milliseconds for which it is still waited for, or in which the event can still be taken.
        pub left_ms: Ms,
        /// What the trigger has received; nothing as long as nothing has come.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub event: Option<Value>,
    }

    /// A window of the editor.
    pub struct Editing {
        /// Made up by the window.
        pub window: String,
        /// It is being closed.
        #[serde(default)]
        pub leaving: bool,
    }

    /// Who else has the flow open in the editor.
    pub struct Editors {
        pub others: Vec<String>,
        /// The draft's revision now; 0 where there is none.
        pub revision: i64,
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
        #[serde(default)]
        pub hooks: Vec<HookAddress>,
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub problems: Vec<Problem>,
    }

    pub struct PublishDraft {
        pub revision: i64,
        /// The live version that may be replaced although the draft was begun before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub over: Option<u32>,
    }

    /// A draft in a list.
    pub struct DraftSummary {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub id: FlowId,
        pub name: String,
        pub based_on: u32,
        pub revision: i64,
        pub saved_at: Ms,
        pub saved_by: String,
        #[serde(default)]
        pub folder: String,
        #[serde(default)]
        pub tags: Vec<String>,
        #[serde(default)]
        pub operations: Vec<String>,
        #[serde(default)]
        pub connections: Vec<String>,
    }

    pub struct VersionList {
        /// The newest first.
        pub versions: Vec<VersionSummary>,
        /// Drafts that were kept under a name, the newest first.
        #[serde(default)]
        pub points: Vec<PointSummary>,
    }

    /// A draft that was kept under a name.
    pub struct PointSummary {
        pub number: u32,
        pub name: String,
        pub created_at: Ms,
        pub created_by: String,
    }

    /// Keeps a document under a name.
    pub struct KeepPoint {
        pub name: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub document: FlowDocument,
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

    /// How far a flow goes with its effects from now on.
    pub struct SetStage {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub mode: Mode,
        /// Which keys are live in the mode `canary`. Left out, they are those that the flow says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub canary: Option<Canary>,
    }

    /// A key that a person wants to do by hand.
    pub struct ClaimKey {
        pub key: String,
    }

    pub struct ClaimList {
        pub claims: Vec<ClaimInfo>,
    }

    /// Who writes of a key: a person, or the flow.
    pub struct ClaimInfo {
        pub key: String,
        /// The person.
        pub who: Option<String>,
        /// The run by which the flow has it.
        pub run: Option<String>,
        pub at: Ms,
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
    /// What of a flow a text was found in.
    FoundPart {
        Title = "title",
        Operation = "operation",
        Connection = "connection",
        Field = "field",
        Note = "note",
        Group = "group",
    }

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
