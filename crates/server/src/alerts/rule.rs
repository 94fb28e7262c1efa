//! Whether a rule makes sense, before it is kept. Whether what it names is there is asked at the edge.

use super::hours::Hours;
use api::{AlertRule, AlertWhen};
use std::ops::RangeInclusive;
use store::DAY_MS;

const NAME_CHARS_MAX: usize = 100;
const TO_BYTES_MAX: usize = 1_000;
const TARGETS_MAX: usize = 10;
const MINUTE_MS: i64 = 60_000;
/// Hours are looked back at for so long.
const WEEKS_MS: i64 = 56 * DAY_MS;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("an alert's id has letters, digits, - and _, at most 64")]
    Id,
    #[error("`name` has from 1 to {NAME_CHARS_MAX} characters and no line breaks")]
    Name,
    #[error("`{field}` is from {} to {}", .range.start(), .range.end())]
    Range { field: &'static str, range: RangeInclusive<u32> },
    #[error("`again_minutes` is 0, or from 5 to 10080")]
    Again,
    #[error("`hours` are two times of a day such as 09:00 and 18:00, the earlier one first")]
    Hours,
    #[error("`hours` have fewer minutes in two months than `minutes` says: this would never be told")]
    FewHours,
    #[error("`to` names from 1 to {TARGETS_MAX} who are told, each of them once")]
    Targets,
    #[error("there is no {0}")]
    Unknown(String),
    #[error("{connector} tells nobody anything: `to` takes connections of email, line, slack and http")]
    Connector { connector: String },
    #[error("say in `to` whom the message over the connection {connection:?} is for: {what}")]
    NoAddress { connection: String, what: &'static str },
    #[error("the connection {0:?} leads to one place: `to` stays empty there")]
    Address(String),
    #[error("`to` of the connection {0:?} is a path that begins with one /")]
    Path(String),
}

/// What is wrong with a rule, whatever there is.
pub fn check(id: &str, rule: &AlertRule) -> Result<(), Error> {
    let name = rule.name.trim();
    if !model::ids::is_id(id) {
        return Err(Error::Id);
    }
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Error::Name);
    }
    within("calm_minutes", rule.calm_minutes, 0..=1_440)?;
    if rule.again_minutes != 0 && !(5..=10_080).contains(&rule.again_minutes) {
        return Err(Error::Again);
    }
    check_when(&rule.when)?;
    let twice = rule.to.iter().enumerate().any(|(n, target)| rule.to[..n].contains(target));
    let too_long = rule.to.iter().any(|target| target.to.as_ref().is_some_and(|to| to.len() > TO_BYTES_MAX));
    if rule.to.is_empty() || rule.to.len() > TARGETS_MAX || twice || too_long {
        return Err(Error::Targets);
    }
    Ok(())
}

fn check_when(when: &AlertWhen) -> Result<(), Error> {
    match when {
        AlertWhen::FailureRate { percent, minutes, runs_min, .. } => {
            within("percent", *percent, 1..=100)?;
            within("minutes", *minutes, 5..=1_440)?;
            within("runs_min", *runs_min, 1..=100_000)
        }
        AlertWhen::Quiet { minutes, hours, .. } => {
            within("minutes", *minutes, 1..=10_080)?;
            let Some(hours) = hours else { return Ok(()) };
            let hours = Hours::read(hours).ok_or(Error::Hours)?;
            match hours.open_between(0, WEEKS_MS) < i64::from(*minutes) * MINUTE_MS {
                true => Err(Error::FewHours),
                false => Ok(()),
            }
        }
        AlertWhen::Oldest { minutes, .. } => within("minutes", *minutes, 1..=43_200),
        AlertWhen::ConnectionBroken { minutes, .. } => within("minutes", *minutes, 0..=1_440),
        AlertWhen::ConnectionExpires { days, .. } => within("days", *days, 1..=90),
        AlertWhen::NotDone { minutes, .. } => within("minutes", *minutes, 1..=10_080),
    }
}

fn within(field: &'static str, value: u32, range: RangeInclusive<u32>) -> Result<(), Error> {
    if range.contains(&value) { Ok(()) } else { Err(Error::Range { field, range }) }
}

/// The flow that a rule is about, and the connection, where it names one.
pub fn named(when: &AlertWhen) -> (Option<&str>, Option<&str>) {
    match when {
        AlertWhen::FailureRate { flow, .. } | AlertWhen::Oldest { flow, .. } => (flow.as_deref(), None),
        AlertWhen::Quiet { flow, .. } | AlertWhen::NotDone { flow, .. } => (Some(flow), None),
        AlertWhen::ConnectionBroken { connection, .. } | AlertWhen::ConnectionExpires { connection, .. } => {
            (None, connection.as_deref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn checked(change: &Value) -> Result<(), String> {
        let mut rule = json!({
            "name": "Orders fail",
            "when": {"failure_rate": {"flow": "orders", "percent": 20, "minutes": 15, "runs_min": 5}},
            "to": [{"connection": "ops", "to": "U4af4980629"}],
        });
        for (field, value) in change.as_object().into_iter().flatten() {
            rule[field] = value.clone();
        }
        let rule: AlertRule = serde_json::from_value(rule).map_err(|error| error.to_string())?;
        check("orders-fail", &rule).map_err(|error| error.to_string())
    }

    #[test]
    fn a_rule_within_its_bounds_is_taken() {
        for when in [
            json!({"failure_rate": {"percent": 1, "minutes": 1440, "runs_min": 1}}),
            json!({"quiet": {"flow": "orders", "minutes": 60}}),
            json!({"quiet": {"flow": "orders", "minutes": 60, "hours": {"days": ["mon", "fri"], "from": "09:00", "until": "18:00"}}}),
            json!({"oldest": {"queue": "inbox", "minutes": 30}}),
            json!({"oldest": {"queue": "runs", "flow": "orders", "minutes": 30}}),
            json!({"connection_broken": {}}),
            json!({"connection_expires": {"connection": "erp", "days": 14}}),
            json!({"not_done": {"flow": "orders", "minutes": 15}}),
        ] {
            assert_eq!(checked(&json!({ "when": when })), Ok(()), "{when}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        let to = json!({"connection": "ops"});
        for (change, named) in [
            (json!({"name": " "}), "`name`"),
            (json!({"name": "a\nb"}), "`name`"),
            (json!({"again_minutes": 4}), "`again_minutes`"),
            (json!({"calm_minutes": 1441}), "`calm_minutes` is from 0 to 1440"),
            (json!({"to": []}), "`to`"),
            (json!({"to": [to, to]}), "each of them once"),
            (json!({"to": vec![to.clone(); 11]}), "`to`"),
            (json!({"when": {"failure_rate": {"percent": 0, "minutes": 15, "runs_min": 5}}}), "`percent`"),
            (json!({"when": {"failure_rate": {"percent": 101, "minutes": 15, "runs_min": 5}}}), "`percent`"),
            (json!({"when": {"failure_rate": {"percent": 9, "minutes": 4, "runs_min": 5}}}), "`minutes`"),
            (json!({"when": {"failure_rate": {"percent": 9, "minutes": 5, "runs_min": 0}}}), "`runs_min`"),
            (json!({"when": {"quiet": {"flow": "a", "minutes": 0}}}), "`minutes`"),
            (
                json!({"when": {"quiet": {"flow": "a", "minutes": 9, "hours": {"from": "18:00", "until": "09:00"}}}}),
                "`hours`",
            ),
            (
                json!({"when": {"quiet": {"flow": "a", "minutes": 9000, "hours": {"from": "09:00", "until": "09:10"}}}}),
                "never be told",
            ),
            (json!({"when": {"oldest": {"queue": "runs", "minutes": 43201}}}), "`minutes`"),
            (json!({"when": {"connection_expires": {"days": 91}}}), "`days`"),
            (json!({"when": {"not_done": {"flow": "a", "minutes": 0}}}), "`minutes`"),
            (json!({"when": {"rain": {}}}), "rain"),
        ] {
            let refused = checked(&change).expect_err("it is out of bounds");
            assert!(refused.contains(named), "{change}: {refused}");
        }
    }
}
