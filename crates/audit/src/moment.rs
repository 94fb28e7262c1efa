//! Times as systems write them.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// Thailand has had one offset since 1920.
const BANGKOK_SECONDS: i32 = 7 * 3_600;

const WITH_OFFSET: [&str; 4] =
    ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z", "%Y-%m-%dT%H:%M%#z"];
const WITHOUT: [&str; 6] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
];
const DAYS: [&str; 2] = ["%Y-%m-%d", "%d/%m/%Y"];

/// A moment, to the nanosecond. What is written without a zone is Bangkok's, and a day alone is its beginning.
pub type Moment = DateTime<FixedOffset>;

pub fn read(text: &str) -> Option<Moment> {
    let text = text.trim();
    let zoned = text.strip_suffix(['Z', 'z']).map(|clock| format!("{clock}+00:00"));
    let with_offset = zoned.as_deref().unwrap_or(text);
    let known = WITH_OFFSET.iter().find_map(|form| DateTime::parse_from_str(with_offset, form).ok());
    let clock = || WITHOUT.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    known.or_else(|| in_bangkok(clock().or_else(|| Some(day(text)?.and_time(NaiveTime::MIN)))?))
}

/// The end of what somebody names: of a day alone the next one's beginning, so that the day is in it.
pub fn read_end(text: &str) -> Option<Moment> {
    match day(text.trim()) {
        Some(day) => in_bangkok(day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN)),
        None => read(text),
    }
}

/// Milliseconds since 1970 as a moment.
pub fn of_millis(ms: i64) -> Option<Moment> {
    Some(DateTime::from_timestamp_millis(ms)?.with_timezone(&bangkok()?))
}

fn day(text: &str) -> Option<NaiveDate> {
    DAYS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

fn in_bangkok(clock: NaiveDateTime) -> Option<Moment> {
    clock.and_local_timezone(bangkok()?).single()
}

fn bangkok() -> Option<FixedOffset> {
    FixedOffset::east_opt(BANGKOK_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_bangkoks() {
        let wanted = read("2026-11-20T01:30:00Z");
        assert!(wanted.is_some());
        for text in [
            "2026-11-20T08:30:00+07:00",
            "2026-11-20T08:30:00+0700",
            "2026-11-20T08:30:00.000",
            "2026-11-20 08:30:00",
            "2026-11-20 01:30:00Z",
            "2026-11-20 01:30:00 +0000",
            "2026-11-20 08:30",
            "20/11/2026 08:30",
            " 20/11/2026 08:30:00 ",
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
        for text in ["", "yesterday", "2026-02-30", "1763600400", "20/11/26x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_bangkok_and_ends_at_the_next() {
        assert_eq!(read("2026-11-20"), read("2026-11-19T17:00:00Z"));
        assert_eq!(read_end("2026-11-20"), read("2026-11-20T17:00:00Z"));
        assert_eq!(read_end("2026-11-20 12:00"), read("2026-11-20T05:00:00Z"));
        assert_eq!(of_millis(1_763_600_400_000), read("2025-11-20T08:00:00+07:00"));
    }
}
