//! Bytes that may be held at once.

use crate::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

#[derive(Debug)]
pub struct Budget {
    held: AtomicUsize,
    most: usize,
}

/// Bytes out of a budget. They come back when this is dropped.
#[derive(Debug)]
pub struct Held {
    of: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub fn of(most: usize) -> Arc<Self> {
        Arc::new(Self { held: AtomicUsize::new(0), most })
    }

    /// Takes bytes if they fit.
    pub fn take(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        self.take_if(bytes, |after| after <= self.most)
    }

    /// Takes bytes if they fit, or if nothing else is held: more than there is goes alone.
    pub fn take_alone(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        self.take_if(bytes, |after| after <= self.most || after == bytes)
    }

    /// Takes bytes for something that cannot be put off.
    pub fn take_over(self: &Arc<Self>, bytes: usize) -> Held {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        Held { of: self.clone(), bytes }
    }

    /// Whoever is refused takes nothing meanwhile, so that nobody else is refused for it.
    fn take_if(self: &Arc<Self>, bytes: usize, may: impl Fn(usize) -> bool) -> Option<Held> {
        let after = |held: usize| held.checked_add(bytes).filter(|after| may(*after));
        let taken = self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, after);
        taken.is_ok().then(|| Held { of: self.clone(), bytes })
    }

    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.of.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
