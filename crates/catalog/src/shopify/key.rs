//! Keys under which Shopify takes the same mutation twice and acts once. It wants UUIDs.

use sha2::{Digest, Sha256};

/// The same UUID for the same parts, also after a crash: it is made of a hash, as version 5 is.
pub fn uuid(parts: &[&str]) -> String {
    let hash = parts.iter().fold(Sha256::new(), |hash, part| {
        // Lengths keep `ab, c` apart from `a, bc`.
        hash.chain_update(part.len().to_string()).chain_update(":").chain_update(part)
    });
    let mut digits = hex::encode(hash.finalize());
    digits.truncate(32);
    let (version, variant) = ("5", "a");
    format!(
        "{}-{}-{version}{}-{variant}{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid_that_is_the_same_for_the_same_step_and_another_for_another() {
        let key = uuid(&["run-7/erp/0", "stock"]);
        assert_eq!(key, uuid(&["run-7/erp/0", "stock"]));
        assert_ne!(key, uuid(&["run-7/erp/1", "stock"]));
        assert_ne!(uuid(&["ab", "c"]), uuid(&["a", "bc"]));
        let lengths: Vec<usize> = key.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!((key.as_bytes()[14], key.as_bytes()[19]), (b'5', b'a'));
    }
}
