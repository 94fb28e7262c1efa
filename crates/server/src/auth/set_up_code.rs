//! What proves that whoever creates the first owner can read this server's log.

use super::Random;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// Made anew at every start without an owner, and worth nothing once there is one. Its 96 random bits are not guessed,
/// so wrong ones need not be counted.
pub struct SetUpCode(SecretString);

impl SetUpCode {
    pub fn new() -> Result<Self, getrandom::Error> {
        Ok(Self(Random::<12>::new()?.text().into()))
    }

    pub fn is(&self, given: &str) -> bool {
        given.trim().as_bytes().ct_eq(self.0.expose_secret().as_bytes()).into()
    }

    /// To be shown where only an administrator looks.
    pub fn show(&self) -> &str {
        self.0.expose_secret()
    }
}
