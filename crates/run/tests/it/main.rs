//! Flows in, decisions out.

mod decisions;
mod flows;
mod memory;
mod merges;
mod player;
