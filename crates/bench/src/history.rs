//! A long history, made in the store itself: by the door it would take an hour.

mod postgres;
mod sqlite;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::khlong::Installed;

/// After this, ended runs have moved to where the history is.
pub const MOVED: Duration = Duration::from_secs(20);
/// Of what a long history tells about each run: lists read none of it, and ten million are to be made in minutes.
const DOC_BYTES: i64 = 64;
/// How long ago an old day was.
const AGE_DAYS: i64 = 30;

/// Copies an ended run until there are so many more, each with an id and a time of its own; says how many ended runs there
/// are then. Only while no server works on the store.
pub async fn fill(installed: &Installed, rows: i64) -> Result<i64> {
    match &installed.database {
        Some(database) => postgres::fill(database, rows).await,
        None => sqlite::fill(&installed.data, rows),
    }
}

/// A day of history that is about to go.
pub struct Day {
    pub bytes: u64,
    pub runs: i64,
    place: Place,
}

enum Place {
    File(PathBuf),
    /// The first id of the day, and the first after it.
    Ids(i64, i64),
}

/// Makes a day that is as large and past its time in `due`. Only while no server works on the store.
pub async fn old_day(installed: &Installed, bytes: u64, due: Duration) -> Result<Day> {
    if let Some(database) = &installed.database {
        return postgres::old_day(database, bytes, due).await;
    }
    sqlite::fill_to(&installed.data, bytes)?;
    sqlite::age(&installed.data, due)
}

impl Day {
    pub async fn is_there(&self, installed: &Installed) -> Result<bool> {
        match (&self.place, &installed.database) {
            (Place::Ids(begin, end), Some(database)) => postgres::holds(database, *begin, *end).await,
            (Place::File(file), _) => Ok(file.exists()),
            (Place::Ids(..), None) => Ok(false),
        }
    }
}
