//! At the start: what a crash, a backup or a new release has left to do about the days' files.

use super::archive::note_rows;
use super::day::DayFile;
use super::{Days, FileKey};
use crate::Durability;
use crate::fault::Fault;
use crate::place::{self, at};
use crate::writer::Writer;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use store::Error;

/// Makes the folder and the hot file agree. `schema` is the number of the newest migration.
pub(crate) fn check(
    writer: &mut Writer,
    days: &Days,
    hot: &Path,
    durability: Durability,
    schema: i64,
) -> Result<(), Error> {
    let folder = days.folder();
    place::make_dir(folder).map_err(|error| at(folder, "cannot make", &error))?;
    let (there, torn) = list(folder)?;
    let known = known(writer)?;
    forget_missing(writer, known.difference(&there).copied())?;
    let followed: i64 = writer
        .connection()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(Fault::Write)?;
    for file in &there {
        let new = !known.contains(file);
        if new || torn.contains(file) || followed != schema {
            look_at(writer, folder, *file, hot, durability, new)?;
        }
    }
    if followed != schema {
        writer.connection().pragma_update(None, "user_version", schema).map_err(Fault::Write)?;
    }
    Ok(())
}

/// The files, and those of them that a crash has left half written.
fn list(folder: &Path) -> Result<(BTreeSet<FileKey>, BTreeSet<FileKey>), Error> {
    let (mut there, mut torn) = (BTreeSet::new(), BTreeSet::new());
    for entry in fs::read_dir(folder).map_err(|error| at(folder, "cannot read", &error))?.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let has_content = || entry.metadata().is_ok_and(|data| data.len() > 0);
        match name.strip_suffix("-journal") {
            Some(of) if has_content() => torn.extend(FileKey::parse(of)),
            Some(_) => {}
            None => there.extend(FileKey::parse(name)),
        }
    }
    Ok((there, torn))
}

fn known(writer: &Writer) -> Result<BTreeSet<FileKey>, Fault> {
    let mut ask =
        writer.connection().prepare("SELECT file FROM history_file UNION SELECT file FROM history_part")?;
    let rows = ask.query_map([], |row| row.get(0).map(FileKey))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn forget_missing(writer: &mut Writer, missing: impl Iterator<Item = FileKey>) -> Result<(), Error> {
    for file in missing {
        tracing::warn!(file = file.name(), "a file of history is not there: its runs are not shown any more");
        writer.write(|tx| {
            tx.execute("DELETE FROM history_part WHERE file = ?1", [file.0])?;
            tx.execute("DELETE FROM history_file WHERE file = ?1", [file.0])?;
            Ok(())
        })?;
    }
    Ok(())
}

/// Opening it undoes what a crash has cut off and gives it the columns of this release. A file that nobody knew is from a
/// crash before, or a backup after, the hot file was told: what it holds is true, so it is taken in.
fn look_at(
    writer: &mut Writer,
    folder: &Path,
    file: FileKey,
    hot: &Path,
    durability: Durability,
    new: bool,
) -> Result<(), Error> {
    let written = DayFile::open(folder, file, hot, durability).and_then(|day| day.written());
    match written {
        Ok(written) if new => writer.write(|tx| note_rows(tx, file, &written)),
        Ok(_) => Ok(()),
        Err(fault) => {
            tracing::error!(file = file.name(), error = %Error::from(fault), "a file of history cannot be read");
            Ok(())
        }
    }
}
