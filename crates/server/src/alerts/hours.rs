//! When people are at work, Bangkok time, and how much of a span of time that is.

use api::{AlertDay, AlertHours};
use store::{DAY_MS, Ms};

/// Bangkok's clocks stand so far ahead of UTC, all year.
const BANGKOK: Ms = 7 * 3_600_000;
const MINUTE_MS: Ms = 60_000;
const DAY_MINUTES: Ms = 1_440;
/// The first day of 1970 was a Thursday.
const FIRST_WEEKDAY: Ms = 3;
/// A span is looked at from its end, so many days at most: more than any rule asks for.
const DAYS_MAX: Ms = 60;

/// Business hours that make sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// By weekday, Monday first.
    days: [bool; 7],
    /// Milliseconds after midnight.
    from: Ms,
    until: Ms,
}

impl Hours {
    /// Nothing where a time is none, or the end is not after the beginning.
    pub fn read(hours: &AlertHours) -> Option<Self> {
        let (from, until) = (minutes(&hours.from)?, minutes(&hours.until)?);
        let is_meant = |day: &AlertDay| hours.days.is_empty() || hours.days.contains(day);
        let mut days = [false; 7];
        for (slot, day) in days.iter_mut().zip(AlertDay::ALL) {
            *slot = is_meant(day);
        }
        (from < until).then_some(Self { days, from: from * MINUTE_MS, until: until * MINUTE_MS })
    }

    pub fn is_open(&self, at: Ms) -> bool {
        let local = at + BANGKOK;
        let (day, time) = (local.div_euclid(DAY_MS), local.rem_euclid(DAY_MS));
        self.is_workday(day) && (self.from..self.until).contains(&time)
    }

    /// How much of the time from one moment until another people were at work; of a long time, of its last two months.
    pub fn open_between(&self, from: Ms, to: Ms) -> Ms {
        let (from, to) = (from + BANGKOK, to + BANGKOK);
        let last = to.div_euclid(DAY_MS);
        let first = from.div_euclid(DAY_MS).max(last - DAYS_MAX);
        let workdays = (first..=last).filter(|day| self.is_workday(*day));
        let of_day = |day: Ms| {
            let (begin, end) = (day * DAY_MS + self.from, day * DAY_MS + self.until);
            (end.min(to) - begin.max(from)).max(0)
        };
        workdays.map(of_day).sum()
    }

    /// Days are counted since 1970.
    fn is_workday(&self, day: Ms) -> bool {
        let weekday = usize::try_from((day + FIRST_WEEKDAY).rem_euclid(7)).unwrap_or_default();
        self.days.get(weekday).copied().unwrap_or_default()
    }
}

/// Minutes after midnight of a time such as 09:30; midnight at the end of a day is 24:00.
fn minutes(text: &str) -> Option<Ms> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<Ms>().ok().filter(|_| is_plain)
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= DAY_MINUTES).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Ms = 3_600_000;
    /// Midnight in Bangkok, when Monday, 2026-11-23 begins.
    const MONDAY: Ms = 1_795_366_800_000;

    fn hours(days: &[AlertDay], from: &str, until: &str) -> Option<Hours> {
        Hours::read(&AlertHours { days: days.to_vec(), from: from.into(), until: until.into() })
    }

    fn office() -> Hours {
        use AlertDay::{Fri, Mon, Thu, Tue, Wed};
        hours(&[Mon, Tue, Wed, Thu, Fri], "09:00", "18:00").expect("they make sense")
    }

    #[test]
    fn an_office_is_open_from_nine_to_six_in_bangkok_and_closed_on_sunday() {
        for (at, open) in [
            (9 * HOUR - 1, false),
            (9 * HOUR, true),
            (18 * HOUR - 1, true),
            (18 * HOUR, false),
            (4 * DAY_MS + 9 * HOUR, true),
            (5 * DAY_MS + 9 * HOUR, false),
            (6 * DAY_MS + 12 * HOUR, false),
            (7 * DAY_MS + 12 * HOUR, true),
        ] {
            assert_eq!(office().is_open(MONDAY + at), open, "{at} ms after Monday began");
        }
    }

    #[test]
    fn a_night_and_a_weekend_do_not_count() {
        for (from, to, hours) in [
            (10 * HOUR, 12 * HOUR, 2),
            (17 * HOUR, DAY_MS + 10 * HOUR, 2),
            // From Friday, five o'clock, until Monday, ten.
            (4 * DAY_MS + 17 * HOUR, 7 * DAY_MS + 10 * HOUR, 2),
            (5 * DAY_MS, 6 * DAY_MS + 20 * HOUR, 0),
            (12 * HOUR, 10 * HOUR, 0),
            (0, 7 * DAY_MS, 45),
        ] {
            assert_eq!(office().open_between(MONDAY + from, MONDAY + to), hours * HOUR, "{from} to {to}");
        }
        let ages = office().open_between(0, MONDAY);
        assert!(ages > 40 * 9 * HOUR && ages < 61 * 9 * HOUR, "{ages}: it is bounded");
    }

    #[test]
    fn without_days_every_day_is_meant_and_a_day_may_end_at_midnight() {
        let always = hours(&[], "00:00", "24:00").expect("they make sense");
        assert_eq!(always.open_between(MONDAY, MONDAY + 9 * DAY_MS), 9 * DAY_MS);
    }

    #[test]
    fn hours_that_make_no_sense_are_none() {
        for (from, until) in [
            ("18:00", "09:00"),
            ("09:00", "09:00"),
            ("9:00", "18:00"),
            ("09:00", "24:01"),
            ("09:60", "18:00"),
            ("", "x"),
        ] {
            assert_eq!(hours(&[], from, until), None, "{from} {until}");
        }
    }
}
