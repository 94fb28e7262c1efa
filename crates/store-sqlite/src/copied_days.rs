//! Days' files in a backup. Most have not changed since the one before and are not copied again.

use crate::backup::{left_behind, seal};
use crate::fault::Fault;
use crate::history::{FOLDER, FileKey};
use crate::manifest::Part;
use crate::place::{self, at};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;
use std::thread;
use std::time::Duration;
use store::Error;

/// The server may be adding to today's file.
const PAUSE: Duration = Duration::from_millis(50);
const TRIES_MAX: usize = 200;
/// All at once, so that no write comes between and makes the copy begin again.
const ALL_PAGES: i32 = -1;

#[derive(Clone, Copy)]
pub(crate) struct Day {
    file: FileKey,
    writes: i64,
}

/// Which there are, as the copied hot file knows them.
pub(crate) fn list(hot: &Path) -> Result<Vec<Day>, Error> {
    let ask = || {
        let hot = Connection::open_with_flags(hot, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        // A store that this release has not opened yet has none.
        let has = "SELECT 1 FROM sqlite_schema WHERE name = 'history_file'";
        if hot.query_row(has, [], |_| Ok(())).optional()?.is_none() {
            return Ok(Vec::new());
        }
        let mut ask = hot.prepare("SELECT file, writes FROM history_file ORDER BY file")?;
        let rows = ask.query_map([], |row| Ok(Day { file: FileKey(row.get(0)?), writes: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    ask().map_err(|fault: Fault| fault.into())
}

/// The same content in the backup before.
pub(crate) fn find(before: &[Part], day: Day, to: &Path) -> Option<Part> {
    let path = path(day.file);
    let same = |part: &&Part| part.path == path && part.writes == Some(day.writes);
    before.iter().find(same).filter(|part| to.join(&part.stored).exists()).cloned()
}

fn path(file: FileKey) -> String {
    format!("{FOLDER}/{}", file.name())
}

/// Nothing where the day has expired meanwhile.
pub(crate) fn copy(data: &Path, day: Day, to: &Path) -> Result<Option<Part>, Error> {
    let path = path(day.file);
    let from = data.join(&path);
    if !from.exists() {
        return Ok(None);
    }
    let stored = format!("{}-{}.db", day.file.name().trim_end_matches(".db"), day.writes);
    let file = to.join(&stored);
    let fresh = place::private(&file).and_then(|file| file.set_len(0));
    fresh.map_err(|error| at(&file, "cannot make", &error))?;
    let writes = copy_pages(&from, &file).map_err(|fault| left_behind(&file, fault.into()))?;
    let (bytes, sha256) = seal(&file).map_err(|error| at(&file, "cannot sync", &error))?;
    Ok(Some(Part { path, stored, bytes, sha256, writes: Some(writes) }))
}

/// SQLite copies, under its own locks: a plain copy could catch a page that is being written.
fn copy_pages(from: &Path, to: &Path) -> Result<i64, Fault> {
    // Not read-only: whoever opens a file after a crash has to undo what was cut off.
    let from = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut to = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A copy that was cut off is thrown away, and one that is done is synced.
    to.pragma_update(None, "journal_mode", "OFF")?;
    to.pragma_update(None, "synchronous", "OFF")?;
    let copy = Backup::new(&from, &mut to)?;
    for _ in 0..TRIES_MAX {
        match copy.step(ALL_PAGES)? {
            StepResult::Done => {
                drop(copy);
                return Ok(to.query_row("SELECT writes FROM file", [], |row| row.get(0))?);
            }
            _ => thread::sleep(PAUSE),
        }
    }
    Err(Error::Deadline.into())
}
