//! JSON, one value to a line.

pub mod read;
pub mod write;
