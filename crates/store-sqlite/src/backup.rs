//! A copy of the store while it works.

use crate::fault::Fault;
use crate::store::SqliteStore;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use store::Error;

impl SqliteStore {
    /// Writes a compact copy as it is at this moment to a file that must not exist yet.
    ///
    /// It reads one snapshot to its end, so the log grows until the copy is done.
    pub async fn backup(&self, to: &Path) -> Result<(), Error> {
        let (from, to) = (self.file(), to.to_owned());
        let copy = tokio::task::spawn_blocking(move || copy(&from, &to));
        copy.await.map_err(|error| Error::Io(format!("the backup stopped: {error}")))?
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if to.exists() {
        return Err(Error::Conflict(format!("{} exists already", to.display())));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let vacuum = || {
        let connection = Connection::open_with_flags(from, flags)?;
        connection.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
        Ok(())
    };
    let done: Result<(), Fault> = vacuum();
    done.map_err(Error::from)?;
    let sync = std::fs::File::open(to).and_then(|file| file.sync_all());
    sync.map_err(|error| Error::Io(format!("cannot sync {}: {error}", to.display())))
}
