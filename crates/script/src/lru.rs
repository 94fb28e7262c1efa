//! A small cache that forgets what was used longest ago.

use std::{borrow::Borrow, collections::HashMap, hash::Hash};

/// Bounded by a count and by a weight, both checked on each insertion.
pub(crate) struct Lru<K, V> {
    entries: HashMap<K, Entry<V>>,
    count_max: usize,
    weight_max: usize,
    weight: usize,
    uses: u64,
}

struct Entry<V> {
    value: V,
    weight: usize,
    used: u64,
}

impl<K: Hash + Eq + Clone, V: Clone> Lru<K, V> {
    pub(crate) fn new(count_max: usize, weight_max: usize) -> Self {
        Self { entries: HashMap::new(), count_max, weight_max, weight: 0, uses: 0 }
    }

    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.uses += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.uses;
        Some(entry.value.clone())
    }

    /// What is heavier than the whole cache is not kept.
    pub(crate) fn insert(&mut self, key: K, value: V, weight: usize) {
        if weight > self.weight_max {
            return;
        }
        while self.entries.len() >= self.count_max || self.weight + weight > self.weight_max {
            if !self.forget_oldest() {
                break;
            }
        }
        self.uses += 1;
        let entry = Entry { value, weight, used: self.uses };
        self.weight += weight;
        if let Some(replaced) = self.entries.insert(key, entry) {
            self.weight -= replaced.weight;
        }
    }

    /// Looks at every entry: there are a few hundred, and it happens only while a full cache takes in something new.
    fn forget_oldest(&mut self) -> bool {
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
        let forgotten = oldest.and_then(|key| self.entries.remove(&key));
        self.weight -= forgotten.as_ref().map_or(0, |entry| entry.weight);
        forgotten.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Lru;

    #[test]
    fn what_was_used_longest_ago_is_forgotten_first() {
        let mut cache = Lru::new(2, 100);
        cache.insert("a", 1, 1);
        cache.insert("b", 2, 1);
        assert_eq!(cache.get("a"), Some(1));
        cache.insert("c", 3, 1);
        assert_eq!((cache.get("a"), cache.get("b"), cache.get("c")), (Some(1), None, Some(3)));
    }

    #[test]
    fn a_heavy_newcomer_pushes_out_several_and_one_too_heavy_none() {
        let mut cache = Lru::new(10, 10);
        for name in ["a", "b", "c"] {
            cache.insert(name, 0, 3);
        }
        cache.insert("d", 0, 7);
        assert_eq!(["a", "b", "c", "d"].map(|name| cache.get(name).is_some()), [false, false, true, true]);
        cache.insert("e", 0, 11);
        assert!(cache.get("e").is_none() && cache.get("d").is_some());
    }
}
