//! When to try again.

use model::{Retry, Span};

/// The wait before the next attempt, or nothing when `attempt` (1 for the first) was the last.
///
/// Doubles from `first` up to `max`, with full jitter above half of it: a crowd that failed together does not come
/// back together, and nobody comes back at once. `asked` is what the target asked for (Retry-After): never earlier
/// than that, up to a day.
pub fn wait_after(policy: &Retry, attempt: u32, asked: Option<Span>, dice: u64) -> Option<Span> {
    const ASKED_MAX: Span = Span::from_secs(86_400);
    if attempt >= policy.attempts {
        return None;
    }
    let doubled = policy.first.as_ms().saturating_mul(1 << attempt.saturating_sub(1).min(32));
    let ceiling = doubled.min(policy.max.as_ms());
    let wait = ceiling / 2 + dice % (ceiling / 2 + 1);
    let asked = asked.unwrap_or_default().min(ASKED_MAX);
    Some(Span::from_ms(wait.max(asked.as_ms())))
}

/// Dice that fall the same way every time for the same run, step and attempt, so that a replay waits as long.
pub fn dice(run: i64, step: &str, attempt: u32) -> u64 {
    let seed = run as u64 ^ u64::from(attempt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    step.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    }) >> 7
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Retry {
        Retry { attempts: 4, first: Span::from_secs(2), max: Span::from_secs(5) }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_end_with_the_last_attempt() {
        let longest: Vec<_> =
            (1..5).map(|attempt| wait_after(&policy(), attempt, None, u64::MAX / 2 * 2)).collect();
        let within =
            |wait: Option<Span>, most: u64| wait.is_some_and(|w| (most / 2..=most).contains(&w.as_ms()));
        assert!(within(longest[0], 2_000) && within(longest[1], 4_000) && within(longest[2], 5_000));
        assert_eq!(longest[3], None);
    }

    #[test]
    fn a_target_that_asks_for_a_minute_gets_a_minute() {
        assert_eq!(wait_after(&policy(), 1, Some(Span::from_secs(60)), 0), Some(Span::from_secs(60)));
    }

    #[test]
    fn the_same_step_and_attempt_wait_the_same_time() {
        assert_eq!(dice(7, "erp", 1), dice(7, "erp", 1));
        assert_ne!(dice(7, "erp", 1), dice(7, "erp", 2));
    }
}
