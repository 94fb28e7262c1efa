//! A new master key and a new data key, with every secret sealed anew. A crash at any moment loses nothing.

use super::key::sync_folder;
use super::ring::Ring;
use super::{Error, KEY_FILE, MasterKey, open, seal};
use std::fs;
use std::path::Path;
use store::Store;

/// The new master key until it is the master key. What an interrupted rotation left is thrown away.
const NEXT_FILE: &str = "master.key.next";

/// Rotates the key in the data folder; the server must not be running. Tells how many connections were sealed anew.
pub async fn rotate(store: &dyn Store, folder: &Path) -> Result<usize, Error> {
    let old = MasterKey::from_folder(folder)?;
    let next_path = folder.join(NEXT_FILE);
    // Whatever is left of an interrupted rotation wraps nothing that the old key does not open as well.
    if next_path.exists() {
        fs::remove_file(&next_path).map_err(|error| io(&next_path, error))?;
    }
    let new = MasterKey::random()?;
    new.write_new(&next_path)?;

    let mut ring = Ring::open(store, &old).await?;
    ring.add()?;
    ring.save(store, &[&old, &new]).await?;
    let sealed = seal_anew(store, &ring).await?;

    let path = folder.join(KEY_FILE);
    fs::rename(&next_path, &path).map_err(|error| io(&path, error))?;
    sync_folder(&path).map_err(|error| io(&path, error))?;
    ring.keep_newest();
    ring.save(store, &[&new]).await?;
    Ok(sealed)
}

/// For a master key that comes from the environment: both are given, and the caller changes the environment after it.
pub async fn rotate_between(store: &dyn Store, old: &MasterKey, new: &MasterKey) -> Result<usize, Error> {
    let mut ring = Ring::open(store, old).await?;
    ring.add()?;
    ring.save(store, &[old, new]).await?;
    let sealed = seal_anew(store, &ring).await?;
    ring.keep_newest();
    ring.save(store, &[new]).await?;
    Ok(sealed)
}

async fn seal_anew(store: &dyn Store, ring: &Ring) -> Result<usize, Error> {
    let rows = store.connections().await?;
    let count = rows.len();
    for row in rows {
        let at = row.updated_at;
        let held = open(ring, row)?;
        store.save_connection(seal(ring, &held.connection, at)?).await?;
    }
    Ok(count)
}

fn io(path: &Path, error: std::io::Error) -> Error {
    Error::Key(format!("{}: {error}", path.display()))
}
