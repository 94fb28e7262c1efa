//! Workbooks of Excel (.xlsx).

mod cells;
mod place;
pub mod read;
mod sheet;
pub mod write;
