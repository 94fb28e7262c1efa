//! API tokens: shown once, kept as a hash.

use super::Random;
use sha2::{Digest, Sha256};

/// So that people and secret scanners recognise one.
pub const TOKEN_PREFIX: &str = "khl_";

/// 32 random bytes: nobody guesses that, so a plain hash of it is enough in the store.
pub fn new_token() -> Result<String, getrandom::Error> {
    Ok(format!("{TOKEN_PREFIX}{}", Random::<32>::new()?.text()))
}

pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
