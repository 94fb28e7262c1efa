//! What a record says, in a few letters.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The same for two values that say the same, in whatever order their fields stand.
pub fn digest(value: &Value) -> String {
    let mut hash = Sha256::new();
    add(&mut hash, value);
    hex::encode(&hash.finalize()[..8])
}

fn add(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Array(list) => {
            hash.update(b"[");
            list.iter().for_each(|value| add(hash, value));
            hash.update(b"]");
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(name, _)| *name);
            hash.update(b"{");
            for (name, value) in entries {
                hash.update(serde_json::to_vec(name).unwrap_or_default());
                add(hash, value);
            }
            hash.update(b"}");
        }
        plain => {
            hash.update(serde_json::to_vec(plain).unwrap_or_default());
            hash.update(b",");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::digest;
    use serde_json::json;

    #[test]
    fn the_order_of_fields_says_nothing_and_that_of_a_list_does() {
        assert_eq!(digest(&json!({"a": 1, "b": [1, 2]})), digest(&json!({"b": [1, 2], "a": 1})));
        let others =
            [json!({"a": 1, "b": [2, 1]}), json!({"a": 1, "b": [12]}), json!({"a": 1, "b": "[1,2]"})];
        for other in others {
            assert_ne!(digest(&json!({"a": 1, "b": [1, 2]})), digest(&other), "{other}");
        }
    }
}
