//! The monthly quota: what counts, and how much is left.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Datelike, FixedOffset, Utc};
use serde_json::json;

use super::Line;
use super::answer::{Answer, Refused};
use crate::stand::lock;

/// Messages sent in one month.
#[derive(Default)]
pub(super) struct Quota {
    month: (i32, u32),
    used: u64,
}

impl Quota {
    pub(super) fn used(&mut self, now: DateTime<Utc>) -> u64 {
        let month = month(now);
        if self.month != month {
            *self = Self { month, used: 0 };
        }
        self.used
    }

    /// Counts so many more, if they still fit.
    pub(super) fn take(&mut self, count: u64, limit: u64, now: DateTime<Utc>) -> Result<(), Refused> {
        let used = self.used(now).saturating_add(count);
        if used > limit {
            let text = "You have reached your monthly limit.";
            return Err(Refused::new(StatusCode::TOO_MANY_REQUESTS, text));
        }
        self.used = used;
        Ok(())
    }
}

/// A month begins in Japan.
fn month(now: DateTime<Utc>) -> (i32, u32) {
    const NINE_HOURS: i32 = 9 * 3_600;
    let offset = FixedOffset::east_opt(NINE_HOURS);
    let there = offset.map_or(now.fixed_offset(), |offset| now.with_timezone(&offset));
    (there.year(), there.month())
}

pub(super) async fn limit(State(line): State<Arc<Line>>, headers: HeaderMap) -> Response {
    let quota = line.settings.get().quota;
    let answer =
        line.may_enter(&headers).map(|()| Answer::good(json!({ "type": "limited", "value": quota })));
    line.say(answer.unwrap_or_else(Answer::from))
}

pub(super) async fn consumption(State(line): State<Arc<Line>>, headers: HeaderMap) -> Response {
    let answer = line.may_enter(&headers).map(|()| {
        let used = lock(&line.state).quota.used(line.stand.now());
        Answer::good(json!({ "totalUsage": used }))
    });
    line.say(answer.unwrap_or_else(Answer::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_month_begins_at_midnight_in_japan() {
        let mut quota = Quota::default();
        let last: DateTime<Utc> = "2026-11-30T14:59:59Z".parse().unwrap();
        assert_eq!(quota.take(2, 2, last), Ok(()));
        let refused = quota.take(1, 2, last).unwrap_err();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(quota.used(last), 2, "what is refused is not counted");
        assert_eq!(quota.take(1, 2, "2026-11-30T15:00:00Z".parse().unwrap()), Ok(()));
    }
}
