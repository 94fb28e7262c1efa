#![doc = include_str!("../README.md")]

#[macro_use]
mod words;

mod access;
mod alerts;
mod connections;
mod connectors;
mod flows;
mod inbox;
mod jobs;
pub mod path;
mod runs;
mod series;
mod storage;
mod story;
mod today;
mod xrefs;

pub use access::*;
pub use alerts::*;
pub use connections::*;
pub use connectors::*;
pub use flows::*;
pub use inbox::*;
pub use jobs::*;
pub use runs::*;
pub use series::*;
pub use storage::*;
pub use story::*;
pub use today::*;
pub use xrefs::*;

use model::Problem;
use serde::{Deserialize, Serialize};

/// The header that every changing request of a browser session carries, with `SessionInfo::csrf` as its value.
pub const CSRF_HEADER: &str = "x-khlong-csrf";

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
}

/// What `GET /api/v1/events` sends, as the data of server-sent events; `run` and `flow` are the event names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LiveEvent {
    Run(RunSummary),
    Flow(FlowSummary),
}
