//! Where a trigger is in each partition. It is kept by the engine with the events, so no consumer group is needed.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offsets {
    topic: String,
    /// The offset that is read next.
    next: BTreeMap<i32, i64>,
}

impl Offsets {
    pub fn new(topic: &str) -> Self {
        Self { topic: topic.to_owned(), next: BTreeMap::new() }
    }

    /// What `cursor` was made of; nothing where it is of another topic, which is begun anew.
    pub fn read(cursor: Option<&Value>, topic: &str) -> Option<Self> {
        let cursor = cursor.filter(|cursor| cursor.get("topic").and_then(Value::as_str) == Some(topic))?;
        let next = cursor.get("next")?.as_object()?;
        let next = next.iter().map(|(index, offset)| Some((index.parse().ok()?, offset.as_i64()?)));
        Some(Self { topic: topic.to_owned(), next: next.collect::<Option<_>>()? })
    }

    pub fn cursor(&self) -> Value {
        let next: Map<String, Value> =
            self.next.iter().map(|(index, offset)| (index.to_string(), (*offset).into())).collect();
        json!({"topic": self.topic, "next": next})
    }

    pub fn of(&self, partition: i32) -> Option<i64> {
        self.next.get(&partition).copied()
    }

    pub fn set(&mut self, partition: i32, offset: i64) {
        self.next.insert(partition, offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was_kept_and_only_for_its_topic() {
        let mut offsets = Offsets::new("orders");
        offsets.set(0, 9_007_199_254_740_993);
        offsets.set(11, 3);
        let cursor = offsets.cursor();
        assert_eq!(Offsets::read(Some(&cursor), "orders"), Some(offsets));
        assert_eq!(Offsets::read(Some(&cursor), "returns"), None);
        assert_eq!(Offsets::read(None, "orders"), None);
    }

    #[test]
    fn the_places_in_the_largest_topic_can_be_kept() {
        let mut offsets = Offsets::new(&"t".repeat(249));
        (0..2_000).for_each(|partition| offsets.set(partition, 9_000_000_000_000_000));
        assert!(offsets.cursor().to_string().len() < 64 << 10);
    }
}
