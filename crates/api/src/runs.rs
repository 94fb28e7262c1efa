//! Runs, one at a time.

use model::{FlowDocument, FlowId, NodeId, Port, Value};
use run::doc::{Ms, StepDoc};

wire! {
    pub struct RunList {
        pub runs: Vec<RunSummary>,
        /// Ask again with `before` set to this for older ones.
        pub next: Option<String>,
    }

    /// How many runs a list has.
    pub struct RunCount {
        pub count: u64,
        /// There are more than were counted.
        pub more: bool,
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

    /// What a person decides about a step whose outcome is unknown, or whose write waits for them.
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
        /// For `refuse`: why not.
        #[serde(default)]
        pub why: String,
    }
}

word! {
    RunState {
        Queued = "queued", Held = "held", Running = "running", Waiting = "waiting", Retrying = "retrying", Unknown = "unknown",
        Proposed = "proposed",
        Done = "done", Failed = "failed", Cancelled = "cancelled",
    }

    Decision {
        /// It was done: go on with the output given.
        Done = "done",
        /// It was not done: send it again.
        SendAgain = "send_again",
        /// Give the step up as failed.
        Fail = "fail",
        /// Of a write that waits for a person: send it as it is shown.
        Approve = "approve",
        /// Of a write that waits for a person: do not send it, and end its branch. `why` says why.
        Refuse = "refuse",
    }
}
