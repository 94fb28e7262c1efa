//! What goes along to a system's consent page and comes back with the browser: sealed, so that nothing has to be kept here
//! meanwhile, any process may take the answer, and nobody can make one up.

use super::ring::{decrypt, encrypt};
use super::{Error, Vault};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::ConnectionName;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::Ms;

/// How long a person may take on the consent page.
const LASTS_MS: Ms = 15 * 60_000;
const AAD: &[u8] = b"khlong sign-in";
/// Long enough for what is sealed, and no more is opened.
const TEXT_BYTES_MAX: usize = 2_048;

#[derive(Serialize, Deserialize)]
struct Written {
    connection: String,
    verifier: String,
    who: String,
    until: Ms,
}

/// A sign-in that has begun.
pub struct Begun {
    pub state: String,
    /// The SHA-256 of the verifier, in base64url.
    pub challenge: String,
}

/// A sign-in whose answer has come.
pub struct Ended {
    pub connection: ConnectionName,
    pub verifier: SecretString,
}

/// Which states have come back, until they would be too old anyway. Each process knows its own: elsewhere a second return
/// fails at the system, which takes no code twice.
#[derive(Default)]
pub(super) struct Returned(Mutex<HashMap<[u8; 32], Ms>>);

impl Returned {
    /// Whether this is the first time.
    fn note(&self, state: &str, until: Ms, now: Ms) -> bool {
        let mut returned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        returned.retain(|_, until| *until >= now);
        returned.insert(Sha256::digest(state.as_bytes()).into(), until).is_none()
    }
}

impl Vault {
    pub fn begin_sign_in(&self, connection: &ConnectionName, who: &str, now: Ms) -> Result<Begun, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let verifier = URL_SAFE_NO_PAD.encode(bytes);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let until = now.saturating_add(LASTS_MS);
        let written = Written { connection: connection.to_string(), verifier, who: who.to_owned(), until };
        let plain = serde_json::to_vec(&written).map_err(|error| Error::Key(error.to_string()))?;
        let state = URL_SAFE_NO_PAD.encode(encrypt(&self.ring.callbacks()?, &plain, AAD)?);
        Ok(Begun { state, challenge })
    }

    /// Nothing where the state is not of ours, of somebody else, too old, or has come back before.
    pub fn end_sign_in(&self, state: &str, who: &str, now: Ms) -> Option<Ended> {
        let sealed = URL_SAFE_NO_PAD.decode(Some(state).filter(|text| text.len() <= TEXT_BYTES_MAX)?).ok()?;
        let plain = decrypt(&self.ring.callbacks().ok()?, &sealed, AAD)?;
        let written: Written = serde_json::from_slice(&plain).ok()?;
        let is_good = written.who == who && now <= written.until;
        let is_first = is_good && self.returned.note(state, written.until, now);
        is_first.then(|| Ended {
            connection: ConnectionName::new(written.connection),
            verifier: SecretString::from(written.verifier),
        })
    }
}
