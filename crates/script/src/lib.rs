#![doc = include_str!("../README.md")]

mod analysis;
mod check;
mod convert;
mod digits;
mod engine;
mod error;
mod explain;
mod guard;
#[cfg(not(target_arch = "wasm32"))]
pub mod heap;
mod library;
mod limits;
mod lru;
mod mapping;
mod path;
mod seen;
mod source;
mod template;

pub use engine::{Engine, Scope, Script, Until};
pub use error::{Error, Problem, Which};
pub use library::{FunctionDoc, functions, functions_markdown};
pub use limits::{Clock, Limits};
pub use mapping::{LineResult, Mapped, Mapping, References};
pub use path::{Of, Place};
pub use seen::Seen;
pub use template::Template;

use std::sync::Arc;

/// The outputs of the nodes that have run, by id. Asked only for the nodes a script names.
pub trait Nodes {
    fn get(&self, id: &str) -> Option<Arc<dyn Seen>>;
}

/// Where no node has run yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNodes;

impl Nodes for NoNodes {
    fn get(&self, _id: &str) -> Option<Arc<dyn Seen>> {
        None
    }
}

/// What a script may know of its run. It is the same when the run is replayed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunInfo {
    pub id: i64,
    /// The ordering key of the event, where the flow has one.
    pub key: Option<String>,
    pub flow: String,
    /// When the run began: what `now()` says all the time it runs.
    pub now_ms: i64,
    /// Where made-up ids come from.
    pub seed: u64,
}
