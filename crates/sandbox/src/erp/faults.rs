//! Faults on demand: a list of plans, each request takes what the first fitting ones say.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::chance::Chance;

/// Plans in force at the same time.
const PLANS_MAX: usize = 64;
/// Longest delay of a `slow` plan.
const SLOW_MAX: Duration = Duration::from_secs(600);
const DEFAULT_SLOW_MS: u64 = 1_000;
const DEFAULT_RETRY_AFTER: u64 = 1;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// 429 with `Retry-After`, nothing done.
    TooMany { retry_after: u64 },
    /// 500, nothing done.
    Failed,
    /// 409 `LockError`, nothing done.
    Locked,
    /// No answer, nothing done; `close` hangs up instead of keeping the caller waiting.
    Timeout { close: bool },
    /// The work is done, but its answer never sent.
    TimeoutAfterWork { close: bool },
    /// The answer comes late.
    Slow(Duration),
    /// What a proxy says while the ERP behind it is down.
    Down { status: u16 },
    /// The connection is reset, nothing done.
    Reset,
}

/// A plan as it is posted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Posted {
    kind: Value,
    retry_after: Option<u64>,
    ms: Option<u64>,
    seconds: Option<f64>,
    status: Option<u16>,
    close: Option<bool>,
    times: Option<u64>,
    rate: Option<f64>,
    #[serde(rename = "match")]
    only: Option<Match>,
}

/// Which calls a plan is about; an absent field fits every call.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    model: Option<String>,
    method: Option<String>,
}

struct Plan {
    id: u64,
    kind: Kind,
    posted: Value,
    only: Match,
    times_left: Option<u64>,
    rate: Option<f64>,
    until: Option<Instant>,
    fired: u64,
}

/// The plans in force, and the dice for those with a `rate`.
pub(crate) struct Faults {
    plans: Vec<Plan>,
    chance: Chance,
    next_id: u64,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self { plans: Vec::new(), chance: Chance::of(seed, "faults"), next_id: 1 }
    }

    /// Adds one plan, or a list of them; all or none.
    pub(crate) fn add(&mut self, body: &Value) -> Result<(), String> {
        let posted = match body {
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        };
        if self.plans.len() + posted.len() > PLANS_MAX {
            return Err(format!("at most {PLANS_MAX} plans at the same time: clear some with DELETE"));
        }
        let plans = posted.into_iter().map(read_plan).collect::<Result<Vec<_>, _>>()?;
        for mut plan in plans {
            plan.id = self.next_id;
            self.next_id += 1;
            self.plans.push(plan);
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.plans.clear();
    }

    pub(crate) fn show(&mut self) -> Value {
        self.forget_spent();
        let show = |plan: &Plan| json!({ "id": plan.id, "plan": plan.posted, "times_left": plan.times_left, "fired": plan.fired });
        self.plans.iter().map(show).collect()
    }

    /// What happens to this call: at most one failure, and the delays before it.
    pub(crate) fn strike(&mut self, model: &str, method: &str) -> Vec<Kind> {
        self.forget_spent();
        let mut strikes = Vec::new();
        for plan in &mut self.plans {
            let dice = |chance: &mut Chance| plan.rate.is_none_or(|rate| chance.hits(rate));
            if plan.only.fits(model, method) && plan.times_left != Some(0) && dice(&mut self.chance) {
                plan.fired += 1;
                plan.times_left = plan.times_left.map(|left| left - 1);
                strikes.push(plan.kind);
                if !matches!(plan.kind, Kind::Slow(_)) {
                    break;
                }
            }
        }
        strikes
    }

    fn forget_spent(&mut self) {
        let now = Instant::now();
        self.plans.retain(|plan| plan.times_left != Some(0) && plan.until.is_none_or(|until| now < until));
    }
}

impl Match {
    fn fits(&self, model: &str, method: &str) -> bool {
        let fits = |wanted: &Option<String>, had: &str| wanted.as_deref().is_none_or(|wanted| wanted == had);
        fits(&self.model, model) && fits(&self.method, method)
    }
}

fn read_plan(body: &Value) -> Result<Plan, String> {
    let posted = Posted::deserialize(body).map_err(|error| format!("not a fault plan: {error}"))?;
    if posted.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
        return Err("`rate` is a probability from 0 to 1".to_owned());
    }
    let kind = read_kind(&posted)?;
    let seconds =
        posted.seconds.map(|seconds| Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string()));
    let until = seconds.transpose()?.and_then(|length| Instant::now().checked_add(length));
    let (only, times_left) = (posted.only.unwrap_or_default(), posted.times);
    Ok(Plan { id: 0, kind, posted: body.clone(), only, times_left, rate: posted.rate, until, fired: 0 })
}

fn read_kind(posted: &Posted) -> Result<Kind, String> {
    let name = match &posted.kind {
        Value::String(name) => name.clone(),
        other => other.to_string(), // 429 and 500 are welcome as numbers, too
    };
    let close = posted.close.unwrap_or(false);
    Ok(match name.as_str() {
        "429" => Kind::TooMany { retry_after: posted.retry_after.unwrap_or(DEFAULT_RETRY_AFTER) },
        "500" => Kind::Failed,
        "409" | "lock" => Kind::Locked,
        "timeout" => Kind::Timeout { close },
        "timeout_after_work" => Kind::TimeoutAfterWork { close },
        "slow" => Kind::Slow(Duration::from_millis(posted.ms.unwrap_or(DEFAULT_SLOW_MS)).min(SLOW_MAX)),
        "down" => Kind::Down { status: down_status(posted.status)? },
        "reset" => Kind::Reset,
        _ => {
            return Err(format!(
                "unknown kind {name:?}: use 429, 500, 409, timeout, timeout_after_work, slow, down or reset"
            ));
        }
    })
}

fn down_status(status: Option<u16>) -> Result<u16, String> {
    match status {
        None => Ok(503),
        Some(status @ 502..=504) => Ok(status),
        Some(_) => Err("`status` of a `down` plan is 502, 503 or 504".to_owned()),
    }
}
