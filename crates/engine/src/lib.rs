#![doc = include_str!("../README.md")]

mod again;
mod answers;
mod big;
mod budget;
mod buffered;
mod bulk;
mod claims;
mod clock;
mod codec;
pub mod codes;
mod core;
mod crashes;
mod deploy;
mod door;
mod drawing;
mod effect;
mod engine;
mod error;
#[doc(hidden)]
pub mod failpoint;
mod flow;
mod flows;
mod gates;
mod gauges;
mod holding;
#[cfg(khlong_interleave)]
pub mod inside;
mod keys;
mod letter;
#[doc(hidden)]
pub mod measure;
mod notes;
mod options;
mod putting;
mod queue;
mod recall;
mod replaced;
mod retry;
mod shards;
mod signal;
mod sleepers;
mod sources;
mod sync;
mod task;
mod told;
mod trace;
mod view;
mod wake;
mod writer;

pub use again::{Again, Edit, Version};
pub use bulk::{Bulk, Deed, Job, NAMED_MAX, Progress, Which};
pub use clock::{Clock, SystemClock, WatchedClock};
pub use core::{ConnectionSource, no_connection, signed_out};
pub use door::{Answer, Intake, Received};
pub use engine::{Engine, Hook};
pub use error::{DoorError, Error};
pub use gates::GateView;
pub use gauges::{BufferGauges, Distribution, FlowGauges, Gauges, OperationGauges};
pub use options::Options;
pub use putting::Buffered;
pub use signal::{Decision, Reply};
pub use sources::{Failing, SourceState};
pub use trace::{Trace, Tracer};
pub use view::{Changed, EdgeCount, LiveState, RunView};
