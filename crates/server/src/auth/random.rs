//! Randomness for secrets, from the operating system.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `BYTES` random bytes.
#[derive(Clone)]
pub struct Random<const BYTES: usize>(pub [u8; BYTES]);

impl<const BYTES: usize> Random<BYTES> {
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// As text that needs no escaping in a URL or a header.
    pub fn text(&self) -> String {
        url_text(&self.0)
    }
}

pub fn url_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
