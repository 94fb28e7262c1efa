//! Runs that have ended, in files by day and by how long they are kept, so that a day goes with one `unlink`.
//!
//! A run's end is on disk in the hot file first, then in its day's file, and only then do the hot rows go; whatever is cut
//! off in between is done again and changes nothing. A day's file holds all that its runs need, their events included, so
//! that no file depends on another. `history_part` in the hot file says what is in which.

mod archive;
mod day;
mod ended;
mod look;
mod upkeep;

pub(crate) use archive::Archiver;
pub(crate) use ended::Ended;
pub(crate) use look::{Days, REACH, REACH_ORDER, Reach, files_with, floor};
pub(crate) use upkeep::check;

use std::path::{Path, PathBuf};
use store::{DAY_MS, Ms};
use time::{Date, Month};

pub(crate) const FOLDER: &str = "history";

/// Runs that are kept about equally long share a file. Days; what is kept longer than all of these is in a class of its own.
const KEPT_DAYS: [i64; 9] = [1, 3, 7, 14, 30, 60, 90, 180, 365];
/// Room for more classes.
const CLASSES_MAX: i64 = 16;
const JULIAN_DAY_OF_1970: i64 = 2_440_588;

/// One file of history: a day, UTC, and a class of retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileKey(pub(crate) i64);

impl FileKey {
    /// Where a run belongs that ended then and is kept so long; for ever where nobody says how long.
    pub(crate) fn of(finished_at: Ms, keep: Option<Ms>) -> Self {
        let days = keep.map_or(i64::MAX, |keep| keep.max(0).saturating_add(DAY_MS - 1) / DAY_MS);
        let class = KEPT_DAYS.partition_point(|kept| *kept < days) as i64;
        Self(finished_at.div_euclid(DAY_MS) * CLASSES_MAX + class)
    }

    /// Midnight.
    pub(crate) fn day(self) -> Ms {
        self.0.div_euclid(CLASSES_MAX) * DAY_MS
    }

    /// The first and the last file that its day may have.
    pub(crate) fn of_one_day(self) -> (Self, Self) {
        let first = self.0.div_euclid(CLASSES_MAX) * CLASSES_MAX;
        (Self(first), Self(first + CLASSES_MAX - 1))
    }

    /// Such as `2026-11-25-14.db`.
    pub(crate) fn name(self) -> String {
        let (day, class) = (self.0.div_euclid(CLASSES_MAX), self.0.rem_euclid(CLASSES_MAX));
        let date =
            i32::try_from(day + JULIAN_DAY_OF_1970).ok().and_then(|day| Date::from_julian_day(day).ok());
        let date = date.map_or_else(|| format!("day{day}"), |date| date.to_string());
        match KEPT_DAYS.get(class as usize) {
            Some(kept) => format!("{date}-{kept}.db"),
            None => format!("{date}-long.db"),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let (date, class) = name.strip_suffix(".db")?.rsplit_once('-')?;
        let class = match class {
            "long" => KEPT_DAYS.len(),
            days => KEPT_DAYS.iter().position(|kept| Ok(*kept) == days.parse())?,
        };
        let mut numbers = date.splitn(3, '-').map(str::parse::<i32>);
        let mut number = || numbers.next()?.ok();
        let (year, month, day) = (number()?, u8::try_from(number()?).ok()?, u8::try_from(number()?).ok()?);
        let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        let day = i64::from(date.to_julian_day()) - JULIAN_DAY_OF_1970;
        Some(Self(day * CLASSES_MAX + class as i64))
    }

    pub(crate) fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_lies_with_those_of_its_day_that_are_kept_about_as_long() {
        let noon = 1_767_225_600_000 + DAY_MS / 2;
        let name = |keep| {
            let file = FileKey::of(noon, keep);
            assert_eq!(FileKey::parse(&file.name()), Some(file));
            file.name()
        };
        assert_eq!(name(Some(0)), "2026-01-01-1.db");
        assert_eq!(name(Some(DAY_MS)), "2026-01-01-1.db");
        assert_eq!(name(Some(10 * DAY_MS)), "2026-01-01-14.db");
        assert_eq!(name(Some(180 * DAY_MS)), "2026-01-01-180.db");
        assert_eq!(name(Some(400 * DAY_MS)), "2026-01-01-long.db");
        assert_eq!(name(None), "2026-01-01-long.db");
        assert_eq!(FileKey::of(noon + DAY_MS / 2, Some(1)).name(), "2026-01-02-1.db");
    }

    #[test]
    fn other_files_are_none_of_history() {
        for name in [
            "khlong.db",
            "2026-01-01-1.db-journal",
            "2026-01-01-8.db",
            "2026-13-01-1.db",
            "2026-01-1.db",
            "-1.db",
        ] {
            assert_eq!(FileKey::parse(name), None, "{name}");
        }
    }
}
