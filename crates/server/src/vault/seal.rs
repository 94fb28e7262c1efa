//! How a connection's secrets are sealed: bound to its name and connector, so that nobody with the database alone can
//! move them to a connection that sends them elsewhere.

use super::Error;
use super::ring::{KeyId, Ring, decrypt, encrypt};
use connector::Connection;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use store::SealedConnection;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;

/// Format, number of the data key, then what it sealed.
pub(super) fn seal(ring: &Ring, connection: &Connection) -> Result<Vec<u8>, Error> {
    let exposed: BTreeMap<&str, &str> =
        connection.secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect();
    let plain = serde_json::to_vec(&exposed).map(Zeroizing::new);
    let plain = plain.map_err(|error| Error::Key(error.to_string()))?;
    let (id, key) = ring.newest().ok_or_else(|| Error::Key("there is no data key".into()))?;
    let aad = aad(connection.name.as_str(), &connection.connector);
    let sealed = encrypt(key, &plain, &aad)?;
    Ok([&[FORMAT][..], &id.to_be_bytes(), &sealed].concat())
}

pub(super) fn open(ring: &Ring, row: &SealedConnection) -> Result<BTreeMap<String, SecretString>, Error> {
    let plain = open_plain(ring, row).ok_or_else(|| Error::Sealed(row.name.to_string()))?;
    let texts: BTreeMap<String, String> =
        serde_json::from_slice(&plain).map_err(|_| Error::Sealed(row.name.to_string()))?;
    Ok(texts.into_iter().map(|(name, text)| (name, SecretString::from(text))).collect())
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
