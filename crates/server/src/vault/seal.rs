//! How a connection's secrets are sealed: bound to its name and connector, so that nobody with the database alone can
//! move them to a connection that sends them elsewhere.

use super::ring::{KeyId, Ring, decrypt, encrypt};
use super::{Error, tokens};
use connector::Connection;
use connector::sign_in::Tokens;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use store::SealedConnection;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;

/// Format, number of the data key, then what it sealed.
pub(super) fn seal(ring: &Ring, connection: &Connection) -> Result<Vec<u8>, Error> {
    let exposed = |secret: &SecretString| Zeroizing::new(secret.expose_secret().to_owned());
    let mut exposed: BTreeMap<String, Zeroizing<String>> =
        connection.secrets.iter().map(|(name, secret)| (name.clone(), exposed(secret))).collect();
    tokens::put(connection.tokens.as_ref(), &mut exposed)?;
    tokens::put_signed_out(connection.signed_out, &mut exposed);
    let plain = serde_json::to_vec(&exposed).map(Zeroizing::new);
    let plain = plain.map_err(|error| Error::Key(error.to_string()))?;
    let (id, key) = ring.newest().ok_or_else(|| Error::Key("there is no data key".into()))?;
    let aad = aad(connection.name.as_str(), &connection.connector);
    let sealed = encrypt(key, &plain, &aad)?;
    Ok([&[FORMAT][..], &id.to_be_bytes(), &sealed].concat())
}

/// What people entered, what a sign-in brought, and whether there is none that is good where one is needed.
type Opened = (BTreeMap<String, SecretString>, Option<Tokens>, bool);

pub(super) fn open(ring: &Ring, row: &SealedConnection) -> Result<Opened, Error> {
    let plain = open_plain(ring, row).ok_or_else(|| Error::Sealed(row.name.to_string()))?;
    let mut texts: BTreeMap<String, String> =
        serde_json::from_slice(&plain).map_err(|_| Error::Sealed(row.name.to_string()))?;
    let (tokens, signed_out) = (tokens::take(&mut texts), tokens::take_signed_out(&mut texts));
    let secrets = texts.into_iter().map(|(name, text)| (name, SecretString::from(text))).collect();
    Ok((secrets, tokens, signed_out))
}

fn open_plain(ring: &Ring, row: &SealedConnection) -> Option<Zeroizing<Vec<u8>>> {
    let rest = row.secrets.strip_prefix(&[FORMAT])?;
    let (id, sealed) = rest.split_first_chunk::<{ size_of::<KeyId>() }>()?;
    let key = ring.key(KeyId::from_be_bytes(*id))?;
    decrypt(key, sealed, &aad(row.name.as_str(), &row.connector))
}

fn aad(name: &str, connector: &str) -> Vec<u8> {
    // Neither can hold the zero byte that parts them: both are ids.
    ["khlong connection", connector, name].join("\0").into_bytes()
}
