#![doc = include_str!("../README.md")]

mod data;
pub mod doc;
mod elements;
mod event;
pub mod fingerprint;
mod memory;
mod plan;
mod progress;
pub mod retry;
pub mod schedule;
mod step;
mod text;

pub use data::{Data, Large, SHORT_BYTES_MAX};
pub use elements::Elements;
pub use event::{Event, Failure};
pub use memory::{Answered, Edited, Memory, StepMemory};
pub use plan::{NodeIx, Plan};
pub use progress::{At, Decision, Gather, InText, Items, LoopRule, Outcome, Run, error_value};
pub use step::{Path, StepId};
pub use text::{TooMuch, TreeMax};
