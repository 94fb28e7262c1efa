//! How many calls a connection may make: so many in so much time, and a reserve for bursts.

use crate::Span;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A rate budget, written `{"calls": 2, "per": "1s", "burst": 40}`.
///
/// It fills by a call every `per / calls` and holds `burst` calls at most, so that in any length of time no more go out
/// than what fills in it and one burst. That takes one number (GCRA), and nothing is ever counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub calls: u32,
    pub per: Span,
    /// Calls that may go out at once after a quiet time.
    #[serde(default = "one")]
    pub burst: u32,
}

const fn one() -> u32 {
    1
}

/// Microseconds since 1970. A busy budget is finer than milliseconds.
pub type Us = i64;

/// Further ahead than this, beside what the budget itself allows, no calls can have brought it: a clock was set back.
pub const AHEAD_MAX_US: Us = 60_000_000;

impl Rate {
    pub const CALLS_MAX: u32 = 100_000;
    pub const PER_MAX: Span = Span::from_secs(86_400);

    pub const fn new(calls: u32, per: Span, burst: u32) -> Self {
        Self { calls, per, burst }
    }

    /// Reads one from a connection's field; nothing where the field is empty.
    pub fn read(value: &Value) -> Result<Option<Self>, String> {
        let example = "write it such as {\"calls\": 2, \"per\": \"1s\", \"burst\": 40}";
        if value.is_null() {
            return Ok(None);
        }
        let rate: Self =
            serde_json::from_value(value.clone()).map_err(|error| format!("{error}; {example}"))?;
        let fits = |number: u32| (1..=Self::CALLS_MAX).contains(&number);
        if !fits(rate.calls) || !fits(rate.burst) {
            return Err(format!("calls and burst are from 1 to {}; {example}", Self::CALLS_MAX));
        }
        if rate.per.as_ms() == 0 || rate.per > Self::PER_MAX {
            return Err(format!("per is from 1ms to {}; {example}", Self::PER_MAX));
        }
        Ok(Some(rate))
    }

    /// What one call takes of the budget.
    pub fn gap_us(&self) -> Us {
        let per = Us::try_from(self.per.as_ms()).unwrap_or(Us::MAX).saturating_mul(1_000);
        (per / Us::from(self.calls.max(1))).max(1)
    }

    /// How far the budget may be overdrawn by one burst.
    pub fn reserve_us(&self) -> Us {
        self.gap_us().saturating_mul(Us::from(self.burst.max(1)))
    }

    /// Takes so many calls out of a budget that is spent until a time: until when it is spent then, or, where there are
    /// not so many in it, when there will be.
    pub fn take(&self, spent_until: Us, now: Us, calls: u32) -> Result<Us, Us> {
        let reserve = self.reserve_us();
        let lost = spent_until > now.saturating_add(reserve).saturating_add(AHEAD_MAX_US);
        let from = if lost { now } else { spent_until.max(now) };
        let until = from.saturating_add(self.gap_us().saturating_mul(Us::from(calls)));
        if until <= now.saturating_add(reserve) { Ok(until) } else { Err(until.saturating_sub(reserve)) }
    }

    /// How many calls fill in a length of time, one at least and a burst at most.
    pub fn calls_in(&self, span: Span) -> u32 {
        let us = Us::try_from(span.as_ms()).unwrap_or(Us::MAX).saturating_mul(1_000);
        u32::try_from(us / self.gap_us()).unwrap_or(u32::MAX).clamp(1, self.burst.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SECOND: Us = 1_000_000;

    #[test]
    fn a_burst_goes_out_at_once_and_then_two_a_second() {
        let rate = Rate::new(2, Span::from_secs(1), 3);
        let mut spent = 0;
        let now = 50 * SECOND;
        for _ in 0..3 {
            spent = rate.take(spent, now, 1).expect("the burst");
        }
        assert_eq!(rate.take(spent, now, 1), Err(now + SECOND / 2));
        let spent = rate.take(spent, now + SECOND / 2, 1).expect("one has filled");
        assert_eq!(rate.take(spent, now + SECOND / 2, 2), Err(now + 3 * SECOND / 2));
        assert!(rate.take(spent, now + 60 * SECOND, 3).is_ok(), "after a quiet time it is full");
        assert!(rate.take(spent, now + 60 * SECOND, 4).is_err(), "and no fuller than that");
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_a_budget_for_no_more_than_a_minute() {
        let rate = Rate::new(1, Span::from_secs(1), 1);
        let spent = 10_000 * SECOND;
        assert!(rate.take(spent, 5_000 * SECOND, 1).is_ok());
        assert!(rate.take(spent, 9_950 * SECOND, 1).is_err());
    }

    #[test]
    fn a_rate_is_read_or_says_how_it_is_written() {
        let read = |value: Value| Rate::read(&value);
        let rate = Rate::new(2, Span::from_secs(1), 40);
        assert_eq!(read(json!({"calls": 2, "per": "1s", "burst": 40})), Ok(Some(rate)));
        assert_eq!(read(json!({"calls": 60, "per": "1m"})), Ok(Some(Rate::new(60, Span::from_secs(60), 1))));
        assert_eq!(read(Value::Null), Ok(None));
        for wrong in [
            json!({"calls": 0, "per": "1s"}),
            json!({"calls": 1, "per": "0s"}),
            json!({"calls": 1, "per": "2d"}),
            json!({"calls": 1, "per": "1s", "burst": 0}),
            json!({"calls": 1, "per": "1s", "bursts": 1}),
            json!({"calls": 1}),
            json!("2/s"),
        ] {
            let said = read(wrong.clone()).expect_err(&wrong.to_string());
            assert!(said.contains("write it such as"), "{said}");
        }
    }

    #[test]
    fn blocks_are_as_large_as_what_fills_in_their_time() {
        let block = |calls, burst| Rate::new(calls, Span::from_secs(1), burst).calls_in(Span::from_ms(100));
        assert_eq!((block(2, 40), block(100, 40), block(100, 4)), (1, 10, 4));
    }
}
