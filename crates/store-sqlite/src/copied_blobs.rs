//! Long bodies in a backup. A file's name says what it holds, so none is copied twice.

use crate::backup::{left_behind, seal};
use crate::blobs::{self, FOLDER};
use crate::fault::Fault;
use crate::manifest::Part;
use crate::place::{self, at};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use store::{BlobHash, Error};

/// All that the copied hot file tells of, but for those that have gone since: nothing needed them any more.
pub(crate) fn copy(data: &Path, hot: &Path, before: &[Part], to: &Path) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    for hash in list(hot)? {
        let stored = blobs::name(&hash);
        let path = format!("{FOLDER}/{stored}");
        let known = before.iter().find(|part| part.path == path && to.join(&part.stored).exists());
        match known {
            Some(part) => parts.push(part.clone()),
            None => parts.extend(copy_one(&data.join(&path), path, to, stored)?),
        }
    }
    Ok(parts)
}

fn list(hot: &Path) -> Result<Vec<BlobHash>, Error> {
    let ask = || {
        let hot = Connection::open_with_flags(hot, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        // A store that this release has not opened yet has none.
        let has = "SELECT 1 FROM sqlite_schema WHERE name = 'kept_blob'";
        match hot.query_row(has, [], |_| Ok(())).optional()? {
            Some(()) => blobs::hashes(&hot),
            None => Ok(Vec::new()),
        }
    };
    ask().map_err(|fault: Fault| fault.into())
}

fn copy_one(from: &Path, path: String, to: &Path, stored: String) -> Result<Option<Part>, Error> {
    let file = to.join(&stored);
    let copied = File::open(from).and_then(|from| copy_bytes(from, &file));
    match copied {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(left_behind(&file, at(from, "cannot copy", &error))),
    }
    let (bytes, sha256) = seal(&file).map_err(|error| at(&file, "cannot sync", &error))?;
    Ok(Some(Part { path, stored, bytes, sha256, writes: None }))
}

fn copy_bytes(mut from: File, file: &Path) -> io::Result<()> {
    let mut to = place::private(file)?;
    to.set_len(0)?;
    io::copy(&mut from, &mut to).map(drop)
}
