//! What a broker says of how much is in it.

use buffer::Depth;
use std::fmt;

#[derive(Clone, Copy)]
pub struct Counts {
    pub waiting: u64,
    pub dead: u64,
}

impl Counts {
    pub fn depth(self) -> Depth {
        Depth { waiting: Some(self.waiting), dead: Some(self.dead) }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} wait, {} are dead", self.waiting, self.dead)
    }
}
