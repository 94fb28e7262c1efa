//! How a rule stands, as it is kept beside it: what is wrong, and what is still to be said to whom.
//!
//! A message is on disk before it is sent, with those it is for; each goes from it when the message has reached them. A
//! process that dies in between leaves the rest to the next one, which sends it with the same key.

use super::decide::{Acknowledged, Decision, Standings, Tell};
use super::facts::Trouble;
use api::{AlertOccasion, AlertRule, AlertTarget};
use serde::{Deserialize, Serialize};
use store::Ms;

const MINUTE_MS: Ms = 60_000;
/// Attempts at one message to one target.
pub const TRIES_MAX: u32 = 8;
/// The longest pause between two of them.
const PAUSE_MS_MAX: Ms = 30 * MINUTE_MS;
/// Messages of a rule that wait to be sent. With more, the oldest are given up.
const MESSAGES_MAX: usize = 20;
/// Of what is wrong, so much is kept in one message. The rest is counted.
const TROUBLES_MAX: usize = 20;
/// How long a process has to send what is due before another may. Longer than all it may wait for.
pub const CLAIM_MS: Ms = 2 * MINUTE_MS;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub standing: Standings,
    /// The oldest first.
    pub messages: Vec<Message>,
    pub told: Vec<Told>,
    /// A process sends until then what is due.
    pub claimed_until: Ms,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// When it was decided. No other of the rule has this time and this occasion.
    pub at: Ms,
    pub occasion: AlertOccasion,
    pub troubles: Vec<Trouble>,
    /// How many there are besides.
    pub more: usize,
    pub left: Vec<Left>,
}

/// Somebody whom a message has not reached yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    pub target: AlertTarget,
    pub tries: u32,
    pub next_at: Ms,
}

/// How the latest message to somebody came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub target: AlertTarget,
    pub at: Ms,
    pub occasion: AlertOccasion,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ok,
    /// What went wrong, without secrets, and what to do about it.
    Failed {
        message: String,
        advice: String,
        again: bool,
    },
}

/// One message to one target, to be sent now.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    pub message: Message,
    pub target: AlertTarget,
    pub tries: u32,
}

impl State {
    /// What a newer release wrote may say what this one does not know: it is left to that.
    pub fn read(text: &str) -> Result<Self, store::Error> {
        serde_json::from_str(text)
            .map_err(|error| store::Error::Unreadable(format!("how an alert stands: {error}")))
    }

    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Takes over what was decided, its messages for all whom the rule tells.
    pub fn take(&mut self, rule: &AlertRule, decision: Decision, now: Ms) {
        self.standing = decision.standing;
        self.told.retain(|told| rule.to.contains(&told.target));
        // Whom the rule does not name any more is not told what was still to be said.
        for message in &mut self.messages {
            message.left.retain(|left| rule.to.contains(&left.target));
        }
        self.messages.extend(decision.tell.into_iter().map(|tell| message(rule, tell, now)));
        self.messages.retain(|message| !message.left.is_empty());
        self.messages.drain(..self.messages.len().saturating_sub(MESSAGES_MAX));
    }

    /// What is to be sent now: to each target its oldest message, so that nobody hears of an end before its beginning.
    pub fn due(&self, now: Ms) -> Vec<Due> {
        let mut due: Vec<Due> = Vec::new();
        let mut seen: Vec<&AlertTarget> = Vec::new();
        for message in &self.messages {
            for left in &message.left {
                if seen.contains(&&left.target) {
                    continue;
                }
                seen.push(&left.target);
                if left.next_at <= now {
                    due.push(Due {
                        message: message.clone(),
                        target: left.target.clone(),
                        tries: left.tries,
                    });
                }
            }
        }
        due
    }

    /// Keeps how a message came out; what failed for a passing reason is tried again.
    pub fn settle(&mut self, due: &Due, outcome: Outcome, now: Ms) {
        let is_it =
            |message: &Message| message.at == due.message.at && message.occasion == due.message.occasion;
        let Some(message) = self.messages.iter_mut().find(|message| is_it(message)) else { return };
        let again = matches!(outcome, Outcome::Failed { again: true, .. });
        for left in message.left.iter_mut().filter(|left| left.target == due.target) {
            left.tries += 1;
            left.next_at = now.saturating_add(pause(left.tries));
        }
        message.left.retain(|left| left.target != due.target || (again && left.tries < TRIES_MAX));
        self.messages.retain(|message| !message.left.is_empty());
        self.told.retain(|told| told.target != due.target);
        let occasion = due.message.occasion;
        self.told.push(Told { target: due.target.clone(), at: now, occasion, outcome });
    }

    /// Somebody takes care of all that stands: how much of it was nobody's.
    pub fn acknowledge(&mut self, by: &str, at: Ms) -> usize {
        let nobodys = self.standing.values_mut().filter(|standing| standing.acknowledged.is_none());
        nobodys.map(|standing| standing.acknowledged = Some(Acknowledged { at, by: by.to_owned() })).count()
    }
}

fn message(rule: &AlertRule, tell: Tell, now: Ms) -> Message {
    let Tell { occasion, mut troubles } = tell;
    let more = troubles.len().saturating_sub(TROUBLES_MAX);
    troubles.truncate(TROUBLES_MAX);
    let left = rule.to.iter().map(|target| Left { target: target.clone(), tries: 0, next_at: now });
    Message { at: now, occasion, troubles, more, left: left.collect() }
}

/// One minute, then two, then four.
fn pause(tries: u32) -> Ms {
    (MINUTE_MS << tries.saturating_sub(1).min(10)).min(PAUSE_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::facts::{Facts, Why};
    use api::{AlertLanguage, AlertWhen};

    const NOW: Ms = 1_795_366_800_000;

    fn target(connection: &str) -> AlertTarget {
        AlertTarget { connection: connection.into(), to: None }
    }

    fn rule(to: &[&str]) -> AlertRule {
        AlertRule {
            name: "Connections".into(),
            enabled: true,
            when: AlertWhen::ConnectionBroken { connection: None, minutes: 0 },
            to: to.iter().map(|to| target(to)).collect(),
            again_minutes: 0,
            calm_minutes: 0,
            language: AlertLanguage::En,
        }
    }

    fn decision(occasion: AlertOccasion, troubles: usize) -> Decision {
        let facts = |n| Facts::Broken { connection: format!("c{n}"), why: Why::Breaker };
        let troubles = (0..troubles).map(|n| Trouble { since: NOW, facts: facts(n) }).collect();
        Decision { standing: Standings::new(), tell: vec![Tell { occasion, troubles }] }
    }

    fn due(state: &State, minute: Ms) -> Vec<String> {
        let due = state.due(NOW + minute * MINUTE_MS).into_iter();
        due.map(|due| format!("{} {}", due.target.connection, due.message.occasion.as_str())).collect()
    }

    fn settle(state: &mut State, minute: Ms, connection: &str, outcome: &Outcome) {
        let now = NOW + minute * MINUTE_MS;
        let due = state.due(now).into_iter().find(|due| due.target.connection == connection);
        state.settle(&due.expect("it is due"), outcome.clone(), now);
    }

    fn failed(again: bool) -> Outcome {
        Outcome::Failed { message: "away".into(), advice: "Wait.".into(), again }
    }

    #[test]
    fn each_is_told_in_order_and_one_who_cannot_be_reached_keeps_nobody_waiting() {
        let (rule, mut state) = (rule(&["line", "mail"]), State::default());
        state.take(&rule, decision(AlertOccasion::Begun, 1), NOW);
        assert_eq!(due(&state, 0), ["line begun", "mail begun"]);
        settle(&mut state, 0, "line", &Outcome::Ok);
        settle(&mut state, 0, "mail", &failed(true));
        state.take(&rule, decision(AlertOccasion::Over, 1), NOW + 1);
        assert_eq!(due(&state, 0), Vec::<String>::new(), "it was decided a moment later");
        assert_eq!(due(&state, 1), ["mail begun", "line over"], "mail hears of the beginning first");
        settle(&mut state, 1, "mail", &Outcome::Ok);
        settle(&mut state, 1, "line", &Outcome::Ok);
        assert_eq!(due(&state, 1), ["mail over"]);
        settle(&mut state, 1, "mail", &Outcome::Ok);
        assert_eq!((state.messages.len(), state.told.len()), (0, 2));
        assert_eq!(State::read(&state.write()).expect("it was written"), state);
    }

    #[test]
    fn a_message_is_tried_so_often_with_longer_pauses_and_one_that_is_refused_is_not() {
        let (rule, mut state) = (rule(&["line"]), State::default());
        state.take(&rule, decision(AlertOccasion::Begun, 1), NOW);
        let mut tried = Vec::new();
        for minute in 0..200 {
            if !due(&state, minute).is_empty() {
                tried.push(minute);
                settle(&mut state, minute, "line", &failed(true));
            }
        }
        assert_eq!(tried, [0, 1, 3, 7, 15, 31, 61, 91]);
        assert_eq!(state.messages, []);
        state.take(&rule, decision(AlertOccasion::Begun, 1), NOW);
        settle(&mut state, 0, "line", &failed(false));
        assert_eq!((state.messages.len(), &state.told[0].outcome), (0, &failed(false)));
    }

    #[test]
    fn whom_the_rule_does_not_name_any_more_is_told_nothing() {
        let mut state = State::default();
        state.take(&rule(&["line", "mail"]), decision(AlertOccasion::Begun, 1), NOW);
        settle(&mut state, 0, "mail", &Outcome::Ok);
        state.take(&rule(&["slack"]), Decision::default(), NOW);
        assert_eq!((state.messages.len(), state.told.len()), (0, 0));
    }

    #[test]
    fn messages_and_what_one_of_them_names_have_a_bound() {
        let (rule, mut state) = (rule(&["line"]), State::default());
        for n in 0..50 {
            state.take(&rule, decision(AlertOccasion::Begun, 30), NOW + n);
        }
        assert_eq!(state.messages.len(), MESSAGES_MAX);
        assert_eq!((state.messages[0].troubles.len(), state.messages[0].more), (TROUBLES_MAX, 10));
        assert_eq!(state.messages[19].at, NOW + 49, "the newest are kept");
    }
}
