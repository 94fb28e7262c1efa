//! Steps of a run that wait for something: a time, a call, another run, a person.

use crate::view::LiveState;
use run::At;
use store::{Ms, RunId};

#[derive(Clone, Debug, PartialEq)]
pub struct Sleeper {
    pub at: At,
    /// When it fell asleep.
    pub since: Ms,
    /// `None` where only somebody's call ends it.
    pub until: Option<Ms>,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// An effect's next attempt.
    Retry,
    /// `core/wait`; a callback may end it early, and then the time running out goes the other way.
    Wait { callback: bool },
    /// An effect whose outcome a person must tell.
    Ask,
    /// An effect that a person must say yes or no to.
    Propose,
    /// Its turn at a connection's gate, which is expected at this time.
    Gate { expected: Ms },
    /// Another run's end.
    Child { run: RunId },
}

#[derive(Debug, Default)]
pub struct Sleepers(Vec<Sleeper>);

impl Sleepers {
    pub fn add(&mut self, sleeper: Sleeper) {
        self.0.push(sleeper);
    }

    pub fn into_all(self) -> Vec<Sleeper> {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When the first of them wakes by itself.
    pub fn next(&self) -> Option<Ms> {
        self.0.iter().filter_map(|sleeper| sleeper.until).min()
    }

    pub fn waits_for_run(&self) -> bool {
        self.0.iter().any(|sleeper| matches!(sleeper.what, What::Child { .. }))
    }

    /// When the first of those that wait at a gate may go on; nothing where none does.
    pub fn expected(&self) -> Option<Ms> {
        let expected = |sleeper: &Sleeper| match sleeper.what {
            What::Gate { expected } => Some(expected),
            _ => None,
        };
        self.0.iter().filter_map(expected).min()
    }

    /// Steps that wait at a gate.
    pub fn take_gated(&mut self) -> Vec<At> {
        let gated = |sleeper: &mut Sleeper| matches!(sleeper.what, What::Gate { .. });
        self.0.extract_if(.., gated).map(|sleeper| sleeper.at).collect()
    }

    pub fn take(&mut self, wanted: impl Fn(&Sleeper) -> bool) -> Option<Sleeper> {
        let place = self.0.iter().position(wanted)?;
        Some(self.0.swap_remove(place))
    }

    /// Where the clock was set back to before some of these fell asleep, a retry waits as long as it was to and no longer; a
    /// wait has its time of day. Gives those that wake at another time now.
    pub fn set_back(&mut self, now: Ms) -> Vec<(At, Ms)> {
        let retries = self.0.iter_mut().filter(|sleeper| sleeper.what == What::Retry && sleeper.since > now);
        let reckon_anew = |sleeper: &mut Sleeper| {
            let until = now.saturating_add(sleeper.until?.saturating_sub(sleeper.since));
            (sleeper.since, sleeper.until) = (now, Some(until));
            Some((sleeper.at.clone(), until))
        };
        retries.filter_map(reckon_anew).collect()
    }

    pub fn take_due(&mut self, now: Ms) -> Option<Sleeper> {
        self.take(|sleeper| sleeper.until.is_some_and(|until| until <= now))
    }

    /// What a run whose steps all sleep is doing, the most pressing first.
    pub fn state(&self) -> LiveState {
        let any = |wanted: fn(&What) -> bool| self.0.iter().any(|sleeper| wanted(&sleeper.what));
        if any(|what| matches!(what, What::Ask)) {
            LiveState::Unknown
        } else if any(|what| matches!(what, What::Propose)) {
            LiveState::Proposed
        } else if any(|what| matches!(what, What::Retry)) {
            LiveState::Retrying
        } else {
            LiveState::Waiting
        }
    }
}
