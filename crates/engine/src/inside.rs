//! The parts that threads share, by themselves, for `crates/interleave`.

use crate::Engine;

pub use crate::budget::Budget;
pub use crate::gates::Waiter;
pub use crate::gates::gate::{Answer, Ask, Gate, Next, Turned};
pub use crate::holding::Holding;
pub use crate::queue::Ready;
pub use crate::sync::set_haste;
pub use crate::writer::{Owner, Ticket, Write, WriteError, Writer};

impl Engine {
    /// Bytes that are noted as held: on their way to the disk, by runs that wait, and opened among these.
    pub fn bytes_held(&self) -> [usize; 3] {
        let core = &self.0;
        [core.accepting_room.held(), core.payloads.held(), core.opened.held()]
    }
}
