//! Cross-references: which record of a system is which of ours. What the store, mappings, the API and the pages share of them.

use serde::{Deserialize, Serialize};

/// Keys that are asked for at once, rows that are put at once, and keys that one step of a run may need.
pub const KEYS_MAX: usize = 1_000;
pub const NAME_CHARS_MAX: usize = 60;
pub const ID_CHARS_MAX: usize = 200;

/// Where a cross-reference leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From a system's id to ours.
    #[default]
    ToOwn,
    /// From our id to the system's.
    ToSystem,
}

/// One question: which record is this?
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// What kind of record: `customer`.
    pub entity: String,
    /// Whose other id it is about: `shopify`.
    pub system: String,
    pub way: Way,
    /// The id that is known.
    pub id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    Nothing,
    One(String),
    /// So many records of the system are the same one of ours: none of them is meant.
    Several(u64),
}

/// What is wrong with the name of an entity or a system.
pub fn name_trouble(name: &str) -> Option<String> {
    trouble(name, NAME_CHARS_MAX)
}

/// What is wrong with an id.
pub fn id_trouble(id: &str) -> Option<String> {
    trouble(id, ID_CHARS_MAX)
}

fn trouble(text: &str, chars_max: usize) -> Option<String> {
    if text.is_empty() {
        return Some("is empty".into());
    }
    if text.trim() != text || text.contains(char::is_control) {
        return Some("has blanks around it, or characters that cannot be seen".into());
    }
    (text.chars().count() > chars_max).then(|| format!("is longer than {chars_max} characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_an_id_can_be_seen_and_has_a_bound() {
        assert_eq!(
            [name_trouble("customer"), name_trouble("ลูกค้า"), id_trouble("gid://shop/8231")],
            [const { None }; 3]
        );
        let wrong = ["", " customer", "a\nb", "a\0"].map(name_trouble);
        assert!(wrong.iter().all(Option::is_some), "{wrong:?}");
        let long = "ก".repeat(NAME_CHARS_MAX);
        assert_eq!((name_trouble(&long), name_trouble(&format!("{long}ก")).is_some()), (None, true));
    }
}
