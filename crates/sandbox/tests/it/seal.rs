//! The sums that the tests sign with, apart from the stand-ins' own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

pub fn hmac(key: &str, text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

pub fn hex(key: &str, text: &[u8]) -> String {
    hex::encode(hmac(key, text))
}

pub fn base64(key: &str, text: &[u8]) -> String {
    STANDARD.encode(hmac(key, text))
}

/// The sandbox's clock in the tests: 2026-11-20T03:10:00Z.
pub const NOW: i64 = 1_795_144_200;
