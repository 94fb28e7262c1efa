//! Days as a shop in Thailand counts them, whatever time zone the browser is in.

const DAY: i64 = 86_400_000;
/// Bangkok is seven hours ahead the whole year.
const OFFSET: i64 = 7 * 3_600_000;
/// Today and the six days before it.
const WEEK_DAYS: i64 = 7;

pub const TODAY: &str = "today";
pub const YESTERDAY: &str = "yesterday";
pub const WEEK: &str = "week";
/// From one day to another, which the filter names.
pub const RANGE: &str = "range";

/// From the first moment on, and before the second.
pub type Between = (Option<i64>, Option<i64>);

/// What a filter means at this moment. A day that is none leaves its end open.
pub fn between(when: &str, from: &str, to: &str, now: i64) -> Between {
    let today = (now + OFFSET).div_euclid(DAY);
    let starts = |day: i64| Some(day * DAY - OFFSET);
    match when {
        TODAY => (starts(today), None),
        YESTERDAY => (starts(today - 1), starts(today)),
        WEEK => (starts(today + 1 - WEEK_DAYS), None),
        RANGE => (day(from).and_then(starts), day(to).and_then(|day| starts(day + 1))),
        _ => (None, None),
    }
}

/// The day since 1970 that `2026-11-26` names.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = (1..=9_999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (fits && parts.next().is_none()).then(|| days_before(year, month) + day - 1)
}

/// Years are counted from March, so that the day that comes in leap years is their last.
fn days_before(year: i64, month: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    const BEFORE_1970: i64 = 719_468;
    year * 365 + leap_days + (153 * month + 2) / 5 - BEFORE_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-26 at 23:30 in Bangkok, which is 16:30 in Greenwich.
    const NOW: i64 = 1_795_710_600_000;
    const MIDNIGHT: i64 = NOW - 23 * 3_600_000 - 1_800_000;

    #[test]
    fn a_day_begins_at_midnight_in_bangkok() {
        assert_eq!(between(TODAY, "", "", NOW), (Some(MIDNIGHT), None));
        // An hour later it is tomorrow there.
        assert_eq!(between(TODAY, "", "", NOW + 3_600_000), (Some(MIDNIGHT + DAY), None));
        assert_eq!(between(YESTERDAY, "", "", NOW), (Some(MIDNIGHT - DAY), Some(MIDNIGHT)));
        assert_eq!(between(WEEK, "", "", NOW), (Some(MIDNIGHT - 6 * DAY), None));
    }

    #[test]
    fn a_range_holds_its_last_day_too() {
        let (since, until) = between(RANGE, "2026-11-25", "2026-11-26", NOW);
        assert_eq!((since, until), (Some(MIDNIGHT - DAY), Some(MIDNIGHT + DAY)));
        assert_eq!(between(RANGE, "2024-02-29", "", NOW).0, Some(1_709_139_600_000));
        assert_eq!(between(RANGE, "", "soon", NOW), (None, None));
        assert_eq!(between("", "2026-11-25", "", NOW), (None, None));
    }
}
