//! One planned fault: what goes wrong, for which requests, and how often.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use super::faults::Asked;
use crate::chance::Chance;

/// Longest delay of a `slow` plan.
const SLOW_MAX: Duration = Duration::from_secs(600);
const DEFAULT_SLOW_MS: u64 = 1_000;
const DEFAULT_RETRY_AFTER: u64 = 1;
const KINDS: &str =
    "429, limit, 500, html, truncated, slow, down, timeout, timeout_after_work, reset or token_expired";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// The vendor's own "too many", nothing done.
    TooMany { retry_after: u64 },
    /// The vendor's own "something broke", nothing done.
    Failed,
    /// A web page with status 200 where JSON belongs, nothing done: what a cache or a firewall in front says.
    Html,
    /// The work is done and half of its answer sent; `close` announces the whole length and hangs up.
    Truncated { close: bool },
    /// The answer comes late.
    Slow(Duration),
    /// What a proxy says while the system behind it is down.
    Down { status: u16 },
    /// No answer, nothing done; `close` hangs up instead of keeping the caller waiting.
    Timeout { close: bool },
    /// The work is done, but its answer never sent.
    TimeoutAfterWork { close: bool },
    /// The connection is reset, nothing done.
    Reset,
    /// The access token ends before its time.
    TokenExpired,
}

/// A plan as it is posted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Posted {
    kind: Value,
    retry_after: Option<u64>,
    per_second: Option<u64>,
    ms: Option<u64>,
    seconds: Option<f64>,
    status: Option<u16>,
    close: Option<bool>,
    times: Option<u64>,
    rate: Option<f64>,
    #[serde(rename = "match")]
    only: Option<Match>,
}

/// Which requests a plan is about; an absent field fits every request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    method: Option<String>,
    /// A piece of the path.
    path: Option<String>,
    /// A piece of the body: all of a GraphQL API is one path.
    body: Option<String>,
}

pub(super) struct Plan {
    pub id: u64,
    pub kind: Kind,
    pub posted: Value,
    pub times_left: Option<u64>,
    pub until: Option<Instant>,
    pub fired: u64,
    only: Match,
    rate: Option<f64>,
    limit: Option<Limit>,
}

/// Lets so many requests through in each second of the stand-in's clock.
struct Limit {
    per_second: u64,
    second: i64,
    seen: u64,
}

impl Limit {
    fn exceeded(&mut self, second: i64) -> bool {
        if self.second != second {
            (self.second, self.seen) = (second, 0);
        }
        self.seen = self.seen.saturating_add(1);
        self.seen > self.per_second
    }
}

impl Plan {
    /// True if this request is struck; counts it then.
    pub(super) fn strikes(&mut self, asked: &Asked<'_>, chance: &mut Chance) -> bool {
        let due = self.times_left != Some(0)
            && self.only.fits(asked)
            && self.rate.is_none_or(|rate| chance.hits(rate))
            && self.limit.as_mut().is_none_or(|limit| limit.exceeded(asked.second));
        if due {
            self.fired += 1;
            self.times_left = self.times_left.map(|left| left - 1);
        }
        due
    }
}

impl Match {
    fn fits(&self, asked: &Asked<'_>) -> bool {
        self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(asked.method))
            && self.path.as_deref().is_none_or(|path| asked.path.contains(path))
            && self.body.as_deref().is_none_or(|word| contains(asked.body, word.as_bytes()))
    }
}

fn contains(body: &[u8], word: &[u8]) -> bool {
    word.is_empty() || body.windows(word.len()).any(|window| window == word)
}

pub(super) fn read(body: &Value) -> Result<Plan, String> {
    let posted = Posted::deserialize(body).map_err(|error| format!("not a fault plan: {error}"))?;
    if posted.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
        return Err("`rate` is a probability from 0 to 1".to_owned());
    }
    let kind = kind(&posted)?;
    let length =
        posted.seconds.map(|seconds| Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string()));
    Ok(Plan {
        id: 0,
        kind,
        posted: body.clone(),
        times_left: posted.times,
        until: length.transpose()?.and_then(|length| Instant::now().checked_add(length)),
        fired: 0,
        limit: posted.per_second.map(|per_second| Limit { per_second, second: 0, seen: 0 }),
        only: posted.only.unwrap_or_default(),
        rate: posted.rate,
    })
}

fn kind(posted: &Posted) -> Result<Kind, String> {
    let name = match &posted.kind {
        Value::String(name) => name.clone(),
        other => other.to_string(), // 429 and 500 are welcome as numbers, too
    };
    let close = posted.close.unwrap_or(false);
    let too_many = Kind::TooMany { retry_after: posted.retry_after.unwrap_or(DEFAULT_RETRY_AFTER) };
    Ok(match name.as_str() {
        "429" => too_many,
        "limit" if posted.per_second.is_some() => too_many,
        "limit" => return Err("a `limit` plan says how many `per_second`".to_owned()),
        "500" => Kind::Failed,
        "html" => Kind::Html,
        "truncated" => Kind::Truncated { close },
        "slow" => Kind::Slow(Duration::from_millis(posted.ms.unwrap_or(DEFAULT_SLOW_MS)).min(SLOW_MAX)),
        "down" => Kind::Down { status: down_status(posted.status)? },
        "timeout" => Kind::Timeout { close },
        "timeout_after_work" => Kind::TimeoutAfterWork { close },
        "reset" => Kind::Reset,
        "token_expired" => Kind::TokenExpired,
        _ => return Err(format!("unknown kind {name:?}: use {KINDS}")),
    })
}

fn down_status(status: Option<u16>) -> Result<u16, String> {
    match status {
        None => Ok(503),
        Some(status @ 502..=504) => Ok(status),
        Some(_) => Err("`status` of a `down` plan is 502, 503 or 504".to_owned()),
    }
}
