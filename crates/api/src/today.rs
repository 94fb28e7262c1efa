//! How the day goes.

use crate::connections::BlockedConnection;
use crate::inbox::ErrorGroup;
use crate::series::{Series, Took};
use model::ConnectionName;
use run::doc::Ms;

wire! {
    /// Everything since midnight.
    pub struct Today {
        pub now: Ms,
        /// Midnight, Bangkok time.
        pub since: Ms,
        /// Flows that there are.
        pub flows: u64,
        /// Runs per five minutes.
        pub series: Series,
        /// Runs that ended well.
        pub done: Compared,
        /// Those of flows that make orders in the company's own system; nothing where there is no such flow.
        pub orders: Option<Compared>,
        /// How long the runs took: those that make orders where there are such flows, else all.
        pub took: Took,
        /// Runs that have not ended.
        pub open_runs: u64,
        pub people: ForPeople,
        /// Failures that wait for a person, the latest first.
        pub errors: Vec<OpenErrors>,
        /// Those that are held back first.
        pub connections: Vec<ConnectionState>,
        /// An ordering key that something happened to lately; one with trouble before any other.
        pub order: Option<String>,
    }

    pub struct Compared {
        pub runs: u64,
        /// Until the same time of the same weekday of last week; nothing where nothing is known of that day.
        pub last_week: Option<u64>,
    }

    /// Failed runs that wait for a person.
    pub struct ForPeople {
        pub open: u64,
        /// For more than an hour; at most as many as one question gives.
        pub over_an_hour: u64,
    }

    /// Failures that are alike, and since when the first of them waits.
    pub struct OpenErrors {
        pub group: ErrorGroup,
        pub since: Ms,
    }

    /// Whether calls go out over a connection.
    pub struct ConnectionState {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub name: ConnectionName,
        pub connector: String,
        pub blocked: Option<BlockedConnection>,
        /// Steps that wait for their turn to call, in the process that answers.
        pub waiting: u64,
    }
}
