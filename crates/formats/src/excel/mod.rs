//! Workbooks of Excel (.xlsx).

pub mod cells;
pub mod place;
pub mod read;
pub mod sheet;
pub mod write;
