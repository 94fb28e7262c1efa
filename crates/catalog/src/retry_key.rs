//! Keys by which a target recognises a repeat, where it wants a UUID.
//!
//! How they are made never changes: a step that an update finds on its way would be done a second time under another key.

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The namespace of names in the DNS (RFC 9562).
const DNS: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// The same UUID for the same step, however often it is tried.
pub fn uuid(step_key: &str) -> String {
    version_5(DNS, &format!("khlong/{step_key}"))
}

fn version_5(namespace: [u8; 16], name: &str) -> String {
    let hash = Sha1::new().chain_update(namespace).chain_update(name).finalize();
    let variant = |byte: u8| byte & 0x3f | 0x80;
    written(&hash, variant)
}

/// The same UUID for the same parts, for a step that sends several things that repeat: it is made of a hash, as version 5 is.
pub fn uuid_of(parts: &[&str]) -> String {
    let hash = parts.iter().fold(Sha256::new(), |hash, part| {
        // Lengths keep `ab, c` apart from `a, bc`.
        hash.chain_update(part.len().to_string()).chain_update(":").chain_update(part)
    });
    let variant = |byte: u8| byte & 0x0f | 0xa0;
    written(&hash.finalize(), variant)
}

/// The beginning of a hash as a UUID of version 5.
fn written(hash: &[u8], variant: impl FnOnce(u8) -> u8) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = variant(bytes[8]);
    let digits = hex::encode(bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_s_key_becomes_a_uuid_of_version_5() {
        // The example of RFC 9562, appendix A.4.
        assert_eq!(version_5(DNS, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
        assert_eq!(uuid("run-7/erp/0"), uuid("run-7/erp/0"));
        assert_ne!(uuid("run-7/erp/0"), uuid("run-7/erp/1"));
    }

    #[test]
    fn a_key_of_several_parts_is_the_same_for_the_same_and_another_for_others() {
        let key = uuid_of(&["run-7/erp/0", "stock"]);
        assert_eq!(key, "bc79b252-c144-5294-a07a-1b1b0f3b58a4", "steps on their way are known by it");
        assert_ne!(key, uuid_of(&["run-7/erp/1", "stock"]));
        assert_ne!(uuid_of(&["ab", "c"]), uuid_of(&["a", "bc"]));
    }
}
