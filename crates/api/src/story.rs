//! Everything that happened to one ordering key.

use crate::runs::RunSummary;
use model::{ConnectionName, NodeId, OperationId};
use run::doc::Ms;

wire! {
    /// What happened to one ordering key over all flows.
    pub struct Story {
        pub key: String,
        /// In order of time; what has still to come stands last.
        pub events: Vec<StoryEvent>,
        /// The runs these are of, the newest first.
        pub runs: Vec<RunSummary>,
        /// Ask again with `before` set to this for older runs.
        pub next: Option<String>,
        /// More happened than is told here: the runs tell all of it.
        pub shortened: bool,
    }

    pub struct StoryEvent {
        /// Nothing of what has still to come.
        pub at: Option<Ms>,
        pub what: Happened,
        pub run: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub node: Option<NodeId>,
        /// The index in each for-each around the step.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub item: Vec<u32>,
        /// The node's own title; empty where it has none.
        pub title: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub operation: Option<OperationId>,
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub connection: Option<ConnectionName>,
        /// What it is called at the other system, such as an order's number.
        pub reference: Option<String>,
        /// Of an error.
        pub code: Option<String>,
        /// Why, in words.
        pub message: Option<String>,
        /// The key of the write to another system.
        pub effect_key: Option<String>,
        /// When it goes on.
        pub until: Option<Ms>,
        /// The person who did it.
        pub by: Option<String>,
        /// The group of failures in which it waits for a person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub fingerprint: Option<String>,
    }
}

word! {
    Happened {
        /// An event came in.
        Received = "received",
        /// Another flow called this one, or a run was begun anew.
        Begun = "begun",
        /// A person had the run retried.
        Retried = "retried",
        /// A step is done.
        Done = "done",
        /// An attempt failed, and another one follows or followed.
        TriedAgain = "tried_again",
        Failed = "failed",
        /// A person said what had become of a write whose answer was lost.
        Decided = "decided",
        /// Nobody knows what became of a write.
        Unknown = "unknown",
        Running = "running",
        Waiting = "waiting",
        /// Not reached yet.
        ToCome = "to_come",
        Cancelled = "cancelled",
        /// A person ignored the failure, or said that it is mended.
        Ignored = "ignored",
        Resolved = "resolved",
    }
}
