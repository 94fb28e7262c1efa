//! Keys by which a target recognises a repeat, where it wants a UUID.

use sha1::{Digest, Sha1};

/// The namespace of names in the DNS (RFC 9562).
const DNS: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// The same UUID for the same step, however often it is tried.
pub fn uuid(step_key: &str) -> String {
    version_5(DNS, &format!("khlong/{step_key}"))
}

fn version_5(namespace: [u8; 16], name: &str) -> String {
    let hash = Sha1::new().chain_update(namespace).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
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
}
