//! Dates and times. In scripts they are texts in ISO 8601, so that they go through JSON as they are.

use super::{Answer, Doc, Shelf, wrong};
use crate::guard;
use chrono::{
    DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat,
    TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use rhai::Dynamic;
use std::fmt::Write;

/// Buddhist years are so many ahead.
const BUDDHIST_YEARS: i32 = 543;
const YEAR_MIN: i32 = 1;
const YEAR_MAX: i32 = 9_999;
/// The zone of a Thai shop, where none is given.
const HOME: Tz = Tz::Asia__Bangkok;
const THAI_MONTHS: [&str; 12] = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
];

pub(crate) fn register(shelf: &mut Shelf) {
    clock(shelf);
    writing(shelf);
    reading(shelf);
    reckoning(shelf);
}

fn clock(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("now()", "The time of the run, in UTC. It stays the same while the run goes on and when it is replayed.", "now()", r#""2026-11-23T06:00:00Z""#),
            || iso_utc(guard::run_now_ms()),
        )
        .add(
            Doc("today()", "The date of the run in Bangkok, or in a zone.", "today()", r#""2026-11-23""#),
            || Answer::Ok(run_now()?.with_timezone(&HOME).date_naive().to_string()),
        )
        .or("today(zone)", |name: &str| Answer::Ok(run_now()?.with_timezone(&zone(name)?).date_naive().to_string()));
}

fn writing(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("to_utc(when)", "The same moment in UTC. A time without a zone is taken for Bangkok's, as everywhere here.", r#"to_utc("2026-11-23T13:00:00+07:00")"#, r#""2026-11-23T06:00:00Z""#),
            |when: &str| Answer::Ok(iso(moment(when)?.with_timezone(&Utc))),
        )
        .add(
            Doc("to_zone(when, zone)", "The same moment as clocks show it in a zone.", r#"to_zone("2026-11-23T06:00:00Z", "Asia/Bangkok")"#, r#""2026-11-23T13:00:00+07:00""#),
            |when: &str, name: &str| Answer::Ok(iso(moment(when)?.with_timezone(&zone(name)?))),
        )
        .add(
            Doc("date_of(when)", "The date in Bangkok, or in a zone.", r#"date_of("2026-11-22T20:00:00Z")"#, r#""2026-11-23""#),
            |when: &str| Answer::Ok(moment(when)?.with_timezone(&HOME).date_naive().to_string()),
        )
        .or("date_of(when, zone)", |when: &str, name: &str| {
            Answer::Ok(moment(when)?.with_timezone(&zone(name)?).date_naive().to_string())
        })
        .add(
            Doc("odoo_time(when)", "As Odoo wants it: UTC, without a zone.", r#"odoo_time("2026-11-23T13:00:00+07:00")"#, r#""2026-11-23 06:00:00""#),
            |when: &str| Answer::Ok(moment(when)?.with_timezone(&Utc).format("%Y-%m-%d %H:%M:%S").to_string()),
        )
        .add(
            Doc("format_date(when, pattern)", "Writes a date: %d day, %m month, %Y year, %H hour, %M minute, %S second, in Bangkok or in a zone. %BE is the Buddhist year.", r#"format_date("2026-11-23T06:00:00Z", "%d/%m/%BE %H:%M")"#, r#""23/11/2569 13:00""#),
            |when: &str, pattern: &str| format_date(when, pattern, HOME),
        )
        .or("format_date(when, pattern, zone)", |when: &str, pattern: &str, name: &str| format_date(when, pattern, zone(name)?))
        .add(
            Doc("thai_date(when)", "The date as it stands on a Thai invoice.", r#"thai_date("2026-11-23")"#, r#""23 พฤศจิกายน 2569""#),
            |when: &str| {
                let date = moment(when)?.with_timezone(&HOME).date_naive();
                let month = THAI_MONTHS[date.month0() as usize];
                Answer::Ok(format!("{} {month} {}", date.day(), date.year() + BUDDHIST_YEARS))
            },
        )
        .add(
            Doc("unix_time(when)", "Seconds since 1970.", r#"unix_time("2026-11-23T06:00:00Z")"#, "1795413600"),
            |when: &str| Answer::Ok(moment(when)?.timestamp()),
        )
        .add(
            Doc("unix_ms(when)", "Milliseconds since 1970, as JavaScript and many shops count.", r#"unix_ms("2026-11-23T06:00:00.250Z")"#, "1795413600250"),
            |when: &str| Answer::Ok(moment(when)?.timestamp_millis()),
        );
}

fn reading(shelf: &mut Shelf) {
    shelf
        .add(
            Doc(
                "from_odoo(text)",
                "Reads Odoo's time: UTC, without a zone.",
                r#"from_odoo("2026-11-23 06:00:00")"#,
                r#""2026-11-23T06:00:00Z""#,
            ),
            |text: &str| {
                let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S");
                let time = time.map_err(|_| wrong("This is no time of Odoo's: `2026-11-23 06:00:00`."))?;
                Answer::Ok(iso(time.and_utc()))
            },
        )
        .add(
            Doc(
                "parse_date(text, pattern)",
                "Reads a date or time written in a pattern (as in `format_date`); in Bangkok, or in a zone.",
                r#"parse_date("23/11/2569", "%d/%m/%BE")"#,
                r#""2026-11-23""#,
            ),
            |text: &str, pattern: &str| parse_date(text, pattern, HOME),
        )
        .or("parse_date(text, pattern, zone)", |text: &str, pattern: &str, name: &str| {
            parse_date(text, pattern, zone(name)?)
        })
        .add(
            Doc(
                "from_unix(seconds)",
                "The moment so many seconds after 1970.",
                "from_unix(1795413600)",
                r#""2026-11-23T06:00:00Z""#,
            ),
            seconds_since_1970,
        )
        .add(
            Doc(
                "is_date(text)",
                "Can it be read as a date or time in ISO 8601?",
                r#"is_date("2026-02-30")"#,
                "false",
            ),
            |text: &str| moment(text).is_ok(),
        );
}

fn reckoning(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("add_time(when, count, unit)", "So many seconds, minutes, hours, days, weeks, months or years later; earlier with a minus. Days and longer keep the time on the clock.", r#"add_time("2026-01-31", 1, "months")"#, r#""2026-02-28""#),
            add_time,
        )
        .add(
            Doc("time_between(from, to, unit)", "How many whole seconds, minutes, hours, days or weeks lie between two moments.", r#"time_between("2026-11-20", "2026-11-23", "days")"#, "3"),
            |from: &str, to: &str, unit: &str| Answer::Ok((moment(to)? - moment(from)?).num_seconds() / seconds_in(unit)?),
        )
        .add(
            Doc("is_before(a, b)", "Is the first moment earlier, in whatever zones they are written?", r#"is_before("2026-11-23T06:00:00Z", "2026-11-23T12:00:00+07:00")"#, "false"),
            |a: &str, b: &str| Answer::Ok(moment(a)? < moment(b)?),
        )
        .add(
            Doc("start_of_day(when)", "Midnight before, in Bangkok or in a zone.", r#"start_of_day("2026-11-23T06:00:00Z")"#, r#""2026-11-23T00:00:00+07:00""#),
            |when: &str| start_of_day(when, HOME),
        )
        .or("start_of_day(when, zone)", |when: &str, name: &str| start_of_day(when, zone(name)?))
        .add(
            Doc("weekday(when)", "The day of the week in Bangkok: 1 is Monday, 7 is Sunday.", r#"weekday("2026-11-23")"#, "1"),
            |when: &str| Answer::Ok(i64::from(moment(when)?.with_timezone(&HOME).weekday().number_from_monday())),
        );
}

fn seconds_since_1970(seconds: i64) -> Answer<String> {
    let moment = DateTime::from_timestamp(seconds, 0)
        .ok_or_else(|| wrong("These are too many seconds for a date."))?;
    in_range(moment.fixed_offset()).map(|moment| iso(moment.with_timezone(&Utc)))
}

/// As `from_unix`, of a number in data.
pub(crate) fn from_unix(seconds: &str) -> Answer<String> {
    let seconds = seconds.parse().map_err(|_| wrong("These are no whole seconds since 1970."))?;
    seconds_since_1970(seconds)
}

pub(crate) fn zone_or_home(name: Option<&str>) -> Answer<Tz> {
    name.map_or(Ok(HOME), zone)
}

/// A date as a mapping writes it: a pattern, one of the usual forms by name, or ISO 8601 as it came.
pub(crate) fn written(when: &str, form: Option<&str>, named: Option<&str>, zone: Tz) -> Answer<String> {
    // A time that names no zone is of the zone that its line names.
    let moment = moment_in(when, zone)?;
    match form {
        Some("date") => Ok(moment.with_timezone(&zone).date_naive().to_string()),
        Some("utc") => Ok(iso(moment.with_timezone(&Utc))),
        Some("odoo") => Ok(moment.with_timezone(&Utc).format("%Y-%m-%d %H:%M:%S").to_string()),
        Some(pattern) => format_moment(moment, pattern, zone),
        None if is_only_a_date(when) => Ok(moment.date_naive().to_string()),
        None if named.is_some() => Ok(iso(moment.with_timezone(&zone))),
        None => Ok(iso(moment)),
    }
}

/// Milliseconds since 1970 as ISO 8601 in UTC.
pub(crate) fn iso_utc(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).map(iso).unwrap_or_default()
}

fn run_now() -> Answer<DateTime<Utc>> {
    DateTime::from_timestamp_millis(guard::run_now_ms()).ok_or_else(|| wrong("The run has no time."))
}

/// Seconds, and milliseconds only where there are any.
fn iso<Z: TimeZone<Offset: std::fmt::Display>>(moment: DateTime<Z>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn zone(name: &str) -> Answer<Tz> {
    name.parse().map_err(|_| wrong("This is no time zone. Zones are written as \"Asia/Bangkok\" or \"UTC\"."))
}

/// Reads ISO 8601 as shops and back offices write it: with a zone or without, with T or a space, or only a date.
fn moment(text: &str) -> Answer<DateTime<FixedOffset>> {
    moment_in(text, HOME)
}

/// The same, of a zone's clocks where none is written.
fn moment_in(text: &str, zone: Tz) -> Answer<DateTime<FixedOffset>> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
    {
        return in_range(moment);
    }
    let time = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let time = time.iter().find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok());
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(NaiveTime::MIN));
    let time = time.or_else(date).ok_or_else(|| wrong("This is no date. Dates are written as \"2026-11-23\" or \"2026-11-23T13:00:00+07:00\"; `parse_date` reads others."))?;
    in_range(on_clocks(time, zone)?.fixed_offset())
}

/// Far from the ends of what chrono can hold, so that no zone moves a date past them.
fn in_range(moment: DateTime<FixedOffset>) -> Answer<DateTime<FixedOffset>> {
    let fine = (YEAR_MIN..=YEAR_MAX).contains(&moment.year());
    if fine { Ok(moment) } else { Err(wrong("The year must be between 1 and 9999.")) }
}

/// The moment when clocks in a zone show this; where they were put forward past it, the moment of putting forward.
fn on_clocks(time: NaiveDateTime, zone: Tz) -> Answer<DateTime<Tz>> {
    let found = zone.from_local_datetime(&time).earliest();
    let later = || zone.from_local_datetime(&time.checked_add_signed(TimeDelta::hours(1))?).earliest();
    found.or_else(later).ok_or_else(|| wrong("This date is out of range."))
}

fn is_only_a_date(text: &str) -> bool {
    text.trim().len() == "2026-11-23".len()
}

fn format_date(when: &str, pattern: &str, zone: Tz) -> Answer<String> {
    format_moment(moment(when)?, pattern, zone)
}

/// chrono knows no Buddhist years, so `%BE` is replaced before it sees the pattern.
fn format_moment(moment: DateTime<FixedOffset>, pattern: &str, zone: Tz) -> Answer<String> {
    let moment = moment.with_timezone(&zone);
    let pattern = pattern.replace("%BE", &(moment.year() + BUDDHIST_YEARS).to_string());
    let mut text = String::new();
    // A wrong pattern is an error of writing, and only then.
    write!(text, "{}", moment.format(&pattern)).map_err(|_| wrong_pattern())?;
    Ok(text)
}

fn wrong_pattern() -> Box<rhai::EvalAltResult> {
    wrong("This pattern cannot be used. It is made of %d %m %Y %BE %H %M %S and the characters between them.")
}

pub(crate) fn parse_date(text: &str, pattern: &str, zone: Tz) -> Answer<String> {
    let digits = super::thai::arabic_digits(text.trim());
    let (text, pattern) = match pattern.contains("%BE") {
        true => from_buddhist(&digits, pattern)?,
        false => (digits, pattern.to_owned()),
    };
    if let Ok(moment) = DateTime::parse_from_str(&text, &pattern) {
        return Ok(iso(moment));
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(&text, &pattern) {
        return Ok(iso(on_clocks(time, zone)?));
    }
    let date = NaiveDate::parse_from_str(&text, &pattern);
    date.map(|date| date.to_string())
        .map_err(|_| wrong("The text does not fit the pattern, or there is no such date."))
}

/// Replaces the Buddhist year in the text: it is the only number of four digits of the right size.
fn from_buddhist(text: &str, pattern: &str) -> Answer<(String, String)> {
    let is_year =
        |piece: &&str| piece.len() == 4 && piece.parse().is_ok_and(|year: i32| (2000..3000).contains(&year));
    let year = text.split(|letter: char| !letter.is_ascii_digit()).find(is_year);
    let year = year.ok_or_else(|| wrong("There is no Buddhist year of four digits in this text."))?;
    let christian = year.parse::<i32>().unwrap_or_default() - BUDDHIST_YEARS;
    Ok((text.replacen(year, &format!("{christian:04}"), 1), pattern.replace("%BE", "%Y")))
}

fn seconds_in(unit: &str) -> Answer<i64> {
    Ok(match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 7 * 86_400,
        _ => return Err(wrong("The unit is one of seconds, minutes, hours, days, weeks.")),
    })
}

fn add_time(when: &str, count: i64, unit: &str) -> Answer<Dynamic> {
    let start = moment(when)?;
    let out_of_range = || wrong("The date goes out of range.");
    let steps = u32::try_from(count.unsigned_abs()).map_err(|_| out_of_range())?;
    let months = |each: u32| steps.checked_mul(each).map(Months::new);
    let days = |each: u64| Some(Days::new(u64::from(steps) * each));
    let later = count >= 0;
    // Calendar units move the date on the clock of the text's own zone.
    let moved =
        match unit.trim_end_matches('s') {
            "month" => months(1)
                .and_then(|m| if later { start.checked_add_months(m) } else { start.checked_sub_months(m) }),
            "year" => months(12)
                .and_then(|m| if later { start.checked_add_months(m) } else { start.checked_sub_months(m) }),
            "day" => days(1)
                .and_then(|d| if later { start.checked_add_days(d) } else { start.checked_sub_days(d) }),
            "week" => days(7)
                .and_then(|d| if later { start.checked_add_days(d) } else { start.checked_sub_days(d) }),
            unit => {
                let seconds = seconds_in(unit)?.checked_mul(count).and_then(TimeDelta::try_seconds);
                seconds.and_then(|seconds| start.checked_add_signed(seconds))
            }
        };
    let moved = in_range(moved.ok_or_else(out_of_range)?)?;
    let whole_days = matches!(unit.trim_end_matches('s'), "day" | "week" | "month" | "year");
    Ok(if is_only_a_date(when) && whole_days {
        moved.date_naive().to_string().into()
    } else {
        iso(moved).into()
    })
}

fn start_of_day(when: &str, zone: Tz) -> Answer<String> {
    let date = moment(when)?.with_timezone(&zone).date_naive();
    Ok(iso(on_clocks(date.and_time(NaiveTime::MIN), zone)?))
}
