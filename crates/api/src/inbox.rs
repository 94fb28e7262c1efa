//! Failed runs that wait for a person, and what they have in common.

use model::{FlowId, NodeId};
use run::doc::Ms;

wire! {
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
}

word! {
    InboxState {
        /// Waits for a person.
        Open = "open",
        /// Another run goes on with it.
        Retried = "retried",
        Resolved = "resolved",
        Ignored = "ignored",
    }
}
