//! Lines whose fields are known by their place, as banks and government offices exchange them.

mod layout;
pub mod read;
mod unit;
pub mod write;

pub use unit::is_mark;
