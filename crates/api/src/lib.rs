#![doc = include_str!("../README.md")]

use model::{ConnectionName, FlowDocument, FlowId, NodeId, Port, Problem, Rate, Value};
use run::doc::{BlockedWhy, Ms, StepDoc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The header that every changing request of a browser session carries, with `SessionInfo::csrf` as its value.
pub const CSRF_HEADER: &str = "x-khlong-csrf";

macro_rules! wire {
    ($($(#[$doc:meta])* $vis:vis $kind:ident $name:ident $body:tt)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $vis $kind $name $body
    )*};
}

wire! {
    /// Every error the API gives.
    pub struct ErrorBody {
        /// Stable, such as `E0401`; has a page in the documentation.
        pub code: String,
        pub message: String,
        pub advice: String,
        /// For a refused flow: everything that is wrong with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub problems: Vec<Problem>,
        /// The number of the request, as the log has it too.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub request: String,
    }

    /// Who is signed in, and what a browser needs to go on.
    pub struct SessionInfo {
        /// False on a fresh installation: somebody has to create the owner.
        pub set_up: bool,
        /// True where creating the owner takes the set-up code from the server's log.
        #[serde(default)]
        pub set_up_code: bool,
        pub user: Option<UserInfo>,
        pub csrf: String,
        pub version: String,
        /// The address under which webhooks reach this server, such as `http://127.0.0.1:8686`.
        pub base_url: String,
    }

    pub struct UserInfo {
        pub id: String,
        pub email: String,
        pub name: String,
        pub role: Role,
    }

    pub struct SetUp {
        pub name: String,
        pub email: String,
        pub password: String,
        /// From the server's log, where `SessionInfo::set_up_code` says that it is wanted.
        #[serde(default)]
        pub code: String,
    }

    pub struct SignIn {
        pub email: String,
        pub password: String,
    }

    /// What the store takes on its disk.
    pub struct Storage {
        pub used_bytes: u64,
        /// What it may take; nothing where there is no limit.
        pub budget_bytes: Option<u64>,
        pub level: StorageLevel,
        /// By kind; together they are `used_bytes`. Which kinds there are depends on the store.
        pub parts: Vec<StoragePart>,
        /// The oldest day of history, UTC, such as `2026-11-25`.
        pub oldest_day: Option<String>,
        /// The day that goes next when the budget gets tight; nothing where none would.
        pub next_to_go: Option<String>,
        /// When this was looked at, in milliseconds since 1970.
        pub measured_at: Ms,
    }

    pub struct StoragePart {
        pub kind: String,
        pub bytes: u64,
    }

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

    /// How a run is retried; nothing of it means: where it failed, in the newest version, with nothing changed.
    #[derive(Default)]
    pub struct RetryRun {
        /// The step to begin at: what the run knows of it and of what comes after it is forgotten.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub node: Option<NodeId>,
        /// Which items of the for-eaches around that step.
        #[serde(default)]
        pub item: Vec<u32>,
        /// What the trigger shall have received instead.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub trigger: Option<Value>,
        /// What the step `node` gets instead: an action's fields, or another node's input.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub input: Option<Value>,
        /// In the version of the flow that the run had, not in the newest.
        #[serde(default)]
        pub then: bool,
        /// Writes that are done, or may be, are sent again from there on, with the keys they had.
        #[serde(default)]
        pub repeat: bool,
        /// The event begins anew: writes are sent again from there on, with new keys.
        #[serde(default)]
        pub as_new: bool,
    }

    /// Retries or cancels many runs. What is meant is said by the filters, all of which must hold; `all` stands for none.
    #[derive(Default)]
    pub struct BulkRuns {
        pub action: BulkAction,
        #[serde(default)]
        pub all: bool,
        /// A flow's id.
        #[serde(default)]
        pub flow: Option<String>,
        /// A group of `GET /api/v1/errors`; for retries.
        #[serde(default)]
        pub fingerprint: Option<String>,
        /// Retries: `open` (as without it) or `ignored` records of the inbox. Cancellations: states of open runs, parted by
        /// commas; all of them without it.
        #[serde(default)]
        pub state: Option<String>,
        /// Failed, or for cancellations accepted, at or after this time, and before that.
        #[serde(default)]
        pub since: Option<Ms>,
        #[serde(default)]
        pub until: Option<Ms>,
        /// Part of the ordering key or of the error.
        #[serde(default)]
        pub text: Option<String>,
        /// How they are retried, as for a single run; only `trigger` cannot be said for many.
        #[serde(default)]
        pub retry: Option<RetryRun>,
    }

    pub struct JobList {
        /// The newest first.
        pub jobs: Vec<JobInfo>,
        /// Ask again with `before` set to this for older ones.
        pub next: Option<String>,
    }

    /// Something that is done with many runs, and how far it is.
    pub struct JobInfo {
        pub id: String,
        pub action: BulkAction,
        pub state: JobState,
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub flow: Option<FlowId>,
        pub fingerprint: Option<String>,
        pub created_at: Ms,
        pub created_by: String,
        pub changed_at: Ms,
        /// Who ended it before it was through.
        pub cancelled_by: Option<String>,
        /// How many runs there were when it began; nothing where there were too many to count, or it has not begun.
        pub total: Option<u64>,
        pub done: u64,
        /// Runs of which it was not possible, and why the first of them was refused.
        pub refused: u64,
        pub refusal: Option<String>,
    }

    pub struct InboxList {
        /// The latest runs first.
        pub records: Vec<InboxRecord>,
        /// Ask again with `before` set to this for older ones.
        pub next: Option<String>,
    }

    /// A failed run that waits for a person, or waited.
    pub struct InboxRecord {
        pub run: String,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub flow: FlowId,
        pub flow_name: String,
        pub fingerprint: String,
        pub failed_at: Ms,
        pub key: Option<String>,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
        pub code: String,
        pub message: String,
        pub state: InboxState,
        pub changed_at: Ms,
        /// Who changed the state; nothing where a run's end did.
        pub changed_by: Option<String>,
        /// What they said about it.
        pub reason: Option<String>,
        /// The run that goes on with it.
        pub retried_by: Option<String>,
    }

    /// `open` takes a record up again, `ignored` and `resolved` close it.
    pub struct SetInboxState {
        pub state: InboxState,
        /// Why; shown to whoever looks later.
        #[serde(default)]
        pub reason: String,
    }

    pub struct ErrorList {
        /// The latest first.
        pub groups: Vec<ErrorGroup>,
        /// Ask again with `before` set to this for older ones.
        pub next: Option<String>,
    }

    /// Failed runs that are alike: the same flow, node, code, and message but for numbers, names and times.
    pub struct ErrorGroup {
        pub fingerprint: String,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub flow: FlowId,
        pub flow_name: String,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
        pub code: String,
        /// Of the latest of them.
        pub message: String,
        pub runs: u64,
        /// How many wait for a person.
        pub open: u64,
        pub first_at: Ms,
        pub last_at: Ms,
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

    pub struct RunList {
        pub runs: Vec<RunSummary>,
        /// Ask again with `before` set to this for older ones.
        pub next: Option<String>,
    }

    pub struct RunSummary {
        pub id: String,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub flow: FlowId,
        pub flow_name: String,
        pub state: RunState,
        /// The ordering key, such as an order's number.
        pub key: Option<String>,
        pub started_at: Ms,
        pub finished_at: Option<Ms>,
        pub steps: u32,
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub error_node: Option<NodeId>,
        pub error_code: Option<String>,
        pub error: Option<String>,
        /// The run that this one retries.
        pub retry_of: Option<String>,
    }

    pub struct RunDetail {
        pub run: RunSummary,
        pub version: u32,
        /// The flow as it was for this run, drawn as it is drawn now.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub document: FlowDocument,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub trigger: Value,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub trigger_node: NodeId,
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub steps: Vec<StepDoc>,
        /// How often each edge carried a value, `from port → to`.
        pub edges: Vec<EdgeCount>,
        /// True where item steps were left out.
        pub truncated: bool,
    }

    pub struct EdgeCount {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub from: NodeId,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub port: Port,
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub to: NodeId,
        pub count: u64,
    }

    /// What a person decides about a step whose outcome is unknown.
    pub struct Decide {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub node: NodeId,
        #[serde(default)]
        pub item: Vec<u32>,
        pub decision: Decision,
        /// For `done`: what the step gives on.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub output: Value,
    }

    pub struct ConnectionList {
        pub connections: Vec<ConnectionInfo>,
    }

    /// A connection without its secrets.
    pub struct ConnectionInfo {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub name: ConnectionName,
        pub connector: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub fields: serde_json::Map<String, Value>,
        /// Names of the secrets that are set.
        pub secrets: Vec<String>,
        pub updated_at: Ms,
        pub used_by: Vec<String>,
        /// How many calls it may make: what its fields say, or else what its connector does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub rate: Option<Rate>,
        /// Set while calls over it are held back; a spent rate budget does not count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub blocked: Option<BlockedConnection>,
        /// Steps that wait for their turn to call, in the process that answers.
        #[serde(default)]
        pub waiting: u64,
    }

    /// Why nothing is called over a connection, and until when.
    pub struct BlockedConnection {
        /// `breaker`: its system does not answer. `asked`: its system asked for no calls.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub why: BlockedWhy,
        /// The next trial, or when calls may go on.
        pub until: Ms,
        /// Since when its system does not answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub since: Option<Ms>,
        /// Trials that failed.
        #[serde(default)]
        pub trials: u32,
        /// How the last call failed.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub error: String,
    }

    /// Creates or changes a connection. A secret left out stays as it is unless the connector changes; an empty one is
    /// removed.
    pub struct SaveConnection {
        pub connector: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub fields: serde_json::Map<String, Value>,
        #[serde(default)]
        pub secrets: BTreeMap<String, String>,
    }

    pub struct Tested {
        pub ok: bool,
        pub message: String,
        pub advice: String,
    }

    pub struct TokenList {
        pub tokens: Vec<TokenInfo>,
    }

    pub struct TokenInfo {
        pub id: String,
        pub name: String,
        pub role: Role,
        pub created_at: Ms,
        pub last_used_at: Option<Ms>,
    }

    pub struct CreateToken {
        pub name: String,
        pub role: Role,
    }

    /// The only time the token itself is shown.
    pub struct CreatedToken {
        pub token: String,
        pub info: TokenInfo,
    }

    pub struct AuditList {
        pub entries: Vec<AuditInfo>,
    }

    pub struct AuditInfo {
        pub at: Ms,
        pub who: String,
        pub what: String,
        pub on: String,
    }
}

macro_rules! word {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }
    )*};
}

word! {
    /// What somebody may do: watch, also repair, also change flows, everything.
    Role { Viewer = "viewer", Operator = "operator", Editor = "editor", Owner = "owner" }

    FlowState {
        Live = "live",
        /// Events are refused with 503, and schedules rest.
        Paused = "paused",
        /// Events are taken and kept in order, and none of their runs begins.
        Held = "held",
    }

    #[derive(Default)]
    BulkAction {
        #[default]
        Retry = "retry",
        Cancel = "cancel",
    }

    JobState {
        Working = "working", Done = "done", Cancelled = "cancelled",
        /// It could not be carried out at all.
        Failed = "failed",
    }

    InboxState {
        /// Waits for a person.
        Open = "open",
        /// Another run goes on with it.
        Retried = "retried",
        Resolved = "resolved",
        Ignored = "ignored",
    }

    /// How near the end of the budget is.
    StorageLevel {
        Fine = "fine",
        /// 80 % are taken.
        Near = "near",
        /// 95 % are taken: the oldest days of history go early.
        Tight = "tight",
        /// All is taken: no new events.
        Full = "full",
    }

    RunState {
        Queued = "queued", Held = "held", Running = "running", Waiting = "waiting", Retrying = "retrying", Unknown = "unknown",
        Done = "done", Failed = "failed", Cancelled = "cancelled",
    }

    Decision {
        /// It was done: go on with the output given.
        Done = "done",
        /// It was not done: send it again.
        SendAgain = "send_again",
        /// Give the step up as failed.
        Fail = "fail",
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

/// What `GET /api/v1/events` sends, as the data of server-sent events; `run` and `flow` are the event names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LiveEvent {
    Run(RunSummary),
    Flow(FlowSummary),
}

/// The endpoints, so that client and server spell them alike.
pub mod path {
    pub const SESSION: &str = "/api/v1/session";
    pub const SET_UP: &str = "/api/v1/setup";
    pub const SPECS: &str = "/api/v1/specs";
    /// The JSON Schema of flow files.
    pub const SCHEMA: &str = "/api/v1/flow.schema.json";
    pub const FLOWS: &str = "/api/v1/flows";
    pub const FLOW: &str = "/api/v1/flows/{id}";
    /// `POST` a flow document: says what is wrong with it and saves nothing.
    pub const FLOW_CHECK: &str = "/api/v1/flows/check";
    pub const FLOW_EXPORT: &str = "/api/v1/flows/{id}/export";
    pub const FLOW_STATE: &str = "/api/v1/flows/{id}/state";
    pub const FLOW_RUNS: &str = "/api/v1/flows/{id}/runs";
    /// Query: `flow`, `state` (repeatable by comma), `text`, `before`, `limit`.
    pub const RUNS: &str = "/api/v1/runs";
    /// `POST`: many at once.
    pub const RUNS_BULK: &str = "/api/v1/runs/bulk";
    pub const JOBS: &str = "/api/v1/jobs";
    pub const JOB: &str = "/api/v1/jobs/{id}";
    pub const JOB_CANCEL: &str = "/api/v1/jobs/{id}/cancel";
    /// Query: `flow`, `fingerprint`, `state`, `since`, `until`, `text`, `before`, `limit`.
    pub const INBOX: &str = "/api/v1/inbox";
    pub const INBOX_RECORD: &str = "/api/v1/inbox/{run}";
    pub const INBOX_STATE: &str = "/api/v1/inbox/{run}/state";
    pub const RUN: &str = "/api/v1/runs/{id}";
    pub const RUN_RETRY: &str = "/api/v1/runs/{id}/retry";
    /// Failed runs by what they have in common. Query: `flow`, `open`, `before`, `limit`.
    pub const ERRORS: &str = "/api/v1/errors";
    pub const RUN_CANCEL: &str = "/api/v1/runs/{id}/cancel";
    pub const RUN_DECIDE: &str = "/api/v1/runs/{id}/decide";
    pub const CONNECTIONS: &str = "/api/v1/connections";
    pub const CONNECTION: &str = "/api/v1/connections/{name}";
    /// `POST`: its system is there again; whatever waits goes on.
    pub const CONNECTION_UNBLOCK: &str = "/api/v1/connections/{name}/unblock";
    pub const CONNECTION_TEST: &str = "/api/v1/connections/{name}/test";
    pub const TOKENS: &str = "/api/v1/tokens";
    pub const TOKEN: &str = "/api/v1/tokens/{id}";
    pub const AUDIT: &str = "/api/v1/audit";
    /// How much the store takes, and how much it may.
    pub const STORAGE: &str = "/api/v1/storage";
    pub const EVENTS: &str = "/api/v1/events";
    /// A trigger. Its path may have slashes.
    pub const HOOK: &str = "/hooks/{path}";
    /// Ends a wait.
    pub const RESUME: &str = "/hooks/resume/{token}";
    pub const LIVE: &str = "/health/live";
    pub const READY: &str = "/health/ready";
    pub const METRICS: &str = "/metrics";
    pub const OPENAPI: &str = "/api/openapi.json";
    /// The same to read.
    pub const DOCS: &str = "/api/docs";
}
