//! What is done with many runs at once.

use crate::runs::RetryRun;
use model::FlowId;
use run::doc::Ms;

wire! {
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
        /// The whole ordering key, or how it begins.
        #[serde(default)]
        pub key: Option<String>,
        #[serde(default)]
        pub key_start: Option<String>,
        /// Accepted at or after this time, and before that, whenever they failed.
        #[serde(default)]
        pub accepted_since: Option<Ms>,
        #[serde(default)]
        pub accepted_until: Option<Ms>,
        /// Just these runs, at most 1,000 of them, and no filter beside.
        #[serde(default)]
        pub runs: Option<Vec<String>>,
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
}

word! {
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
}
