//! `X-Line-Retry-Key`: what was accepted under which key, for a day.

use std::collections::{HashMap, VecDeque};

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::answer::Refused;

const HEADER: &str = "x-line-retry-key";
const GOOD_FOR: TimeDelta = TimeDelta::hours(24);
/// Keys remembered; the oldest are forgotten beyond that.
const KEYS_MAX: usize = 20_000;

#[derive(Clone)]
pub(super) struct First {
    pub request_id: String,
    pub sent: Value,
    at: DateTime<Utc>,
}

/// The first answers, by key.
#[derive(Default)]
pub(super) struct Accepted {
    by_key: HashMap<String, First>,
    oldest: VecDeque<String>,
}

impl Accepted {
    pub(super) fn find(&self, key: &str, now: DateTime<Utc>) -> Option<First> {
        self.by_key.get(key).filter(|first| now - first.at < GOOD_FOR).cloned()
    }

    pub(super) fn note(&mut self, key: String, request_id: &str, sent: Value, at: DateTime<Utc>) {
        let first = First { request_id: request_id.to_owned(), sent, at };
        if self.by_key.insert(key.clone(), first).is_some() {
            return; // its day was over: the key stays where it was in the row
        }
        self.oldest.push_back(key);
        if self.oldest.len() > KEYS_MAX
            && let Some(oldest) = self.oldest.pop_front()
        {
            self.by_key.remove(&oldest);
        }
    }
}

/// The key of a request, in lower case; it must be a UUID in hexadecimal notation.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Refused> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if is_uuid(text) {
        Ok(Some(text.to_ascii_lowercase()))
    } else {
        Err(Refused::bad("The value for the 'X-Line-Retry-Key' parameter is invalid"))
    }
}

/// Some calls take no key at all.
pub(super) fn must_be_absent(headers: &HeaderMap) -> Result<(), Refused> {
    match headers.contains_key(HEADER) {
        true => Err(Refused::bad("The retry key is not supported for this endpoint")),
        false => Ok(()),
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid() {
        assert!(is_uuid("7b0c3a52-2f5c-4c1e-9a61-0f6f3f7f9a10"));
        for wrong in
            ["run77-step3", "", "7b0c3a522f5c4c1e9a610f6f3f7f9a10", "7b0c3a52-2f5c-4c1e-9a61-0f6f3f7f9a1g"]
        {
            assert!(!is_uuid(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_good_for_a_day_and_then_new_again() {
        let (mut accepted, start) = (Accepted::default(), DateTime::UNIX_EPOCH);
        accepted.note("k".to_owned(), "r1", Value::Null, start);
        assert_eq!(accepted.find("k", start + TimeDelta::hours(23)).unwrap().request_id, "r1");
        assert!(accepted.find("k", start + GOOD_FOR).is_none());
        accepted.note("k".to_owned(), "r2", Value::Null, start + GOOD_FOR);
        assert_eq!(accepted.find("k", start + GOOD_FOR).unwrap().request_id, "r2");
        assert_eq!(accepted.oldest.len(), 1);
    }
}
