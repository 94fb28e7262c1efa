//! The mapper: on the left what comes in, on the right the fields of the target, and between them what becomes of it.

mod bar;
mod conversions;
mod drag;
mod line;
mod lookup;
mod names;
mod panes;
mod setting;
mod setup;
mod state;
mod targets;
mod tree;
mod typed;
mod walk;
mod when;

pub use panes::MapperPanes;
pub use setup::MapperSetup;
