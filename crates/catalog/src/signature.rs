//! Signatures as vendors want them, and comparing them in a time that tells nothing.

use crate::door;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{Connection, Refusal, Request};
use hmac::Hmac;
use secrecy::ExposeSecret;
use sha1::Sha1;
use sha2::Sha256;

pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    door::sign::<Hmac<Sha256>>(key, message)
}

/// In lower-case hexadecimal digits.
pub fn hmac_sha256_hex(key: &str, message: &[u8]) -> String {
    hex::encode(hmac_sha256(key.as_bytes(), message))
}

pub fn hmac_sha256_base64(key: &str, message: &[u8]) -> String {
    STANDARD.encode(hmac_sha256(key.as_bytes(), message))
}

/// In lower-case hexadecimal digits.
pub fn hmac_sha1_hex(key: &str, message: &[u8]) -> String {
    hex::encode(door::sign::<Hmac<Sha1>>(key.as_bytes(), message))
}

pub fn hmac_sha1_base64(key: &str, message: &[u8]) -> String {
    STANDARD.encode(door::sign::<Hmac<Sha1>>(key.as_bytes(), message))
}

/// Compares what a sender gave with what it should be.
pub fn same(given: &str, wanted: &str) -> bool {
    door::same(given.as_bytes(), wanted.as_bytes())
}

/// Lets a request in whose signature is what it should be.
pub fn must_be(given: Option<&str>, wanted: &str) -> Result<(), Refusal> {
    match given {
        Some(given) if same(given.trim(), wanted) => Ok(()),
        _ => Err(Refusal::Unauthorized),
    }
}

/// How old what a sender signs together with its time may be, or how far its clock ahead.
const AGE_MAX_MS: i64 = 5 * 60_000;

/// Lets a request in that was signed just now: an older one may be somebody's who has seen it.
pub fn must_be_fresh(request: &Request<'_>, signed_at_ms: Option<i64>) -> Result<(), Refusal> {
    match signed_at_ms {
        Some(at) if request.at.saturating_sub(at).saturating_abs() <= AGE_MAX_MS => Ok(()),
        _ => Err(Refusal::Unauthorized),
    }
}

/// A secret of the connection that a webhook is checked by. One that is absent or empty would let everybody in.
pub fn secret_for<'a>(connection: Option<&'a Connection>, name: &str) -> Result<&'a str, Refusal> {
    let connection = connection.ok_or_else(|| Refusal::NotSetUp("the trigger has no connection".into()))?;
    let secret = connection.secret(name).map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty());
    secret.ok_or_else(|| Refusal::NotSetUp(format!("the connection has no {}", name.replace('_', " "))))
}
