//! J&T's digests: MD5, as its base64 of the raw bytes, and as digits for the password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

/// What Thailand hashes passwords with.
pub const SALT: &str = "jadada236t2";

/// Over the text before it is written into a form.
pub fn digest(content: &str, private_key: &str) -> String {
    STANDARD.encode(Md5::digest(format!("{content}{private_key}").as_bytes()))
}

/// A password as it goes out. What is hashed already stays as it is.
pub fn password(given: &str, salt: &str) -> String {
    let hashed = given.len() == 32 && given.bytes().all(|digit| digit.is_ascii_hexdigit());
    if hashed {
        given.to_ascii_uppercase()
    } else {
        hex::encode_upper(Md5::digest(format!("{given}{salt}").as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const ORDER: &str = r#"{"customerCode":"J0086474299","password":"6A272C3DD1F3CD2F92BF567C37040910","txlogisticId":"KHL-TEST-0001","lang":"th"}"#;

    #[test]
    fn the_sandbox_s_password_is_met_and_a_hashed_one_is_left() {
        let hashed = "6A272C3DD1F3CD2F92BF567C37040910";
        assert_eq!(password("H5CD3zE6", SALT), hashed);
        assert_eq!(password(hashed, SALT), hashed);
        assert_eq!(password(&hashed.to_lowercase(), SALT), hashed);
    }

    #[test]
    fn a_digest_is_of_the_raw_bytes_and_not_of_their_digits() {
        assert_eq!(digest(ORDER, KEY), "tnv+ZiWcuiPzGZYxETBQKg==");
        assert_ne!(digest(ORDER, KEY), "YjY3YmZlNjYyNTljYmEyM2YzMTk5NjMxMTEzMDUwMmE=");
        assert_eq!(
            digest(r#"{"name":"สมชาย","txlogisticId":"KHL-TEST-0002"}"#, KEY),
            "kj8trtSuOdAND2w+JOE42g=="
        );
    }
}
