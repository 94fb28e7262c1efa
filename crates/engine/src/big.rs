//! Values that are too large to be held: what a run may take, how long lists are packed, what expressions see of them.

mod blob;
mod items;
mod pack;
mod room;
mod shown;
mod upload;

pub use blob::{Blob, BlobRef, Pieces};
pub use items::{Batch, Feed, Format, Reading, into_blob, no_text};
pub use pack::Packing;
pub use room::Room;
pub use shown::{Shown, too_large, whole};
pub use upload::{Upload, stow};
