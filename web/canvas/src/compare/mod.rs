//! Two documents side by side, and two people's changes put together.

mod changes;
mod lines;
mod merge;
mod parts;

pub use changes::{Changes, Kind, NodeChange, changes};
pub use lines::{Line, Side as LineSide, lines};
pub use merge::{Conflict, Merge, Side, merge};
pub use parts::Part;
