//! Lists of folders, as servers write them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

/// A line of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub name: String,
    pub is_folder: bool,
    pub bytes: u64,
    pub modified: Option<i64>,
    /// The time is good for its day alone.
    pub by_day: bool,
}

/// `type=file;size=6;modify=20261120030000; orders.csv`. Nothing for what is neither a file nor a folder.
pub fn facts(line: &str) -> Option<Line> {
    let (facts, name) = line.split_once(' ')?;
    let fact = |wanted: &str| {
        let named = |fact: &str| {
            let (name, value) = fact.split_once('=')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
        };
        facts.split(';').find_map(named)
    };
    let is_folder = match fact("type")?.to_ascii_lowercase().as_str() {
        "file" => false,
        "dir" => true,
        _ => return None,
    };
    let bytes = fact("size").and_then(|size| size.parse().ok()).unwrap_or(0);
    let modified = fact("modify").and_then(|time| time_of(&time));
    Some(Line { name: name.to_owned(), is_folder, bytes, modified, by_day: false })
}

/// `20261120030000`, with fractions of a second or without, in UTC.
pub fn time_of(text: &str) -> Option<i64> {
    let time = NaiveDateTime::parse_from_str(text.trim().get(..14)?, "%Y%m%d%H%M%S").ok()?;
    Some(time.and_utc().timestamp_millis())
}

/// The lists of older servers, which are made for people: of Unix, and of Windows. Their times are those of the server's own
/// zone, and change their form with age: only the day is kept.
pub fn words(line: &str, now: DateTime<Utc>) -> Option<Line> {
    unix(line, now).or_else(|| windows(line))
}

/// `-rw-r--r-- 1 user group 6 Nov 20 03:00 orders.csv`
fn unix(line: &str, now: DateTime<Utc>) -> Option<Line> {
    let is_folder = match line.chars().next()? {
        'd' => true,
        '-' => false,
        _ => return None,
    };
    let mut left = line;
    let mut word = || {
        left = left.trim_start();
        let (word, rest) = left.split_once(' ')?;
        left = rest;
        Some(word)
    };
    let (_mode, _links, _user, _group) = (word()?, word()?, word()?, word()?);
    let (bytes, month, day, year) = (word()?, word()?, word()?, word()?);
    let name = left.to_owned();
    let month = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        .iter()
        .position(|known| month.eq_ignore_ascii_case(known))?;
    let (month, day) = (u32::try_from(month).ok()? + 1, day.parse().ok()?);
    let date = match year.parse() {
        Ok(year) => NaiveDate::from_ymd_opt(year, month, day)?,
        // With a time instead of a year it is at most a year old, or a zone ahead of ours.
        Err(_) => {
            let today = now.date_naive();
            let this_year = NaiveDate::from_ymd_opt(today.year(), month, day);
            match this_year.filter(|date| *date <= today + chrono::Days::new(1)) {
                Some(date) => date,
                None => NaiveDate::from_ymd_opt(today.year() - 1, month, day)?,
            }
        }
    };
    Some(Line { name, is_folder, bytes: bytes.parse().ok()?, modified: midnight(date), by_day: true })
}

/// `11-20-26  03:00AM  <DIR>  in` and `11-20-2026  03:00AM  6 orders.csv`
fn windows(line: &str) -> Option<Line> {
    let (date, rest) = line.split_once(' ')?;
    let (_time, rest) = rest.trim_start().split_once(' ')?;
    let (size, name) = rest.trim_start().split_once(' ')?;
    let is_folder = size == "<DIR>";
    let bytes = if is_folder { 0 } else { size.replace(',', "").parse().ok()? };
    let numbers: Vec<u32> = date.split(['-', '/']).filter_map(|number| number.parse().ok()).collect();
    let [month, day, year] = numbers[..] else { return None };
    let year = i32::try_from(if year < 100 { year + 2_000 } else { year }).ok()?;
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let name = if is_folder { name.trim_start() } else { name };
    Some(Line { name: name.to_owned(), is_folder, bytes, modified: midnight(date), by_day: true })
}

fn midnight(date: NaiveDate) -> Option<i64> {
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 1_795_132_800_000;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn line(name: &str, is_folder: bool, bytes: u64, modified: i64, by_day: bool) -> Option<Line> {
        Some(Line { name: name.into(), is_folder, bytes, modified: Some(modified), by_day })
    }

    #[test]
    fn facts_are_exact() {
        let read = facts("type=file;size=6;modify=20261120030000.123;UNIX.mode=0644; ใบสั่งซื้อ วันนี้.csv");
        assert_eq!(read, line("ใบสั่งซื้อ วันนี้.csv", false, 6, DAY + 3 * 3_600_000, false));
        assert_eq!(facts("Type=DIR;Modify=20261120000000; in"), line("in", true, 0, DAY, false));
        assert_eq!(facts("type=cdir;modify=20261120000000; ."), None);
        assert_eq!(facts("type=OS.unix=symlink; a"), None);
    }

    #[test]
    fn lists_for_people_are_read_and_stay_the_same_with_age() {
        let now = at("2026-11-27T12:00:00Z");
        let young = words("-rw-r--r--   1 shop  users   1234 Nov 20 03:00 my orders.csv", now);
        let old =
            words("-rw-r--r--   1 shop  users   1234 Nov 20  2026 my orders.csv", at("2027-08-01T00:00:00Z"));
        assert_eq!(young, line("my orders.csv", false, 1234, DAY, true));
        assert_eq!(young, old);
        let last_year = words("drwxr-xr-x 2 0 0 4096 Dec 31 23:59 in", now).expect("a folder");
        assert_eq!((last_year.is_folder, last_year.modified), (true, Some(1_767_139_200_000)));
        assert_eq!(words("11-20-26  03:00AM       <DIR>          in", now), line("in", true, 0, DAY, true));
        assert_eq!(
            words("11-20-2026  03:00PM            1,234 my orders.csv", now),
            line("my orders.csv", false, 1234, DAY, true)
        );
        assert_eq!(words("total 12", now), None);
        assert_eq!(words("lrwxrwxrwx 1 0 0 4 Nov 20 03:00 a -> b", now), None);
    }
}
