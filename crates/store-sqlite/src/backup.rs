//! A copy of a store while somebody works in it.

use crate::fault::Fault;
use crate::manifest::{Manifest, Part, digest};
use crate::place::{self, FILE, at};
use crate::{blobs, copied_blobs, copied_days};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;
use store::{Error, Ms};

/// A server may be in the middle of a checkpoint.
const BUSY: Duration = Duration::from_secs(10);

/// What a backup came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    pub files: usize,
    /// Of all files, those that were there already included.
    pub bytes: u64,
    /// What had to be copied this time.
    pub copied: u64,
}

/// Copies the store of a data folder as it is at this moment into another folder, new or holding an earlier backup.
///
/// It only reads, so it needs no lock: a server may work in the folder all the while. Everything that was acknowledged
/// before the call is in the copy. The one before stays whole until this one is.
pub fn back_up(data: &Path, to: &Path, now: Ms) -> Result<BackedUp, Error> {
    let from = data.join(FILE);
    if !from.exists() {
        return Err(Error::Conflict(format!("there is no store in {}", data.display())));
    }
    prepare(to)?;
    let _turn = place::lock(to, "wait for its backup to end")?;
    let before = Manifest::read(to)?.map(|manifest| manifest.parts).unwrap_or_default();
    // The hot file first: what moves to its day's file meanwhile is then in both, and not in neither.
    let hot = copy_hot(&from, to, now)?;
    let days = copied_days::list(&to.join(&hot.stored))?;
    let (mut copied, mut parts) = (hot.bytes, vec![hot]);
    for day in days {
        if let Some(part) = copied_days::find(&before, day, to) {
            parts.push(part);
        } else if let Some(part) = copied_days::copy(data, day, to)? {
            copied += part.bytes;
            parts.push(part);
        }
    }
    for part in copied_blobs::copy(data, &to.join(&parts[0].stored), &before, to)? {
        copied += if before.contains(&part) { 0 } else { part.bytes };
        parts.push(part);
    }
    let manifest = Manifest::new(now, parts);
    manifest.write(to)?;
    tidy(to, &manifest);
    let bytes = manifest.parts.iter().map(|part| part.bytes).sum();
    Ok(BackedUp { files: manifest.parts.len(), bytes, copied })
}

/// A folder that holds something else is left alone.
fn prepare(to: &Path) -> Result<(), Error> {
    place::make_dir(to).map_err(|error| at(to, "cannot make", &error))?;
    let mut names = fs::read_dir(to).map_err(|error| at(to, "cannot read", &error))?.flatten();
    let ours = |name: &str| {
        is_part(name) || is_journal(name) || name.starts_with("manifest.json") || name == place::LOCK
    };
    match names.find(|entry| !entry.file_name().to_str().is_some_and(ours)) {
        None => Ok(()),
        Some(entry) => Err(Error::Conflict(format!(
            "{} holds {}, which is of no backup: give an empty folder",
            to.display(),
            entry.file_name().display()
        ))),
    }
}

/// Whether a file of this name may be one of a backup's parts.
pub(crate) fn is_part(name: &str) -> bool {
    name.ends_with(".db") || name.ends_with(blobs::ENDING)
}

/// What SQLite writes beside a copy that it makes; a backup that was killed leaves it.
fn is_journal(name: &str) -> bool {
    name.ends_with(".db-journal")
}

/// A compact copy of one snapshot. The store's log grows until it is done.
fn copy_hot(from: &Path, to: &Path, now: Ms) -> Result<Part, Error> {
    let stored = format!("khlong-{now}.db");
    let file = to.join(&stored);
    if file.exists() {
        return Err(Error::Conflict(format!("{} exists already", file.display())));
    }
    // SQLite fills an empty file, and leaves its mode as it is.
    place::private(&file).map_err(|error| at(&file, "cannot make", &error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let vacuum = || {
        let connection = Connection::open_with_flags(from, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
        Ok(())
    };
    let done: Result<(), Fault> = vacuum();
    done.map_err(|fault| left_behind(&file, fault.into()))?;
    let (bytes, sha256) = seal(&file).map_err(|error| at(&file, "cannot sync", &error))?;
    Ok(Part { path: FILE.into(), stored, bytes, sha256, writes: None })
}

/// A copy that failed is of no use to anybody.
pub(crate) fn left_behind(file: &Path, error: Error) -> Error {
    let _ = fs::remove_file(file);
    error
}

/// On disk, with its length and hash.
pub(crate) fn seal(file: &Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(file)?;
    file.sync_all()?;
    digest(&mut file, |_| Ok(()))
}

/// Takes away what an earlier backup held and this one does not. What cannot be removed does no harm.
fn tidy(to: &Path, manifest: &Manifest) {
    for entry in fs::read_dir(to).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_old = |name: &str| is_journal(name) || (is_part(name) && !manifest.has(name));
        let old = name.to_str().is_some_and(is_old);
        if old && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(file = %entry.path().display(), %error, "an old file of the backup stays");
        }
    }
}
