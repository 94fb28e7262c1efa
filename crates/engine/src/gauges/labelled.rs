//! Counts by a name, with a bound on the names.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Names that are counted for themselves; whatever comes later is counted together.
const NAMES_MAX: usize = 200;
/// What the others are called. No flow and no operation can have this name.
pub const OTHER: &str = "_other";

#[derive(Debug)]
pub struct Labelled<C> {
    known: RwLock<BTreeMap<String, Arc<C>>>,
}

impl<C> Default for Labelled<C> {
    fn default() -> Self {
        Self { known: RwLock::default() }
    }
}

impl<C: Default> Labelled<C> {
    pub fn get(&self, name: &str) -> Arc<C> {
        if let Some(counts) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return counts.clone();
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let name = if known.len() < NAMES_MAX || known.contains_key(name) { name } else { OTHER };
        known.entry(name.to_owned()).or_default().clone()
    }

    /// By name, in its order.
    pub fn read<T>(&self, read: impl Fn(&C) -> T) -> Vec<(String, T)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(name, counts)| (name.clone(), read(counts))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn a_thousand_flows_do_not_make_a_thousand_labels() {
        let counts = Labelled::<AtomicU64>::default();
        for number in 0..1_000 {
            counts.get(&format!("flow-{number}")).fetch_add(1, Ordering::Relaxed);
        }
        let read = counts.read(|count| count.load(Ordering::Relaxed));
        assert_eq!(read.len(), NAMES_MAX + 1);
        assert_eq!(read.iter().find(|(name, _)| name == OTHER).map(|(_, count)| *count), Some(800));
    }
}
