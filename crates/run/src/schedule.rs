//! When a cron line is due.

use crate::doc::Ms;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use std::str::FromStr;

/// What happens with times that passed while nothing was running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    Skip,
    /// One run for all of them.
    Last,
    /// One run for each, at most `CATCH_UP_MAX`.
    All,
}

/// Most missed times that are made up for.
pub const CATCH_UP_MAX: usize = 1_000;

/// A cron line in a time zone. Five fields, or six with seconds first.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: Tz,
}

/// Whether there is a time zone of that name.
pub fn is_zone(name: &str) -> bool {
    Tz::from_str(name).is_ok()
}

/// The names of all time zones.
pub fn zones() -> impl Iterator<Item = &'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
}

impl Schedule {
    pub fn parse(cron: &str, zone: &str) -> Result<Self, String> {
        let parser = CronParser::builder().seconds(Seconds::Optional).build();
        let cron = parser.parse(cron).map_err(|error| format!("\"{cron}\" is not a schedule: {error}"))?;
        let zone = Tz::from_str(zone)
            .map_err(|_| format!("\"{zone}\" is not a time zone; write Asia/Bangkok, for example"))?;
        Ok(Self { cron, zone })
    }

    /// The first time after the given one; a time that daylight saving skips moves to the next that exists.
    pub fn next_after(&self, after: Ms) -> Option<Ms> {
        // Schedules know whole seconds; a rest of one would come out in the next time, too.
        let after = DateTime::<Utc>::from_timestamp(after.div_euclid(1_000), 0)?.with_timezone(&self.zone);
        let next = self.cron.find_next_occurrence(&after, false).ok()?;
        Some(next.timestamp_millis())
    }

    /// The time as the schedule's clock shows it: `2026-01-05T08:00:00+07:00`.
    pub fn local(&self, at: Ms) -> String {
        let at = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
        at.with_timezone(&self.zone).to_rfc3339()
    }

    /// The times to run for now, given the time that was due next, and the time that is due after them.
    pub fn due(&self, due: Ms, now: Ms, rule: CatchUp) -> (Vec<Ms>, Option<Ms>) {
        let mut times = Vec::new();
        let mut next = Some(due);
        while let Some(time) = next.filter(|time| *time <= now) {
            if rule == CatchUp::All && times.len() == CATCH_UP_MAX {
                next = self.next_after(now);
                break;
            }
            if rule != CatchUp::All {
                times.clear();
            }
            times.push(time);
            // A line due every second after a year of silence must not be counted one by one.
            next = if rule == CatchUp::All {
                self.next_after(time)
            } else {
                self.next_after(time.max(now - MISSED_MAX))
            };
        }
        if rule == CatchUp::Skip {
            times.retain(|time| now - time <= LATE_MAX);
        }
        (times, next)
    }
}

/// How late a time may be and still count as kept, under `Skip`.
const LATE_MAX: Ms = 60_000;
/// How far back single missed times are walked through.
const MISSED_MAX: Ms = 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Ms {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn nine_in_bangkok_is_two_in_london() {
        let nine = Schedule::parse("0 9 * * *", "Asia/Bangkok").unwrap();
        assert_eq!(nine.next_after(ms("2026-11-23T00:00:00Z")), Some(ms("2026-11-23T02:00:00Z")));
    }

    #[test]
    fn a_moment_before_nine_is_before_nine_and_a_moment_after_is_after() {
        let nine = Schedule::parse("0 9 * * *", "Asia/Bangkok").unwrap();
        let at = ms("2026-11-23T02:00:00Z");
        assert_eq!(nine.next_after(at - 1), Some(at));
        assert_eq!(nine.next_after(at), Some(at + 86_400_000));
        assert_eq!(nine.next_after(at + 1), Some(at + 86_400_000));
    }

    #[test]
    fn after_three_missed_hours_each_rule_gives_its_own_runs() {
        let hourly = Schedule::parse("0 * * * *", "Asia/Bangkok").unwrap();
        let (due, now) = (ms("2026-11-23T01:00:00Z"), ms("2026-11-23T03:30:00Z"));
        let count = |rule| hourly.due(due, now, rule).0.len();
        assert_eq!((count(CatchUp::Skip), count(CatchUp::Last), count(CatchUp::All)), (0, 1, 3));
        assert_eq!(hourly.due(due, now, CatchUp::All).1, Some(ms("2026-11-23T04:00:00Z")));
    }

    #[test]
    fn a_schedule_that_cannot_be_read_says_why() {
        assert!(Schedule::parse("at nine", "Asia/Bangkok").unwrap_err().contains("at nine"));
        assert!(Schedule::parse("0 9 * * *", "Bangkok").unwrap_err().contains("Asia/Bangkok"));
    }
}
