//! The data keys, wrapped by the master key in the store.
//!
//! While a rotation is under way a data key is wrapped by two master keys, so that a crash at any moment leaves one
//! that opens it.

use super::{Error, MasterKey};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Store;
use zeroize::Zeroizing;

/// Where the wrapped keys are kept. They are useless without the master key.
pub const SETTING: &str = "vault.keys";
const NONCE_BYTES: usize = 24;

/// A data key's number: part of every sealed secret.
pub(super) type KeyId = u32;

/// As in the store: for every data key, what each master key made of it, in hex.
#[derive(Default, Serialize, Deserialize)]
struct Wrapped {
    keys: BTreeMap<KeyId, BTreeMap<String, String>>,
}

/// Not a data key: what the addresses that end a wait are made with. It stays the same, so that they stay good.
const CALLBACKS: KeyId = 0;

/// The opened data keys; the newest seals, all open.
pub(super) struct Ring {
    keys: BTreeMap<KeyId, Zeroizing<[u8; 32]>>,
}

impl Ring {
    /// Opens the ring, or makes the first one in an empty store.
    pub(super) async fn open(store: &dyn Store, master: &MasterKey) -> Result<Self, Error> {
        let Some(text) = store.setting(SETTING).await? else {
            let mut ring = Self { keys: [(CALLBACKS, random()?)].into() };
            ring.add()?;
            ring.save(store, &[master]).await?;
            return Ok(ring);
        };
        Self::unwrapped(&text, master)
    }

    fn unwrapped(text: &str, master: &MasterKey) -> Result<Self, Error> {
        let wrapped: Wrapped = serde_json::from_str(text)
            .map_err(|error| store::Error::Unreadable(format!("{SETTING}: {error}")))?;
        let keys = wrapped.keys.iter().map(|(id, by)| Ok((*id, unwrap(*id, by, master)?)));
        Ok(Self { keys: keys.collect::<Result<_, Error>>()? })
    }

    /// Adds a new data key, which seals from now on.
    pub(super) fn add(&mut self) -> Result<(), Error> {
        let next = self.newest().map_or(CALLBACKS, |(id, _)| id) + 1;
        self.keys.insert(next, random()?);
        Ok(())
    }

    pub(super) fn keep_newest(&mut self) {
        let newest = self.newest().map_or(CALLBACKS, |(id, _)| id);
        self.keys.retain(|id, _| *id == newest || *id == CALLBACKS);
    }

    pub(super) async fn save(&self, store: &dyn Store, masters: &[&MasterKey]) -> Result<(), Error> {
        let mut wrapped = Wrapped::default();
        for (id, key) in &self.keys {
            for master in masters {
                let text = encrypt(&master.0, &key[..], &wrap_aad(*id))?;
                wrapped.keys.entry(*id).or_default().insert(master.id(), hex::encode(text));
            }
        }
        let text = serde_json::to_string(&wrapped)
            .map_err(|error| Error::Key(format!("the keys cannot be written: {error}")))?;
        Ok(store.set_setting(SETTING, &text).await?)
    }

    pub(super) fn newest(&self) -> Option<(KeyId, &[u8; 32])> {
        let data_keys = self.keys.range(CALLBACKS + 1..);
        data_keys.last().map(|(id, key)| (*id, &**key))
    }

    pub(super) fn callbacks(&self) -> Result<[u8; 32], Error> {
        let key = self.key(CALLBACKS).copied();
        key.ok_or_else(|| Error::Key("the key of the callbacks is missing in the store".into()))
    }

    pub(super) fn key(&self, id: KeyId) -> Option<&[u8; 32]> {
        self.keys.get(&id).map(|key| &**key)
    }
}

/// Whether the master key opens these keys, as they are in the store.
pub fn check(text: &str, master: &MasterKey) -> Result<(), Error> {
    Ring::unwrapped(text, master).map(drop)
}

fn random() -> Result<Zeroizing<[u8; 32]>, getrandom::Error> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *key)?;
    Ok(key)
}

fn unwrap(
    id: KeyId,
    by: &BTreeMap<String, String>,
    master: &MasterKey,
) -> Result<Zeroizing<[u8; 32]>, Error> {
    let wrong = || Error::Key("the master key is not the one that this store was made with".into());
    let text = by.get(&master.id()).ok_or_else(wrong)?;
    let sealed = hex::decode(text).map_err(|_| wrong())?;
    let plain = decrypt(&master.0, &sealed, &wrap_aad(id)).ok_or_else(wrong)?;
    let mut key = Zeroizing::new([0; 32]);
    if plain.len() != key.len() {
        return Err(wrong());
    }
    key.copy_from_slice(&plain);
    Ok(key)
}

fn wrap_aad(id: KeyId) -> Vec<u8> {
    [b"khlong data key ".as_slice(), &id.to_be_bytes()].concat()
}

/// A random nonce, then the sealed text. 24 random bytes never repeat.
pub(super) fn encrypt(key: &[u8; 32], plain: &[u8], aad: &[u8]) -> Result<Vec<u8>, Error> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce)?;
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad })
        .map_err(|_| Error::Key("a secret is too long to be sealed".into()))?;
    Ok([&nonce[..], &sealed].concat())
}

pub(super) fn decrypt(key: &[u8; 32], sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.split_at_checked(NONCE_BYTES)?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad })
        .ok()
        .map(Zeroizing::new)
}
