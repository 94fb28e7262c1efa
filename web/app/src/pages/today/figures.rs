//! What the day's numbers say when they are put beside others.

use crate::words::Words;
use api::Compared;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Against the same weekday of last week, in whole percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing is known of that day, or nothing had happened by then.
    Unknown,
    Same,
    More(u64),
    Less(u64),
}

pub fn change(compared: &Compared) -> Change {
    let Some(before) = compared.last_week.filter(|before| *before > 0) else { return Change::Unknown };
    let percent = |difference: u64| (difference * 200 + before) / (before * 2);
    match (compared.runs.checked_sub(before), before.saturating_sub(compared.runs)) {
        (Some(more), _) if percent(more) > 0 => Change::More(percent(more)),
        (None, less) if percent(less) > 0 => Change::Less(percent(less)),
        _ => Change::Same,
    }
}

/// How long somebody has waited, in its two largest units.
pub fn waits(ms: i64, words: &Words) -> String {
    match ms.max(0) {
        ms if ms < HOUR => format!("{} {}", ms / MINUTE, words.unit_min),
        ms if ms < DAY => format!("{} {} {} {}", ms / HOUR, words.unit_h, ms % HOUR / MINUTE, words.unit_min),
        ms => format!("{} {} {} {}", ms / DAY, words.unit_d, ms % DAY / HOUR, words.unit_h),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn the_day_is_compared_with_the_same_weekday() {
        let of = |runs, last_week| change(&Compared { runs, last_week });
        assert_eq!(of(1_284, Some(1_146)), Change::More(12));
        assert_eq!(of(50, Some(100)), Change::Less(50));
        assert_eq!([of(1_001, Some(1_000)), of(1_000, Some(1_000))], [Change::Same; 2]);
        assert_eq!([of(5, None), of(5, Some(0))], [Change::Unknown; 2]);
    }

    #[test]
    fn how_long_an_error_waits_is_told_in_two_units_at_most() {
        let words = Language::English.words();
        let told = [40 * MINUTE, HOUR + 12 * MINUTE, 2 * DAY + 5 * HOUR, -3].map(|ms| waits(ms, words));
        assert_eq!(told, ["40 min", "1 h 12 min", "2 d 5 h", "0 min"]);
    }
}
