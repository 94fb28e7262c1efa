//! How many calls go through: in ten seconds, in a day, and searches in a second.

use std::collections::VecDeque;

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use super::Values;
use crate::clock::in_thailand;

/// A limit, as the answer 429 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    name: &'static str,
    text: &'static str,
}

pub(super) const TEN_SECONDS: Policy =
    Policy { name: "TEN_SECONDLY_ROLLING", text: "You have reached your ten_secondly_rolling limit." };
const DAY: Policy = Policy { name: "DAILY", text: "You have reached your daily limit." };
const SECOND: Policy = Policy { name: "SECONDLY", text: "You have reached your secondly limit." };

/// Whether a call goes through.
pub(super) enum Turn {
    /// With the headers that say how much is left.
    Now(HeaderMap),
    Wait(Policy),
}

/// The calls that still count.
#[derive(Default)]
pub(super) struct Limits {
    /// Of the last ten seconds; never more than the limit lets through.
    calls: VecDeque<DateTime<Utc>>,
    searches: VecDeque<DateTime<Utc>>,
    /// A day of the portal begins at midnight in its zone, which is Thailand's.
    day: Option<NaiveDate>,
    today: u64,
    tokens: u64,
}

impl Limits {
    pub(super) fn turn(&mut self, now: DateTime<Utc>, is_search: bool, values: &Values) -> Turn {
        let day = Some(in_thailand(now).date_naive());
        if self.day != day {
            (self.day, self.today) = (day, 0);
        }
        forget(&mut self.calls, now - TimeDelta::seconds(10));
        forget(&mut self.searches, now - TimeDelta::seconds(1));
        if self.today >= values.per_day {
            return Turn::Wait(DAY);
        }
        if self.calls.len() >= values.per_ten_seconds {
            return Turn::Wait(TEN_SECONDS);
        }
        if is_search && self.searches.len() >= values.searches_per_second {
            return Turn::Wait(SECOND);
        }
        self.calls.push_back(now);
        self.today += 1;
        if is_search {
            self.searches.push_back(now);
        }
        Turn::Now(self.left(values))
    }

    pub(super) fn count_token(&mut self) -> u64 {
        self.tokens += 1;
        self.tokens
    }

    fn left(&self, values: &Values) -> HeaderMap {
        let of_ten_seconds = values.per_ten_seconds.saturating_sub(self.calls.len());
        let numbers = [
            ("x-hubspot-ratelimit-max", values.per_ten_seconds.to_string()),
            ("x-hubspot-ratelimit-remaining", of_ten_seconds.to_string()),
            ("x-hubspot-ratelimit-interval-milliseconds", "10000".to_owned()),
            ("x-hubspot-ratelimit-daily", values.per_day.to_string()),
            ("x-hubspot-ratelimit-daily-remaining", (values.per_day - self.today).to_string()),
        ];
        let header = |(name, text): (&'static str, String)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(&text).ok()?))
        };
        numbers.into_iter().filter_map(header).collect()
    }
}

fn forget(times: &mut VecDeque<DateTime<Utc>>, before: DateTime<Utc>) {
    while times.front().is_some_and(|time| *time <= before) {
        times.pop_front();
    }
}

pub(super) fn too_many(policy: Policy) -> Response {
    let body = json!({
        "status": "error",
        "message": policy.text,
        "errorType": "RATE_LIMIT",
        "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
        "policyName": policy.name,
        "category": "RATE_LIMITS",
    });
    (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response()
}
