//! Tokens as they are sealed: beside the secrets that people entered, under a name that no field can have.

use super::Error;
use connector::sign_in::Tokens;
use model::Value;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// No field's name begins so.
const NAME: &str = "~tokens";

#[derive(Serialize, Deserialize)]
struct Written {
    access: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_expires_at: Option<i64>,
    #[serde(default)]
    facts: serde_json::Map<String, Value>,
}

/// Stands for a connection that needs a sign-in and has none that is good.
const SIGNED_OUT: &str = "~signed_out";

pub(super) fn put_signed_out(signed_out: bool, secrets: &mut BTreeMap<String, Zeroizing<String>>) {
    if signed_out {
        secrets.insert(SIGNED_OUT.to_owned(), Zeroizing::new("1".to_owned()));
    }
}

pub(super) fn take_signed_out(secrets: &mut BTreeMap<String, String>) -> bool {
    secrets.remove(SIGNED_OUT).is_some()
}

/// Puts them among what is sealed.
pub(super) fn put(
    tokens: Option<&Tokens>,
    secrets: &mut BTreeMap<String, Zeroizing<String>>,
) -> Result<(), Error> {
    let Some(tokens) = tokens else { return Ok(()) };
    let exposed = |secret: &SecretString| Zeroizing::new(secret.expose_secret().to_owned());
    let written = Written {
        access: exposed(&tokens.access),
        refresh: tokens.refresh.as_ref().map(exposed),
        made_at: tokens.made_at,
        expires_at: tokens.expires_at,
        refresh_expires_at: tokens.refresh_expires_at,
        facts: tokens.facts.clone(),
    };
    let text = serde_json::to_string(&written).map_err(|error| Error::Key(error.to_string()))?;
    secrets.insert(NAME.to_owned(), Zeroizing::new(text));
    Ok(())
}

/// Takes them out of what was opened; nothing where there are none, or none that can be read.
pub(super) fn take(secrets: &mut BTreeMap<String, String>) -> Option<Tokens> {
    let text = Zeroizing::new(secrets.remove(NAME)?);
    let written: Written = serde_json::from_str(&text).ok()?;
    let secret = |text: Zeroizing<String>| SecretString::from(text.as_str());
    Some(Tokens {
        access: secret(written.access),
        refresh: written.refresh.map(secret),
        made_at: written.made_at,
        expires_at: written.expires_at,
        refresh_expires_at: written.refresh_expires_at,
        facts: written.facts,
    })
}
