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
        /// The run that put it right: the last of those that went on with it.
        pub repaired_by: Option<String>,
        /// Who takes care of it, and how much was said about it.
        pub assignee: Option<String>,
        pub comments: u32,
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
        /// What people call the node; its id where the flow has it no more.
        #[serde(default)]
        pub node_title: String,
        pub code: String,
        /// Of the latest of them.
        pub message: String,
        pub runs: u64,
        /// How many wait for a person.
        pub open: u64,
        pub first_at: Ms,
        pub last_at: Ms,
        pub care: Care,
    }

    /// How many failures wait for a person and are not put aside.
    pub struct ErrorCount {
        pub groups: u64,
        pub records: u64,
    }

    /// Who takes care of failures.
    #[derive(Default)]
    pub struct Care {
        /// Somebody's e-mail address.
        pub assignee: Option<String>,
        pub snooze: Option<Snooze>,
        /// How much was said about it.
        pub comments: u32,
    }

    /// Put aside for a while.
    pub struct Snooze {
        pub since: Ms,
        /// Until this time; nothing means until it happens again.
        pub until: Option<Ms>,
        /// Whether that is still so.
        pub active: bool,
    }

    pub struct CareDetail {
        pub care: Care,
        /// The oldest first.
        pub comments: Vec<Comment>,
    }

    pub struct Comment {
        pub at: Ms,
        pub who: String,
        pub body: String,
    }

    /// What is left out stays as it is.
    #[derive(Default)]
    pub struct SetCare {
        /// Somebody's e-mail address; an empty one means nobody.
        #[serde(default)]
        pub assignee: Option<String>,
        #[serde(default)]
        pub snooze: Option<SetSnooze>,
    }

    /// One of the three.
    #[derive(Default)]
    pub struct SetSnooze {
        /// In milliseconds since 1970.
        #[serde(default)]
        pub until: Option<Ms>,
        #[serde(default)]
        pub until_again: bool,
        /// It is taken up again.
        #[serde(default)]
        pub end: bool,
    }

    pub struct SayComment {
        pub body: String,
    }

    pub struct People {
        /// E-mail addresses and names.
        pub people: Vec<Person>,
    }

    pub struct Person {
        pub email: String,
        pub name: String,
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
