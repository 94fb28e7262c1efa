//! Values that are too large to be held: what a run may take, how long lists are packed, what expressions see of them.

mod pack;
mod room;
mod shown;

pub use pack::Packing;
pub use room::Room;
pub use shown::{Shown, too_large, whole};
