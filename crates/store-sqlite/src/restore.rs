//! A backup becomes a data folder again.

use crate::backup::{BackedUp, is_part};
use crate::manifest::{Manifest, Part, digest};
use crate::place::{self, FILE, at};
use crate::{blobs, history};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use store::Error;

/// Where parts lie in a data folder, beside the store's file.
const FOLDERS: [&str; 2] = [history::FOLDER, blobs::FOLDER];
/// Of a file that is not whole yet.
const COMING: &str = "restoring";

/// Fills a data folder, which must hold no store, from a backup, whose every byte is checked.
///
/// The master key is in no backup: it may lie in the folder already, and the next start needs it.
pub fn restore(from: &Path, data: &Path) -> Result<BackedUp, Error> {
    let manifest = Manifest::read(from)?
        .ok_or_else(|| Error::Conflict(format!("there is no backup in {}", from.display())))?;
    manifest.parts.iter().try_for_each(check_names)?;
    if !manifest.parts.iter().any(|part| part.path == FILE) {
        return Err(damaged(from, "its manifest names no store"));
    }
    place::make_dir(data).map_err(|error| at(data, "cannot make", &error))?;
    let _turn = place::lock(data, "restore into an empty folder")?;
    refuse_store(data)?;
    for folder in FOLDERS.map(|folder| data.join(folder)) {
        place::make_dir(&folder).map_err(|error| at(&folder, "cannot make", &error))?;
    }
    let brought = manifest.parts.iter().try_for_each(|part| bring(part, from, data));
    brought
        .inspect_err(|_| manifest.parts.iter().for_each(|part| drop(fs::remove_file(coming(part, data)))))?;
    manifest.parts.iter().filter(|part| part.path != FILE).try_for_each(|part| reveal(part, data))?;
    // With this name the folder becomes a store, so it comes last.
    manifest.parts.iter().filter(|part| part.path == FILE).try_for_each(|part| reveal(part, data))?;
    let bytes = manifest.parts.iter().map(|part| part.bytes).sum();
    Ok(BackedUp { files: manifest.parts.len(), bytes, copied: bytes })
}

fn refuse_store(data: &Path) -> Result<(), Error> {
    match data.join(FILE).exists() {
        false => Ok(()),
        true => {
            Err(Error::Conflict(format!("{} holds a store: restore into another folder", data.display())))
        }
    }
}

/// A manifest is a file that somebody may have written: it names nothing outside the two folders.
fn check_names(part: &Part) -> Result<(), Error> {
    let plain = |name: &str| {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        is_part(name) && !name.starts_with('.') && name.chars().all(good)
    };
    let inside = |folder: &str| part.path.strip_prefix(folder)?.strip_prefix('/');
    let path = FOLDERS.into_iter().find_map(inside).unwrap_or(&part.path);
    match plain(path) && plain(&part.stored) {
        true => Ok(()),
        false => {
            Err(Error::Unreadable(format!("the manifest names {:?}, which is no file of a store", part.path)))
        }
    }
}

fn coming(part: &Part, data: &Path) -> PathBuf {
    data.join(format!("{}.{COMING}", part.path))
}

fn bring(part: &Part, from: &Path, data: &Path) -> Result<(), Error> {
    let source = from.join(&part.stored);
    let file = coming(part, data);
    let copied = copy(&source, &file).map_err(|error| at(&source, "cannot copy", &error))?;
    match copied == (part.bytes, part.sha256.clone()) {
        true => Ok(()),
        false => Err(damaged(&source, "it is not what was backed up")),
    }
}

fn copy(source: &Path, file: &Path) -> io::Result<(u64, String)> {
    let mut to = place::private(file)?;
    to.set_len(0)?;
    let copied = digest(&mut File::open(source)?, |chunk| to.write_all(chunk))?;
    to.sync_all()?;
    Ok(copied)
}

fn reveal(part: &Part, data: &Path) -> Result<(), Error> {
    let file = data.join(&part.path);
    let folder = file.parent().unwrap_or(data);
    let rename = fs::rename(coming(part, data), &file).and_then(|()| place::sync_dir(folder));
    rename.map_err(|error| at(&file, "cannot put in place", &error))
}

fn damaged(what: &Path, why: &str) -> Error {
    Error::Unreadable(format!("{}: {why}; nothing was restored", what.display()))
}
