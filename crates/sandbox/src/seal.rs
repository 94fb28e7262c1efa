//! Bodies as an HTML form sends them, and the hashes that vendors sign with.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

/// Fields of one form; a shipment with every field that a courier knows has fewer.
const FIELDS_MAX: usize = 200;

/// Reads a form, sorted by name; of a name that comes twice the last counts. `None` for more fields than anybody needs.
pub(crate) fn read(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let fields: BTreeMap<_, _> = form_urlencoded::parse(body).into_owned().take(FIELDS_MAX + 1).collect();
    (fields.len() <= FIELDS_MAX).then_some(fields)
}

pub(crate) fn write<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub(crate) fn md5(text: &str) -> [u8; 16] {
    <Md5 as md5::Digest>::digest(text.as_bytes()).into()
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

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

/// Looks at every byte, as the vendors do; nothing here is worth stealing.
pub(crate) fn same(given: &str, right: &str) -> bool {
    given.len() == right.len() && given.bytes().zip(right.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
