//! The sums that vendors sign with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// HMAC-SHA256 of the pieces one after the other.
pub(crate) fn hmac_sha256(key: &str, pieces: &[&[u8]]) -> Vec<u8> {
    sum::<Hmac<Sha256>>(key, pieces)
}

pub(crate) fn hmac_sha1(key: &str, pieces: &[&[u8]]) -> Vec<u8> {
    sum::<Hmac<Sha1>>(key, pieces)
}

fn sum<M: Mac + KeyInit>(key: &str, pieces: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = <M as Mac>::new_from_slice(key.as_bytes()) else {
        unreachable!("an HMAC takes a key of any length")
    };
    pieces.iter().for_each(|piece| mac.update(piece));
    mac.finalize().into_bytes().to_vec()
}

/// SHA-256 in lower-case hex.
pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Looks at every byte, as the vendors do; nothing here is worth stealing.
pub(crate) fn same(given: &str, right: &str) -> bool {
    given.len() == right.len() && given.bytes().zip(right.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
