//! What is to be told, by a rule, what is seen, and what was told before. No I/O and no clock: the time is handed in.

use super::facts::{Seen, Trouble};
use api::{AlertOccasion, AlertRule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Ms;

const MINUTE_MS: Ms = 60_000;

/// Something that people have been told of and that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub trouble: Trouble,
    pub told_at: Ms,
    /// It has been well since then: over if that lasts.
    #[serde(default)]
    pub well_since: Option<Ms>,
    #[serde(default)]
    pub acknowledged: Option<Acknowledged>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub at: Ms,
    pub by: String,
}

/// What stands, by subject.
pub type Standings = BTreeMap<String, Standing>;

/// One message: all that a rule has to say at a time for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tell {
    pub occasion: AlertOccasion,
    /// In order of subjects.
    pub troubles: Vec<Trouble>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    pub standing: Standings,
    pub tell: Vec<Tell>,
}

/// What stands now, and what people are to be told. `seen` is nothing where it is not the time to look: then all stays as it is.
///
/// A trouble is told when it begins, again after a while if that is wanted and nobody has acknowledged it, and once when it is
/// over. What is to be told at one time is one message, but that what is over is a message of its own.
pub fn decide(rule: &AlertRule, seen: Option<&Seen>, before: &Standings, now: Ms) -> Decision {
    let Some(seen) = seen else { return Decision { standing: before.clone(), tell: Vec::new() } };
    let mut decision = Decision::default();
    let over = part_with_over(rule, seen, before, now, &mut decision.standing);
    let news = look_at(rule, seen, before, now, &mut decision.standing);
    let messages = [(AlertOccasion::Over, over), news];
    let said = messages.into_iter().filter(|(_, troubles)| !troubles.is_empty());
    decision.tell = said.map(|(occasion, troubles)| Tell { occasion, troubles }).collect();
    decision
}

/// What was wrong and is not any more: over, or watched a while longer.
fn part_with_over(
    rule: &AlertRule,
    seen: &Seen,
    before: &Standings,
    now: Ms,
    standing: &mut Standings,
) -> Vec<Trouble> {
    let calm = Ms::from(rule.calm_minutes) * MINUTE_MS;
    let mut over = Vec::new();
    for (subject, kept) in before.iter().filter(|(subject, _)| !seen.contains_key(*subject)) {
        let well_since = kept.well_since.unwrap_or(now);
        if now - well_since >= calm {
            over.push(kept.trouble.clone());
        } else {
            standing.insert(subject.clone(), Standing { well_since: Some(well_since), ..kept.clone() });
        }
    }
    over
}

/// What is wrong, and which of it is told now.
fn look_at(
    rule: &AlertRule,
    seen: &Seen,
    before: &Standings,
    now: Ms,
    standing: &mut Standings,
) -> (AlertOccasion, Vec<Trouble>) {
    let again = Ms::from(rule.again_minutes) * MINUTE_MS;
    let is_due = |kept: &Standing| {
        again > 0 && kept.acknowledged.is_none() && now.saturating_sub(kept.told_at) >= again
    };
    let (mut occasion, mut told) = (AlertOccasion::Again, Vec::new());
    for (subject, trouble) in seen {
        let kept = before.get(subject);
        // It may be known better by now since when; it never began later than people were told.
        let since = kept.map_or(trouble.since, |kept| kept.trouble.since.min(trouble.since));
        let trouble = Trouble { since, facts: trouble.facts.clone() };
        if kept.is_none() {
            occasion = AlertOccasion::Begun;
        }
        let tells = kept.is_none_or(is_due);
        if tells {
            told.push(trouble.clone());
        }
        let told_at = kept.filter(|_| !tells).map_or(now, |kept| kept.told_at);
        let acknowledged = kept.and_then(|kept| kept.acknowledged.clone());
        standing.insert(subject.clone(), Standing { trouble, told_at, well_since: None, acknowledged });
    }
    (occasion, told)
}

#[cfg(test)]
mod tests;
