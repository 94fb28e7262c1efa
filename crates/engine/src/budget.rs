//! Bytes that may be held at once.

use crate::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug)]
pub struct Budget {
    held: AtomicUsize,
    most: usize,
}

impl Budget {
    pub const fn of(most: usize) -> Self {
        Self { held: AtomicUsize::new(0), most }
    }

    /// Takes bytes if they fit. What was taken is to be given back.
    pub fn take(&self, bytes: usize) -> bool {
        let fits = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.most);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    /// Takes bytes for something that cannot be put off.
    pub fn take_over(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    #[cfg(khlong_interleave)]
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    pub fn give_back(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}
