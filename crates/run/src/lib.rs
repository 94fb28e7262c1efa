#![doc = include_str!("../README.md")]

mod data;
pub mod doc;
mod event;
mod memory;
mod plan;
mod progress;
pub mod retry;
pub mod schedule;
mod step;

pub use data::Data;
pub use event::{Event, Failure};
pub use memory::{Memory, StepMemory};
pub use plan::{NodeIx, Plan};
pub use progress::{At, Decision, LoopRule, Outcome, Run, error_value};
pub use step::{Path, StepId};
