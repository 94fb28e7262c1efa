//! What a backup holds, file by file; written last, so that a backup that was interrupted is still the one before.

use crate::place::{self, at};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use store::{Error, Ms};

const NAME: &str = "manifest.json";
const NEXT: &str = "manifest.json.next";
/// The only format there is so far.
const FORMAT: u32 = 1;
const CHUNK_BYTES: usize = 256 << 10;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    /// The moment of which it tells.
    pub(crate) made_at: Ms,
    /// The release that made it.
    pub(crate) version: String,
    pub(crate) parts: Vec<Part>,
}

/// One file of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Where it lies in a data folder.
    pub(crate) path: String,
    /// What it is called in the backup.
    pub(crate) stored: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// Of a day's file: how often it had been added to. The same number is the same content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) writes: Option<i64>,
}

impl Manifest {
    pub(crate) fn new(made_at: Ms, parts: Vec<Part>) -> Self {
        Self { format: FORMAT, made_at, version: env!("CARGO_PKG_VERSION").into(), parts }
    }

    /// `None` where the folder holds no backup.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let file = folder.join(NAME);
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read(&file).map_err(|error| at(&file, "cannot read", &error))?;
        let manifest: Self = serde_json::from_slice(&text)
            .map_err(|error| Error::Unreadable(format!("{}: {error}", file.display())))?;
        match manifest.format {
            FORMAT => Ok(Some(manifest)),
            newer => Err(Error::Unreadable(format!(
                "{} has format {newer}, which this release does not know",
                file.display()
            ))),
        }
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        let next = folder.join(NEXT);
        let text = serde_json::to_vec_pretty(self).map_err(|error| Error::Io(error.to_string()))?;
        let write = || {
            let mut file = place::private(&next)?;
            file.set_len(0)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&next, folder.join(NAME))?;
            place::sync_dir(folder)
        };
        write().map_err(|error| at(&next, "cannot write", &error))
    }

    pub(crate) fn has(&self, stored: &str) -> bool {
        stored == NAME || self.parts.iter().any(|part| part.stored == stored)
    }
}

/// Reads a file to its end: how long it is, and its hash. Each chunk is handed on, for a copy.
pub(crate) fn digest(
    file: &mut File,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<(u64, String)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&chunk[..read]);
        each(&chunk[..read])?;
        bytes += read as u64;
    }
}
